/*
 * Requests of control, worked on between two walks, a bounded piece per turn: however large a
 * request is, forwarding goes on.
 */

#include "lb_worker.h"

#include <errno.h>

#include "mailbox.h"

/* Connections that a sweep visits per turn. */
#define SWEEP_PIECE 256

int
lb_worker_post(struct lb_worker *worker, struct lb_worker_message *message)
{
	atomic_store_explicit(&message->done, false, memory_order_relaxed);
	return rte_ring_sp_enqueue(worker->mailbox, message) == 0 ? 0 : -EAGAIN;
}

void
mailbox_turn(struct lb_worker *worker)
{
	struct lb_worker_message *message = worker->message;

	if (message == NULL && rte_ring_sc_dequeue(worker->mailbox, (void **)&message) != 0)
		return;
	if (!message->run(worker, message)) {
		worker->message = message;
		return;
	}
	worker->message = NULL;
	atomic_store_explicit(&message->done, true, memory_order_release);
	lb_ctlq_wake(worker->env.ctlq.wake);
}

static bool
sweep_run(struct lb_worker *worker, struct lb_worker_message *message)
{
	struct lb_worker_sweep *sweep = (struct lb_worker_sweep *)message;

	sweep->at = lb_conn_sweep(
		worker->env.conns, sweep->at, SWEEP_PIECE, sweep->generation, sweep->used);
	return sweep->at == 0;
}

void
lb_worker_sweep_init(struct lb_worker_sweep *sweep, uint16_t generation, uint64_t *used)
{
	sweep->message.run = sweep_run;
	sweep->at = 1;
	sweep->generation = generation;
	sweep->used = used;
}
