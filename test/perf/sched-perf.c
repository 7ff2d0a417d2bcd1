/*
 * What a new flow costs its scheduler: one pick, and what the scheduler is told of the flow that
 * begins and of one that ends. Flows stay until 4,096 others have begun, so loads are as even as
 * the scheduler makes them. Weights differ by a factor of up to 4 and add up to about twice the
 * flows. There are 1,000 destinations. Once per 1,000 picks the scheduler has its tick. The time is
 * that of the thread, so that other work of the machine counts less.
 *
 * "scan" looks at all servers as wlc would without its tree.
 *
 *   sched-perf [ROUNDS]
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "lb_clock.h"
#include "lb_sched.h"

#define SERVERS_MAX 1000
#define FLOWS 4096
#define WEIGHTS 3276 /* by a mean of 2.5, twice the flows */
#define PICKS 100000
#define PICKS_PER_TICK 1000
#define ROUNDS_MAX 100

/* One service on one worker. */
struct bench {
	const struct lb_sched_ops *ops; /* NULL: the scan */
	struct lb_sched_dest dests[SERVERS_MAX];
	uint32_t n;
	struct lb_sched_load total[SERVERS_MAX];
	struct lb_sched_load delta[SERVERS_MAX];
	uint64_t closed[LB_SCHED_CLOSED(SERVERS_MAX)];
	void *state;
	struct lb_sched_local *local;
	int flows[FLOWS]; /* servers of the last flows; -1: none */
	uint32_t at;
	struct lb_sched_flow flow;
};

static uint32_t
draw(void)
{
	static uint64_t state = 88172645463325252;

	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return (uint32_t)(state >> 32);
}

static bool
bench_begin(struct bench *bench, const struct lb_sched_ops *ops, uint32_t n)
{
	static const struct lb_sched_options none;
	struct lb_error err = { 0 };

	memset(bench, 0, sizeof(*bench));
	bench->ops = ops;
	bench->n = n;
	for (uint32_t i = 0; i < n; i++)
		bench->dests[i] = (struct lb_sched_dest){
			.slot = i,
			.weight = (1 + i % 4) * (WEIGHTS / n),
			.addr = lb_addr_ip4(rte_cpu_to_be_32(UINT32_C(0x0a020000) + i)),
			.port = RTE_BE16(80),
		};
	for (uint32_t i = 0; i < FLOWS; i++)
		bench->flows[i] = -1;
	bench->flow.total = bench->total;
	bench->flow.delta = bench->delta;
	bench->flow.closed = bench->closed;
	if (ops == NULL)
		return true;
	bench->state = ops->build(bench->dests, n, &none, lb_sched_version(), &err);
	if (bench->state == NULL)
		return false;
	bench->local = calloc(1, ops->local_size(bench->state));
	if (bench->local == NULL)
		return false;
	bench->local->workers = 1;
	return true;
}

static void
bench_end(struct bench *bench)
{
	if (bench->ops != NULL)
		bench->ops->destroy(bench->state);
	free(bench->local);
}

static int
scan(const struct bench *bench)
{
	uint64_t best_load = 1, best_weight = 0;
	int best = -1;

	for (uint32_t i = 0; i < bench->n; i++) {
		uint32_t slot = bench->dests[i].slot, weight = bench->dests[i].weight;
		uint64_t load = lb_sched_overhead(lb_sched_load_of(&bench->flow, slot));

		if (weight == 0 || lb_sched_is_closed(&bench->flow, slot))
			continue;
		if (best >= 0 && load * best_weight >= best_load * weight)
			continue;
		best = (int)i;
		best_load = load;
		best_weight = weight;
	}
	return best;
}

/* One flow more or less on a server. */
static void
bench_add(struct bench *bench, int i, uint32_t flows)
{
	if (i < 0)
		return;
	bench->delta[bench->dests[i].slot].active += flows;
	if (bench->ops != NULL && bench->ops->changed != NULL)
		bench->ops->changed(bench->state, bench->local, (size_t)i);
}

static void
bench_flow(struct bench *bench)
{
	int *oldest = &bench->flows[bench->at++ % FLOWS];

	bench->flow.src.ip4 = draw();
	bench->flow.dst.ip4 = draw() % 1000;
	bench->flow.now += 1000;
	bench_add(bench, *oldest, UINT32_MAX);
	if (bench->ops == NULL)
		*oldest = scan(bench);
	else
		*oldest = bench->ops->pick(bench->state, bench->local, &bench->flow);
	bench_add(bench, *oldest, 1);
	if (bench->ops != NULL && bench->ops->tick != NULL && bench->at % PICKS_PER_TICK == 0)
		bench->ops->tick(bench->state, bench->local, bench->flow.now);
}

static double
now_ns(void)
{
	struct timespec time;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
	return (double)time.tv_sec * 1e9 + (double)time.tv_nsec;
}

static int
compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

/* Median nanoseconds per flow; negative: no memory. */
static double
measure(const struct lb_sched_ops *ops, uint32_t n, unsigned int rounds)
{
	static struct bench bench;
	double figures[ROUNDS_MAX];

	if (!bench_begin(&bench, ops, n))
		return -1;
	for (uint32_t i = 0; i < 2 * FLOWS; i++)
		bench_flow(&bench);
	for (unsigned int r = 0; r < rounds; r++) {
		double start = now_ns();

		for (uint32_t i = 0; i < PICKS; i++)
			bench_flow(&bench);
		figures[r] = (now_ns() - start) / PICKS;
	}
	bench_end(&bench);
	qsort(figures, rounds, sizeof(figures[0]), compare);
	return figures[rounds / 2];
}

static void
print_row(const char *name, const struct lb_sched_ops *ops, unsigned int rounds)
{
	static const uint32_t sizes[] = { 10, 100, 1000 };

	printf("| %-9s |", name);
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++)
		printf(" %12.1f |", measure(ops, sizes[i], rounds));
	printf("\n");
	fflush(stdout);
}

int
main(int argc, char **argv)
{
	unsigned long rounds = argc > 1 ? strtoul(argv[1], NULL, 10) : 9;

	if (argc > 2 || rounds < 1 || rounds > ROUNDS_MAX) {
		fprintf(stderr, "usage: sched-perf [1..%d]\n", ROUNDS_MAX);
		return 2;
	}
	lb_clock.scale = (uint64_t)(((unsigned __int128)LB_TICKS_PER_SECOND << 64) / 1000000000);
	printf("ns per new flow with its changes, medians of %lu rounds\n\n", rounds);
	printf("| scheduler |   10 servers |  100 servers | 1000 servers |\n");
	printf("|:----------|-------------:|-------------:|-------------:|\n");
	print_row("scan", NULL, (unsigned int)rounds);
	for (const struct lb_sched_ops *const *ops = lb_sched_table; *ops != NULL; ops++)
		print_row((*ops)->name, *ops, (unsigned int)rounds);
	return 0;
}
