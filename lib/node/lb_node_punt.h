#pragma once
/**
 * @file
 * When a punted packet arrived, told to control: timers there count from the worker's time, not
 * from when the loop came round to the packet. The worker stamps, control reads.
 */

#include <stdint.h>
#include <string.h>

#include <rte_mbuf.h>

/** Keep the TSC of the walk. It lies over the mbuf's hash, which ends what nodes carry there. */
static inline void
lb_node_punt_stamp(struct rte_mbuf *m, uint64_t tsc)
{
	memcpy(&m->hash, &tsc, sizeof(tsc));
}

/** The TSC that a packet was stamped with. */
static inline uint64_t
lb_node_punt_arrival(const struct rte_mbuf *m)
{
	uint64_t tsc;

	memcpy(&tsc, &m->hash, sizeof(tsc));
	return tsc;
}
