#pragma once
/**
 * @file
 * What each worker does for want of memory: a full connection table lets half-open connections make
 * room, and when there are none refuses new ones. Watched once a second, told in the log when it
 * begins and ends, and by `status`. Control lcore.
 */

#include <stdint.h>

#include "lb_node.h"

struct director;

enum defence_state {
	DEFENCE_OFF,
	DEFENCE_EVICTING, /**< Half-open connections make room for new ones. */
	DEFENCE_REFUSING, /**< No room for new ones. */
};

/** How it is with one worker. Zeroed at first. */
struct defence_worker {
	enum defence_state state;
	uint64_t evicted; /**< Counts of the last look. */
	uint64_t refused;
	uint32_t quiet; /**< Looks in a row that saw neither. */
};

struct defence {
	uint64_t due_ms;
	struct defence_worker workers[LB_NODE_WORKERS];
};

/** A look at a worker's counts. Pure but for worker. */
void defence_look(struct defence_worker *worker, uint64_t evicted, uint64_t refused);

/** "off", "evicting" or "refusing". */
const char *defence_name(enum defence_state state);

/** Look at all workers when it is time; returns when it is next. */
uint64_t defence_run(struct director *director, uint64_t now_ms);
