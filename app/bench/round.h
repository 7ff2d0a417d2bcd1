#pragma once
/**
 * @file
 * A round of one lane: so many walks, timed. Those of a stretch during which the kernel let another
 * thread run on the CPU are left out, if not all are such. The lane's lcore.
 */

#include <stdint.h>

struct lane;

/** Walks of a lane's round, whatever is walked. */
uint32_t round_length(const struct lane *lane);

/** Walk them. What they took is in lane->cycles, of lane->walks_n that count. */
void round_run(
	struct lane *lane, uint64_t (*walk)(struct lane *lane), void (*pass)(struct lane *lane));
