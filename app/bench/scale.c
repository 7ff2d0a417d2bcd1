/*
 * The case `config`. A director runs with 10,000 services and is asked by its socket, as anybody
 * would: to read its file again, as it is and with other weights everywhere, and to change one
 * server, many times. What counts is the time from asking to the answer, which comes when the
 * worker has the change; and the longest piece of control's own time between two polls, which is
 * what an advert may have to wait for. Control and the worker take turns on one lcore; work threads
 * have a CPU of their own if there is one.
 */

#include "scale.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include <rte_dev.h>
#include <rte_eth_ring.h>
#include <rte_ethdev.h>
#include <rte_lcore.h>

#include "bed.h"
#include "lb_rcu.h"
#include "lb_work.h"
#include "plan.h"
#include "rpc.h"
#include "samples.h"
#include "scale_conf.h"

/* Of a port: one to receive from, and one to send to for the worker and for control. */
#define RINGS 3
#define RING_SIZE 1024

#define CHANGES 100
#define PAUSE_US 20
#define PATIENCE_MS 60000
#define LINE 65536

/* A director and who asks it. */
struct scale {
	char folder[32];
	char same[48], other[48], socket[48]; /* paths */
	struct lb_conf *conf;
	struct rte_ring *rings[BED_PORTS][RINGS];
	struct director *director;
	int client;
	double held_ms; /* The longest piece of control's time so far. */
	char line[LINE];
	struct lb_error *err;
};

static double
now_ms(clockid_t clock)
{
	struct timespec time;

	clock_gettime(clock, &time);
	return (double)time.tv_sec * 1e3 + (double)time.tv_nsec / 1e6;
}

/* A turn of the worker, then one of control, whose time is taken. */
static void
turn(struct scale *scale)
{
	double before, held;

	lb_worker_turn(scale->director->workers[0]);
	before = now_ms(CLOCK_THREAD_CPUTIME_ID);
	uv_run(lb_control_loop(scale->director->control), UV_RUN_NOWAIT);
	held = now_ms(CLOCK_THREAD_CPUTIME_ID) - before;
	scale->held_ms = RTE_MAX(scale->held_ms, held);
}

/* The answer to what was asked; false: not yet. */
static bool
is_answered(struct scale *scale)
{
	ssize_t n = read(scale->client, scale->line, sizeof(scale->line) - 1);

	scale->line[n < 0 ? 0 : n] = '\0';
	return n > 0;
}

/* Ask, and return how long the answer took in ms; the director turns meanwhile. */
static double
ask(struct scale *scale, const char *request)
{
	double begin = now_ms(CLOCK_MONOTONIC);
	size_t n = strlen(request);

	if (write(scale->client, request, n) != (ssize_t)n) {
		lb_error_set(scale->err, EIO, "the director's socket takes no request");
		return 0;
	}
	while (!is_answered(scale)) {
		turn(scale);
		if (now_ms(CLOCK_MONOTONIC) > begin + PATIENCE_MS) {
			lb_error_set(scale->err, ETIME, "the director does not answer");
			return 0;
		}
		usleep(PAUSE_US);
	}
	if (strstr(scale->line, "\"error\"") != NULL)
		lb_error_set(scale->err, EPROTO, "the director refuses: %.200s", scale->line);
	return now_ms(CLOCK_MONOTONIC) - begin;
}

/* What follows an answer belongs to the change too. */
static void
settle(struct scale *scale)
{
	for (double begin = now_ms(CLOCK_MONOTONIC); now_ms(CLOCK_MONOTONIC) < begin + 100;) {
		turn(scale);
		usleep(PAUSE_US);
	}
}

static void
measure_reload(struct scale *scale, const char *file, const char *name, const char *held,
	struct samples *samples)
{
	double took;

	scale->held_ms = 0;
	scale->director->path = file;
	took = ask(scale,
		"{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"config.reload\",\"params\":{}}\n");
	settle(scale);
	samples_add(samples, name, took);
	samples_add(samples, held, scale->held_ms);
}

