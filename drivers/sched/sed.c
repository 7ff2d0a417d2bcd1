/*
 * sed: shortest expected delay. The server that has the fewest active connections for its weight
 * after it has got this one too. All idle: the heaviest.
 */

#include <stdlib.h>

#include "least.h"

static struct tree_cost
sed_cost(struct lb_sched_load load, uint32_t weight)
{
	return (struct tree_cost){ .load = (uint64_t)load.active + 1, .weight = weight };
}

static const struct least_rule sed_rule = { .name = "sed", .cost = sed_cost };

static void *
sed_build(const struct lb_sched_dest *dests, size_t n, const struct lb_sched_options *options,
	uint64_t version, struct lb_error *err)
{
	if (lb_sched_no_options("sed", options, err) != 0)
		return NULL;
	return least_build(&sed_rule, dests, n, version, err);
}

const struct lb_sched_ops lb_sched_sed = {
	.name = "sed",
	.ratios = true,
	.build = sed_build,
	.local_size = least_local_size,
	.pick = least_pick,
	.changed = least_changed,
	.tick = least_tick,
	.destroy = free,
};
