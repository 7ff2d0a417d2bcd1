/*
 * A slice every millisecond: all slots that there can be take a second, so each round is over
 * before the next begins. Rounds keep to their times, since a step stands for 2 seconds whether it
 * was late or not; one that is later than a whole round is left out.
 */

#include "rates.h"

#include "director.h"

#define ROUND_MS (LB_RATE_SECONDS * 1000)

/* Servers of a slice: less than half a millisecond even when nothing of them is in a cache. */
#define SLICE 256

uint64_t
rates_run(struct director *director, uint64_t now_ms)
{
	struct rates *rates = &director->rates;

	if (now_ms < rates->due_ms)
		return rates->due_ms;
	rates->at = lb_slots_rate_some(director->slots, rates->at, SLICE);
	if (rates->at != 0) {
		rates->due_ms = now_ms + 1;
		return rates->due_ms;
	}
	rates->round_ms += ROUND_MS;
	if (rates->round_ms <= now_ms)
		rates->round_ms = now_ms + ROUND_MS;
	rates->due_ms = rates->round_ms;
	return rates->due_ms;
}
