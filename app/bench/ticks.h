#pragma once
/**
 * @file
 * Time made by hand: the zero of lb_clock's ticks is moved, so that what takes seconds or minutes
 * of traffic need not be waited for. Nothing of the director is changed by it; the TSC, by which
 * walks are measured, runs on. One lane at a time.
 */

#include <stdint.h>

#include "lb_clock.h"

/** TSC cycles of so many half ticks. */
static inline uint64_t
ticks_cycles(uint64_t n)
{
	return n * rte_get_tsc_hz() / (2 * LB_TICKS_PER_SECOND);
}

/** Let it be the middle of a tick. */
static inline void
ticks_set(uint32_t tick)
{
	lb_clock.base = rte_rdtsc() - ticks_cycles(2 * (uint64_t)tick + 1);
}
