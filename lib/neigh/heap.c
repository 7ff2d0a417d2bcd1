/*
 * A binary heap of due times: see neigh_heap.h. Item 1 is the earliest; the children of i are 2i
 * and 2i + 1. `at` says where an index stands, so that it can be moved or dropped.
 */

#include "neigh_heap.h"

#include <errno.h>
#include <stdlib.h>

int
neigh_heap_init(struct neigh_heap *heap, uint32_t size)
{
	heap->n = 0;
	heap->items = calloc((size_t)size + 1, sizeof(heap->items[0]));
	heap->at = calloc(size, sizeof(heap->at[0]));
	if (heap->items != NULL && heap->at != NULL)
		return 0;
	neigh_heap_fini(heap);
	return -ENOMEM;
}

void
neigh_heap_fini(struct neigh_heap *heap)
{
	free(heap->items);
	free(heap->at);
}

static void
heap_place(struct neigh_heap *heap, uint32_t at, struct neigh_due item)
{
	heap->items[at] = item;
	heap->at[item.index] = at;
}

/* Put item where its time belongs: at the hole, above it or below it. */
static void
heap_sift(struct neigh_heap *heap, uint32_t hole, struct neigh_due item)
{
	while (hole > 1 && item.ms < heap->items[hole / 2].ms) {
		heap_place(heap, hole, heap->items[hole / 2]);
		hole /= 2;
	}
	for (uint32_t child = 2 * hole; child <= heap->n; child = 2 * hole) {
		if (child < heap->n && heap->items[child + 1].ms < heap->items[child].ms)
			child++;
		if (item.ms <= heap->items[child].ms)
			break;
		heap_place(heap, hole, heap->items[child]);
		hole = child;
	}
	heap_place(heap, hole, item);
}

void
neigh_heap_set(struct neigh_heap *heap, uint32_t index, uint64_t ms)
{
	uint32_t hole = heap->at[index];

	if (hole == 0)
		hole = ++heap->n;
	heap_sift(heap, hole, (struct neigh_due){ .ms = ms, .index = index });
}

void
neigh_heap_drop(struct neigh_heap *heap, uint32_t index)
{
	uint32_t hole = heap->at[index];
	struct neigh_due last;

	if (hole == 0)
		return;
	heap->at[index] = 0;
	last = heap->items[heap->n--];
	if (last.index != index)
		heap_sift(heap, hole, last);
}
