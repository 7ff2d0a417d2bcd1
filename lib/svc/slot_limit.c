/*
 * Limits: a slot is full from the connection on that brings it to its upper limit, until enough
 * have ended. Whoever changes what a slot holds judges it anew: a worker after each addition, when
 * it sees its own delta, and again when it has moved that into the total, where it sees what others
 * moved before. So of several workers the last to move sees everything, and what it judges stays.
 *
 * The bit is changed after it was judged, and what others do in between may make it wrong: they
 * have looked at it before it changed, and need not look again if no connection comes or goes. So a
 * judge who changed the bit looks once more, until there is nothing to change; all that is read
 * and written for this is in one order for everybody.
 */

#include "svc_slots.h"

bool
lb_slot_limit_full(struct lb_slot_limit limit, uint32_t held, bool full)
{
	if (limit.upper == 0)
		return false;
	return held >= limit.upper || (full && held >= limit.reopen);
}

/* Connections in a total and a delta; both may be behind, but what is behind is never less than 0.
 */
static uint32_t
limit_held(struct lb_sched_load total, struct lb_sched_load delta)
{
	return total.active + total.inactive + delta.active + delta.inactive;
}

/* Judge a slot by what it holds; true: its bit was changed. */
static bool
limit_judge(const struct lb_slot_limit *limit, uint64_t *closed, uint32_t slot, uint32_t held)
{
	uint64_t bit = lb_sched_closed_bit(slot, LB_SCHED_FULL);
	uint64_t *word = &closed[slot / 32];
	struct lb_slot_limit now;
	bool was, full;

	__atomic_load(limit, &now, __ATOMIC_SEQ_CST);
	was = (__atomic_load_n(word, __ATOMIC_SEQ_CST) & bit) != 0;
	full = lb_slot_limit_full(now, held, was);
	if (full == was)
		return false;
	if (full)
		__atomic_fetch_or(word, bit, __ATOMIC_SEQ_CST);
	else
		__atomic_fetch_and(word, ~bit, __ATOMIC_SEQ_CST);
	return true;
}

bool
lb_slot_judge(struct lb_slot_worker *worker, uint32_t slot)
{
	struct lb_sched_load total;

	__atomic_load(&worker->total[slot], &total, __ATOMIC_SEQ_CST);
	if (!limit_judge(&worker->own[slot].limit, worker->closed, slot,
		    limit_held(total, worker->delta[slot])))
		return false;
	lb_slot_tell(worker, slot);
	return true;
}

static struct lb_slot_limit
limit_of(uint32_t upper, uint32_t lower)
{
	return (struct lb_slot_limit){
		.upper = upper,
		.reopen = lower != 0 ? lower : upper - upper / 4,
	};
}

bool
lb_slots_has_limits(const struct lb_slots *slots, uint32_t slot, uint32_t upper, uint32_t lower)
{
	struct lb_slot_limit limit = limit_of(upper, lower);
	const struct lb_slot_limit *now = &slots->workers[0].worker.own[slot].limit;

	return now->upper == limit.upper && now->reopen == limit.reopen;
}

void
lb_slots_set_limits(struct lb_slots *slots, uint32_t slot, uint32_t upper, uint32_t lower)
{
	struct lb_slot_limit limit = limit_of(upper, lower);
	struct lb_sched_load load;

	if (lb_slots_has_limits(slots, slot, upper, lower))
		return;
	for (uint32_t w = 0; w < slots->workers_n; w++)
		__atomic_store(&slots->workers[w].worker.own[slot].limit, &limit, __ATOMIC_SEQ_CST);
	do
		load = lb_slots_load(slots, slot);
	while (limit_judge(&limit, slots->closed, slot, load.active + load.inactive));
}

bool
lb_slots_is_full(const struct lb_slots *slots, uint32_t slot)
{
	uint64_t word = __atomic_load_n(&slots->closed[slot / 32], __ATOMIC_RELAXED);

	return (word & lb_sched_closed_bit(slot, LB_SCHED_FULL)) != 0;
}
