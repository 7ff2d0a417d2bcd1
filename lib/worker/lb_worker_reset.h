#pragma once
/**
 * @file
 * Resetting the connections of servers in a running worker: a request to its mailbox, worked on
 * some connections per turn. Control prepares and posts it; slots are memory of control's, which
 * stays as it is until the request is done.
 */

#include "lb_worker.h"

/** A reset. */
struct lb_worker_reset {
	struct lb_worker_message message;
	const uint64_t *slots; /**< Bitmap by slot of whose connections are meant. */
	uint32_t at;           /**< Next connection to visit. */
	uint64_t n;            /**< How many were to be reset, which is the answer. */
};

/** Prepare it. Control lcore. */
void lb_worker_reset_init(struct lb_worker_reset *reset, const uint64_t *slots);
