/*
 * fo: failover. The heaviest server gets everything as long as it is open, then the next one.
 */

#include <stdlib.h>

#include "least.h"

static struct tree_cost
fo_cost(struct lb_sched_load load, uint32_t weight)
{
	(void)load;
	return (struct tree_cost){ .load = 1, .weight = weight };
}

static const struct least_rule fo_rule = { .name = "fo", .cost = fo_cost };

static void *
fo_build(const struct lb_sched_dest *dests, size_t n, const struct lb_sched_options *options,
	uint64_t version, struct lb_error *err)
{
	if (lb_sched_no_options("fo", options, err) != 0)
		return NULL;
	return least_build(&fo_rule, dests, n, version, err);
}

const struct lb_sched_ops lb_sched_fo = {
	.name = "fo",
	.build = fo_build,
	.local_size = least_local_size,
	.pick = least_pick,
	.changed = least_changed,
	.tick = least_tick,
	.destroy = free,
};
