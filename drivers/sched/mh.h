#pragma once
/**
 * @file
 * What mh consists of; see mh.c. The tests fill tables with offsets and skips of their own.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lb_sched.h"
#include "siphash.h"

/** A server that fills slots of the table. */
struct mh_server {
	uint32_t index;  /**< In dests. */
	uint32_t turns;  /**< Slots that it takes per round; 0: none. */
	uint32_t offset; /**< The slot that it asks for first. */
	uint32_t skip;   /**< From there to the next one, 1 .. slots - 1. */
};

/** A version. */
struct mh {
	const struct lb_sched_dest *dests;
	bool fallback;
	bool port;
	uint32_t n; /**< Servers. */
	struct siphash_key keys[2];
	uint32_t slots;
	uint64_t inverse; /**< 2^64 / slots, rounded up: for remainders without division. */
	uint32_t table[]; /**< Index into dests, by slot. */
};

/**
 * Let servers take slots in turn, each the next free one of its own sequence, until none is free.
 * At least one has turns, and every sequence reaches every slot: slots is prime.
 */
void mh_fill(uint32_t *table, uint32_t slots, struct mh_server *servers, size_t n);

/** number mod slots (Lemire, Kaser, Kurz 2019). */
static inline uint32_t
mh_remainder(const struct mh *mh, uint32_t number)
{
	uint64_t fraction = mh->inverse * number;

	return (uint32_t)(((unsigned __int128)fraction * mh->slots) >> 64);
}
