#pragma once
/**
 * @file
 * The loop of the control lcore: libuv, and between two polls the packets that workers punted.
 *
 * Packets are served by class in the order of enum lb_ctlq_class, each class with its budget per
 * turn and its rate, so that no flood in one delays another. Control lcore only.
 */

#include <stdint.h>

#include <rte_mbuf.h>
#include <uv.h>

#include "lb_ctlq.h"
#include "lb_error.h"

/** What is done with the packets of a class. */
struct lb_control_class {
	/** The packet, and who punted it; the handler owns the packet. */
	void (*handle)(void *arg, uint32_t worker, struct rte_mbuf *m);
	uint32_t budget; /**< Packets of all workers per turn. */
	uint32_t rate;   /**< Packets a second; what exceeds it waits in the ring, and is dropped
			    there. */
};

/** What the loop serves. */
struct lb_control_conf {
	struct lb_ctlq *queues[64]; /**< One per worker. */
	uint32_t queues_n;
	struct lb_ctlq_wake *wake;
	struct lb_control_class classes[LB_CTLQ_CLASSES];
	/** Chores after each turn; returns CLOCK_MONOTONIC ms of the next, UINT64_MAX: none
	 * planned. */
	uint64_t (*chores)(void *arg);
	void *arg; /**< Of handle() and chores(). */
};

struct lb_control;

/** Make the loop; conf is copied. wake->fd is made here. NULL: err has the sentence. */
struct lb_control *lb_control_create(const struct lb_control_conf *conf, struct lb_error *err);

/** NULL is allowed. Handles that others put into the loop are closed before. */
void lb_control_destroy(struct lb_control *control);

/** For signals, sockets and timers of others. */
uv_loop_t *lb_control_loop(struct lb_control *control);

/** Run until lb_control_stop(). */
void lb_control_run(struct lb_control *control);
void lb_control_stop(struct lb_control *control);

/** Have the chores called at once, whatever they planned. From callbacks of the loop. */
void lb_control_hurry(struct lb_control *control);

/** One turn by hand, without waiting: punted packets within their budgets, then chores. */
void lb_control_turn(struct lb_control *control);
