#pragma once
/**
 * @file
 * Frames that control sends: ARP now, adverts later. What a port does not take at once is tried
 * again in the next turns. Control lcore only.
 */

#include <stddef.h>
#include <stdint.h>

#include "lb_netif.h"

/** Frames that wait for their port at most; further ones are dropped and counted. */
#define LB_CONTROL_TX_WAITING 256

/** Control's way out. */
struct lb_control_tx {
	struct lb_netif_port *const *ports;
	uint32_t queue; /**< Of ports that are not shared: the number of workers. */
	struct rte_mempool *pool;
	uint64_t dropped;
	uint32_t waiting;
	struct {
		struct rte_mbuf *m;
		uint8_t port;
	} list[LB_CONTROL_TX_WAITING];
};

/** Send a copy of a frame. Short frames are padded by the port where it needs that. */
void lb_control_tx_send(struct lb_control_tx *tx, uint8_t port, const void *frame, size_t len);

/** Try what waits again; returns how many still do. */
uint32_t lb_control_tx_retry(struct lb_control_tx *tx);

/** Free what waits. */
void lb_control_tx_fini(struct lb_control_tx *tx);
