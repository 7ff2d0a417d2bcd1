/*
 * One visit is under way at a time, in one worker at a time, in requests of bounded length, so that
 * a mailbox has room for others and a worker that does not turn is soon noticed. Such a worker
 * still has the request: the call is answered, but the visit stays until the worker has done it.
 */

#include "rpc_visit.h"

#include <errno.h>
#include <stdlib.h>

#include "lb_clock.h"
#include "rpc_server.h"

/* Connections that one request visits; a worker under full load needs some 30 ms for them. */
#define REQUEST_BUDGET 65536
#define STALLED_MS 1000

static void
visit_free(struct rpc_visit *visit)
{
	free(visit->rows);
	free(visit->workers);
	free(visit);
}

void
rpc_visit_start(struct director *director, struct rpc_visit *visit, uint32_t worker, uint32_t at,
	uint32_t room)
{
	visit->worker = worker;
	visit->part.at = at;
	visit->room = room;
	visit->stalled_ms = UINT64_MAX;
	lb_worker_visit_init(&visit->part);
	if (room != 0) {
		visit->rows = calloc(room, sizeof(*visit->rows));
		visit->workers = calloc(room, sizeof(*visit->workers));
	}
	if (room != 0 && (visit->rows == NULL || visit->workers == NULL)) {
		lb_rpc_answer(visit->call, NULL);
		visit_free(visit);
		return;
	}
	STAILQ_INSERT_TAIL(&director->rpc->visits, visit, link);
	lb_control_hurry(director->control);
}

/* Ask the present worker for its next part; again later when its mailbox is full. */
static void
post(struct director *director, struct rpc_visit *visit, uint64_t now_ms)
{
	struct lb_worker_visit *part = &visit->part;

	part->n = 0;
	part->budget = REQUEST_BUDGET;
	part->room = visit->room - visit->rows_n;
	part->rows = visit->rows == NULL ? NULL : visit->rows + visit->rows_n;
	if (visit->stalled_ms == UINT64_MAX)
		visit->stalled_ms = now_ms + STALLED_MS;
	visit->posted = lb_worker_post(director->workers[visit->worker], &part->message) == 0;
}

/* Take what the worker has answered; true: the visit is over. */
static bool
collect(struct director *director, struct rpc_visit *visit)
{
	visit->posted = false;
	visit->stalled_ms = UINT64_MAX;
	visit->total += visit->part.n;
	for (uint32_t i = 0; visit->rows != NULL && i < visit->part.n; i++)
		visit->workers[visit->rows_n++] = visit->worker;
	if (visit->part.at == 0) {
		visit->worker++;
		visit->part.at = 1;
	}
	return visit->call == NULL || visit->worker >= director->workers_n ||
	       (visit->rows != NULL && visit->rows_n == visit->room);
}

static void
tell_stalled(struct rpc_visit *visit, uint32_t worker)
{
	struct lb_error err = { 0 };

	lb_error_set(&err, ETIME,
		"worker %u: it has not answered for %d ms; look at polluxctl nodes, and ask again",
		worker, STALLED_MS);
	lb_rpc_fail(visit->call, LB_RPC_REFUSED, RPC_WORKER_STALLED, &err);
	visit->call = NULL;
	visit->stalled_ms = UINT64_MAX;
}

/* Who waits for the turn of a visit that does not go on is told the same. */
static void
refuse_waiting(struct rpc *rpc, struct rpc_visit *stalled)
{
	struct rpc_visit *visit;

	while ((visit = STAILQ_NEXT(stalled, link)) != NULL) {
		STAILQ_REMOVE(&rpc->visits, visit, rpc_visit, link);
		tell_stalled(visit, stalled->worker);
		visit_free(visit);
	}
}

static void
finish(struct director *director, struct rpc_visit *visit)
{
	STAILQ_REMOVE_HEAD(&director->rpc->visits, link);
	if (visit->call != NULL)
		visit->done(director, visit);
	visit_free(visit);
}

uint64_t
rpc_visits_run(struct director *director, uint64_t now_ms)
{
	struct rpc_visit *visit = STAILQ_FIRST(&director->rpc->visits);

	if (visit == NULL)
		return UINT64_MAX;
	if (visit->posted && lb_worker_is_done(&visit->part.message) && collect(director, visit)) {
		finish(director, visit);
		return STAILQ_EMPTY(&director->rpc->visits) ? UINT64_MAX : now_ms;
	}
	if (!visit->posted)
		post(director, visit, now_ms);
	if (now_ms >= visit->stalled_ms)
		tell_stalled(visit, visit->worker);
	if (visit->call == NULL)
		refuse_waiting(director->rpc, visit);
	if (visit->call == NULL && !visit->posted) {
		finish(director, visit);
		return UINT64_MAX;
	}
	/* The worker wakes us when it is done. */
	return visit->posted ? visit->stalled_ms : now_ms + 1;
}

void
rpc_visits_end(struct rpc *rpc)
{
	struct rpc_visit *visit;

	while ((visit = STAILQ_FIRST(&rpc->visits)) != NULL) {
		STAILQ_REMOVE_HEAD(&rpc->visits, link);
		if (visit->call != NULL)
			rpc_fail_stopping(visit->call);
		visit_free(visit);
	}
}
