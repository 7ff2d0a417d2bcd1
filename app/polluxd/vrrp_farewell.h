#pragma once
/**
 * @file
 * The last adverts of an Active instance, kept ready for a process that crashes: whoever handles
 * the signal can neither allocate nor trust anything but memory that was prepared before.
 */

#include <stdatomic.h>
#include <stdint.h>

#include <rte_mbuf.h>

#include "lb_netif.h"

/** Most frames of one instance: every peer of a unicast one, in both versions. */
#define VRRP_FAREWELL_FRAMES 64

/** Zeroed: nothing is ready. Written by control; read by a handler in any thread. */
struct vrrp_farewell {
	struct rte_mbuf *frames[VRRP_FAREWELL_FRAMES];
	_Atomic uint32_t n; /**< Ready to be sent; 0 while they are written. */
};

/** Begin to write anew: none is ready. */
void vrrp_farewell_begin(struct vrrp_farewell *farewell);

/**
 * Add a copy of a frame, as number i of this writing; buffers come from the pool. Returns the
 * number of the next: i itself when there is no room left.
 */
uint32_t vrrp_farewell_add(struct vrrp_farewell *farewell, uint32_t i, struct rte_mempool *pool,
	const void *frame, size_t len);

/** All n are written. */
void vrrp_farewell_end(struct vrrp_farewell *farewell, uint32_t n);

/** Give the buffers back. */
void vrrp_farewell_free(struct vrrp_farewell *farewell);

/** Send what is ready; see lb_netif_send_last(). Safe in a signal handler. */
void vrrp_farewell_send(const struct vrrp_farewell *farewell, struct lb_netif_port *port,
	uint32_t queue, uint32_t crashed);
