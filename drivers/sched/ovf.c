/*
 * ovf: overflow. The heaviest server gets everything until it has more active connections than its
 * weight, so weight + 1 of them; then the next one. When all are full, nobody is chosen.
 */

#include <stdlib.h>

#include "least.h"

static struct tree_cost
ovf_cost(struct lb_sched_load load, uint32_t weight)
{
	if (load.active > weight)
		return TREE_OUT;
	return (struct tree_cost){ .load = 1, .weight = weight };
}

static const struct least_rule ovf_rule = { .name = "ovf", .cost = ovf_cost };

static void *
ovf_build(const struct lb_sched_dest *dests, size_t n, const struct lb_sched_options *options,
	uint64_t version, struct lb_error *err)
{
	if (lb_sched_no_options("ovf", options, err) != 0)
		return NULL;
	return least_build(&ovf_rule, dests, n, version, err);
}

const struct lb_sched_ops lb_sched_ovf = {
	.name = "ovf",
	.build = ovf_build,
	.local_size = least_local_size,
	.pick = least_pick,
	.changed = least_changed,
	.tick = least_tick,
	.destroy = free,
};
