/*
 * lblc: locality-based least connections. A destination keeps its server until that has more active
 * connections than its weight while another has less than half of its own; then, or when it is gone
 * or closed, the destination moves to the server that wlc would choose.
 */

#include <errno.h>
#include <stdlib.h>

#include "locality.h"

/* The value of an entry is a slot plus 1. */

static void
lblc_drop(void *arg, uint32_t value)
{
	(void)arg;
	(void)value;
}

static const struct locality_kind lblc_kind = {
	.name = "lblc",
	.own = sizeof(struct locality_local),
	.drop = lblc_drop,
};

static void *
lblc_build(const struct lb_sched_dest *dests, size_t n, const struct lb_sched_options *options,
	uint64_t version, struct lb_error *err)
{
	struct locality *state;
	uint32_t expiry;

	if (locality_options("lblc", options, &expiry, err) != 0)
		return NULL;
	state = locality_build(&lblc_kind, dests, n, version, err);
	if (state != NULL)
		state->expiry = expiry;
	return state;
}

/* The server that the destination has, or -1: it needs another. */
static int
lblc_remembered(const struct locality *state, struct locality_local *local,
	const struct dest_entry *entry, const struct lb_sched_flow *flow)
{
	int i = locality_find(state, entry->value - 1);

	if (i < 0 || !locality_is_open(state, flow, i) || locality_is_busy(state, local, flow, i))
		return -1;
	return i;
}

static int
lblc_pick(const void *arg, struct lb_sched_local *head, const struct lb_sched_flow *flow)
{
	struct locality_local *local = (struct locality_local *)head;
	const struct locality *state = arg;
	uint32_t now = lb_clock_tick(flow->now);
	struct dest_entry *entry;
	int i = -1;

	locality_repair(state, local, flow);
	entry = dest_map_find(&local->map, &flow->dst);
	if (entry != NULL && now - entry->used < state->expiry)
		i = lblc_remembered(state, local, entry, flow);
	if (entry != NULL)
		entry->used = now;
	if (i >= 0)
		return i;
	i = locality_least(state, local, flow);
	if (i < 0)
		return -1;
	if (entry == NULL)
		entry = dest_map_add(&local->map, &flow->dst, now);
	if (entry != NULL)
		entry->value = state->wlc.dests[i].slot + 1;
	return i;
}

const struct lb_sched_ops lb_sched_lblc = {
	.name = "lblc",
	.build = lblc_build,
	.local_size = locality_local_size,
	.pick = lblc_pick,
	.changed = locality_changed,
	.tick = locality_tick,
	.destroy = free,
};
