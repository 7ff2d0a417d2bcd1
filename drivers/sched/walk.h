#pragma once
/**
 * @file
 * A place in a list of servers that survives new versions of the list.
 *
 * Schedulers that walk the servers in turn (rr, wrr) remember where a worker was. Positions change
 * with every version, slots do not: the cursor keeps the slot of the server that was used last, and
 * those of its neighbours. Is that server gone, the walk goes on behind the one before it, or if
 * that is gone too, with the one behind; only without all three it goes on at the position where
 * they stood. A server that only lost its weight still marks the place.
 */

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <rte_prefetch.h>

#include "lb_sched.h"

/** A server with a weight. */
struct walk_server {
	uint32_t slot;
	uint32_t weight;
	uint32_t index;  /**< In dests. */
	uint32_t before; /**< Slot of its neighbour in dests, plus 1; 0: it is the first. */
	uint32_t after;  /**< The same of that behind it; 0: it is the last. */
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
	uint32_t used;   /**< Slot of the server that was used last, plus 1; 0: none. */
	uint32_t before; /**< As its struct walk_server had it. */
	uint32_t after;
	uint32_t index;
	uint32_t next; /**< In servers: who is looked at first. */
};

/** Slot of the server at a position of dests, plus 1; 0: none stands there. */
static inline uint32_t
walk_slot(const struct walk_list *list, uint32_t at)
{
	return at < list->dests_n ? list->dests[at].slot + 1 : 0;
}

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
				.before = walk_slot(list, i - 1),
				.after = walk_slot(list, i + 1),
			};
	return list;
}

/** Position in dests of a slot, given plus 1; dests_n: it has none. */
static inline uint32_t
walk_find(const struct walk_list *list, uint32_t slot)
{
	uint32_t i = 0;

	while (i < list->dests_n && list->dests[i].slot + 1 != slot)
		i++;
	return i;
}

/** The first position of dests that the walk has not passed. */
static inline uint32_t
walk_resume(const struct walk_list *list, struct walk_cursor *cursor)
{
	uint32_t at = walk_find(list, cursor->used);

	if (at < list->dests_n) {
		cursor->index = at;
		cursor->before = walk_slot(list, at - 1);
		cursor->after = walk_slot(list, at + 1);
		return at + 1;
	}
	at = walk_find(list, cursor->before);
	if (at < list->dests_n)
		return cursor->index = at + 1;
	at = walk_find(list, cursor->after);
	if (at < list->dests_n)
		cursor->index = at;
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
	const struct walk_server *server = &list->servers[at];

	cursor->used = server->slot + 1;
	cursor->before = server->before;
	cursor->after = server->after;
	cursor->index = server->index;
	cursor->next = at + 1;
	return (int)cursor->index;
}

/**
 * The index in dests of whom the walk is likely to choose: the one behind the last; -1: that is not
 * known yet. What the walk looks at first is on its way into the cache.
 */
static inline int
walk_peek(const struct walk_list *list, const struct walk_cursor *cursor,
	const struct lb_sched_local *local)
{
	if (local->version != list->version || list->n == 0)
		return -1;
	rte_prefetch0(&list->servers[cursor->next < list->n ? cursor->next : 0]);
	return (int)(cursor->index + 1 < list->dests_n ? cursor->index + 1 : 0);
}
