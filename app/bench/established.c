/*
 * Packets of connections that exist. As many as the table holds are made by a SYN each, and two
 * ACKs ten seconds later make them established. The clock is set by hand meanwhile, so that on a
 * slow machine none expires before. Then they are shuffled: a round visits them in turn, so each in
 * random order, and none a second time before all others.
 */

#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>

#include "bed.h"
#include "ticks.h"
#include "walk.h"

/*
 * Until a half-open connection is to leave the FIFO. One second is enough; the rest is for a kernel
 * that takes the CPU away between setting the clock and reading it.
 */
#define PROMOTION_TICKS (10 * LB_TICKS_PER_SECOND)

static inline void
write_requests(struct lane *lane, const struct frame *frame, struct rte_mbuf **mbufs, uint16_t n)
{
	for (uint16_t i = 0; i < n; i++) {
		frame_write_request(frame, &lane->flows[lane->at], mbufs[i]);
		lane->at = lane->at + 1 == lane->flows_n ? 0 : lane->at + 1;
	}
}

static void
fill_syns(struct lane *lane, struct rte_mbuf **mbufs, uint16_t n)
{
	write_requests(lane, &lane->bed->syn, mbufs, n);
}

static void
fill_acks(struct lane *lane, struct rte_mbuf **mbufs, uint16_t n)
{
	write_requests(lane, &lane->bed->ack, mbufs, n);
}

static void
fill_replies(struct lane *lane, struct rte_mbuf **mbufs, uint16_t n)
{
	for (uint16_t i = 0; i < n; i++) {
		frame_write_reply(&lane->bed->reply, &lane->flows[lane->at], mbufs[i]);
		lane->at = lane->at + 1 == lane->flows_n ? 0 : lane->at + 1;
	}
}

static void
established_fill(struct lane *lane, struct rte_mbuf **mbufs, uint16_t n)
{
	if (lane->bed->what->replies)
		fill_replies(lane, mbufs, n);
	else
		fill_acks(lane, mbufs, n);
}

/* The first lane has the clock; time stands still until the last connection is made. */
static void
stop_clock(const struct lane *lane, uint32_t tick)
{
	if (lane->number == 0)
		ticks_set(tick);
}

/* At least one packet of each flow passes the director, all of them at this tick. */
static void
visit_all(
	struct lane *lane, uint32_t tick, void (*fill)(struct lane *, struct rte_mbuf **, uint16_t))
{
	bed_meet(lane->bed);
	stop_clock(lane, tick);
	bed_meet(lane->bed);
	lane->at = 0;
	for (uint32_t done = 0; done < lane->flows_n; done += BED_BURST) {
		stop_clock(lane, tick);
		lane_burst(lane, fill, walk_untimed);
	}
	lane->at = 0;
}

static uint32_t
draw(uint64_t *state, uint32_t below)
{
	*state ^= *state << 13;
	*state ^= *state >> 7;
	*state ^= *state << 17;
	return (uint32_t)((*state >> 32) * below >> 32);
}

static void
shuffle(struct flow *flows, uint32_t n)
{
	uint64_t state = 88172645463325252;

	for (uint32_t left = n; left > 1; left--) {
		uint32_t other = draw(&state, left);
		struct flow flow = flows[left - 1];

		flows[left - 1] = flows[other];
		flows[other] = flow;
	}
}

/* Which server each flow was given. */
static int
learn_servers(struct lane *lane, struct lb_error *err)
{
	for (uint32_t i = 0; i < lane->flows_n; i++) {
		struct flow *flow = &lane->flows[i];
		const struct lb_conn_key key = {
			.client = flow->client,
			.client_port = flow->port,
			.other = rte_cpu_to_be_32(FRAME_VIP),
			.other_port = flow->vip_port,
			.protocol = IPPROTO_TCP,
			.direction = LB_FWD_REQUEST,
		};
		struct lb_conn *conn;

		lb_conn_lookup(lane->worker->env.conns, &key, 1, lane->worker->env.now, &conn);
		if (conn == NULL)
			return lb_error_set(err, EIO,
				"case \"%s\": connection %u is not in the table; report it",
				lane->bed->what->name, i);
		flow->server = conn->target.server;
	}
	return 0;
}

static int
make_flows(struct lane *lane, struct lb_error *err)
{
	lane->flows_n = lane->bed->connections == 0 ? lane->capacity
						    : lane->bed->connections / lane->bed->lanes_n;
	lane->flows = calloc(lane->flows_n, sizeof(*lane->flows));
	if (lane->flows == NULL) {
		lane->flows_n = 0;
		return lb_error_set(err, ENOMEM,
			"case \"%s\": no memory for the flows; lower --connections",
			lane->bed->what->name);
	}
	for (uint32_t i = 0; i < lane->flows_n; i++)
		lane->flows[i] = lane_new_flow(lane);
	return 0;
}

static int
established_check(const struct lane *lane, struct lb_error *err)
{
	const struct lb_conn_stats *stats = lb_conn_get_stats(lane->worker->env.conns);

	if (stats->entries == lane->flows_n && stats->half_open == 0)
		return 0;
	return lb_error_set(err, EIO,
		"case \"%s\": worker %u has %llu connections, %llu of them half-open, in place of "
		"%u established ones; report it",
		lane->bed->what->name, lane->number, (unsigned long long)stats->entries,
		(unsigned long long)stats->half_open, lane->flows_n);
}

/* A lane that has an error goes on without a flow, since others wait for it. */
static int
established_prepare(struct lane *lane, struct lb_error *err)
{
	uint32_t made = lb_clock_tick(rte_rdtsc()), later = made + PROMOTION_TICKS;
	int ret = make_flows(lane, err);

	lane_face(lane, false);
	visit_all(lane, made, fill_syns);
	visit_all(lane, later, fill_acks);
	visit_all(lane, later, fill_acks);
	if (lane->bed->what->replies && ret == 0)
		ret = learn_servers(lane, err);
	lane_face(lane, lane->bed->what->replies);
	shuffle(lane->flows, lane->flows_n);
	visit_all(lane, later, established_fill);
	return ret;
}

const struct bench_traffic bench_established = {
	.prepare = established_prepare,
	.fill = established_fill,
	.check = established_check,
};
