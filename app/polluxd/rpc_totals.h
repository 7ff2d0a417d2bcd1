#pragma once
/** @file Sums over workers. Read relaxed while they grow. Control lcore. */

#include <stdint.h>

#include "lb_worker.h"

/** What workers have done since they were made. */
struct rpc_totals {
	struct lb_conn_stats conns;
	uint64_t received;    /**< Packets that came in by ports. */
	uint64_t handed_over; /**< Of them given to the worker that owns the flow. */
	uint64_t dropped;
	uint64_t passed; /**< First packets of connections that were not entered. */
};

/** Add what a worker has done. */
void rpc_totals_add(struct rpc_totals *totals, const struct lb_worker *worker);
