/*
 * Who chooses servers in a flood, when flows are not entered: see lb_node_budget.h. The service's
 * own scheduler if it is steady; else another one, whose table is small, since each service has one
 * and control fills it: with a share of some percent more or less of the clients a server does not
 * fail.
 */

#include "svc_flood.h"

#include <rte_common.h>

/* Slots of a table for each server, at least; and sizes, which must be prime. */
#define SLOTS_EACH 6
static const int64_t sizes[] = { 251, 1021, 4093, 16381, 65521, 524287 };

static int64_t
size_for(uint32_t servers)
{
	size_t i = 0;

	while (i + 1 < RTE_DIM(sizes) && sizes[i] < SLOTS_EACH * (int64_t)servers)
		i++;
	return sizes[i];
}

/* Whether flows need an entry: for their answers, or because other flows of the client have one. */
static bool
needs_entries(const struct lb_svc *svc)
{
	if (svc->persistence != 0)
		return true;
	for (uint32_t i = 0; i < svc->n; i++)
		if (!svc->servers[i].one_way)
			return true;
	return svc->sorry != NULL && !svc->sorry->one_way;
}

int
svc_flood_build(struct lb_svc *svc, const struct lb_sched_ops *sched, struct lb_error *err)
{
	const struct lb_sched_option size = {
		.name = "size",
		.type = LB_SCHED_OPTION_INT,
		.number = size_for(svc->n),
	};
	const struct lb_sched_options options = { .n = 1, .list = &size };

	if (sched == NULL || needs_entries(svc))
		return 0;
	if (svc->sched->steady) {
		svc->flood = svc->sched;
		svc->flood_state = svc->state;
		return 0;
	}
	svc->flood_state = sched->build(svc->dests, svc->n, &options, lb_sched_version(), err);
	if (svc->flood_state == NULL)
		return -err->code;
	svc->flood = sched;
	return 0;
}

void
svc_flood_destroy(struct lb_svc *svc)
{
	if (svc->flood != NULL && svc->flood_state != svc->state)
		svc->flood->destroy(svc->flood_state);
}

const struct lb_svc_server *
lb_svc_pick_flood(
	const struct lb_svc *svc, struct lb_slot_worker *slots, const struct lb_sched_flow *flow)
{
	int i = svc->flood->pick(svc->flood_state, lb_svc_local(svc, slots->number), flow);

	return i < 0 ? NULL : &svc->servers[i];
}
