/* See lb_worker_reset.h. What has expired but was not taken off the wheel yet counts as gone. */

#include "lb_worker_reset.h"

#include "lb_clock.h"

/* Connections per turn; to mark one takes longer than to look at it. */
#define RESET_PIECE 128

static void
reset_one(struct lb_worker *worker, struct lb_worker_reset *reset, struct lb_conn *conn)
{
	struct lb_node_env *env = &worker->env;

	if (conn == NULL || !lb_tick_after(conn->expiry, env->now) ||
		(reset->slots[conn->slot / 64] >> (conn->slot % 64) & 1) == 0 ||
		lb_conn_get_reset(conn) != LB_CONN_RESET_NONE)
		return;
	lb_conn_reset(env->conns, conn, (uint8_t)lb_fwd_count(env->methods), env->now);
	reset->n++;
}

static bool
reset_run(struct lb_worker *worker, struct lb_worker_message *message)
{
	struct lb_worker_reset *reset = (struct lb_worker_reset *)message;
	struct lb_conn_table *conns = worker->env.conns;
	uint32_t last = lb_conn_last(conns);

	for (int piece = RESET_PIECE; piece > 0 && reset->at <= last; piece--)
		reset_one(worker, reset, lb_conn_at(conns, reset->at++));
	return reset->at > last;
}

void
lb_worker_reset_init(struct lb_worker_reset *reset, const uint64_t *slots)
{
	reset->message.run = reset_run;
	reset->slots = slots;
	reset->at = 1;
	reset->n = 0;
}
