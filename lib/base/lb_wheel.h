#pragma once
/**
 * @file
 * A timing wheel over numbered items that carry their own links. Single-threaded.
 *
 * One turn is LB_WHEEL_SLOTS ticks; an item that is due later is armed at the far end and armed
 * again when it comes up. The wheel does not know when an item is really due: whoever takes items
 * off decides (lazy re-arming), so most packets never touch it.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <rte_common.h>

/** Ticks of one turn; a power of two. */
#define LB_WHEEL_SLOTS 4096

/** Lists of one tick, together one cache line; as many items are waited for at the same time. */
#define LB_WHEEL_LANES 16

/** Links of one item, inside the item. Numbers, 0: none. The first of a list has a stale prev. */
struct lb_wheel_link {
	uint32_t prev;
	uint32_t next;
};

/** A wheel; items are an array at base, stride bytes apart, with a link at offset in each. */
struct lb_wheel {
	uint8_t *base;
	size_t stride;
	size_t offset;
	uint32_t now; /**< Next tick to be looked at. */
	/** First item of each list. */
	uint32_t heads[LB_WHEEL_SLOTS][LB_WHEEL_LANES] __rte_cache_aligned;
};

/** Item 0 is never used. now: the first tick. */
void lb_wheel_init(struct lb_wheel *wheel, void *base, size_t stride, size_t offset, uint32_t now);

/**
 * Put an item, which is not in the wheel, at tick; returns the tick it is armed for: the next one
 * when tick has passed, the far end when it is more than a turn away.
 */
uint32_t lb_wheel_arm(struct lb_wheel *wheel, uint32_t item, uint32_t tick);

/** Take an item out; armed: what lb_wheel_arm() returned. */
void lb_wheel_disarm(struct lb_wheel *wheel, uint32_t item, uint32_t armed);

/**
 * Take up to max items that were armed for ticks up to and with now into items; returns how many.
 * Fewer than max: nothing else is due.
 */
uint32_t lb_wheel_take(struct lb_wheel *wheel, uint32_t now, uint32_t *items, uint32_t max);
