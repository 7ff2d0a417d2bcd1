/* The one place that transmits: own queues at once, shared queues under their lock. */

#include "lb_netif.h"

#include <rte_cycles.h>
#include <rte_ethdev.h>

/* Control gives a shared queue up after this long and tries again in its next turn. */
#define TRY_US 20

uint16_t
lb_netif_send(struct lb_netif_port *port, uint32_t queue, struct rte_mbuf **mbufs, uint16_t n)
{
	uint16_t sent;

	if (!port->tx_shared)
		return rte_eth_tx_burst(port->id, (uint16_t)queue, mbufs, n);
	rte_spinlock_lock(&port->tx_lock);
	sent = rte_eth_tx_burst(port->id, 0, mbufs, n);
	rte_spinlock_unlock(&port->tx_lock);
	return sent;
}

uint16_t
lb_netif_try_send(struct lb_netif_port *port, uint32_t queue, struct rte_mbuf **mbufs, uint16_t n)
{
	uint64_t deadline;
	uint16_t sent;

	if (!port->tx_shared)
		return rte_eth_tx_burst(port->id, (uint16_t)queue, mbufs, n);
	deadline = rte_rdtsc() + rte_get_tsc_hz() / 1000000 * TRY_US;
	while (rte_spinlock_trylock(&port->tx_lock) == 0)
		if (rte_rdtsc() > deadline)
			return 0;
	sent = rte_eth_tx_burst(port->id, 0, mbufs, n);
	rte_spinlock_unlock(&port->tx_lock);
	return sent;
}
