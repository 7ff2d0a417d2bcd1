#pragma once
/**
 * @file
 * A place in a list of servers that survives new versions of the list.
 *
 * Schedulers that walk the servers in turn (rr, wrr) remember where a worker was. Positions change
 * with every version, slots do not: the cursor keeps the slot of the server that was used last. Is
 * that server gone, the walk goes on at the position where it stood, which its successor has now.
 * A server that only lost its weight still marks the place.
 */

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "lb_sched.h"

/** A server with a weight. */
struct walk_server {
	uint32_t slot;
	uint32_t weight;
	uint32_t index; /**< In dests. */
};

/** The servers that may take flows, in the order of the configuration. Immutable. */
struct walk_list {
	uint64_t version;
	const struct lb_sched_dest *dests;
	uint32_t dests_n;
	uint32_t n;
	struct walk_server servers[];
};

/** Where one worker is. Zeroed: nowhere yet. */
struct walk_cursor {
	uint32_t used;  /**< Slot of the server that was used last, plus 1; 0: none. */
	uint32_t index; /**< Where that server stood in dests. */
	uint32_t next;  /**< In servers: who is looked at first. */
};

/** The list of a version, or NULL. The caller frees it. */
static inline struct walk_list *
walk_build(const struct lb_sched_dest *dests, size_t n, uint64_t version)
{
	struct walk_list *list = malloc(sizeof(*list) + n * sizeof(list->servers[0]));

	if (list == NULL)
		return NULL;
	list->version = version;
	list->dests = dests;
	list->dests_n = (uint32_t)n;
	list->n = 0;
	for (uint32_t i = 0; i < n; i++)
		if (dests[i].weight != 0)
			list->servers[list->n++] = (struct walk_server){
				.slot = dests[i].slot,
				.weight = dests[i].weight,
				.index = i,
			};
	return list;
}

/** The first position of dests that the walk has not passed. */
static inline uint32_t
walk_resume(const struct walk_list *list, struct walk_cursor *cursor)
{
	for (uint32_t i = 0; i < list->dests_n; i++) {
		if (list->dests[i].slot != cursor->used - 1)
			continue;
		cursor->index = i;
		return i + 1;
	}
	return cursor->index;
}

/** Make a cursor of another version fit. Worker 0 starts at the first server, others spread. */
static inline void
walk_repair(const struct walk_list *list, struct walk_cursor *cursor,
	const struct lb_sched_local *local)
{
	uint32_t resume;

	if (cursor->used == 0) {
		cursor->next = (uint32_t)((uint64_t)list->n * local->worker / local->workers);
		return;
	}
	resume = walk_resume(list, cursor);
	cursor->next = 0;
	while (cursor->next < list->n && list->servers[cursor->next].index < resume)
		cursor->next++;
}

/** The server at a position of servers is used; the walk goes on behind it. */
static inline int
walk_use(const struct walk_list *list, struct walk_cursor *cursor, uint32_t at)
{
	cursor->used = list->servers[at].slot + 1;
	cursor->index = list->servers[at].index;
	cursor->next = at + 1;
	return (int)cursor->index;
}
