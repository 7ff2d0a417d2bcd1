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
#include "ticks.h"
#include "walk.h"

/* Jitter is 0 to 15 ticks. */
#define JITTER_TWICE 15

/* Share of the table that is full, of 8: room for connections made while older ones still go. */
#define FULL 7

static uint64_t
live(const struct lane *lane)
{
	return (uint64_t)lane->capacity * FULL / 8;
}

static uint64_t
life_half_ticks(void)
{
	return 2 * (uint64_t)lb_conn_timeout(0, IPPROTO_TCP, LB_CONN_SR) + JITTER_TWICE;
}

static void
fresh_fill(struct lane *lane, struct rte_mbuf **mbufs, uint16_t n)
{
	for (uint16_t i = 0; i < n; i++) {
		struct flow flow = lane_new_flow(lane);

		frame_write_request(&lane->bed->syn, &flow, mbufs[i]);
	}
}

/* A life's time passes while as many connections are made as live. The first lane has the clock. */
static void
fresh_pass(struct lane *lane)
{
	uint64_t half_ticks = lane->passed * life_half_ticks() / live(lane);

	lane->passed += BED_BURST;
	if (lane->number == 0)
		ticks_set(lane->tick + (uint32_t)(half_ticks / 2));
}

/* Until the first connections have expired, and as long again as the last of them took. */
static int
fresh_prepare(struct lane *lane, struct lb_error *err)
{
	uint64_t enough = live(lane) + live(lane) / 8;

	(void)err;
	lane->tick = lb_clock_tick(rte_rdtsc());
	while (lane->passed < enough) {
		bed_meet(lane->bed);
		fresh_pass(lane);
		lane_burst(lane, fresh_fill, walk_untimed);
	}
	return 0;
}

/* As many connections live as should, and all that ended had lived their time. */
static int
fresh_check(const struct lane *lane, struct lb_error *err)
{
	const struct lb_conn_stats *stats = lb_conn_get_stats(lane->worker->env.conns);
	uint64_t least = live(lane) - live(lane) / 16;

	if (stats->evicted == 0 && stats->refused == 0 && stats->entries >= least)
		return 0;
	return lb_error_set(err, EIO,
		"case \"%s\": worker %u has %llu connections, evicted %llu and refused %llu, in "
		"place of %llu, 0 and 0; report it",
		lane->bed->what->name, lane->number, (unsigned long long)stats->entries,
		(unsigned long long)stats->evicted, (unsigned long long)stats->refused,
		(unsigned long long)live(lane));
}

const struct bench_traffic bench_fresh = {
	.prepare = fresh_prepare,
	.fill = fresh_fill,
	.pass = fresh_pass,
	.check = fresh_check,
};
