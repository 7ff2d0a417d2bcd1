/*
 * EAL's arguments. Devices are attached later by rte_dev_probe(), so PCI is scanned only when a
 * port of the configuration is a PCI device, and then allows only these.
 */

#include "eal.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <rte_eal.h>
#include <rte_errno.h>
#include <rte_jhash.h>

#include "hugepages.h"
#include "lb_log.h"
#include "memory.h"
#include "threads.h"

#define ARGS_MAX (16 + 2 * LB_CONF_PORTS_MAX)
#define ARG_LENGTH 1024

/* Arguments as EAL wants them: writable strings that stay. */
struct args {
	int n;
	char *list[ARGS_MAX + 1];
};

static void add(struct args *args, const char *format, ...) __attribute__((format(printf, 2, 3)));

static void
add(struct args *args, const char *format, ...)
{
	char text[ARG_LENGTH];
	va_list list;

	va_start(list, format);
	vsnprintf(text, sizeof(text), format, list);
	va_end(list);
	if (args->n < ARGS_MAX)
		args->list[args->n++] = strdup(text);
}

uint32_t
eal_worker_lcore(uint32_t worker)
{
	return worker + 1;
}

bool
eal_shares_cpus(const struct lb_conf *conf)
{
	for (uint32_t a = 0; a < conf->cpu.workers_n; a++) {
		if (conf->cpu.workers[a] == conf->cpu.control)
			return true;
		for (uint32_t b = 0; b < a; b++)
			if (conf->cpu.workers[a] == conf->cpu.workers[b])
				return true;
	}
	return false;
}

const char *
eal_file_prefix(const struct lb_conf *conf, char *out, size_t size)
{
	uint32_t hash = rte_jhash(conf->rpc_socket, (uint32_t)strlen(conf->rpc_socket), 0);

	snprintf(out, size, "pollux-%08x", hash);
	return out;
}

static int
check_cpu(const char *key, uint32_t cpu, const cpu_set_t *usable, struct lb_error *err)
{
	if (cpu < CPU_SETSIZE && CPU_ISSET(cpu, usable))
		return 0;
	return lb_error_set(err, EINVAL,
		"cpu.%s: CPU %u does not exist or may not be used by this process; this machine "
		"gives it %d CPUs, see nproc and taskset -p",
		key, cpu, CPU_COUNT(usable));
}

int
eal_check_cpus(const struct lb_conf *conf, struct lb_error *err)
{
	cpu_set_t usable;
	int ret = 0;

	if (sched_getaffinity(0, sizeof(usable), &usable) != 0)
		return lb_error_set(err, errno,
			"cpu: the kernel does not tell which can be used (%s); allow "
			"sched_getaffinity",
			strerror(errno));
	ret = check_cpu("control", conf->cpu.control, &usable, err);
	for (uint32_t w = 0; w < conf->cpu.workers_n && ret == 0; w++)
		ret = check_cpu("workers", conf->cpu.workers[w], &usable, err);
	return ret != 0 ? ret : check_cpu("other", conf->cpu.other, &usable, err);
}

static void
add_lcores(struct args *args, const struct lb_conf *conf)
{
	char text[ARG_LENGTH];
	size_t n = (size_t)snprintf(text, sizeof(text), "--lcores=0@%u", conf->cpu.control);

	for (uint32_t w = 0; w < conf->cpu.workers_n && n < sizeof(text); w++)
		n += (size_t)snprintf(text + n, sizeof(text) - n, ",%u@%u", eal_worker_lcore(w),
			conf->cpu.workers[w]);
	add(args, "%s", text);
	add(args, "--main-lcore=0");
}

bool
eal_is_pci(const char *device)
{
	size_t n = strcspn(device, ",");

	for (size_t i = 0; i < n; i++)
		if (!isxdigit((unsigned char)device[i]) && device[i] != ':' && device[i] != '.')
			return false;
	return n >= strlen("03:00.1") && memchr(device, ':', n) != NULL;
}

static void
add_devices(struct args *args, const struct lb_conf *conf)
{
	bool any = false;

	for (size_t i = 0; i < conf->ports_n; i++) {
		if (!eal_is_pci(conf->ports[i].device))
			continue;
		add(args, "--allow=%s", conf->ports[i].device);
		any = true;
	}
	if (!any)
		add(args, "--no-pci");
}

static void
add_memory(struct args *args, enum hugepages_choice choice, uint32_t mb)
{
	add(args, "-m%u", mb);
	if (choice == HUGEPAGES_NONE)
		add(args, "--no-huge");
	if (choice == HUGEPAGES_MEMORY)
		add(args, "--in-memory");
}

/* Whether another process holds the lock of our file prefix: EAL does not say why it ended. */
static bool
is_running_already(void)
{
	struct flock lock = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
	char path[512];
	bool locked;
	int fd;

	snprintf(path, sizeof(path), "%s/config", rte_eal_get_runtime_dir());
	fd = open(path, O_RDWR | O_CLOEXEC);
	if (fd < 0)
		return false;
	locked = fcntl(fd, F_GETLK, &lock) == 0 && lock.l_type != F_UNLCK;
	close(fd);
	return locked;
}

static int
explain(const struct lb_conf *conf, struct lb_error *err)
{
	int code = rte_errno == 0 ? EIO : rte_errno;

	if (is_running_already())
		return lb_error_set(err, EEXIST,
			"rpc.socket \"%s\": another polluxd with this socket runs already; stop "
			"it, "
			"or set another rpc.socket",
			conf->rpc_socket);
	return lb_error_set(err, code,
		"DPDK does not start (%s); see its own message above, and scripts/quickstart for a "
		"setting that works",
		strerror(code));
}

int
eal_start(const struct lb_conf *conf, struct lb_error *err)
{
	uint32_t mb = conf->memory.mb != 0 ? conf->memory.mb : memory_plan(conf).mb;
	static struct args args; /* EAL keeps the strings */
	char *argv[ARGS_MAX + 1];
	char prefix[32];
	int choice;

	if (eal_check_cpus(conf, err) != 0 || memory_check(conf, err) != 0)
		return -err->code;
	eal_file_prefix(conf, prefix, sizeof(prefix));
	choice = hugepages_choose(conf, mb, prefix, err);
	if (choice < 0)
		return choice;
	if (choice == HUGEPAGES_NONE && conf->memory.hugepages == LB_CONF_HUGEPAGES_AUTO)
		lb_log(LB_LOG_WARN,
			"memory: running without hugepages, which costs speed; reserve %u MB of "
			"them (sysctl vm.nr_hugepages)",
			mb);
	setenv("LIBXDP_SKIP_DISPATCHER", "1", 0); /* one program per interface: ours */
	add(&args, "polluxd");
	add_lcores(&args, conf);
	add_memory(&args, choice, mb);
	add_devices(&args, conf);
	add(&args, "--file-prefix=%s", prefix);
	add(&args, "--log-level=error");
	memcpy(argv, args.list, sizeof(argv)); /* EAL writes into what it is given */
	if (rte_eal_init(args.n, argv) < 0)
		return explain(conf, err);
	return threads_move(conf->cpu.other, err);
}
