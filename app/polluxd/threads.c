/*
 * DPDK starts threads of its own (interrupts, telemetry). They inherit what EAL chose; here they go
 * to cpu.other, where they disturb no worker. Control, whose adverts may not be late, goes before
 * what else wants its CPU.
 */

#include "threads.h"

#include <dirent.h>
#include <errno.h>
#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

/* Whether a thread is an lcore: control, which is us, or a worker, by EAL's name for it. */
static bool
is_lcore(pid_t thread)
{
	char path[64], name[32] = "";
	FILE *file;

	if (thread == gettid())
		return true;
	snprintf(path, sizeof(path), "/proc/self/task/%d/comm", thread);
	file = fopen(path, "re");
	if (file == NULL)
		return false; /* it has ended */
	if (fgets(name, sizeof(name), file) == NULL)
		name[0] = '\0';
	fclose(file);
	return strncmp(name, "rte-worker", strlen("rte-worker")) == 0;
}

int
threads_move(uint32_t cpu, struct lb_error *err)
{
	DIR *dir = opendir("/proc/self/task");
	const struct dirent *entry;
	cpu_set_t set;
	int ret = 0;

	if (dir == NULL)
		return lb_error_set(
			err, errno, "cpu.other: /proc does not list our threads; mount /proc");
	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	while ((entry = readdir(dir)) != NULL && ret == 0) {
		pid_t thread = (pid_t)atoi(entry->d_name);

		if (thread <= 0 || is_lcore(thread))
			continue;
		if (sched_setaffinity(thread, sizeof(set), &set) != 0 && errno != ESRCH)
			ret = lb_error_set(err, errno,
				"cpu.other = %u: threads cannot be moved there (%s); choose "
				"another CPU",
				cpu, strerror(errno));
	}
	closedir(dir);
	return ret;
}

bool
threads_prefer_self(void)
{
	struct sched_param param = { .sched_priority = THREADS_CONTROL_PRIORITY };

	return sched_setscheduler(0, SCHED_FIFO | SCHED_RESET_ON_FORK, &param) == 0;
}

void
threads_lower_self(void)
{
	const struct sched_param none = { 0 };

	sched_setscheduler(0, SCHED_OTHER, &none);
	setpriority(PRIO_PROCESS, (id_t)gettid(), PRIO_MAX);
}
