/*
 * Choosing a server. A scheduler that keeps an order of its servers hears first of what changed
 * since its last pick: of this worker's own flows at once, of the others' by a tick. Both are done
 * here and not by the clock of the worker, because only a pick needs them: a service without new
 * flows costs nothing, and a burst of them pays once.
 */

#include <rte_cycles.h>

#include "lb_svc.h"

/* Tell the scheduler of servers whose load or closed bit changed on this worker. */
static void
pick_tell(const struct lb_svc *svc, struct lb_slot_worker *slots, struct lb_sched_local *local)
{
	uint32_t slot;

	while ((slot = lb_slot_take_changed(slots, svc->watcher)) != LB_SLOT_NONE) {
		uint32_t i = slots->own[slot].watch.index;

		if (i < svc->n && svc->dests[i].slot == slot)
			svc->sched->changed(svc->state, local, i);
	}
}

/* One tick for each millisecond that passed, until all servers have been looked at. */
static void
pick_tick(const struct lb_svc *svc, struct lb_sched_local *local, uint64_t now)
{
	uint64_t ms = rte_get_tsc_hz() / 1000;

	if (now < local->next_tick)
		return;
	for (uint32_t i = 0; i <= svc->n / LB_SCHED_TICK && now >= local->next_tick; i++) {
		svc->sched->tick(svc->state, local, now);
		local->next_tick += ms;
	}
	local->next_tick = now + ms;
}

static void
pick_watch(const struct lb_svc *svc, struct lb_slot_worker *slots)
{
	for (uint32_t i = 0; i < svc->n; i++)
		lb_slot_watch(slots, svc->dests[i].slot, svc->watcher, i);
}

const struct lb_svc_server *
lb_svc_pick(
	const struct lb_svc *svc, struct lb_slot_worker *slots, const struct lb_sched_flow *flow)
{
	struct lb_sched_local *local = lb_svc_local(svc, slots->number);
	uint64_t version = local->version;
	int i;

	if (svc->watcher != 0)
		pick_tell(svc, slots, local);
	if (svc->sched->tick != NULL)
		pick_tick(svc, local, flow->now);
	i = svc->sched->pick(svc->state, local, flow);
	if (svc->watcher != 0 && local->version != version)
		pick_watch(svc, slots);
	return i < 0 ? NULL : &svc->servers[i];
}
