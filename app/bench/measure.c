/*
 * Rounds of a case. Each round times so many packets with the empty walk, with plain forwarding and
 * with the case's own walk, one after the other, so that a busy neighbour hits all three, and what
 * is compared comes from the same run. Packets are the same in all; only walks are timed.
 */

#include "measure.h"

#include <stdlib.h>
#include <sys/resource.h>

#include <rte_cycles.h>
#include <rte_malloc.h>

#include "bed.h"
#include "walk.h"

/* Packets of one worker in a round: as many as it has connections, within these. */
#define ROUND_LEAST (UINT32_C(1) << 17)
#define ROUND_MOST (UINT32_C(1) << 20)

/* Packets that are counted or left out together. */
#define STRETCH (32 * BED_BURST)

static uint32_t
round_length(const struct lane *lane)
{
	return RTE_MIN(RTE_MAX(lane->capacity, ROUND_LEAST), ROUND_MOST) / STRETCH * STRETCH;
}

/* How often the kernel has taken the CPU away from this lane. */
static long
interruptions(void)
{
	struct rusage usage;

	getrusage(RUSAGE_THREAD, &usage);
	return usage.ru_nivcsw;
}

/* The cycles of a stretch. Workers walk at the same time, since each burst waits for all. */
static uint64_t
walk_stretch(struct lane *lane, uint64_t (*walk)(struct lane *), void (*pass)(struct lane *))
{
	uint64_t cycles = 0;

	for (uint32_t done = 0; done < STRETCH; done += BED_BURST) {
		bed_meet(lane->bed);
		if (pass != NULL)
			pass(lane);
		cycles += lane_burst(lane, lane->bed->what->traffic->fill, walk);
	}
	return cycles;
}

/* A stretch in which the kernel let another thread run on the CPU counts only if all were such. */
static void
walk_round(struct lane *lane, uint64_t (*walk)(struct lane *), void (*pass)(struct lane *))
{
	uint32_t length = round_length(lane);
	uint64_t cycles, all = 0, calm = 0;
	uint32_t calm_packets = 0;

	for (uint32_t done = 0; done < length; done += STRETCH) {
		long before = interruptions();

		cycles = walk_stretch(lane, walk, pass);
		all += cycles;
		if (interruptions() != before)
			continue;
		calm += cycles;
		calm_packets += STRETCH;
	}
	lane->cycles = calm_packets == 0 ? (double)all / length : (double)calm / calm_packets;
}

static int
run_empty(void *lane)
{
	walk_round(lane, walk_empty, NULL);
	return 0;
}

static int
run_l2(void *lane)
{
	walk_round(lane, walk_l2, NULL);
	return 0;
}

/* Of the cases, those that do not walk the director leave its time alone. */
static int
run_case(void *arg)
{
	struct lane *lane = arg;

	walk_round(lane, lane->bed->what->walk, lane->bed->what->traffic->pass);
	return 0;
}

static int
run_prepare(void *arg)
{
	struct lane *lane = arg;

	lane->bed->what->traffic->prepare(lane, &lane->err);
	lane_check(lane, &lane->err);
	return 0;
}

static int
run_check(void *arg)
{
	struct lane *lane = arg;
	const struct bench_traffic *traffic = lane->bed->what->traffic;

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

static void
sample(const struct bed *bed, enum measure_step step, struct measure_samples *samples)
{
	double ns = 0, mpps = 0;

	for (uint32_t w = 0; w < bed->lanes_n; w++) {
		ns += lane_ns(&bed->lanes[w]) / bed->lanes_n;
		mpps += 1e3 / lane_ns(&bed->lanes[w]);
	}
	samples->ns[step][samples->rounds] = ns;
	samples->mpps[samples->rounds] = mpps; /* the case's own stays, for it is the last */
}

static void
run_round(struct bed *bed, struct measure_samples *samples, struct lb_error *err)
{
	static int (*const steps[])(void *) = {
		[MEASURE_EMPTY] = run_empty,
		[MEASURE_L2] = run_l2,
		[MEASURE_CASE] = run_case,
	};

	for (int step = 0; step < MEASURE_STEPS; step++) {
		bed_run(bed, steps[step], err);
		sample(bed, step, samples);
	}
	for (uint32_t w = 0; w < bed->lanes_n; w++)
		samples->packets += round_length(&bed->lanes[w]);
	samples->rounds++;
}

static int
compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static struct measure_figure
figure(double *values, uint32_t n)
{
	qsort(values, n, sizeof(values[0]), compare);
	return (struct measure_figure){
		.median = n % 2 ? values[n / 2] : (values[n / 2 - 1] + values[n / 2]) / 2,
		.least = values[0],
		.most = values[n - 1],
	};
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

/* What a table takes for each connection that it can hold, index included. */
static double
table_bytes(uint32_t connections)
{
	size_t before = heap_bytes(), bytes;
	struct lb_conn_table *table = lb_conn_create(connections, SOCKET_ID_ANY, NULL, 1, 0);

	bytes = heap_bytes() - before;
	lb_conn_destroy(table);
	return (double)bytes / connections;
}

int
measure(const struct measure_plan *plan, uint32_t rounds, struct measure_samples *samples,
	struct lb_error *err)
{
	struct bed *bed;
	int ret;

	if (plan->what->sized && samples->rounds == 0)
		samples->bytes_per_connection =
			table_bytes(RTE_MAX(plan->connections, (uint32_t)BED_CONNECTIONS_LEAST));
	bed = bed_create(plan->what, plan->connections, plan->workers, err);
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

struct measure_result
measure_sum(const struct measure_plan *plan, struct measure_samples *samples)
{
	uint32_t n = samples->rounds;

	return (struct measure_result){
		.plan = *plan,
		.ns = figure(samples->ns[MEASURE_CASE], n),
		.mpps = figure(samples->mpps, n).median,
		.empty_ns = figure(samples->ns[MEASURE_EMPTY], n).median,
		.l2_ns = figure(samples->ns[MEASURE_L2], n).median,
		.packets = samples->packets,
		.bytes_per_connection = samples->bytes_per_connection,
	};
}
