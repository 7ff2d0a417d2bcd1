#pragma once
/**
 * @file
 * Sweeps: every worker visits its connections, after which slots and neighbours that none of them
 * uses can be used anew. One sweep at a time, at most one a second.
 */

#include <stdbool.h>
#include <stdint.h>

#include "lb_worker.h"

struct director;

/** State of the sweep that runs. Control lcore. */
struct sweep {
	bool running;
	uint64_t next_ms;
	struct lb_worker_sweep parts[LB_NODE_WORKERS];
	uint64_t *used[LB_NODE_WORKERS]; /**< Bitmaps by slot. */
};

/** 0 or -ENOMEM. */
int sweep_init(struct sweep *sweep, uint32_t workers);
void sweep_fini(struct sweep *sweep);

/** Begin or end a sweep if it is time; returns when to look again. */
uint64_t sweep_run(struct director *director, uint64_t now_ms);
