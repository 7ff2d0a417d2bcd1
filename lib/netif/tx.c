/*
 * The one place that transmits: own queues at once, shared queues under their lock.
 *
 * Each burst says who is in it and then asks whether it may begin. A crash handler says that none
 * may, and then looks who is in one: of two that meet there, at least one sees the other. The
 * handler pays for that with a barrier in all threads, so a burst needs none.
 */

#include "lb_netif.h"

#include <linux/membarrier.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <rte_cycles.h>
#include <rte_ethdev.h>

/* Control gives a shared queue up after this long and tries again in its next turn. */
#define TRY_US 20

/* So long does a crash handler wait for a thread that is sending. */
#define LAST_WAIT_US 200

static _Atomic bool tx_silenced;

static uint64_t
tx_after(uint64_t us)
{
	return rte_rdtsc() + rte_get_tsc_hz() / 1000000 * us;
}

static uint16_t
tx_burst(struct lb_netif_port *port, uint16_t queue, uint32_t sender, struct rte_mbuf **mbufs,
	uint16_t n)
{
	struct lb_netif_burst *burst = &port->bursts[queue];
	uint16_t sent = 0;

	atomic_store_explicit(&burst->sender, sender + 1, memory_order_relaxed);
	atomic_signal_fence(memory_order_seq_cst);
	if (!atomic_load_explicit(&tx_silenced, memory_order_relaxed))
		sent = rte_eth_tx_burst(port->id, queue, mbufs, n);
	atomic_store_explicit(&burst->sender, 0, memory_order_release);
	return sent;
}

uint16_t
lb_netif_send(struct lb_netif_port *port, uint32_t queue, struct rte_mbuf **mbufs, uint16_t n)
{
	uint16_t sent;

	if (!port->tx_shared)
		return tx_burst(port, (uint16_t)queue, queue, mbufs, n);
	rte_spinlock_lock(&port->tx_lock);
	sent = tx_burst(port, 0, queue, mbufs, n);
	rte_spinlock_unlock(&port->tx_lock);
	return sent;
}

uint16_t
lb_netif_try_send(struct lb_netif_port *port, uint32_t queue, struct rte_mbuf **mbufs, uint16_t n)
{
	uint64_t deadline;
	uint16_t sent;

	if (!port->tx_shared)
		return tx_burst(port, (uint16_t)queue, queue, mbufs, n);
	deadline = tx_after(TRY_US);
	while (rte_spinlock_trylock(&port->tx_lock) == 0)
		if (rte_rdtsc() > deadline)
			return 0;
	sent = tx_burst(port, 0, queue, mbufs, n);
	rte_spinlock_unlock(&port->tx_lock);
	return sent;
}

void
lb_netif_silence_prepare(void)
{
	syscall(SYS_membarrier, MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED, 0, 0);
}

void
lb_netif_silence(void)
{
	atomic_store(&tx_silenced, true);
	syscall(SYS_membarrier, MEMBARRIER_CMD_PRIVATE_EXPEDITED, 0, 0);
}

/* Whoever has the lock of a shared queue outside a burst will find that it may not begin one. */
uint16_t
lb_netif_send_last(struct lb_netif_port *port, uint32_t queue, uint32_t crashed,
	struct rte_mbuf **mbufs, uint16_t n)
{
	uint16_t number = port->tx_shared ? 0 : (uint16_t)queue;
	struct lb_netif_burst *burst = &port->bursts[number];
	uint64_t deadline = tx_after(LAST_WAIT_US);
	uint32_t sender;

	while ((sender = atomic_load_explicit(&burst->sender, memory_order_acquire)) != 0)
		if (sender == crashed + 1 || rte_rdtsc() > deadline)
			return 0;
	return rte_eth_tx_burst(port->id, number, mbufs, n);
}
