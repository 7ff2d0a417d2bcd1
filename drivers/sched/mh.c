/*
 * mh: Maglev hashing (Eisenbud and others, 2016). A client has one server, and when servers come
 * and go nearly all clients keep theirs. The table depends on nothing but addresses, ports and
 * weights of the servers and on the options, not on their order and not on what was before; so
 * directors with the same configuration agree on every client without talking to each other.
 *
 * That is why a server of weight 0 has slots as if its weight were the smallest step between
 * weights: they are there for it to come back to, while its clients go elsewhere. Between servers
 * of equal weight the table then does not move at all.
 *
 * Filling a large table takes longer than control may, so it is done in a work thread.
 */

#include "mh.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include <rte_common.h>

#include "hash.h"

#define MH_SLOTS 4093
#define MH_SLOTS_MAX 655373

/* No server has the slot yet. */
#define MH_FREE UINT32_MAX

/* After so many closed servers it is looked whether there is an open one at all. */
#define MH_DOUBT 16

enum mh_option {
	MH_SIZE,
	MH_FALLBACK,
	MH_PORT,
	MH_KEY,
	MH_OPTIONS,
};

static const struct lb_sched_rule mh_rules[] = {
	[MH_SIZE] = { .name = "size",
		.type = LB_SCHED_OPTION_INT,
		.min = 3,
		.max = MH_SLOTS_MAX,
		.fallback = MH_SLOTS },
	[MH_FALLBACK] = { .name = "fallback", .type = LB_SCHED_OPTION_BOOL, .fallback = true },
	[MH_PORT] = { .name = "port", .type = LB_SCHED_OPTION_BOOL, .fallback = false },
	[MH_KEY] = { .name = "key", .type = LB_SCHED_OPTION_STRING },
	[MH_OPTIONS] = { .name = NULL },
};

static bool
mh_is_prime(int64_t number)
{
	for (int64_t i = 2; i * i <= number; i++)
		if (number % i == 0)
			return false;
	return number >= 2;
}

static int
mh_check_size(int64_t size, struct lb_error *err)
{
	int64_t below = size, above = size;

	if (mh_is_prime(size))
		return 0;
	while (!mh_is_prime(below))
		below--;
	while (!mh_is_prime(above))
		above++;
	return lb_error_set(err, EINVAL,
		"scheduler \"mh\": size %" PRId64 " is not prime; use %" PRId64 " or %" PRId64,
		size, below, above);
}

/* The public keys of Linux, or 32 hexadecimal digits; the second key is the first one's opposite.
 */
static int
mh_read_key(const char *text, struct siphash_key keys[2], struct lb_error *err)
{
	char word[17] = { 0 };

	if (text[0] == '\0') {
		keys[0] = (struct siphash_key){ { UINT64_C(2654435761), UINT64_C(2654435761) } };
		keys[1] = (struct siphash_key){ { UINT64_C(2654446892), UINT64_C(2654446892) } };
		return 0;
	}
	if (strlen(text) != 32 || strspn(text, "0123456789abcdefABCDEF") != 32)
		return lb_error_set(err, EINVAL,
			"scheduler \"mh\": key \"%.40s\" is no key; write 32 hexadecimal digits, "
			"the same on every director",
			text);
	for (int i = 0; i < 2; i++) {
		memcpy(word, text + 16 * i, 16);
		keys[0].words[i] = strtoull(word, NULL, 16);
		keys[1].words[i] = ~keys[0].words[i];
	}
	return 0;
}

void
mh_fill(uint32_t *table, uint32_t slots, struct mh_server *servers, size_t n)
{
	uint32_t free_slots = slots;

	for (uint32_t i = 0; i < slots; i++)
		table[i] = MH_FREE;
	for (size_t s = 0;; s = s + 1 == n ? 0 : s + 1) {
		struct mh_server *server = &servers[s];

		for (uint32_t turn = 0; turn < server->turns; turn++) {
			while (table[server->offset] != MH_FREE)
				server->offset = server->offset >= slots - server->skip
							 ? server->offset - (slots - server->skip)
							 : server->offset + server->skip;
			table[server->offset] = server->index;
			if (--free_slots == 0)
				return;
		}
	}
}

/* Bits of a number without leading zeroes. */
static int
mh_bits(uint32_t number)
{
	return number == 0 ? 0 : 32 - __builtin_clz(number);
}

static uint32_t
mh_step(const struct lb_sched_dest *dests, size_t n)
{
	uint32_t step = 0;

	for (size_t i = 0; i < n; i++) {
		uint32_t a = dests[i].weight, b = step;

		while (b != 0) {
			uint32_t rest = a % b;

			a = b;
			b = rest;
		}
		step = a;
	}
	return step == 0 ? 1 : step;
}

static void
mh_set_turns(const struct mh *mh, struct mh_server *servers, size_t n)
{
	uint32_t step = mh_step(mh->dests, n), heaviest = 1;
	int shift;

	for (size_t i = 0; i < n; i++)
		heaviest = RTE_MAX(heaviest, mh->dests[i].weight / step);
	shift = RTE_MAX(0, mh_bits(heaviest) - mh_bits(mh->slots) / 2);
	for (size_t i = 0; i < n; i++)
		servers[i].turns =
			RTE_MAX(mh->dests[servers[i].index].weight / step >> shift, UINT32_C(1));
}

