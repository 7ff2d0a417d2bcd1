/*
 * A flood of SYNs, each from another client, at ten times the rate of established traffic. All of
 * established traffic has to leave and none of its connections may go; the flood's entries put each
 * other out, or are not made at all. Time passes by itself, since a director's defence against
 * floods looks at rates.
 *
 * It is measured beside the case no-flood: walks with as many packets of established connections
 * and nothing else.
 */

#include "bed.h"
#include "established.h"
#include "fresh.h"
#include "walk.h"

/* One packet in so many is of an established connection: as the case says. */
static void
flood_fill(struct lane *lane, struct rte_mbuf **mbufs, uint16_t n)
{
	for (uint16_t i = 0; i < n; i++) {
		if (lane->written++ % lane->bed->what->one_in == 0)
			established_write(lane, mbufs[i]);
		else
			fresh_write(lane, mbufs[i]);
	}
}

/* Until the flood has filled all the room there is, twice over. */
static int
flood_prepare(struct lane *lane, struct lb_error *err)
{
	int ret = established_prepare(lane, err);
	uint64_t enough = 2 * (uint64_t)(lane->capacity - lane->flows_n);

	for (uint64_t done = 0; done < enough; done += lane->burst) {
		bed_meet(lane->bed);
		lane_burst(lane, flood_fill, walk_untimed);
	}
	return ret;
}

const struct bench_traffic bench_flood = {
	.prepare = flood_prepare,
	.fill = flood_fill,
	.check = established_check,
};
