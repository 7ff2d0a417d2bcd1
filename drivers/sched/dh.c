/*
 * dh: destination hashing, for services of many addresses such as transparent caches. A
 * destination has one server, whatever the weights are; is that closed, or its weight 0, there is
 * none: a cache beside it would only fill with what belongs elsewhere.
 */

#include <errno.h>
#include <stdlib.h>

#include "hash.h"
#include "lb_sched.h"

/* 256 buckets, and more when there are more servers. */
#define DH_BITS 8

struct dh {
	const struct lb_sched_dest *dests;
	unsigned int bits;
	int buckets[]; /* index into dests, or -1 */
};

static void *
dh_build(const struct lb_sched_dest *dests, size_t n, const struct lb_sched_options *options,
	uint64_t version, struct lb_error *err)
{
	unsigned int bits = DH_BITS;
	struct dh *dh;

	(void)version;
	if (lb_sched_no_options("dh", options, err) != 0)
		return NULL;
	while ((size_t)1 << bits < n)
		bits++;
	dh = malloc(sizeof(*dh) + (sizeof(dh->buckets[0]) << bits));
	if (dh == NULL) {
		lb_error_set(err, ENOMEM,
			"scheduler \"dh\": no memory for %zu servers; give the machine more", n);
		return NULL;
	}
	dh->dests = dests;
	dh->bits = bits;
	for (size_t i = 0; i < (size_t)1 << bits; i++)
		dh->buckets[i] = n == 0 ? -1 : (int)(i % n);
	return dh;
}

static size_t
dh_local_size(const void *state)
{
	(void)state;
	return sizeof(struct lb_sched_local);
}

static int
dh_pick(const void *state, struct lb_sched_local *local, const struct lb_sched_flow *flow)
{
	const struct dh *dh = state;
	int i = dh->buckets[hash_bucket(hash_fold(&flow->dst), dh->bits)];

	(void)local;
	if (i < 0 || dh->dests[i].weight == 0 || lb_sched_is_closed(flow, dh->dests[i].slot))
		return -1;
	return i;
}

const struct lb_sched_ops lb_sched_dh = {
	.name = "dh",
	.steady = true,
	.build = dh_build,
	.local_size = dh_local_size,
	.pick = dh_pick,
	.destroy = free,
};
