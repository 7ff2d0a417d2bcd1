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
struct queue {
	struct rte_ring *ring;
	uint64_t packets;
} __rte_cache_aligned;

/** The queues of a started port are these until it stops. Main lcore, while nobody uses the port.
 */
void queue_use(uint16_t port, struct queue *rx, uint32_t rx_n, struct queue *tx, uint32_t tx_n);
