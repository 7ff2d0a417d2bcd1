/*
 * What lblc and lblcr share: see locality.h.
 *
 * `local` has to outlive versions, for the sake of the map, and so may not change its size whenever
 * a server is added: the trees have room for 1,024 servers at least, and for twice as many when
 * those are too few. Only then do workers forget their destinations.
 */

#include "locality.h"

#include <errno.h>
#include <stdlib.h>

#define ROOM UINT32_C(1024)

#define DAY_MS INT64_C(86400000)

int
locality_options(const char *scheduler, const struct lb_sched_options *options, uint32_t *expiry,
	struct lb_error *err)
{
	static const struct lb_sched_rule rules[] = {
		{ .name = "expiry_ms",
			.type = LB_SCHED_OPTION_INT,
			.min = 1000,
			.max = 30 * DAY_MS,
			.fallback = DAY_MS },
		{ .name = NULL },
	};
	struct lb_sched_option value;

	if (lb_sched_read_options(scheduler, rules, options, &value, err) != 0)
		return -EINVAL;
	*expiry = lb_ticks_from_ms((uint64_t)value.number);
	return 0;
}

static struct tree_cost
locality_idle_cost(struct lb_sched_load load, uint32_t weight)
{
	return (struct tree_cost){ .load = load.active, .weight = weight };
}

static int
locality_compare(const void *a, const void *b)
{
	const struct locality_place *x = a, *y = b;

	return x->slot < y->slot ? -1 : x->slot > y->slot;
}

struct locality *
locality_build(const struct locality_kind *kind, const struct lb_sched_dest *dests, size_t n,
	uint64_t version, struct lb_error *err)
{
	static const struct least_rule wlc = { .name = "wlc", .cost = least_wlc_cost };
	static const struct least_rule idle = { .name = "idle", .cost = locality_idle_cost };
	struct locality *state = malloc(sizeof(*state) + n * sizeof(state->places[0]));

	if (state == NULL) {
		lb_error_set(err, ENOMEM,
			"scheduler \"%s\": no memory for %zu servers; give the machine more",
			kind->name, n);
		return NULL;
	}
	state->kind = kind;
	least_init(&state->wlc, &wlc, dests, n, version);
	least_init(&state->idle, &idle, dests, n, version);
	state->tree_size =
		RTE_ALIGN_CEIL(least_tree_size(RTE_MAX(state->wlc.leaves, ROOM)), sizeof(uint64_t));
	for (uint32_t i = 0; i < n; i++)
		state->places[i] = (struct locality_place){ .slot = dests[i].slot, .index = i };
	qsort(state->places, n, sizeof(state->places[0]), locality_compare);
	return state;
}

static struct least_tree *
locality_tree(const struct locality *state, struct locality_local *local, int number)
{
	return (struct least_tree *)((uint8_t *)local + state->kind->own +
				     (size_t)number * state->tree_size);
}

static struct least_tree *
locality_wlc(const struct locality *state, struct locality_local *local)
{
	return locality_tree(state, local, 0);
}

static struct least_tree *
locality_idle(const struct locality *state, struct locality_local *local)
{
	return locality_tree(state, local, 1);
}

size_t
locality_local_size(const void *arg)
{
	const struct locality *state = arg;

	return state->kind->own + 2 * state->tree_size;
}

void
locality_repair(const struct locality *state, struct locality_local *local,
	const struct lb_sched_flow *flow)
{
	if (local->head.version == state->wlc.version)
		return;
	least_repair(&state->wlc, locality_wlc(state, local), flow);
	least_repair(&state->idle, locality_idle(state, local), flow);
	local->head.version = state->wlc.version;
}

int
locality_find(const struct locality *state, uint32_t slot)
{
	uint32_t low = 0, high = state->wlc.n;

	while (low < high) {
		uint32_t middle = (low + high) / 2;

		if (state->places[middle].slot < slot)
			low = middle + 1;
		else
			high = middle;
	}
	if (low == state->wlc.n || state->places[low].slot != slot)
		return -1;
	return (int)state->places[low].index;
}

bool
locality_is_open(const struct locality *state, const struct lb_sched_flow *flow, int i)
{
	const struct lb_sched_dest *dest = &state->wlc.dests[i];

	return dest->weight != 0 && !lb_sched_is_closed(flow, dest->slot);
}

bool
locality_is_busy(const struct locality *state, struct locality_local *local,
	const struct lb_sched_flow *flow, int i)
{
	const struct lb_sched_dest *dest = &state->wlc.dests[i];
	struct least_tree *tree = locality_idle(state, local);
	const struct tree_cost *least;
	int idlest;

	if (lb_sched_load_of(flow, dest->slot).active <= dest->weight)
		return false;
	idlest = least_first(&state->idle, tree, flow);
	if (idlest < 0)
		return false;
	least = &tree->tree.costs[idlest];
	return 2 * least->load < least->weight;
}

int
locality_least(const struct locality *state, struct locality_local *local,
	const struct lb_sched_flow *flow)
{
	return least_first(&state->wlc, locality_wlc(state, local), flow);
}

struct tree_cost
locality_cost(const struct locality *state, const struct lb_sched_flow *flow, int i)
{
	const struct lb_sched_dest *dest = &state->wlc.dests[i];

	return least_wlc_cost(lb_sched_load_of(flow, dest->slot), dest->weight);
}

void
locality_changed(const void *arg, struct lb_sched_local *head, size_t i)
{
	struct locality_local *local = (struct locality_local *)head;
	const struct locality *state = arg;

	if (head->version != state->wlc.version)
		return;
	least_refresh(&state->wlc, locality_wlc(state, local), (uint32_t)i);
	least_refresh(&state->idle, locality_idle(state, local), (uint32_t)i);
}

void
locality_tick(const void *arg, struct lb_sched_local *head, uint64_t now)
{
	struct locality_local *local = (struct locality_local *)head;
	const struct locality *state = arg;

	dest_map_sweep(&local->map, lb_clock_tick(now), state->expiry, state->kind->drop, local);
	if (head->version != state->wlc.version)
		return;
	least_refresh_some(&state->wlc, locality_wlc(state, local));
	least_refresh_some(&state->idle, locality_idle(state, local));
}
