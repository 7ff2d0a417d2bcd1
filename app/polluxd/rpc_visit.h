#pragma once
/**
 * @file
 * What is asked of the connection tables of all workers, one after the other, through their
 * mailboxes. Control lcore.
 */

#include <stdbool.h>
#include <stdint.h>
#include <sys/queue.h>

#include "lb_rpc_server.h"
#include "lb_worker_visit.h"

struct director;
struct rpc;
struct rpc_visit;

/** The workers have been visited: answer. visit is freed afterwards. */
typedef void rpc_visit_done_fn(struct director *director, struct rpc_visit *visit);

/** A visit of all workers. Made zeroed; call, done, part.match and part.end are the caller's. */
struct rpc_visit {
	struct lb_worker_visit part; /**< Of the present worker. */
	STAILQ_ENTRY(rpc_visit) link;
	struct lb_rpc_call *call; /**< NULL: it was told that a worker is stalled. */
	rpc_visit_done_fn *done;
	bool posted;
	uint32_t worker;
	uint64_t stalled_ms;  /**< When a worker that has not answered counts as stalled. */
	uint64_t total;       /**< Connections that matched. */
	struct lb_conn *rows; /**< Copies of them, if part.room is not 0; owned. */
	uint32_t *workers;    /**< And who has each; owned. */
	uint32_t rows_n;
	uint32_t room;
};

/** Begin at a worker's connection; takes visit. room: connections to be copied at most, or 0. */
void rpc_visit_start(struct director *director, struct rpc_visit *visit, uint32_t worker,
	uint32_t at, uint32_t room);

/** Go on with the visit that is under way; returns when to be called again. */
uint64_t rpc_visits_run(struct director *director, uint64_t now_ms);
void rpc_visits_end(struct rpc *rpc);
