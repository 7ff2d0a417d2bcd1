/*
 * Rates as Linux Virtual Server computes them: every 2 seconds each average moves a quarter of the
 * way to what was counted per second since. Averages have a fraction of some bits, so that one
 * connection in a minute is not nothing.
 *
 * Averages of many slots add up to that of their sum, but for rounding, since what is linear in
 * each is so in all: a service has no counters of its own.
 */

#include "svc_slots.h"

uint64_t
lb_rate_step(uint64_t average, uint64_t counted, unsigned int fraction)
{
	int64_t rate = (int64_t)(counted << fraction) / LB_RATE_SECONDS;

	return average + (uint64_t)((rate - (int64_t)average) >> 2);
}

uint64_t
lb_rate_per_second(uint64_t average, unsigned int fraction)
{
	return (average + (UINT64_C(1) << (fraction - 1)) - 1) >> fraction;
}

/* Move one average on, and remember the count. */
static void
rate_move(uint64_t *average, uint64_t *last, uint64_t count, unsigned int fraction)
{
	*average = lb_rate_step(*average, count - *last, fraction);
	*last = count;
}

static void
rate_slot(struct lb_slots *slots, uint32_t slot)
{
	struct lb_slot_stats stats = lb_slots_stats(slots, slot);
	struct slot_rates *rates = &slots->rates[slot];
	struct lb_slot_rates *now = &rates->now;

	rate_move(&now->conns, &rates->last.conns, stats.conns, LB_RATE_EVENTS);
	for (int d = 0; d < LB_FWD_DIRECTIONS; d++) {
		rate_move(&now->packets[d], &rates->last.packets[d], stats.packets[d],
			LB_RATE_EVENTS);
		rate_move(&now->bytes[d], &rates->last.bytes[d], stats.bytes[d], LB_RATE_BYTES);
	}
}

uint32_t
lb_slots_rate_some(struct lb_slots *slots, uint32_t from, uint32_t budget)
{
	for (uint32_t slot = from; slot < slots->high; slot++) {
		if (slots->states[slot] == SLOT_FREE)
			continue;
		if (budget-- == 0)
			return slot;
		rate_slot(slots, slot);
	}
	return 0;
}

struct lb_slot_rates
lb_slots_rates(const struct lb_slots *slots, uint32_t slot)
{
	return slots->rates[slot].now;
}
