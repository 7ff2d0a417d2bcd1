#pragma once
/**
 * @file
 * Schedulers that choose the server of least cost: lc, wlc, sed, nq, fo and ovf differ only in what
 * a server costs. Each worker keeps a tree of all servers, so a pick looks at one of them; what
 * changed is told by changed() and found by tick().
 */

#include "lb_sched.h"
#include "tree.h"

/** What a scheduler of this kind is. */
struct least_rule {
	const char *name;

	/** The cost of an open server with weight > 0, or TREE_OUT. */
	struct tree_cost (*cost)(struct lb_sched_load load, uint32_t weight);
};

/** A version: the same for all workers. */
struct least {
	uint64_t version;
	const struct least_rule *rule;
	const struct lb_sched_dest *dests;
	uint32_t n;
	uint32_t leaves;
};

/** What a worker keeps; follows the head of `local`. */
struct least_tree {
	struct lb_sched_flow seen; /**< total, delta and closed as in the flow of the first pick. */
	uint32_t next;             /**< Server that the next tick looks at first. */
	struct tree tree;
};

/** What wlc goes by; lblc and lblcr choose like it. */
static inline struct tree_cost
least_wlc_cost(struct lb_sched_load load, uint32_t weight)
{
	return (struct tree_cost){ .load = lb_sched_overhead(load), .weight = weight };
}

/** Prepare a version; it cannot fail. dests stays the caller's. */
void least_init(struct least *least, const struct least_rule *rule,
	const struct lb_sched_dest *dests, size_t n, uint64_t version);

/** Bytes of a struct least_tree for that many leaves. */
size_t least_tree_size(uint32_t leaves);

/** Make the tree fit a version, with the loads of now. */
void least_repair(
	const struct least *least, struct least_tree *mine, const struct lb_sched_flow *flow);

/** The open server that costs least, or -1. */
int least_first(
	const struct least *least, struct least_tree *mine, const struct lb_sched_flow *flow);

/** Look at a server again. */
void least_refresh(const struct least *least, struct least_tree *mine, uint32_t i);

/** Look at LB_SCHED_TICK servers again. */
void least_refresh_some(const struct least *least, struct least_tree *mine);

/* The operations of a scheduler that consists of a rule and nothing else. */

void *least_build(const struct least_rule *rule, const struct lb_sched_dest *dests, size_t n,
	uint64_t version, struct lb_error *err);
size_t least_local_size(const void *state);
int least_pick(const void *state, struct lb_sched_local *local, const struct lb_sched_flow *flow);
void least_changed(const void *state, struct lb_sched_local *local, size_t i);
void least_tick(const void *state, struct lb_sched_local *local, uint64_t now);
