/*
 * Rounds of a case. Each round times so many packets with the empty walk, with plain forwarding and
 * with the case's own walk, one after the other, so that a busy neighbour hits all three, and what
 * is compared comes from the same run. Packets are the same in all; only walks are timed.
 */

#include "measure.h"

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

	if (lane->bed->what->traffic->prepare != NULL)
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

static void
run_round(struct bed *bed, struct samples *samples, struct lb_error *err)
{
	bed_run(bed, run_empty, err);
	sample(bed, SAMPLES_EMPTY, NULL, samples);
	bed_run(bed, run_l2, err);
	sample(bed, SAMPLES_L2, NULL, samples);
	bed_run(bed, run_case, err);
	sample(bed, SAMPLES_NS, SAMPLES_MPPS, samples);
	for (uint32_t w = 0; w < bed->lanes_n; w++)
		samples->packets += round_length(&bed->lanes[w]);
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

int
measure(struct plan *plan, uint32_t rounds, struct lb_error *err)
{
	const struct bench_own *own = plan->what->own;

	if (own != NULL)
		return own->run(plan, rounds, &plan->samples, err);
	return measure_walks(plan, rounds, &plan->samples, err);
}
