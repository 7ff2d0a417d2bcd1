/*
 * Look-up of the connection table beside DPDK's rte_hash, in one run on one core.
 *
 * Both hold the same flows and are asked for the same keys, all of them hits, in uniform random
 * order and bursts of 32; keys are made before the clock runs. Rounds alternate between the two, so
 * that a noisy neighbour hits both, and the medians are printed. The table's look-up ends with the
 * connection in the cache, rte_hash's with a position, behind which the caller's own data would
 * still lie.
 *
 *   table-perf [--rounds N] [--nat] [--huge | -- EAL arguments]
 */

#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <rte_cycles.h>
#include <rte_eal.h>
#include <rte_hash.h>
#include <rte_hash_crc.h>
#include <rte_malloc.h>
#include <rte_prefetch.h>

#include "lb_clock.h"
#include "lb_conn.h"

#define BURST 32
#define ROUNDS_MAX 1000

struct options {
	unsigned int rounds;
	bool nat; /* each flow has a reply key too, so that the index is as full as it gets */
	bool huge;
	int eal_argc;
	char **eal_argv;
};

/* Flows, and the order in which they are looked up. */
struct flows {
	struct lb_conn_key *keys;
	uint32_t n;
	struct lb_conn_key *sequence;
	uint32_t length;
};

/* Cycles per look-up, one number per round. */
struct figures {
	double table[ROUNDS_MAX];
	double hash[ROUNDS_MAX];
	double hash_and_line[ROUNDS_MAX];
};

/* rte_hash with the connections that it would stand for. */
struct hashed {
	struct rte_hash *hash;
	struct lb_conn *conns; /* by position */
};

static uint64_t
draw(void)
{
	static uint64_t state = 88172645463325252;

	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return state;
}

/* Random clients of one VIP, all different: the number is mixed into the address one to one. */
static struct lb_conn_key
flow_key(uint32_t number)
{
	struct lb_conn_key key;

	memset(&key, 0, sizeof(key)); /* rte_hash compares the padding too */
	key.client = number * UINT32_C(0x9e3779b1);
	key.client_port = (rte_be16_t)draw();
	key.other = RTE_BE32(0x0a010064);
	key.other_port = RTE_BE16(80);
	key.protocol = IPPROTO_TCP;
	key.direction = LB_FWD_REQUEST;
	return key;
}

static bool
flows_make(struct flows *flows, uint32_t n)
{
	flows->n = n;
	flows->length =
		RTE_MIN(RTE_MAX(16 * n, UINT32_C(1) << 14), UINT32_C(1) << 20) / BURST * BURST;
	flows->keys = rte_malloc(NULL, n * sizeof(struct lb_conn_key), 64);
	flows->sequence = rte_malloc(NULL, flows->length * sizeof(struct lb_conn_key), 64);
	if (flows->keys == NULL || flows->sequence == NULL)
		return false;
	for (uint32_t i = 0; i < n; i++)
		flows->keys[i] = flow_key(i);
	for (uint32_t i = 0; i < flows->length; i++)
		flows->sequence[i] = flows->keys[draw() % n];
	return true;
}

static void
flows_free(struct flows *flows)
{
	rte_free(flows->keys);
	rte_free(flows->sequence);
}

static struct lb_conn_table *
table_make(const struct flows *flows, struct lb_slot_worker *load, bool nat)
{
	struct lb_conn_table *table = lb_conn_create(flows->n, SOCKET_ID_ANY, load, draw(), 0);
	struct lb_conn_new new = { .protocol = IPPROTO_TCP, .event = LB_CONN_EVENT_SYN };

	new.reply_key = nat;
	new.one_way = !nat;
	new.target.server = RTE_BE32(0x0a020015);
	new.target.server_port = RTE_BE16(80);
	for (uint32_t i = 0; table != NULL && i < flows->n; i++) {
		new.target.client = flows->keys[i].client;
		new.target.client_port = flows->keys[i].client_port;
		new.target.vip = flows->keys[i].other;
		new.target.vip_port = flows->keys[i].other_port;
		lb_conn_add(table, &new, 0);
	}
	return table;
}

