/*
 * twos: power of two choices. Two servers are drawn, each with a chance that is exactly its weight,
 * and the less loaded for its weight gets the flow. Workers with old numbers do not all rush to the
 * server that seemed idle, as with wlc.
 *
 * A closed server that is drawn is drawn again, which gives the others the chances they would have
 * without it. When that does not end, one number is drawn among the weights of the open ones.
 */

#include "twos.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>

/* Draws until the open servers are counted. */
#define TWOS_DRAWS 8

struct twos_local {
	struct lb_sched_local head;
	uint64_t random;
	bool seeded;
};

static void *
twos_build(const struct lb_sched_dest *dests, size_t n, const struct lb_sched_options *options,
	uint64_t version, struct lb_error *err)
{
	struct twos *twos;

	if (lb_sched_no_options("twos", options, err) != 0)
		return NULL;
	twos = calloc(1, sizeof(*twos) + n * sizeof(twos->servers[0]));
	if (twos == NULL) {
		lb_error_set(err, ENOMEM,
			"scheduler \"twos\": no memory for %zu servers; give the machine more", n);
		return NULL;
	}
	twos->version = version;
	twos->dests = dests;
	for (uint32_t i = 0; i < n; i++) {
		twos->sum += dests[i].weight;
		if (dests[i].weight != 0)
			twos->servers[twos->n++] =
				(struct twos_server){ .last = twos->sum, .index = i };
	}
	return twos;
}

static size_t
twos_local_size(const void *state)
{
	(void)state;
	return sizeof(struct twos_local);
}

void
twos_seed(struct lb_sched_local *local, uint64_t seed)
{
	struct twos_local *mine = (struct twos_local *)local;

	mine->random = seed;
	mine->seeded = true;
}

uint32_t
twos_owner(const struct twos *twos, uint64_t number)
{
	uint32_t low = 0, high = twos->n - 1;

	while (low < high) {
		uint32_t middle = (low + high) / 2;

		if (twos->servers[middle].last < number)
			low = middle + 1;
		else
			high = middle;
	}
	return twos->servers[low].index;
}

uint32_t
twos_less_loaded(
	const struct twos *twos, const struct lb_sched_flow *flow, uint32_t first, uint32_t second)
{
	const struct lb_sched_dest *a = &twos->dests[first], *b = &twos->dests[second];
	uint64_t load_a = lb_sched_overhead(lb_sched_load_of(flow, a->slot));
	uint64_t load_b = lb_sched_overhead(lb_sched_load_of(flow, b->slot));

	return load_a * b->weight > load_b * a->weight ? second : first;
}

/* A number from 1 to sum, all of them as likely (Steele, Lea, Flood 2014: SplitMix64). */
static uint64_t
twos_draw(uint64_t *random, uint64_t sum)
{
	uint64_t z = *random += UINT64_C(0x9e3779b97f4a7c15);

	z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
	return 1 + (uint64_t)(((unsigned __int128)(z ^ z >> 31) * sum) >> 64);
}

static uint32_t
twos_weight(const struct twos *twos, uint32_t i, const struct lb_sched_flow *flow)
{
	const struct lb_sched_dest *dest = &twos->dests[twos->servers[i].index];

	return lb_sched_is_closed(flow, dest->slot) ? 0 : dest->weight;
}

/* Index into dests of an open server, by weight; -1: there is none, or it closed meanwhile. */
static int
twos_among_open(const struct twos *twos, uint64_t *random, const struct lb_sched_flow *flow)
{
	uint64_t sum = 0, number;

	for (uint32_t i = 0; i < twos->n; i++)
		sum += twos_weight(twos, i, flow);
	number = twos_draw(random, sum);
	for (uint32_t i = 0; i < twos->n; i++) {
		uint32_t weight = twos_weight(twos, i, flow);

		if (weight >= number)
			return (int)twos->servers[i].index;
		number -= weight;
	}
	return -1;
}

static int
twos_one(const struct twos *twos, uint64_t *random, const struct lb_sched_flow *flow)
{
	for (int i = 0; i < TWOS_DRAWS; i++) {
		uint32_t owner = twos_owner(twos, twos_draw(random, twos->sum));

		if (!lb_sched_is_closed(flow, twos->dests[owner].slot))
			return (int)owner;
	}
	return twos_among_open(twos, random, flow);
}

static int
twos_pick(const void *state, struct lb_sched_local *local, const struct lb_sched_flow *flow)
{
	struct twos_local *mine = (struct twos_local *)local;
	const struct twos *twos = state;
	int first, second;

	if (!mine->seeded)
		twos_seed(local, flow->now ^ (uint64_t)local->worker << 32 ^ flow->hash);
	local->version = twos->version;
	if (twos->n == 0)
		return -1;
	first = twos_one(twos, &mine->random, flow);
	second = twos_one(twos, &mine->random, flow);
	if (first < 0 || second < 0)
		return first < 0 ? second : first;
	return (int)twos_less_loaded(twos, flow, (uint32_t)first, (uint32_t)second);
}

const struct lb_sched_ops lb_sched_twos = {
	.name = "twos",
	.ratios = true,
	.build = twos_build,
	.local_size = twos_local_size,
	.pick = twos_pick,
	.destroy = free,
};
