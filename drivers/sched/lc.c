/*
 * lc: least connections. The server with the smallest overhead, whatever its weight is, if it has
 * any.
 */

#include <stdlib.h>

#include "least.h"

static struct tree_cost
lc_cost(struct lb_sched_load load, uint32_t weight)
{
	(void)weight;
	return (struct tree_cost){ .load = lb_sched_overhead(load), .weight = 1 };
}

static const struct least_rule lc_rule = { .name = "lc", .cost = lc_cost };

static void *
lc_build(const struct lb_sched_dest *dests, size_t n, const struct lb_sched_options *options,
	uint64_t version, struct lb_error *err)
{
	if (lb_sched_no_options("lc", options, err) != 0)
		return NULL;
	return least_build(&lc_rule, dests, n, version, err);
}

const struct lb_sched_ops lb_sched_lc = {
	.name = "lc",
	.build = lc_build,
	.local_size = least_local_size,
	.pick = least_pick,
	.changed = least_changed,
	.tick = least_tick,
	.destroy = free,
};
