/*
 * Rounds of a case. Each round times so many packets with the empty walk, with plain forwarding and
 * with the case's own walk, one after the other, so that a busy neighbour hits all three, and what
 * is compared comes from the same run. Packets are the same in all; only walks are timed.
 */

#include "measure.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <rte_cycles.h>
#include <rte_malloc.h>

#include "bed.h"
#include "round.h"
#include "walk.h"

static int
run_empty(void *lane)
{
	round_run(lane, walk_empty, NULL);
	return 0;
}

static int
run_l2(void *lane)
{
	round_run(lane, walk_l2, NULL);
	return 0;
}

/* Of the cases, those that do not walk the director leave its time alone. */
static int
run_case(void *arg)
{
	struct lane *lane = arg;

	nodes_begin_round(lane);
	round_run(lane, lane->bed->what->walk, lane->bed->what->traffic->pass);
	return 0;
}

/* What timed walks have other than those that made the connections. */
static int
get_ready(struct lane *lane, struct lb_error *err)
{
	const struct bench_case *what = lane->bed->what;
	bool wanting = lane->bed->cold && cold_init(&lane->cold) != 0;

	if (what->burst != 0)
		lane->burst = what->burst;
	if (what->each_walk)
		lane->walks = calloc(round_length(lane), sizeof(lane->walks[0]));
	if (!wanting && (lane->walks != NULL || !what->each_walk))
		return 0;
	return lb_error_set(
		err, ENOMEM, "case \"%s\": no memory for what walks take; free some", what->name);
}

static int
run_prepare(void *arg)
{
	struct lane *lane = arg;

	if (lane->bed->what->traffic->prepare != NULL)
		lane->bed->what->traffic->prepare(lane, &lane->err);
	lane_flush(lane);
	lane_check(lane, &lane->err);
	get_ready(lane, &lane->err);
	return 0;
}

static int
run_check(void *arg)
{
	struct lane *lane = arg;
	const struct bench_traffic *traffic = lane->bed->what->traffic;

	lane_flush(lane);
	lane_check(lane, &lane->err);
	if (traffic->check != NULL)
		traffic->check(lane, &lane->err);
	return 0;
}

double
measure_cycles(double ns)
{
	return ns * (double)rte_get_tsc_hz() / 1e9;
}

/* Nanoseconds that a packet took, of a lane's last round. */
static double
lane_ns(const struct lane *lane)
{
	return lane->cycles * 1e9 / (double)rte_get_tsc_hz();
}

/* What the lanes' last round of walks took. mpps: NULL, or where their sum goes. */
static void
sample(const struct bed *bed, const char *ns_name, const char *mpps_name, struct samples *samples)
{
	double ns = 0, mpps = 0;

	for (uint32_t w = 0; w < bed->lanes_n; w++) {
		ns += lane_ns(&bed->lanes[w]) / bed->lanes_n;
		mpps += 1e3 / lane_ns(&bed->lanes[w]);
	}
	samples_add(samples, ns_name, ns);
	if (mpps_name != NULL)
		samples_add(samples, mpps_name, mpps);
}

/* The walk, in ns, that so many of a thousand took no longer than. */
static double
percentile(const double *cycles, size_t n, uint32_t thousandth)
{
	size_t rank = (n * thousandth + 999) / 1000;

	return cycles[RTE_MAX(rank, (size_t)1) - 1] * 1e9 / (double)rte_get_tsc_hz();
}

/* How long whole walks took, of all lanes together: a walk is what a packet waits for. */
static void
sample_walks(const struct bed *bed, struct samples *samples)
{
	size_t n = 0, room = (size_t)bed->lanes_n * round_length(&bed->lanes[0]);
	double *all = calloc(room, sizeof(*all));

	for (uint32_t w = 0; w < bed->lanes_n && all != NULL; w++) {
		const struct lane *lane = &bed->lanes[w];

		memcpy(&all[n], lane->walks, lane->walks_n * sizeof(*all));
		n += lane->walks_n;
	}
	if (n != 0) {
		samples_sort(all, n);
		samples_add(samples, "p50_ns", percentile(all, n, 500));
		samples_add(samples, "p99_ns", percentile(all, n, 990));
		samples_add(samples, "p999_ns", percentile(all, n, 999));
	}
	free(all);
}

/* Millions of packets of established connections that one worker forwards a second, all told. */
static void
sample_established(const struct bed *bed, struct samples *samples)
{
	double mpps = 0;

	for (uint32_t w = 0; w < bed->lanes_n; w++)
		mpps += 1e3 / lane_ns(&bed->lanes[w]) / bed->lanes_n;
	samples_add(samples, "established_mpps", mpps / bed->what->one_in);
}

static void
run_round(struct bed *bed, struct samples *samples, struct lb_error *err)
{
	bed_run(bed, run_empty, err);
	sample(bed, SAMPLES_EMPTY, NULL, samples);
	bed_run(bed, run_l2, err);
	sample(bed, SAMPLES_L2, NULL, samples);
	bed_run(bed, run_case, err);
	sample(bed, SAMPLES_NS, SAMPLES_MPPS, samples);
	if (bed->what->each_walk)
		sample_walks(bed, samples);
	if (bed->nodes && bed->what->walk == walk_director)
		nodes_sample(bed, samples);
	if (bed->what->one_in != 0)
		sample_established(bed, samples);
	for (uint32_t w = 0; w < bed->lanes_n; w++)
		samples->packets += (uint64_t)round_length(&bed->lanes[w]) * bed->lanes[w].burst;
}

/* Bytes of DPDK's heap that are in use; memzones are part of it. */
static size_t
heap_bytes(void)
{
	size_t sum = 0;

	for (int socket = 0; socket < RTE_MAX_NUMA_NODES; socket++) {
		struct rte_malloc_socket_stats stats;

		if (rte_malloc_get_socket_stats(socket, &stats) == 0)
			sum += stats.heap_allocsz_bytes;
	}
	return sum;
}

/* What a table takes, whole and for each connection that it can hold, index included. */
static void
sample_table(uint32_t connections, struct samples *samples)
{
	size_t before = heap_bytes(), bytes;
	struct lb_conn_table *table = lb_conn_create(connections, SOCKET_ID_ANY, NULL, 1, 0);

	bytes = heap_bytes() - before;
	lb_conn_destroy(table);
	samples_add(samples, "bytes_per_connection", (double)bytes / connections);
	samples_add(samples, "table_mb", (double)bytes / 1e6);
}

static int
measure_walks(
	const struct plan *plan, uint32_t rounds, struct samples *samples, struct lb_error *err)
{
	struct bed *bed;
	int ret;

	if (plan->connections != 0 && samples->n == 0)
		sample_table(RTE_MAX(plan->connections, (uint32_t)BED_CONNECTIONS_LEAST), samples);
	bed = bed_create(plan, err);
	if (bed == NULL)
		return -err->code;
	ret = bed_run(bed, run_prepare, err);
	for (uint32_t round = 0; round < rounds && ret == 0; round++)
		run_round(bed, samples, err);
	if (ret == 0)
		ret = bed_run(bed, run_check, err);
	bed_destroy(bed);
	return ret;
}

int
measure(struct plan *plan, uint32_t rounds, struct lb_error *err)
{
	const struct bench_own *own = plan->what->own;

	if (own != NULL)
		return own->run(plan, rounds, &plan->samples, err);
	return measure_walks(plan, rounds, &plan->samples, err);
}
