/*
 * wlc: weighted least connections. The server with the smallest overhead for its weight. All idle:
 * the first one, not the heaviest.
 */

#include <stdlib.h>

#include "least.h"

static const struct least_rule wlc_rule = { .name = "wlc", .cost = least_wlc_cost };

static void *
wlc_build(const struct lb_sched_dest *dests, size_t n, const struct lb_sched_options *options,
	uint64_t version, struct lb_error *err)
{
	if (lb_sched_no_options("wlc", options, err) != 0)
		return NULL;
	return least_build(&wlc_rule, dests, n, version, err);
}

const struct lb_sched_ops lb_sched_wlc = {
	.name = "wlc",
	.ratios = true,
	.build = wlc_build,
	.local_size = least_local_size,
	.pick = least_pick,
	.changed = least_changed,
	.tick = least_tick,
	.destroy = free,
};
