/* EAL's arguments: see start.h. Nothing is left in files, so none has to be removed. */

#include "start.h"

#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>

#include <rte_eal.h>
#include <rte_errno.h>

#include "hugepages.h"
#include "memory.h"

#define LCORES 256

/* The last CPUs that may be used: the first ones often have more to do for the kernel. */
static int
write_lcores(char *text, size_t size, uint32_t workers, struct lb_error *err)
{
	size_t n = (size_t)snprintf(text, size, "--lcores=");
	uint32_t lcore = 0;
	cpu_set_t usable;

	if (sched_getaffinity(0, sizeof(usable), &usable) != 0)
		return lb_error_set(err, errno,
			"the kernel does not tell which CPUs can be used; allow sched_getaffinity");
	for (int cpu = CPU_SETSIZE - 1; cpu >= 0 && lcore < workers && n < size; cpu--) {
		if (!CPU_ISSET(cpu, &usable))
			continue;
		n += (size_t)snprintf(
			text + n, size - n, "%s%u@%d", lcore == 0 ? "" : ",", lcore, cpu);
		lcore++;
	}
	if (lcore == workers)
		return 0;
	return lb_error_set(err, EINVAL,
		"--workers %u: this process may use %d CPUs, and each worker needs one; lower it",
		workers, CPU_COUNT(&usable));
}

int
start_eal(const struct lb_conf *conf, uint32_t workers, bool no_huge, struct lb_error *err)
{
	static char program[] = "pollux-bench", no_pci[] = "--no-pci",
		    level[] = "--log-level=error";
	static char no_telemetry[] = "--no-telemetry", in_memory[] = "--in-memory";
	static char small[] = "--no-huge", no_files[] = "--no-shconf";
	static char lcores[LCORES], memory[16];
	char *argv[] = { program, no_pci, no_telemetry, level, lcores, memory, in_memory, NULL,
		NULL };
	uint32_t mb = memory_plan(conf).mb;
	int choice = no_huge ? HUGEPAGES_NONE : hugepages_choose(conf, mb, program, err);

	if (choice < 0 || write_lcores(lcores, sizeof(lcores), workers, err) != 0)
		return -err->code;
	snprintf(memory, sizeof(memory), "-m%u", mb);
	if (choice == HUGEPAGES_NONE) {
		argv[6] = small;
		argv[7] = no_files;
	}
	unsetenv("XDG_RUNTIME_DIR"); /* which need not be writable here */
	if (rte_eal_init(choice == HUGEPAGES_NONE ? 8 : 7, argv) < 0)
		return lb_error_set(err, rte_errno,
			"DPDK does not start (%s); see its own message above, and free %u MB",
			rte_strerror(rte_errno), mb);
	return 0;
}
