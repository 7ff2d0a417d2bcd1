/*
 * Of ten packets nine belong to established connections and one is the SYN of a new one, as in a
 * director at work. New ones expire as fast as they come, in time made by hand: see fresh.c. While
 * one of them lives, each established connection is visited some times, so none of these expires.
 */

#include "bed.h"
#include "established.h"
#include "fresh.h"
#include "walk.h"

/* One packet of so many is a SYN. */
#define NEW_ONE_IN 10

static void
mixed_fill(struct lane *lane, struct rte_mbuf **mbufs, uint16_t n)
{
	for (uint16_t i = 0; i < n; i++) {
		if (lane->written++ % NEW_ONE_IN == 0)
			fresh_write(lane, mbufs[i]);
		else
			established_write(lane, mbufs[i]);
	}
}

static void
mixed_pass(struct lane *lane)
{
	fresh_pass_until(lane, lane->passed / NEW_ONE_IN);
	lane->passed += lane->burst;
}

static int
mixed_prepare(struct lane *lane, struct lb_error *err)
{
	int ret = established_prepare(lane, err);

	bed_meet(lane->bed);
	fresh_begin(lane);
	while (lane->passed / NEW_ONE_IN < fresh_enough(lane)) {
		bed_meet(lane->bed);
		mixed_pass(lane);
		lane_burst(lane, mixed_fill, walk_untimed);
	}
	return ret;
}

static int
mixed_check(const struct lane *lane, struct lb_error *err)
{
	int ret = established_check(lane, err);

	return ret == 0 ? fresh_check(lane, err) : ret;
}

const struct bench_traffic bench_mixed = {
	.prepare = mixed_prepare,
	.fill = mixed_fill,
	.pass = mixed_pass,
	.check = mixed_check,
};
