/*
 * lblcr: lblc with replication. A destination has a set of servers, and the least loaded of them
 * takes the flow. When that one is busy as with lblc, the server that wlc would choose joins the
 * set; when the set has not changed for the expiry time, the most loaded one leaves it.
 *
 * Members lie in a pool of fixed size. While it is empty, a flow goes where it should, but the
 * server does not join.
 */

#include <errno.h>
#include <stdlib.h>

#include "locality.h"

#define MEMBERS 65536

/* A server of a set. */
struct lblcr_member {
	uint32_t slot;
	uint32_t next; /* in the set, or of the free ones: position + 1; 0: last */
};

struct lblcr_local {
	struct locality_local base;
	uint32_t top;  /* members from here on were never used */
	uint32_t free; /* position + 1 */
	struct lblcr_member members[MEMBERS];
};

/* What became of a look at a set. */
struct lblcr_look {
	int least; /* index into dests; -1: nobody may take the flow */
	struct tree_cost least_cost;
	uint32_t *most; /* link to the most loaded member; NULL: there is none with weight */
	struct tree_cost most_cost;
	uint32_t n;
};

/* The value of an entry is its first member plus 1. */

static void
lblcr_free(struct lblcr_local *mine, uint32_t *link)
{
	uint32_t at = *link;

	*link = mine->members[at - 1].next;
	mine->members[at - 1].next = mine->free;
	mine->free = at;
}

static void
lblcr_drop(void *arg, uint32_t value)
{
	while (value != 0)
		lblcr_free(arg, &value);
}

static const struct locality_kind lblcr_kind = {
	.name = "lblcr",
	.own = sizeof(struct lblcr_local),
	.drop = lblcr_drop,
};

static void *
lblcr_build(const struct lb_sched_dest *dests, size_t n, const struct lb_sched_options *options,
	uint64_t version, struct lb_error *err)
{
	struct locality *state;
	uint32_t expiry;

	if (locality_options("lblcr", options, &expiry, err) != 0)
		return NULL;
	state = locality_build(&lblcr_kind, dests, n, version, err);
	if (state != NULL)
		state->expiry = expiry;
	return state;
}

static bool
lblcr_is_less(struct tree_cost a, struct tree_cost b)
{
	return a.load * b.weight < b.load * a.weight;
}

/* A member is looked at. */
static void
lblcr_note(struct lblcr_look *look, const struct locality *state, uint32_t *link, int i,
	const struct lb_sched_flow *flow)
{
	struct tree_cost cost = locality_cost(state, flow, i);

	if (locality_is_open(state, flow, i) &&
		(look->least < 0 || lblcr_is_less(cost, look->least_cost))) {
		look->least = i;
		look->least_cost = cost;
	}
	if (cost.weight != 0 && (look->most == NULL || !lblcr_is_less(cost, look->most_cost))) {
		look->most = link;
		look->most_cost = cost;
	}
}

/* Look at the set of a destination; members that are no servers any more leave it. */
static struct lblcr_look
lblcr_look(const struct locality *state, struct lblcr_local *mine, struct dest_entry *entry,
	const struct lb_sched_flow *flow)
{
	struct lblcr_look look = { .least = -1 };
	uint32_t *link = &entry->value;

	while (*link != 0) {
		struct lblcr_member *member = &mine->members[*link - 1];
		int i = locality_find(state, member->slot);

		if (i < 0) {
			lblcr_free(mine, link);
			continue;
		}
		lblcr_note(&look, state, link, i, flow);
		look.n++;
		link = &member->next;
	}
	return look;
}

/* A server joins the set of a destination, unless it is in it. */
static void
lblcr_join(struct lblcr_local *mine, struct dest_entry *entry, uint32_t slot, uint32_t now)
{
	uint32_t at;

	for (at = entry->value; at != 0; at = mine->members[at - 1].next)
		if (mine->members[at - 1].slot == slot)
			return;
	if (mine->free != 0) {
		at = mine->free;
		mine->free = mine->members[at - 1].next;
	} else if (mine->top < MEMBERS) {
		at = ++mine->top;
	} else {
		return;
	}
	mine->members[at - 1] = (struct lblcr_member){ .slot = slot, .next = entry->value };
	entry->value = at;
	entry->modified = now;
}

/* The server of the set that takes the flow, or -1: one has to be found. */
static int
lblcr_remembered(const struct locality *state, struct lblcr_local *mine, struct dest_entry *entry,
	const struct lb_sched_flow *flow)
{
	struct lblcr_look look = lblcr_look(state, mine, entry, flow);
	uint32_t now = lb_clock_tick(flow->now);

	if (look.n > 1 && look.most != NULL && now - entry->modified > state->expiry) {
		lblcr_free(mine, look.most);
		entry->modified = now;
	}
	if (look.least < 0 || locality_is_busy(state, &mine->base, flow, look.least))
		return -1;
	return look.least;
}

static int
lblcr_pick(const void *arg, struct lb_sched_local *head, const struct lb_sched_flow *flow)
{
	struct lblcr_local *mine = (struct lblcr_local *)head;
	const struct locality *state = arg;
	uint32_t now = lb_clock_tick(flow->now);
	struct dest_entry *entry;
	int i = -1;

	locality_repair(state, &mine->base, flow);
	entry = dest_map_find(&mine->base.map, &flow->dst);
	if (entry != NULL && now - entry->used >= state->expiry) { /* no tick was there to do it */
		lblcr_drop(mine, entry->value);
		dest_map_remove(&mine->base.map, entry);
		entry = NULL;
	}
	if (entry != NULL) {
		entry->used = now;
		i = lblcr_remembered(state, mine, entry, flow);
	}
	if (i >= 0)
		return i;
	i = locality_least(state, &mine->base, flow);
	if (i >= 0 && entry == NULL)
		entry = dest_map_add(&mine->base.map, &flow->dst, now);
	if (i >= 0 && entry != NULL)
		lblcr_join(mine, entry, state->wlc.dests[i].slot, now);
	return i;
}

const struct lb_sched_ops lb_sched_lblcr = {
	.name = "lblcr",
	.build = lblcr_build,
	.local_size = locality_local_size,
	.pick = lblcr_pick,
	.changed = locality_changed,
	.tick = locality_tick,
	.destroy = free,
};
