#pragma once
/**
 * @file
 * What twos consists of; see twos.c. The tests choose with numbers that they have not drawn, and
 * set the seed of those that are.
 */

#include <stddef.h>
#include <stdint.h>

#include "lb_sched.h"

/** A server with weight > 0: it owns the numbers up to `last` that its predecessor does not. */
struct twos_server {
	uint64_t last;
	uint32_t index; /**< In dests. */
};

/** A version. */
struct twos {
	uint64_t version;
	const struct lb_sched_dest *dests;
	uint64_t sum; /**< Of all weights. */
	uint32_t n;
	struct twos_server servers[];
};

/**
 * What a worker draws from now on follows from the seed alone. pick() gives it one that nobody
 * foresees, if it has none yet.
 */
void twos_seed(struct lb_sched_local *local, uint64_t seed);

/** The server that owns a number from 1 to sum; index into dests. */
uint32_t twos_owner(const struct twos *twos, uint64_t number);

/** The less loaded of two servers for their weight, the first if they are equal. */
uint32_t twos_less_loaded(
	const struct twos *twos, const struct lb_sched_flow *flow, uint32_t first, uint32_t second);
