/*
 * Buffers are made once and written again. The driver's reference is never the last one, so that
 * sending frees nothing: the thread may have crashed in the middle of the pool.
 */

#include "vrrp_farewell.h"

#include <string.h>

void
vrrp_farewell_begin(struct vrrp_farewell *farewell)
{
	atomic_store_explicit(&farewell->n, 0, memory_order_release);
	atomic_signal_fence(memory_order_seq_cst);
}

uint32_t
vrrp_farewell_add(struct vrrp_farewell *farewell, uint32_t i, struct rte_mempool *pool,
	const void *frame, size_t len)
{
	struct rte_mbuf *m;

	if (i == VRRP_FAREWELL_FRAMES)
		return i;
	if (farewell->frames[i] == NULL)
		farewell->frames[i] = rte_pktmbuf_alloc(pool);
	m = farewell->frames[i];
	if (m == NULL)
		return i;
	rte_pktmbuf_reset(m);
	if (len > rte_pktmbuf_tailroom(m))
		return i;
	memcpy(rte_pktmbuf_append(m, (uint16_t)len), frame, len);
	return i + 1;
}

void
vrrp_farewell_end(struct vrrp_farewell *farewell, uint32_t n)
{
	atomic_store_explicit(&farewell->n, n, memory_order_release);
}

void
vrrp_farewell_free(struct vrrp_farewell *farewell)
{
	vrrp_farewell_begin(farewell);
	for (uint32_t i = 0; i < VRRP_FAREWELL_FRAMES; i++) {
		rte_pktmbuf_free(farewell->frames[i]);
		farewell->frames[i] = NULL;
	}
}

void
vrrp_farewell_send(const struct vrrp_farewell *farewell, struct lb_netif_port *port, uint32_t queue,
	uint32_t crashed)
{
	uint32_t n = atomic_load_explicit(&farewell->n, memory_order_acquire);

	for (uint32_t i = 0; i < n; i++) {
		struct rte_mbuf *m = farewell->frames[i];

		rte_mbuf_refcnt_update(m, 1);
		if (lb_netif_send_last(port, queue, crashed, &m, 1) == 0)
			return;
	}
}
