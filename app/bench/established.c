/*
 * Packets of connections that exist. As many as the table holds are made by a SYN each, and two
 * ACKs some seconds later make them established. That goes on for a whole turn of the timing wheel,
 * so that they come up in it one after the other, as they do in a director at work. The clock is
 * set by hand meanwhile, so that on a slow machine none expires before. Then they are shuffled: a
 * round visits them in turn, so each in random order, and none a second time before all others.
 */

#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>

#include "bed.h"
#include "established.h"
#include "ticks.h"
#include "walk.h"

/*
 * Connections are made in so many portions, each of which takes so long: its ACKs come when the
 * next portion has been made, which is late enough for a half-open connection to leave the FIFO (1
 * s) and before it expires (60 s).
 */
#define PORTIONS 32
#define PORTION_TICKS (LB_WHEEL_SLOTS / PORTIONS)

/* Steps of a portion: in each no lane makes as many flows as are too many for a tick. */
#define STEPS 64

/* The flow of the next visit. */
static inline const struct flow *
next_flow(struct lane *lane)
{
	const struct flow *flow = &lane->visited->flows[lane->at];

	lane->at = lane->at + 1 == lane->visited->flows_n ? 0 : lane->at + 1;
	return flow;
}

static void
fill_syns(struct lane *lane, struct rte_mbuf **mbufs, uint16_t n)
{
	for (uint16_t i = 0; i < n; i++)
		frame_write_request(&lane->bed->syn, next_flow(lane), mbufs[i]);
}

static void
fill_acks(struct lane *lane, struct rte_mbuf **mbufs, uint16_t n)
{
	for (uint16_t i = 0; i < n; i++)
		frame_write_request(&lane->bed->ack, next_flow(lane), mbufs[i]);
}

void
established_write(struct lane *lane, struct rte_mbuf *m)
{
	if (lane->bed->what->replies)
		frame_write_reply(&lane->bed->reply, next_flow(lane), m);
	else
		frame_write_request(&lane->bed->ack, next_flow(lane), m);
}

void
established_fill(struct lane *lane, struct rte_mbuf **mbufs, uint16_t n)
{
	for (uint16_t i = 0; i < n; i++)
		established_write(lane, mbufs[i]);
}

/* The first lane has the clock; time stands still while a burst passes. */
static void
stop_clock(const struct lane *lane, uint32_t tick)
{
	if (lane->number == 0)
		ticks_set(tick);
}

/* Some flows, and when they are visited: `ticks` pass from the first to the last. */
struct visit {
	uint32_t from, to;
	uint32_t tick, ticks;
};

/* Packets of these flows pass, of which so many of the visit came before. */
static void
visit_some(struct lane *lane, const struct visit *visit, uint32_t done, uint32_t end,
	void (*fill)(struct lane *, struct rte_mbuf **, uint16_t))
{
	uint32_t n = visit->to - visit->from;

	for (; done < end; done += lane->burst) {
		lane->burst = (uint16_t)RTE_MIN(end - done, (uint32_t)BED_BURST);
		stop_clock(lane, visit->tick + (uint32_t)((uint64_t)visit->ticks * done / n));
		lane_burst(lane, fill, walk_untimed);
	}
}

/*
 * One packet of each of these flows passes the director. Lanes go in step: if one falls behind that
 * has not the clock, its new flows would come all in the same tick, as a flood.
 */
static void
visit(struct lane *lane, const struct visit *visit,
	void (*fill)(struct lane *, struct rte_mbuf **, uint16_t))
{
	uint64_t n = visit->to - visit->from;

	bed_meet(lane->bed);
	stop_clock(lane, visit->tick);
	lane->at = visit->from;
	for (uint32_t step = 0; step < STEPS; step++) {
		bed_meet(lane->bed);
		visit_some(lane, visit, (uint32_t)(n * step / STEPS),
			(uint32_t)(n * (step + 1) / STEPS), fill);
	}
	lane->burst = BED_BURST;
	lane->at = 0;
}

static struct visit
portion(const struct lane *lane, uint32_t number, uint32_t tick)
{
	return (struct visit){
		.from = (uint32_t)((uint64_t)lane->flows_n * number / PORTIONS),
		.to = (uint32_t)((uint64_t)lane->flows_n * (number + 1) / PORTIONS),
		.tick = tick,
	};
}

static void
confirm(struct lane *lane, uint32_t number, uint32_t tick)
{
	struct visit acks = portion(lane, number, tick);

	visit(lane, &acks, fill_acks);
	visit(lane, &acks, fill_acks);
}

/* Make all flows from this tick on; returns the tick when that is done. */
static uint32_t
establish(struct lane *lane, uint32_t tick)
{
	for (uint32_t i = 0; i < PORTIONS; i++) {
		struct visit syns = portion(lane, i, tick);

		syns.ticks = PORTION_TICKS;
		visit(lane, &syns, fill_syns);
		tick += PORTION_TICKS;
		if (i > 0)
			confirm(lane, i - 1, tick);
	}
	tick += PORTION_TICKS;
	confirm(lane, PORTIONS - 1, tick);
	return tick;
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

int
established_check(const struct lane *lane, struct lb_error *err)
{
	const struct lb_conn_stats *stats = lb_conn_get_stats(lane->worker->env.conns);

	if (stats->entries - stats->half_open == lane->flows_n)
		return 0;
	return lb_error_set(err, EIO,
		"case \"%s\": worker %u has %llu connections beside %llu half-open ones, in place "
		"of %u established ones; report it",
		lane->bed->what->name, lane->number,
		(unsigned long long)(stats->entries - stats->half_open),
		(unsigned long long)stats->half_open, lane->flows_n);
}

/* A lane that has an error goes on without a flow, since others wait for it. */
int
established_prepare(struct lane *lane, struct lb_error *err)
{
	int ret = make_flows(lane, err);
	struct visit all = { .to = lane->flows_n };

	lane_face(lane, false);
	all.tick = establish(lane, lb_clock_tick(rte_rdtsc()));
	if (lane->bed->what->replies && ret == 0)
		ret = learn_servers(lane, err);
	lane_face(lane, lane->bed->what->replies);
	shuffle(lane->flows, lane->flows_n);
	visit(lane, &all, established_fill);
	return ret;
}

static int
alone_check(const struct lane *lane, struct lb_error *err)
{
	const struct lb_conn_stats *stats = lb_conn_get_stats(lane->worker->env.conns);

	if (stats->half_open != 0)
		return lb_error_set(err, EIO,
			"case \"%s\": worker %u has %llu half-open connections in place of none; "
			"report it",
			lane->bed->what->name, lane->number, (unsigned long long)stats->half_open);
	return established_check(lane, err);
}

const struct bench_traffic bench_established = {
	.prepare = established_prepare,
	.fill = established_fill,
	.check = alone_check,
};
