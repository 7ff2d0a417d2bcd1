/*
 * sh: source hashing. A client has one server as long as the servers stay the same. Each server has
 * neighbouring buckets, as many as its weight says, over and over until all buckets are given away.
 * When there is more weight than buckets, weights are scaled so that nobody is left without one.
 *
 * The table is not consistent: one server more or less moves most clients. Who minds takes mh.
 */

#include <errno.h>
#include <stdlib.h>

#include <rte_common.h>

#include "hash.h"
#include "lb_sched.h"

/* 256 buckets, and more when there would be less than 4 for a server. */
#define SH_BITS 8
#define SH_SPARE_BITS 2

struct sh {
	const struct lb_sched_dest *dests;
	bool fallback;
	bool port;
	unsigned int bits;
	int buckets[]; /* index into dests, or -1 */
};

enum sh_option {
	SH_FALLBACK,
	SH_PORT,
	SH_OPTIONS,
};

static const struct lb_sched_rule sh_rules[] = {
	[SH_FALLBACK] = { .name = "fallback", .type = LB_SCHED_OPTION_BOOL, .fallback = true },
	[SH_PORT] = { .name = "port", .type = LB_SCHED_OPTION_BOOL, .fallback = false },
	[SH_OPTIONS] = { .name = NULL },
};

/* Give a server the next buckets; returns how many are given away then. */
static uint64_t
sh_give(struct sh *sh, uint64_t given, size_t i, uint64_t share)
{
	uint64_t all = UINT64_C(1) << sh->bits;

	for (; share != 0 && given < all; share--)
		sh->buckets[given++] = (int)i;
	return given;
}

/* There is a bucket for each unit of weight: go round until all are given away. */
static void
sh_fill_by_weight(struct sh *sh, size_t n)
{
	uint64_t given = 0;

	while (given < UINT64_C(1) << sh->bits)
		for (size_t i = 0; i < n; i++)
			given = sh_give(sh, given, i, sh->dests[i].weight);
}

/*
 * There is more weight than buckets: after each server, as many are given away as the weight up to
 * there says, but it has one, and one is left for each of those behind it.
 */
static void
sh_fill_scaled(struct sh *sh, size_t n, uint64_t weight, uint64_t servers)
{
	uint64_t all = UINT64_C(1) << sh->bits, given = 0, passed = 0;

	for (size_t i = 0; i < n; i++) {
		uint64_t due;

		if (sh->dests[i].weight == 0)
			continue;
		passed += sh->dests[i].weight;
		servers--;
		due = RTE_MAX(passed * all / weight, given + 1);
		given = sh_give(sh, given, i, RTE_MIN(due, all - servers) - given);
	}
}

static void
sh_fill(struct sh *sh, size_t n)
{
	uint64_t all = UINT64_C(1) << sh->bits, weight = 0, servers = 0;

	for (size_t i = 0; i < n; i++) {
		weight += sh->dests[i].weight;
		servers += sh->dests[i].weight != 0;
	}
	for (uint64_t i = 0; servers == 0 && i < all; i++)
		sh->buckets[i] = -1;
	if (weight > all)
		sh_fill_scaled(sh, n, weight, servers);
	else if (servers != 0)
		sh_fill_by_weight(sh, n);
}

static void *
sh_build(const struct lb_sched_dest *dests, size_t n, const struct lb_sched_options *options,
	uint64_t version, struct lb_error *err)
{
	struct lb_sched_option values[SH_OPTIONS];
	unsigned int bits = SH_BITS;
	struct sh *sh;

	(void)version;
	if (lb_sched_read_options("sh", sh_rules, options, values, err) != 0)
		return NULL;
	while (n << SH_SPARE_BITS > (size_t)1 << bits)
		bits++;
	sh = malloc(sizeof(*sh) + (sizeof(sh->buckets[0]) << bits));
	if (sh == NULL) {
		lb_error_set(err, ENOMEM,
			"scheduler \"sh\": no memory for %zu servers; give the machine more", n);
		return NULL;
	}
	*sh = (struct sh){
		.dests = dests,
		.fallback = values[SH_FALLBACK].number,
		.port = values[SH_PORT].number,
		.bits = bits,
	};
	sh_fill(sh, n);
	return sh;
}

static size_t
sh_local_size(const void *state)
{
	(void)state;
	return sizeof(struct lb_sched_local);
}

/* Where a client looks when its server is closed: from twice its bucket on, as in Linux. */
static int
sh_other(const struct sh *sh, const struct lb_sched_flow *flow, uint32_t home)
{
	uint32_t mask = (UINT32_C(1) << sh->bits) - 1;

	for (uint32_t k = 0; k <= mask; k++) {
		int i = sh->buckets[(2 * home + k) & mask];

		if (!lb_sched_is_closed(flow, sh->dests[i].slot))
			return i;
	}
	return -1;
}

static int
sh_pick(const void *state, struct lb_sched_local *local, const struct lb_sched_flow *flow)
{
	const struct sh *sh = state;
	uint32_t value = hash_fold(&flow->src) + (sh->port ? rte_be_to_cpu_16(flow->sport) : 0);
	uint32_t home = hash_bucket(value, sh->bits);
	int i = sh->buckets[home];

	(void)local;
	if (i < 0 || !lb_sched_is_closed(flow, sh->dests[i].slot))
		return i;
	return sh->fallback ? sh_other(sh, flow, home) : -1;
}

const struct lb_sched_ops lb_sched_sh = {
	.name = "sh",
	.steady = true,
	.build = sh_build,
	.local_size = sh_local_size,
	.pick = sh_pick,
	.destroy = free,
};