static bool
hashed_make(struct hashed *hashed, const struct flows *flows)
{
	struct rte_hash_parameters parameters = {
		.name = "table-perf",
		.entries = flows->n,
		.key_len = sizeof(struct lb_conn_key),
		.hash_func = rte_hash_crc,
		.socket_id = SOCKET_ID_ANY,
	};

	hashed->hash = rte_hash_create(&parameters);
	hashed->conns = rte_malloc(NULL, (flows->n + 1) * sizeof(struct lb_conn), 64);
	if (hashed->hash == NULL || hashed->conns == NULL)
		return false;
	memset(hashed->conns, 1, (flows->n + 1) * sizeof(struct lb_conn));
	for (uint32_t i = 0; i < flows->n; i++)
		rte_hash_add_key(hashed->hash, &flows->keys[i]);
	return true;
}

static void
hashed_free(struct hashed *hashed)
{
	rte_hash_free(hashed->hash);
	rte_free(hashed->conns);
}

/* Cycles per look-up; adds to hits what was found. */
static double
time_table(struct lb_conn_table *table, const struct flows *flows, uint64_t *hits)
{
	struct lb_conn *conns[BURST];
	uint64_t start = rte_rdtsc_precise();

	for (uint32_t at = 0; at < flows->length; at += BURST) {
		lb_conn_lookup(table, &flows->sequence[at], BURST, 0, conns);
		for (unsigned int i = 0; i < BURST; i++)
			*hits += conns[i] != NULL;
	}
	return (double)(rte_rdtsc_precise() - start) / flows->length;
}

/* How many of a burst were found; their positions are in positions. */
static uint32_t
ask_hash(const struct rte_hash *hash, const struct lb_conn_key *burst, int32_t *positions)
{
	const void *keys[BURST];
	uint32_t found = 0;

	for (unsigned int i = 0; i < BURST; i++)
		keys[i] = &burst[i];
	rte_hash_lookup_bulk(hash, keys, BURST, positions);
	for (unsigned int i = 0; i < BURST; i++)
		found += positions[i] >= 0;
	return found;
}

static double
time_hash(const struct hashed *hashed, const struct flows *flows, uint64_t *hits)
{
	int32_t positions[BURST];
	uint64_t start = rte_rdtsc_precise();

	for (uint32_t at = 0; at < flows->length; at += BURST)
		*hits += ask_hash(hashed->hash, &flows->sequence[at], positions);
	return (double)(rte_rdtsc_precise() - start) / flows->length;
}

static double
time_hash_and_line(const struct hashed *hashed, const struct flows *flows, uint64_t *hits)
{
	int32_t positions[BURST];
	uint64_t start = rte_rdtsc_precise();

	for (uint32_t at = 0; at < flows->length; at += BURST) {
		ask_hash(hashed->hash, &flows->sequence[at], positions);
		for (unsigned int i = 0; i < BURST; i++)
			rte_prefetch0(&hashed->conns[RTE_MAX(positions[i], 0)]);
		for (unsigned int i = 0; i < BURST; i++)
			*hits += positions[i] >= 0 && hashed->conns[positions[i]].slot != 0;
	}
	return (double)(rte_rdtsc_precise() - start) / flows->length;
}

static int
compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static double
median(double *values, unsigned int n)
{
	qsort(values, n, sizeof(values[0]), compare);
	return n % 2 ? values[n / 2] : (values[n / 2 - 1] + values[n / 2]) / 2;
}

static void
print_row(struct figures *figures, const struct flows *flows, unsigned int rounds, uint64_t hits)
{
	double ns = 1e9 / (double)rte_get_tsc_hz();
	double table = median(figures->table, rounds), hash = median(figures->hash, rounds);
	double line = median(figures->hash_and_line, rounds);
	uint64_t asked = 3 * (uint64_t)rounds * flows->length;

	printf("| %7u | %5.1f %4.0f | %5.1f %4.0f %5.2f | %5.1f %4.0f %5.2f | %5.1f %% |\n",
		flows->n, table * ns, table, hash * ns, hash, hash / table, line * ns, line,
		line / table, 100 * (double)hits / (double)asked);
	fflush(stdout);
}

