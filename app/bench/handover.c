/*
 * Each packet arrives at a worker that does not own its connection and hands it over to the one
 * that does. Each worker gets the packets of the next one's connections, so that each of them hands
 * over as many as it takes in; a packet costs what both do for it.
 */

#include "bed.h"
#include "established.h"

static int
handover_prepare(struct lane *lane, struct lb_error *err)
{
	struct bed *bed = lane->bed;
	int ret = established_prepare(lane, err);

	bed_meet(bed);
	lane->visited = &bed->lanes[(lane->number + 1) % bed->lanes_n];
	return ret;
}

const struct bench_traffic bench_handover = {
	.prepare = handover_prepare,
	.fill = established_fill,
	.check = established_check,
};
