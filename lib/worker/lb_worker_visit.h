#pragma once
/**
 * @file
 * Visiting the connections of a running worker: count, copy or end those that match.
 *
 * A request to the worker's mailbox, worked on a few hundred connections per turn, so that no table
 * is too large for it. Control prepares and posts it, and looks at it again when it is done; rows
 * are memory of control's.
 */

#include "lb_worker.h"

/** Which connections are meant. Members that are 0 match any. */
struct lb_worker_match {
	rte_be32_t client;
	rte_be32_t server;
	rte_be16_t server_port;
	uint32_t service; /**< Its number. */
	bool templates;   /**< Templates too. */
};

/** A visit. Zeroed, then the first group filled by control; the rest is the worker's answer. */
struct lb_worker_visit {
	struct lb_worker_message message;
	struct lb_worker_match match;
	bool end;             /**< End those that match. */
	struct lb_conn *rows; /**< Copies go here; NULL: none are wanted. */
	uint32_t room;        /**< Rows that fit. */
	uint32_t at;     /**< First connection to visit, from 1; then the next; 0: it was all. */
	uint32_t budget; /**< Connections that this request visits at most. */

	uint32_t n;    /**< How many matched, which is how many rows there are. */
	uint32_t last; /**< Number of the last that matched. */
};

/** Set what the mailbox needs. Control lcore. */
void lb_worker_visit_init(struct lb_worker_visit *visit);
