/* polluxd: reads the command line and the configuration, boots a director, and waits for signals.
 */

#include <errno.h>
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <rte_eal.h>

#include "change.h"
#include "crash.h"
#include "director.h"
#include "eal.h"
#include "lb_log.h"
#include "lb_work.h"
#include "memory.h"
#include "notify.h"
#include "rpc.h"
#include "threads.h"

#define MIB ((size_t)1 << 20)

/* What the command line says. */
struct options {
	const char *file;
	bool check;
};

static void
usage(FILE *out)
{
	fputs("usage: polluxd [-c FILE] [--check] [--version]\n"
	      "  -c, --config FILE  read FILE instead of " POLLUXD_FILE "\n"
	      "      --check        check the file, say what would be allocated, and exit\n"
	      "      --version      print the version and exit\n",
		out);
}

/* false: exit with *status. */
static bool
parse(int argc, char **argv, struct options *options, int *status)
{
	static const struct option known[] = {
		{ "config", required_argument, NULL, 'c' },
		{ "check", no_argument, NULL, 'k' },
		{ "version", no_argument, NULL, 'v' },
		{ "help", no_argument, NULL, 'h' },
		{ 0 },
	};
	int c;

	*options = (struct options){ .file = POLLUXD_FILE };
	*status = 0;
	while ((c = getopt_long(argc, argv, "c:h", known, NULL)) != -1) {
		switch (c) {
		case 'c':
			options->file = optarg;
			break;
		case 'k':
			options->check = true;
			break;
		case 'v':
			puts("polluxd " LB_VERSION);
			return false;
		case 'h':
			usage(stdout);
			return false;
		default:
			*status = 2;
			usage(stderr);
			return false;
		}
	}
	if (optind == argc)
		return true;
	fprintf(stderr, "polluxd: \"%s\" is no option; see polluxd --help\n", argv[optind]);
	*status = 2;
	return false;
}

static void
print_plan(const struct lb_conf *conf)
{
	struct memory_plan plan = memory_plan(conf);
	char prefix[32];

	printf("%zu ports, %zu routes, %zu VIPs, %zu services, %u workers\n", conf->ports_n,
		conf->routes_n, conf->vips_n, conf->services_n, conf->cpu.workers_n);
	printf("memory: %u MB, of it connections %zu MB (%u), packet buffers %zu MB (%u of %u "
	       "bytes), workers %zu MB, tables %zu MB\n",
		conf->memory.mb != 0 ? conf->memory.mb : plan.mb, plan.connections / MIB,
		conf->memory.connections, plan.buffers / MIB, plan.mbufs,
		lb_netif_mbuf_size(plan.mtu), plan.workers / MIB, plan.tables / MIB);
	printf("DPDK file prefix: %s\n", eal_file_prefix(conf, prefix, sizeof(prefix)));
}

static int
check(const struct lb_conf *conf, const char *file, struct lb_error *err)
{
	if (director_check(conf, NULL, err) != 0 || memory_check(conf, err) != 0) {
		fprintf(stderr, "%s\n", err->text);
		return 1;
	}
	print_plan(conf);
	printf("%s: ok\n", file);
	return 0;
}

static void
on_stop(uv_signal_t *handle, int number)
{
	struct director *director = handle->data;

	lb_log(LB_LOG_INFO, "stopping: %s", strsignal(number));
	lb_control_stop(director->control);
}

static void
on_reloaded(void *arg, const struct change_result *result)
{
	(void)arg;
	if (result->err.code == 0)
		lb_log(LB_LOG_INFO,
			"reload: revision %llu is in force, %zu unsaved changes are discarded",
			(unsigned long long)result->revision, json_array_size(result->discarded));
	else
		lb_log(LB_LOG_ERROR, "%s", result->err.text);
}

static void
on_hangup(uv_signal_t *handle, int number)
{
	struct change_request request = { .done = on_reloaded };

	lb_log(LB_LOG_INFO, "reloading: %s", strsignal(number));
	change_start(handle->data, &request);
}

