#pragma once
/**
 * @file
 * What each worker does in a flood: more new connections than its budget are not entered but go by
 * a hash; a full connection table lets half-open connections make room, and when there are none
 * refuses new ones. Watched once a second, told in the log when it
 * begins and ends, and by `status`. Control lcore.
 */

#include <stdint.h>

#include "lb_node.h"

struct director;

enum defence_state {
	DEFENCE_OFF,
	DEFENCE_HASHING,  /**< New connections beyond the budget are not entered. */
	DEFENCE_EVICTING, /**< Half-open connections make room for new ones. */
	DEFENCE_REFUSING, /**< No room for new ones. */
};

/** What a worker counts, each a state's reason. */
struct defence_counts {
	uint64_t passed; /**< First packets that were not entered. */
	uint64_t evicted;
	uint64_t refused;
};

/** How it is with one worker. Zeroed at first. */
struct defence_worker {
	enum defence_state state;
	struct defence_counts counts; /**< Of the last look. */
	uint32_t quiet;               /**< Looks in a row that saw less. */
};

struct defence {
	uint64_t due_ms;
	struct defence_worker workers[LB_NODE_WORKERS];
};

/** A look at a worker's counts. Pure but for worker. */
void defence_look(struct defence_worker *worker, const struct defence_counts *now);

/** "off", "hashing", "evicting" or "refusing". */
const char *defence_name(enum defence_state state);

/** Look at all workers when it is time; returns when it is next. */
uint64_t defence_run(struct director *director, uint64_t now_ms);
