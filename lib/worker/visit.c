/* See lb_worker_visit.h. What has expired but was not taken off the wheel yet counts as gone. */

#include "lb_worker_visit.h"

#include "lb_clock.h"

/* Connections per turn; ending one takes longer than looking at it. */
#define VISIT_PIECE 256
#define VISIT_PIECE_END 64

static bool
matches(const struct lb_worker *worker, const struct lb_worker_match *match,
	const struct lb_conn *conn)
{
	const struct lb_fwd_target *target = &conn->target;

	return (match->client == 0 || match->client == target->client) &&
	       (match->server == 0 || match->server == target->server) &&
	       (match->server_port == 0 || match->server_port == target->server_port) &&
	       (match->service == 0 || match->service == worker->env.slots->service[conn->slot]) &&
	       (match->templates || conn->protocol != LB_CONN_TEMPLATE);
}

static void
visit_one(struct lb_worker *worker, struct lb_worker_visit *visit, uint32_t number)
{
	struct lb_conn *conn = lb_conn_at(worker->env.conns, number);

	if (conn == NULL || !lb_tick_after(conn->expiry, worker->env.now) ||
		!matches(worker, &visit->match, conn))
		return;
	if (visit->rows != NULL)
		visit->rows[visit->n] = *conn;
	visit->n++;
	visit->last = number;
	if (visit->end)
		lb_conn_end(worker->env.conns, conn);
}

static bool
visit_run(struct lb_worker *worker, struct lb_worker_message *message)
{
	struct lb_worker_visit *visit = (struct lb_worker_visit *)message;
	uint32_t end = lb_conn_last(worker->env.conns);
	uint32_t piece = visit->end ? VISIT_PIECE_END : VISIT_PIECE;

	for (; piece > 0 && visit->budget > 0 && visit->at <= end; piece--, visit->budget--) {
		if (visit->rows != NULL && visit->n == visit->room)
			return true;
		visit_one(worker, visit, visit->at++);
	}
	if (visit->at <= end)
		return visit->budget == 0;
	visit->at = 0;
	return true;
}

void
lb_worker_visit_init(struct lb_worker_visit *visit)
{
	visit->message.run = visit_run;
}
