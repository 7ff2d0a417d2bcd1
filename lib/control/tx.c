/*
 * Control's transmit: see lb_control_tx.h. Order is kept per port by waiting behind who waits; a
 * port that refuses one frame is asked no more in that turn, since each refusal may cost 20 us.
 */

#include "lb_control_tx.h"

#include <assert.h>

#include <rte_memcpy.h>

static void
tx_wait(struct lb_control_tx *tx, uint8_t port, struct rte_mbuf *m)
{
	if (tx->waiting == LB_CONTROL_TX_WAITING) {
		rte_pktmbuf_free(m);
		tx->dropped++;
		return;
	}
	tx->list[tx->waiting].m = m;
	tx->list[tx->waiting++].port = port;
}

void
lb_control_tx_send(struct lb_control_tx *tx, uint8_t port, const void *frame, size_t len)
{
	struct rte_mbuf *m = rte_pktmbuf_alloc(tx->pool);

	if (m == NULL || len > rte_pktmbuf_tailroom(m)) {
		rte_pktmbuf_free(m);
		tx->dropped++;
		return;
	}
	rte_memcpy(rte_pktmbuf_append(m, (uint16_t)len), frame, len);
	if (tx->waiting > 0 || lb_netif_try_send(tx->ports[port], tx->queue, &m, 1) != 1)
		tx_wait(tx, port, m);
}

uint32_t
lb_control_tx_retry(struct lb_control_tx *tx)
{
	uint32_t kept = 0, busy = 0; /* busy: ports, by bit */

	static_assert(LB_NETIF_PORTS <= 32, "a port is a bit");
	for (uint32_t i = 0; i < tx->waiting; i++) {
		uint8_t port = tx->list[i].port;

		if ((busy & UINT32_C(1) << port) == 0 &&
			lb_netif_try_send(tx->ports[port], tx->queue, &tx->list[i].m, 1) == 1)
			continue;
		busy |= UINT32_C(1) << port;
		tx->list[kept++] = tx->list[i];
	}
	tx->waiting = kept;
	return kept;
}

void
lb_control_tx_fini(struct lb_control_tx *tx)
{
	while (tx->waiting > 0)
		rte_pktmbuf_free(tx->list[--tx->waiting].m);
}
