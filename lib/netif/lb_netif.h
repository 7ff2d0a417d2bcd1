#pragma once
/**
 * @file
 * Ports: from a device string to queues that workers poll.
 *
 * Control attaches, starts and closes ports. While they run, each RX queue is polled by one worker,
 * and a TX queue is used by one lcore: worker w has queue w, control has queue `workers`. A port
 * with fewer TX queues than that is tx_shared: whoever sends takes its lock for one burst.
 *
 * A process that crashes may have a last word: see lb_netif_silence().
 */

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include <rte_ether.h>
#include <rte_mbuf.h>
#include <rte_mempool.h>
#include <rte_spinlock.h>

#include "lb_addr.h"
#include "lb_error.h"
#include "lb_netif_filter.h"
#include "lb_netif_merge.h"

/** Ports of one process, and letters of a name with its NUL. */
#define LB_NETIF_PORTS 32
#define LB_NETIF_NAME 64

/** Packets that one receive or transmit call moves at most. */
#define LB_NETIF_BURST 32

/** Who is inside the driver's transmit call of a queue: its number of a queue plus 1; 0: nobody. */
struct lb_netif_burst {
	_Alignas(RTE_CACHE_LINE_SIZE) _Atomic uint32_t sender;
};

/** No sender: a thread that has no queue. */
#define LB_NETIF_NOBODY UINT32_MAX

/** What a port is made from. */
struct lb_netif_conf {
	const char *name;
	const char *device; /**< PCI address, vdev string, or the name of a port that exists. */
	uint16_t mtu;
	uint16_t rx_queues; /**< 0: one per worker, as far as the device has them. */
	const struct lb_prefix *addresses;
	size_t addresses_n;
	uint8_t number; /**< Ours, from 0. */
	uint32_t workers;
	struct rte_mempool *pool;
};

/** A port. Written by control before workers start, but for the lock and the filter. */
struct lb_netif_port {
	char name[LB_NETIF_NAME];
	uint16_t id; /**< DPDK's. */
	uint8_t number;
	bool probed; /**< By us: removed when closed. */
	bool started;
	bool tx_shared;
	uint16_t mtu;
	uint16_t rx_queues;
	uint16_t tx_queues;
	struct rte_ether_addr mac;
	struct lb_prefix *addresses;
	size_t addresses_n;
	rte_spinlock_t tx_lock;        /**< Of a tx_shared port. */
	struct lb_netif_burst *bursts; /**< One per TX queue; written by who sends. */
	struct lb_netif_filter filter;
	struct lb_netif_merge merge; /**< Of the interface below it. */
};

/* Control lcore. */

/** Attach the device and set its queues up. NULL: err has the sentence. */
struct lb_netif_port *lb_netif_open(const struct lb_netif_conf *conf, struct lb_error *err);

/** Start receiving. 0 or -errno with the sentence. */
int lb_netif_start(struct lb_netif_port *port, struct lb_error *err);

/** Stop and close: leaves no XDP program and no promiscuity behind. NULL is allowed. */
void lb_netif_close(struct lb_netif_port *port);

/** One more address than it was opened with; before it starts. 0 or -ENOMEM. */
int lb_netif_add_address(struct lb_netif_port *port, const struct lb_prefix *address);

/** The port's own address in the subnet of addr, or its first of that family, or NULL. */
const struct lb_addr *lb_netif_address_for(
	const struct lb_netif_port *port, const struct lb_addr *addr);

/** mbufs that so many ports, RX queues, workers and held packets need. Any thread. */
uint32_t lb_netif_pool_size(uint32_t ports, uint32_t rx_queues_per_port, uint32_t workers);

/** Bytes of an mbuf in a pool, for the memory sum. Any thread. */
uint32_t lb_netif_mbuf_size(uint16_t mtu);

/**
 * Make a pool of n mbufs for frames of mtu. shared_cpus: lcores share a CPU, so the pool's ring may
 * not wait for a thread that is not running. NULL: err has the sentence.
 */
struct rte_mempool *lb_netif_pool(
	const char *name, uint32_t n, uint16_t mtu, bool shared_cpus, struct lb_error *err);

/* Workers and control. */

/**
 * Send n frames from queue `queue` (the worker's number, or that of control). Returns how many were
 * taken; the rest still belongs to the caller.
 */
uint16_t lb_netif_send(
	struct lb_netif_port *port, uint32_t queue, struct rte_mbuf **mbufs, uint16_t n);

/** The same for control: does not wait longer than 20 us for a shared queue. */
uint16_t lb_netif_try_send(
	struct lb_netif_port *port, uint32_t queue, struct rte_mbuf **mbufs, uint16_t n);

/** Control, at start: make lb_netif_silence() possible. Without the kernel's help it is less sure.
 */
void lb_netif_silence_prepare(void);

/* A handler of a fatal signal, in whichever thread. The functions are safe there. */

/** From now on no burst begins, on no port: what is to be sent stays with its senders. */
void lb_netif_silence(void);

/**
 * Send n frames from queue `queue` after lb_netif_silence(), and return how many were taken.
 * crashed is the queue number of the thread that the signal has stopped, LB_NETIF_NOBODY if it has
 * none: if it was inside the driver, nothing is sent, since the queue may be in any state. Another
 * thread has 200 us to come out.
 */
uint16_t lb_netif_send_last(struct lb_netif_port *port, uint32_t queue, uint32_t crashed,
	struct rte_mbuf **mbufs, uint16_t n);
