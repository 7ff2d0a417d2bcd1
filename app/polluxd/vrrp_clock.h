#pragma once
/** @file The clock of VRRP: what its timerfd counts by. Any thread. */

#include <stdint.h>
#include <time.h>

/** Microseconds of CLOCK_MONOTONIC. */
static inline uint64_t
vrrp_clock_us(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000 + (uint64_t)now.tv_nsec / 1000;
}
