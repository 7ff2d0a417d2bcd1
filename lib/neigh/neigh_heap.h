#pragma once
/**
 * @file
 * When each neighbour is due next. Control lcore.
 */

#include <stdint.h>

/** An index and its time. */
struct neigh_due {
	uint64_t ms;
	uint32_t index;
};

/** A heap by time; each index is in it at most once. */
struct neigh_heap {
	struct neigh_due *items; /**< From 1; the first is the earliest. */
	uint32_t *at;            /**< Place in items, by index; 0: not in it. */
	uint32_t n;
};

/** For indices 1 .. size - 1. 0 or -ENOMEM. */
int neigh_heap_init(struct neigh_heap *heap, uint32_t size);
void neigh_heap_fini(struct neigh_heap *heap);

/** Put index in, or move it. */
void neigh_heap_set(struct neigh_heap *heap, uint32_t index, uint64_t ms);

/** Take index out, if it is in. */
void neigh_heap_drop(struct neigh_heap *heap, uint32_t index);

/** The earliest; index 0 and UINT64_MAX: the heap is empty. */
static inline struct neigh_due
neigh_heap_top(const struct neigh_heap *heap)
{
	return heap->n == 0 ? (struct neigh_due){ .ms = UINT64_MAX } : heap->items[1];
}
