#pragma once
/**
 * @file
 * What lblc and lblcr share: schedulers for farms of caches. A destination keeps its servers, whose
 * caches have what it offers, until they have too much to do.
 *
 * Each worker remembers destinations by itself, and keeps two trees of all servers: one by overhead
 * for its weight, to choose a server for a new destination as wlc does, and one by active
 * connections, to see whether anybody has little to do.
 */

#include "dest_map.h"
#include "least.h"

/** Where the server of a slot stands. */
struct locality_place {
	uint32_t slot;
	uint32_t index; /**< In dests. */
};

/** What the two schedulers differ in. */
struct locality_kind {
	const char *name;
	size_t own;             /**< Bytes of `local` in front of the trees. */
	dest_map_drop_fn *drop; /**< Of an entry's value; arg is the `local`. */
};

/** A version. */
struct locality {
	const struct locality_kind *kind;
	struct least wlc;
	struct least idle;
	uint32_t expiry;                /**< Ticks. */
	size_t tree_size;               /**< Bytes of each tree in `local`. */
	struct locality_place places[]; /**< Sorted by slot. */
};

/** Head of what a worker keeps. */
struct locality_local {
	struct lb_sched_local head;
	struct dest_map map;
};

/** The expiry time from the options, in ticks. 0 or -EINVAL. */
int locality_options(const char *scheduler, const struct lb_sched_options *options,
	uint32_t *expiry, struct lb_error *err);

struct locality *locality_build(const struct locality_kind *kind, const struct lb_sched_dest *dests,
	size_t n, uint64_t version, struct lb_error *err);

/** Make the trees fit the version. First thing in a pick. */
void locality_repair(const struct locality *state, struct locality_local *local,
	const struct lb_sched_flow *flow);

/** Index of the server of a slot, or -1: it is not in this version. */
int locality_find(const struct locality *state, uint32_t slot);

/** Whether a server may take a flow: it has weight, and is open. */
bool locality_is_open(const struct locality *state, const struct lb_sched_flow *flow, int i);

/** Whether a server has more active connections than its weight while another has few. */
bool locality_is_busy(const struct locality *state, struct locality_local *local,
	const struct lb_sched_flow *flow, int i);

/** The server that wlc would choose, or -1. */
int locality_least(const struct locality *state, struct locality_local *local,
	const struct lb_sched_flow *flow);

/** What a server costs. */
struct tree_cost locality_cost(
	const struct locality *state, const struct lb_sched_flow *flow, int i);

/* Operations. */

size_t locality_local_size(const void *state);
void locality_changed(const void *state, struct lb_sched_local *local, size_t i);
void locality_tick(const void *state, struct lb_sched_local *local, uint64_t now);
