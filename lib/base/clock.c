/* Time: see lb_clock.h. */

#include "lb_clock.h"

#include <time.h>

struct lb_clock lb_clock;

void
lb_clock_init(void)
{
	lb_clock.scale =
		(uint64_t)(((unsigned __int128)LB_TICKS_PER_SECOND << 64) / rte_get_tsc_hz());
	lb_clock.base = rte_rdtsc();
}

uint64_t
lb_clock_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}
