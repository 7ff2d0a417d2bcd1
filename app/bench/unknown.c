/*
 * Each packet is of a connection that this director does not know and does not come to know: an ACK
 * out of the middle of a flow, as after a failover. With unknown = "schedule" the scheduler says
 * where it goes, and no entry is made. The table stays empty; a look-up goes to the bucket and no
 * further.
 */

#include <errno.h>

#include "bed.h"

static void
unknown_fill(struct lane *lane, struct rte_mbuf **mbufs, uint16_t n)
{
	for (uint16_t i = 0; i < n; i++) {
		struct flow flow = lane_new_flow(lane);

		frame_write_request(&lane->bed->ack, &flow, mbufs[i]);
	}
}

static int
unknown_check(const struct lane *lane, struct lb_error *err)
{
	const struct lb_conn_stats *stats = lb_conn_get_stats(lane->worker->env.conns);

	if (stats->entries == 0 && stats->created == 0)
		return 0;
	return lb_error_set(err, EIO,
		"case \"%s\": worker %u has made %llu connections of packets that make none; "
		"report it",
		lane->bed->what->name, lane->number, (unsigned long long)stats->created);
}

const struct bench_traffic bench_unknown = {
	.fill = unknown_fill,
	.check = unknown_check,
};