static int
mh_compare(const void *a, const void *b, void *arg)
{
	const struct lb_sched_dest *dests = arg;
	const struct lb_sched_dest *x = &dests[((const struct mh_server *)a)->index];
	const struct lb_sched_dest *y = &dests[((const struct mh_server *)b)->index];
	int order = lb_addr_compare(&x->addr, &y->addr);

	if (order != 0)
		return order;
	return (int)rte_be_to_cpu_16(x->port) - (int)rte_be_to_cpu_16(y->port);
}

static int
mh_make_table(struct mh *mh, size_t n, struct lb_error *err)
{
	struct mh_server *servers;

	mh->n = (uint32_t)n;
	if (n == 0)
		return 0;
	servers = calloc(n, sizeof(*servers));
	if (servers == NULL)
		return lb_error_set(err, ENOMEM,
			"scheduler \"mh\": no memory for %zu servers; give the machine more", n);
	for (size_t i = 0; i < n; i++) {
		const struct lb_sched_dest *dest = &mh->dests[i];
		uint32_t name = hash_fold(&dest->addr) + rte_be_to_cpu_16(dest->port);

		servers[i].index = (uint32_t)i;
		servers[i].offset = siphash(name, &mh->keys[0]) % mh->slots;
		servers[i].skip = siphash(name, &mh->keys[1]) % (mh->slots - 1) + 1;
	}
	mh_set_turns(mh, servers, n);
	qsort_r(servers, n, sizeof(*servers), mh_compare, (void *)(uintptr_t)mh->dests);
	mh_fill(mh->table, mh->slots, servers, n);
	free(servers);
	return 0;
}

/* An empty version with its options; NULL: err is set. */
static struct mh *
mh_create(const struct lb_sched_options *options, struct lb_error *err)
{
	struct lb_sched_option values[MH_OPTIONS];
	uint32_t slots;
	struct mh *mh;

	if (lb_sched_read_options("mh", mh_rules, options, values, err) != 0 ||
		mh_check_size(values[MH_SIZE].number, err) != 0)
		return NULL;
	slots = (uint32_t)values[MH_SIZE].number;
	mh = malloc(sizeof(*mh) + slots * sizeof(mh->table[0]));
	if (mh == NULL) {
		lb_error_set(err, ENOMEM,
			"scheduler \"mh\": no memory for a table of %u slots; lower size", slots);
		return NULL;
	}
	mh->fallback = values[MH_FALLBACK].number;
	mh->port = values[MH_PORT].number;
	mh->slots = slots;
	mh->inverse = UINT64_MAX / slots + 1;
	if (mh_read_key(values[MH_KEY].text, mh->keys, err) != 0) {
		free(mh);
		return NULL;
	}
	return mh;
}

static void *
mh_build(const struct lb_sched_dest *dests, size_t n, const struct lb_sched_options *options,
	uint64_t version, struct lb_error *err)
{
	struct mh *mh = mh_create(options, err);

	(void)version;
	if (mh == NULL)
		return NULL;
	mh->dests = dests;
	if (n > mh->slots)
		lb_error_set(err, EINVAL,
			"scheduler \"mh\": size %u is less than its %zu servers; raise it, best to "
			"100 times as many",
			mh->slots, n);
	else if (mh_make_table(mh, n, err) == 0)
		return mh;
	free(mh);
	return NULL;
}

static size_t
mh_local_size(const void *state)
{
	(void)state;
	return sizeof(struct lb_sched_local);
}

static bool
mh_is_open(const struct mh *mh, uint32_t i, const struct lb_sched_flow *flow)
{
	return mh->dests[i].weight != 0 && !lb_sched_is_closed(flow, mh->dests[i].slot);
}

static bool
mh_any_is_open(const struct mh *mh, const struct lb_sched_flow *flow)
{
	for (uint32_t i = 0; i < mh->n; i++)
		if (mh_is_open(mh, i, flow))
			return true;
	return false;
}

static int
mh_pick(const void *state, struct lb_sched_local *local, const struct lb_sched_flow *flow)
{
	const struct mh *mh = state;
	uint32_t name = hash_fold(&flow->src) + (mh->port ? rte_be_to_cpu_16(flow->sport) : 0);
	uint32_t home = mh_remainder(mh, siphash(name, &mh->keys[0])), slot = home;

	(void)local;
	if (mh->n == 0)
		return -1;
	for (uint32_t k = home, tries = 0; !mh_is_open(mh, mh->table[slot], flow); k++, tries++) {
		if (!mh->fallback || tries == mh->slots ||
			(tries == MH_DOUBT && !mh_any_is_open(mh, flow)))
			return -1;
		if (k == mh->slots)
			k = 0;
		slot = mh_remainder(mh, siphash(name + k, &mh->keys[0]));
	}
	return (int)mh->table[slot];
}

const struct lb_sched_ops lb_sched_mh = {
	.name = "mh",
	.steady = true,
	.slow = true,
	.build = mh_build,
	.local_size = mh_local_size,
	.pick = mh_pick,
	.destroy = free,
};
