/*
 * Each packet is the SYN of a new connection, while old ones expire at the same rate: the table
 * holds a steady number of half-open connections, each of which lives for its whole timeout, 60 s
 * and up to a second of jitter, and is taken off by the wheel.
 *
 * For a million connections that is 16,000 new ones a second, with nothing to do in between. So
 * time is made by hand: before each walk the clock is set to when its packets would come.
 */

#include <errno.h>
#include <netinet/in.h>

#include "bed.h"
#include "fresh.h"
#include "ticks.h"
#include "walk.h"

/* Jitter is 0 to 15 ticks. */
#define JITTER_TWICE 15

/* Share of the room that is full, of 8: the rest is for those made while older ones still go. */
#define FULL 7

uint64_t
fresh_live(const struct lane *lane)
{
	return (uint64_t)(lane->capacity - lane->flows_n) * FULL / 8;
}

static uint64_t
life_half_ticks(void)
{
	return 2 * (uint64_t)lb_conn_timeout(0, IPPROTO_TCP, LB_CONN_SR) + JITTER_TWICE;
}

void
fresh_write(struct lane *lane, struct rte_mbuf *m)
{
	struct flow flow = lane_new_flow(lane);

	frame_write_request(&lane->bed->syn, &flow, m);
}

static void
fresh_fill(struct lane *lane, struct rte_mbuf **mbufs, uint16_t n)
{
	for (uint16_t i = 0; i < n; i++)
		fresh_write(lane, mbufs[i]);
}

void
fresh_begin(struct lane *lane)
{
	lane->tick = lb_clock_tick(rte_rdtsc());
}

/* A life's time passes while as many connections are made as live. */
void
fresh_pass_until(const struct lane *lane, uint64_t made)
{
	uint64_t half_ticks = made * life_half_ticks() / fresh_live(lane);

	if (lane->number == 0)
		ticks_set(lane->tick + (uint32_t)(half_ticks / 2));
}

static void
fresh_pass(struct lane *lane)
{
	fresh_pass_until(lane, lane->passed);
	lane->passed += lane->burst;
}

/* Until the first have expired, and as long again as the last of them took. */
uint64_t
fresh_enough(const struct lane *lane)
{
	return fresh_live(lane) + fresh_live(lane) / 8;
}

static int
fresh_prepare(struct lane *lane, struct lb_error *err)
{
	(void)err;
	fresh_begin(lane);
	while (lane->passed < fresh_enough(lane)) {
		bed_meet(lane->bed);
		fresh_pass(lane);
		lane_burst(lane, fresh_fill, walk_untimed);
	}
	return 0;
}

int
fresh_check(const struct lane *lane, struct lb_error *err)
{
	const struct lb_conn_stats *stats = lb_conn_get_stats(lane->worker->env.conns);
	uint64_t live = fresh_live(lane);

	if (stats->evicted == 0 && stats->refused == 0 && stats->half_open >= live - live / 16)
		return 0;
	return lb_error_set(err, EIO,
		"case \"%s\": worker %u has %llu half-open connections, evicted %llu and refused "
		"%llu, in place of %llu, 0 and 0; report it",
		lane->bed->what->name, lane->number, (unsigned long long)stats->half_open,
		(unsigned long long)stats->evicted, (unsigned long long)stats->refused,
		(unsigned long long)live);
}

const struct bench_traffic bench_fresh = {
	.prepare = fresh_prepare,
	.fill = fresh_fill,
	.pass = fresh_pass,
	.check = fresh_check,
};
