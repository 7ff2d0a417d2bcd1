/* Queues of a port of rings: see ring_queue.h. A burst does what the ring driver's does. */

#include "ring_queue.h"

#include <rte_ethdev.h>

static uint16_t
receive(void *of, struct rte_mbuf **mbufs, uint16_t n)
{
	struct ring_queue *queue = of;

	n = (uint16_t)rte_ring_dequeue_burst(queue->ring, (void **)mbufs, n, NULL);
	queue->packets += n;
	return n;
}

static uint16_t
transmit(void *of, struct rte_mbuf **mbufs, uint16_t n)
{
	struct ring_queue *queue = of;

	n = (uint16_t)rte_ring_enqueue_burst(queue->ring, (void **)mbufs, n, NULL);
	queue->packets += n;
	return n;
}

void
ring_queue_use(
	uint16_t port, struct ring_queue *rx, uint32_t rx_n, struct ring_queue *tx, uint32_t tx_n)
{
	struct rte_eth_fp_ops *ops = &rte_eth_fp_ops[port];

	for (uint32_t q = 0; q < rx_n; q++)
		ops->rxq.data[q] = &rx[q];
	for (uint32_t q = 0; q < tx_n; q++)
		ops->txq.data[q] = &tx[q];
	ops->rx_pkt_burst = receive;
	ops->tx_pkt_burst = transmit;
}