static int
catch_signals(struct director *director, uv_signal_t handles[3], struct lb_error *err)
{
	static const struct {
		int number;
		uv_signal_cb fn;
	} signals[] = { { SIGTERM, on_stop }, { SIGINT, on_stop }, { SIGHUP, on_hangup } };
	int ret = 0;

	for (size_t i = 0; i < sizeof(signals) / sizeof(signals[0]) && ret == 0; i++) {
		ret = uv_signal_init(lb_control_loop(director->control), &handles[i]);
		handles[i].data = director;
		if (ret == 0)
			ret = uv_signal_start(&handles[i], signals[i].fn, signals[i].number);
	}
	if (ret != 0)
		lb_error_set(err, -ret,
			"signals cannot be caught (%s); give the process more open files",
			uv_strerror(ret));
	return ret;
}

static bool
has_worker(const struct lb_conf *conf, uint32_t cpu)
{
	for (uint32_t w = 0; w < conf->cpu.workers_n; w++)
		if (conf->cpu.workers[w] == cpu)
			return true;
	return false;
}

/*
 * Nothing else may make adverts late, be it our own work threads. But a worker on the same CPU
 * would get nothing done while control is busy: those two share it as equals.
 */
static void
prefer_control(const struct lb_conf *conf)
{
	bool alone = !has_worker(conf, conf->cpu.control);
	bool preferred = alone && threads_prefer_self();
	struct lb_work_conf work = {
		.cpu = conf->cpu.other,
		.loop_priority = preferred ? THREADS_CONTROL_PRIORITY : 0,
		.modest = has_worker(conf, conf->cpu.other),
	};

	lb_work_init(&work);
	if (alone && !preferred)
		lb_log(LB_LOG_WARN,
			"control: it may not have real-time priority, so adverts may be late when "
			"its CPU is busy; allow it (CAP_SYS_NICE, or LimitRTPRIO=1 in the unit)");
}

static void
say_ready(const struct lb_conf *conf)
{
	struct lb_error err;

	lb_log(LB_LOG_INFO, "ready: %zu services on %u workers", conf->services_n,
		conf->cpu.workers_n);
	if (notify_ready(&err) != 0)
		lb_log(LB_LOG_WARN, "%s", err.text);
}

/* Once others have the VIPs, taking things down is in nobody's way: in a lab they share the CPU. */
static void
leave_quietly(struct director *director)
{
	vrrp_run_stop(director);
	threads_lower_self();
}

static int
run(const struct lb_conf *conf, const char *path, struct lb_error *err)
{
	struct lb_script_helper helper;
	struct director *director;
	uv_signal_t handles[3];
	int ret = lb_script_fork(&helper, conf->cpu.other, err); /* while we are small */

	if (ret == 0)
		ret = eal_start(conf, err);
	if (ret != 0)
		return ret;
	director = director_create(conf, err);
	ret = director == NULL ? -err->code : catch_signals(director, handles, err);
	if (ret == 0)
		ret = helper_start(director, &helper, err);
	if (ret == 0)
		ret = rpc_start(director, err);
	if (ret == 0)
		ret = crash_begin(director, err);
	if (ret == 0)
		ret = director_start(director, err);
	if (ret == 0) {
		director->path = path;
		director_launch(director);
		prefer_control(conf);
		say_ready(conf);
		lb_control_run(director->control);
		leave_quietly(director);
	}
	director_destroy(director);
	rte_eal_cleanup();
	return ret;
}

int
main(int argc, char **argv)
{
	struct lb_error err = { 0 };
	struct options options;
	struct lb_conf *conf;
	int status;

	if (!parse(argc, argv, &options, &status))
		return status;
	conf = lb_conf_load(options.file, &err);
	if (conf == NULL) {
		fprintf(stderr, "%s\n", err.text);
		return 1;
	}
	lb_log_set_level((enum lb_log_level)lb_log_level_find(conf->log_level));
	if (options.check) {
		status = check(conf, options.file, &err);
	} else if (run(conf, options.file, &err) != 0) {
		lb_log(LB_LOG_ERROR, "%s", err.text);
		status = 1;
	}
	lb_conf_destroy(conf);
	return status;
}
