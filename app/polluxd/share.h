#pragma once
/**
 * @file
 * Slow start: a server that is new to a service, or comes back to it, begins with a small share of
 * its weight, which grows evenly. Pure.
 */

#include <stdint.h>

/** A whole share; a share is so many parts of it. */
#define SHARE_WHOLE 20

/** The share of a server that began to take part so long ago; never 0. */
uint32_t share_at(uint64_t age_ms, uint32_t slow_start_ms);

/**
 * What a server weighs for the scheduler, if the shares of its service are not all whole: then all
 * weights are times SHARE_WHOLE, so that a weight of 1 can be a fraction of itself.
 */
uint32_t share_weight(uint32_t weight, uint32_t share, int all_whole);