static void
measure(const struct flows *flows, struct lb_slot_worker *load, const struct options *options)
{
	static struct figures figures;
	struct lb_conn_table *table = table_make(flows, load, options->nat);
	struct hashed hashed = { 0 };
	uint64_t hits = 0;

	if (table != NULL && hashed_make(&hashed, flows)) {
		for (unsigned int i = 0; i < options->rounds; i++) {
			figures.table[i] = time_table(table, flows, &hits);
			figures.hash[i] = time_hash(&hashed, flows, &hits);
			figures.hash_and_line[i] = time_hash_and_line(&hashed, flows, &hits);
		}
		print_row(&figures, flows, options->rounds, hits);
	} else {
		printf("| %7u | not enough memory\n", flows->n);
	}
	hashed_free(&hashed);
	lb_conn_destroy(table);
}

static void
measure_all(const struct options *options)
{
	static const uint32_t sizes[] = { 1000, 1000000, 4000000 };
	struct lb_sched_load delta = { 0 }, total = { 0 };
	struct lb_slot_own own = { 0 };
	uint64_t closed = 0, dirty_map = 0;
	uint32_t changed = 0;
	uint32_t dirty;
	struct lb_slot_worker load = { .delta = &delta,
		.total = &total,
		.own = &own,
		.closed = &closed,
		.dirty = &dirty,
		.dirty_map = &dirty_map,
		.changed = &changed };

	for (size_t i = 0; i < RTE_DIM(sizes); i++) {
		struct flows flows = { 0 };

		if (flows_make(&flows, sizes[i]))
			measure(&flows, &load, options);
		flows_free(&flows);
	}
}

static bool
read_options(struct options *options, int argc, char **argv)
{
	*options = (struct options){ .rounds = 9 };
	for (int i = 1; i < argc; i++) {
		if (strcmp(argv[i], "--") == 0) {
			options->eal_argc = argc - i;
			options->eal_argv = &argv[i];
			return true;
		}
		if (strcmp(argv[i], "--rounds") == 0 && i + 1 < argc)
			options->rounds = (unsigned int)strtoul(argv[++i], NULL, 10);
		else if (strcmp(argv[i], "--nat") == 0)
			options->nat = true;
		else if (strcmp(argv[i], "--huge") == 0)
			options->huge = true;
		else
			return false;
	}
	return options->rounds >= 1 && options->rounds <= ROUNDS_MAX;
}

/* EAL with the arguments given, or else with what this program needs. */
static int
start_eal(const struct options *options)
{
	char program[] = "table-perf", no_pci[] = "--no-pci", no_telemetry[] = "--no-telemetry";
	char level[] = "--log-level=error", in_memory[] = "--in-memory";
	char no_huge[] = "--no-huge", no_files[] = "--no-shconf", size[] = "-m1600";
	char *huge[] = { program, no_pci, no_telemetry, level, in_memory, NULL };
	char *small[] = { program, no_pci, no_telemetry, level, no_huge, no_files, size, NULL };

	if (options->eal_argc > 0)
		return rte_eal_init(options->eal_argc, options->eal_argv);
	return options->huge ? rte_eal_init(5, huge) : rte_eal_init(7, small);
}

int
main(int argc, char **argv)
{
	struct options options;

	if (!read_options(&options, argc, argv)) {
		fprintf(stderr,
			"usage: table-perf [--rounds 1..%d] [--nat] [--huge | -- EAL arguments]\n",
			ROUNDS_MAX);
		return 2;
	}
	if (start_eal(&options) < 0) {
		fprintf(stderr, "table-perf: EAL does not start\n");
		return 1;
	}
	lb_clock_init();
	lb_conn_timeouts_init();
	printf("%s pages, %s flows; ns and cycles per look-up, medians of %u rounds, bursts of "
	       "%d\n\n",
		rte_eal_has_hugepages() ? "huge" : "small", options.nat ? "NAT" : "DR",
		options.rounds, BURST);
	printf("| entries |   table    | rte_hash, ratio  | and a line, ratio |  found  |\n");
	printf("|--------:|-----------:|-----------------:|------------------:|--------:|\n");
	measure_all(&options);
	rte_eal_cleanup();
	return 0;
}
