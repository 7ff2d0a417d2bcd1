#pragma once
/**
 * @file
 * Caches that hold other things: before each walk, memory is read that has nothing to do with it,
 * four times as much as the second-level cache holds, which is the last that a CPU has for itself.
 * What the walk needs, code and packets too, then comes from the last level, if that has room for
 * all, or from memory.
 */

#include <stddef.h>
#include <stdint.h>

#include <rte_common.h>

/** The memory that is read; zeros: none is. */
struct cold {
	uint8_t *bytes;
	size_t n;
};

/** 0 or -ENOMEM. */
int cold_init(struct cold *cold);
void cold_fini(struct cold *cold);

/** Bytes that a sweep reads on this machine. */
size_t cold_bytes(void);

/** Read all. */
static inline void
cold_sweep(const struct cold *cold)
{
	for (size_t at = 0; at < cold->n; at += RTE_CACHE_LINE_SIZE)
		(void)*(const volatile uint8_t *)&cold->bytes[at];
}