static double
change(struct scale *scale, uint32_t number)
{
	char request[256], server[SCALE_TEXT];
	uint32_t service = number * 7919 % SCALE_SERVICES;

	snprintf(request, sizeof(request),
		"{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"server.set\",\"params\":{\"service\":"
		"\"s%u\",\"server\":\"%s\",\"weight\":%u}}\n",
		service, scale_conf_server(service, 3, server), 100 + number);
	return ask(scale, request);
}

static void
measure_changes(struct scale *scale, struct samples *samples)
{
	double times[CHANGES];

	scale->held_ms = 0;
	for (uint32_t i = 0; i < CHANGES && scale->err->code == 0; i++)
		times[i] = change(scale, i);
	settle(scale);
	if (scale->err->code != 0)
		return;
	samples_sort(times, CHANGES);
	samples_add(samples, "change_ms", times[CHANGES / 2]);
	samples_add(samples, "change_worst_ms", times[CHANGES - 1]);
	samples_add(samples, "change_held_ms", scale->held_ms);
}

/* What must not be exceeded, beside what was measured. */
static void
add_bars(struct samples *samples)
{
	samples_add(samples, "reload_bar_ms", 1000);
	samples_add(samples, "held_bar_ms", 1);
	samples_add(samples, "change_bar_ms", 5);
}

static const char *const names[] = { "wan", "lan" };

static int
make_port(struct scale *scale, enum bed_port port)
{
	struct rte_ring **rings = scale->rings[port];
	char name[RTE_RING_NAMESIZE];
	bool made = true;

	for (int i = 0; i < RINGS; i++) {
		snprintf(name, sizeof(name), "%s_%d", names[port], i);
		rings[i] = rte_ring_create(
			name, RING_SIZE, SOCKET_ID_ANY, RING_F_SP_ENQ | RING_F_SC_DEQ);
		made = rings[i] != NULL && made;
	}
	if (made && rte_eth_from_rings(names[port], rings, 1, rings + 1, RINGS - 1, 0) >= 0)
		return 0;
	return lb_error_set(
		scale->err, ENOMEM, "port \"%s\": no memory for its rings; free some", names[port]);
}

static void
unmake_port(struct scale *scale, enum bed_port port)
{
	char device[RTE_ETH_NAME_MAX_LEN];

	snprintf(device, sizeof(device), "net_ring_%s", names[port]);
	rte_eal_hotplug_remove("vdev", device);
	for (int i = 0; i < RINGS; i++)
		rte_ring_free(scale->rings[port][i]);
}

static int
connect_client(struct scale *scale)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };

	snprintf(address.sun_path, sizeof(address.sun_path), "%s", scale->socket);
	scale->client = socket(AF_UNIX, SOCK_STREAM, 0);
	if (connect(scale->client, (struct sockaddr *)&address, sizeof(address)) != 0)
		return lb_error_set(scale->err, errno, "%s: it cannot be reached (%s)",
			scale->socket, strerror(errno));
	return fcntl(scale->client, F_SETFL, O_NONBLOCK);
}

/* Parse, check and load; then it runs. */
static int
begin(struct scale *scale, struct samples *samples)
{
	double times[4];

	times[0] = now_ms(CLOCK_MONOTONIC);
	scale->conf = lb_conf_load(scale->same, scale->err);
	times[1] = now_ms(CLOCK_MONOTONIC);
	if (scale->conf == NULL || director_check(scale->conf, NULL, scale->err) != 0)
		return -scale->err->code;
	times[2] = now_ms(CLOCK_MONOTONIC);
	scale->director = director_create(scale->conf, scale->err);
	times[3] = now_ms(CLOCK_MONOTONIC);
	if (scale->director == NULL)
		return -scale->err->code;
	samples_add(samples, "parse_ms", times[1] - times[0]);
	samples_add(samples, "check_ms", times[2] - times[1]);
	samples_add(samples, "load_ms", times[3] - times[2]);
	lb_rcu_online(0);
	if (director_start(scale->director, scale->err) != 0 ||
		rpc_start(scale->director, scale->err) != 0)
		return -scale->err->code;
	return connect_client(scale);
}

