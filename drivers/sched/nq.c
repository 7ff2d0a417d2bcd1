/*
 * nq: never queue. The first server that has nothing to do, even if a busy one would be faster;
 * when all are busy, like sed.
 */

#include <stdlib.h>

#include "least.h"

static struct tree_cost
nq_cost(struct lb_sched_load load, uint32_t weight)
{
	uint64_t queue = load.active == 0 ? 0 : (uint64_t)load.active + 1;

	return (struct tree_cost){ .load = queue, .weight = weight };
}

static const struct least_rule nq_rule = { .name = "nq", .cost = nq_cost };

static void *
nq_build(const struct lb_sched_dest *dests, size_t n, const struct lb_sched_options *options,
	uint64_t version, struct lb_error *err)
{
	if (lb_sched_no_options("nq", options, err) != 0)
		return NULL;
	return least_build(&nq_rule, dests, n, version, err);
}

const struct lb_sched_ops lb_sched_nq = {
	.name = "nq",
	.ratios = true,
	.build = nq_build,
	.local_size = least_local_size,
	.pick = least_pick,
	.changed = least_changed,
	.tick = least_tick,
	.destroy = free,
};
