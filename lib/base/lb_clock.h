#pragma once
/**
 * @file
 * Time of the packet path: the TSC, and ticks made from it.
 *
 * A tick is 1/16 s, counted in 32 bits from lb_clock_init(); it wraps after 8.5 years, and two
 * ticks are compared by their signed difference. Workers read the TSC once per walk and convert it
 * once. lb_clock_init() is called by the control lcore before any worker starts; the rest by any
 * thread.
 */

#include <stdbool.h>
#include <stdint.h>

#include <rte_cycles.h>

#define LB_TICKS_PER_SECOND 16

/** Start of ticks and what turns TSC cycles into them; written once at start. */
struct lb_clock {
	uint64_t base;  /**< TSC at tick 0. */
	uint64_t scale; /**< Ticks per cycle, times 2^64. */
};

extern struct lb_clock lb_clock;

/** Set tick 0 to now. */
void lb_clock_init(void);

/** The tick of a TSC value. */
static inline uint32_t
lb_clock_tick(uint64_t tsc)
{
	return (uint32_t)(((unsigned __int128)(tsc - lb_clock.base) * lb_clock.scale) >> 64);
}

/** Whether tick a is later than tick b. */
static inline bool
lb_tick_after(uint32_t a, uint32_t b)
{
	return (int32_t)(a - b) > 0;
}

/** Ticks that last at least ms milliseconds. */
static inline uint32_t
lb_ticks_from_ms(uint64_t ms)
{
	return (uint32_t)((ms * LB_TICKS_PER_SECOND + 999) / 1000);
}

/** Milliseconds of CLOCK_MONOTONIC. Control lcore and other threads, not workers. */
uint64_t lb_clock_ms(void);