static void
end(struct scale *scale)
{
	if (scale->client >= 0)
		close(scale->client);
	if (scale->director != NULL)
		lb_rcu_offline(0);
	director_destroy(scale->director);
	lb_conf_destroy(scale->conf);
	scale->client = -1;
	scale->director = NULL;
	scale->conf = NULL;
}

static int
run_round(struct scale *scale, struct samples *samples)
{
	if (make_port(scale, BED_WAN) == 0 && make_port(scale, BED_LAN) == 0 &&
		begin(scale, samples) == 0) {
		settle(scale);
		measure_reload(
			scale, scale->same, "reload_same_ms", "reload_same_held_ms", samples);
		measure_reload(scale, scale->other, "reload_all_ms", "reload_all_held_ms", samples);
		measure_changes(scale, samples);
		measure_reload(
			scale, scale->same, "reload_changed_ms", "reload_changed_held_ms", samples);
		add_bars(samples);
	}
	end(scale);
	unmake_port(scale, BED_WAN);
	unmake_port(scale, BED_LAN);
	return -scale->err->code;
}

static int
write_files(struct scale *scale)
{
	struct lb_error *err = scale->err;

	strcpy(scale->folder, "/tmp/pollux-bench-XXXXXX");
	if (mkdtemp(scale->folder) == NULL)
		return lb_error_set(err, errno, "%s: it cannot be made (%s); make room in /tmp",
			scale->folder, strerror(errno));
	snprintf(scale->same, sizeof(scale->same), "%s/same", scale->folder);
	snprintf(scale->other, sizeof(scale->other), "%s/other", scale->folder);
	snprintf(scale->socket, sizeof(scale->socket), "%s/sock", scale->folder);
	if (scale_conf_write(scale->same, scale->socket, 1, err) != 0)
		return -err->code;
	return scale_conf_write(scale->other, scale->socket, 11, err);
}

static void
remove_files(const struct scale *scale)
{
	unlink(scale->same);
	unlink(scale->other);
	rmdir(scale->folder);
}

/* Work threads begin with the CPU of the main lcore, where control is. */
static void
free_work_threads(void)
{
	uint32_t own = (uint32_t)rte_lcore_to_cpu_id((int)rte_lcore_id());
	struct lb_work_conf conf = {
		.cpu = own == 0 && sysconf(_SC_NPROCESSORS_ONLN) > 1 ? 1 : 0,
	};

	lb_work_init(&conf);
}

static int
run(const struct plan *plan, uint32_t rounds, struct samples *samples, struct lb_error *err)
{
	struct scale *scale = calloc(1, sizeof(*scale));
	int ret;

	(void)plan;
	if (scale == NULL)
		return lb_error_set(err, ENOMEM, "memory for the bench is not there; free some");
	scale->err = err;
	scale->client = -1;
	free_work_threads();
	ret = write_files(scale);
	for (uint32_t i = 0; i < rounds && ret == 0; i++)
		ret = run_round(scale, samples);
	remove_files(scale);
	free(scale);
	return ret;
}

/* EAL's memory does not depend on services. */
static struct lb_conf *
conf(const struct plan *plan, struct lb_error *err)
{
	char text[] = "memory: { connections = 1024; };\n"
		      "ports: ( { name = \"wan\"; device = \"net_ring_wan\"; },\n"
		      "         { name = \"lan\"; device = \"net_ring_lan\"; } );\n";

	(void)plan;
	return lb_conf_parse("", text, sizeof(text) - 1, err);
}

const struct bench_own bench_scale = { .conf = conf, .run = run };
