#pragma once
/**
 * @file
 * The way from a worker to the control lcore: one SPSC ring per class, and a wake-up.
 *
 * Control serves the classes in the order of the enumeration, each with a budget per turn, so that
 * a flood in one delays no other. A full ring refuses; the caller counts that as a drop.
 *
 * Before control blocks it sets `asleep` and looks at its rings once more; a worker that enqueues
 * and sees `asleep` clears it and writes the eventfd, so one write wakes for any number of packets.
 */

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include <rte_ring.h>

/** What a punted packet is about; served in this order. */
enum lb_ctlq_class {
	LB_CTLQ_VRRP,    /**< Adverts of other VRRP routers. */
	LB_CTLQ_ARP_VIP, /**< ARP requests for a VIP that we serve. */
	LB_CTLQ_NEIGH,   /**< Other ARP, and next hops that are to be resolved. */
	LB_CTLQ_CHECK,   /**< From servers to a port's address: answers to what asks for them. */
	LB_CTLQ_ICMP,    /**< Other ICMP to a port's address. */
	LB_CTLQ_HOST,    /**< What else the kernel is to have. */
	LB_CTLQ_CLASSES,
};

/** Wakes the control lcore. One per process, shared by all workers. */
struct lb_ctlq_wake {
	atomic_bool asleep; /**< Written by control before it blocks, by workers to wake it. */
	int fd;             /**< eventfd; set before workers start. */
};

/** The rings of one worker: it produces, control consumes. */
struct lb_ctlq {
	struct rte_ring *rings[LB_CTLQ_CLASSES];
	struct lb_ctlq_wake *wake;
};

/**
 * Make the rings of a zeroed queue, with the entries (powers of two) that sizes gives each class.
 * 0, or -ENOMEM: then too lb_ctlq_fini() cleans up. Control, at start.
 */
int lb_ctlq_init(struct lb_ctlq *queue, struct lb_ctlq_wake *wake, const char *name,
	const uint32_t sizes[LB_CTLQ_CLASSES]);

/** Free the rings; they are empty. */
void lb_ctlq_fini(struct lb_ctlq *queue);

/** Write the eventfd. Any thread. */
void lb_ctlq_wake(struct lb_ctlq_wake *wake);

/** Hand n objects over; returns how many were taken. The worker that owns the queue. */
static inline uint16_t
lb_ctlq_put(struct lb_ctlq *queue, enum lb_ctlq_class class, void **objs, uint16_t n)
{
	unsigned int taken = rte_ring_sp_enqueue_burst(queue->rings[class], objs, n, NULL);

	if (taken == 0)
		return 0; /* full: control has been woken for what is in it */
	atomic_thread_fence(memory_order_seq_cst);
	if (atomic_load_explicit(&queue->wake->asleep, memory_order_relaxed))
		lb_ctlq_wake(queue->wake);
	return (uint16_t)taken;
}

/** Take up to n objects; returns how many. Control lcore. */
static inline uint16_t
lb_ctlq_get(struct lb_ctlq *queue, enum lb_ctlq_class class, void **objs, uint16_t n)
{
	return (uint16_t)rte_ring_sc_dequeue_burst(queue->rings[class], objs, n, NULL);
}
