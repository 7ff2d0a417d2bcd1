#pragma once
/**
 * @file
 * Queues of a port of rings, each in a cache line of its own, as drivers of cards have them. DPDK's
 * ring driver counts the packets of two queues in one line, which two workers would take from each
 * other with each burst.
 */

#include <stdint.h>

#include <rte_common.h>
#include <rte_ring.h>

/** A queue: written by who polls it or sends on it. */
struct ring_queue {
	struct rte_ring *ring;
	uint64_t packets; /**< Counted as a driver does; nobody reads it. */
} __rte_cache_aligned;

/** A started port has these queues until it stops. Main lcore, while nobody uses the port. */
void ring_queue_use(
	uint16_t port, struct ring_queue *rx, uint32_t rx_n, struct ring_queue *tx, uint32_t tx_n);
