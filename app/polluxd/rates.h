#pragma once
/**
 * @file
 * Rates of all servers: every 2 seconds a round, in slices so small that none holds the loop.
 */

#include <stdint.h>

struct director;

/** The round that runs. Control lcore. */
struct rates {
	uint64_t round_ms; /**< The next round begins then. */
	uint64_t due_ms;   /**< And the next slice. */
	uint32_t at;       /**< Slot that it begins with; 0: a round does. */
};

/** Do a slice if it is time; returns when the next is due. */
uint64_t rates_run(struct director *director, uint64_t now_ms);
