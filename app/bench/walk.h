#pragma once
/**
 * @file
 * What is timed: one burst on its way through a lane. Each returns TSC cycles. The clock is read
 * the same way in all, and its own cost is part of each, so also of what `empty` takes away.
 *
 * None is inlined, so that a profiler can be told to count in them alone.
 */

#include <stdint.h>

struct lane;

/** Receive and send, no graph. */
uint64_t walk_empty(struct lane *lane);

/** A graph that receives and sends. */
uint64_t walk_l2(struct lane *lane);

/** A turn of the worker: its graph, expiry, and its other chores. */
uint64_t walk_director(struct lane *lane);

/** The same while connections are made ready; not timed, so 0. */
uint64_t walk_untimed(struct lane *lane);
