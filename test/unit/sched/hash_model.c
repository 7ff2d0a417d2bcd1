/*
 * sh, dh and twos against their rules told slowly, over random servers, weights, edits, closed
 * servers and clients. The buckets of sh and dh are counted out for each pick anew. What twos draws
 * is its own affair: how often each server is picked must be what two draws by weight give.
 */

#include "edits.h"

#define STEPS 30000
#define BUCKETS 256

/* The bucket of an address as a number. */
static uint32_t
bucket_of(uint32_t value)
{
	return (uint32_t)((uint64_t)value * 0x61C88647 % (UINT64_C(1) << 32) >> 24);
}

/* Who has each bucket of sh: -1 for all when nobody may. */
static void
give_buckets(const struct picks *picks, int owners[BUCKETS])
{
	uint32_t sum = 0, given = 0, passed = 0, behind = 0;

	for (size_t i = 0; i < picks->n; i++) {
		sum += picks->dests[i].weight;
		behind += picks->dests[i].weight != 0;
	}
	for (uint32_t bucket = 0; bucket < BUCKETS; bucket++)
		owners[bucket] = -1;
	while (sum != 0 && sum <= BUCKETS && given < BUCKETS)
		for (size_t i = 0; i < picks->n; i++)
			for (uint32_t k = 0; k < picks->dests[i].weight && given < BUCKETS; k++)
				owners[given++] = (int)i;
	for (size_t i = 0; i < picks->n && sum > BUCKETS; i++) {
		if (picks->dests[i].weight == 0)
			continue;
		passed += picks->dests[i].weight;
		behind--;
		do /* at least one, and one is left for each that comes */
			owners[given++] = (int)i;
		while (given < passed * BUCKETS / sum && given < BUCKETS - behind);
	}
}

static int
sh_model(const struct picks *picks, bool fallback, bool port)
{
	uint32_t home = bucket_of(picks->client + (port ? picks->port : 0));
	int owners[BUCKETS];

	give_buckets(picks, owners);
	if (owners[home] < 0 || !picks_is_closed(picks, picks->dests[owners[home]].slot))
		return owners[home];
	for (uint32_t k = 0; fallback && k < BUCKETS; k++) {
		int owner = owners[(2 * home + k) % BUCKETS];

		if (!picks_is_closed(picks, picks->dests[owner].slot))
			return owner;
	}
	return -1;
}

static int
dh_model(const struct picks *picks)
{
	size_t i;

	if (picks->n == 0)
		return -1;
	i = bucket_of(picks->virtual) % picks->n;
	if (picks->dests[i].weight == 0 || picks_is_closed(picks, picks->dests[i].slot))
		return -1;
	return (int)i;
}

/* The next random version, closed servers and client. */
static void
change(struct edits *edits, struct picks *picks)
{
	if (rand() % 8 == 0) {
		edits_change(edits);
		edits_publish(edits, picks);
	}
	if (rand() % 4 == 0)
		picks_toggle(picks, (uint32_t)rand() % PICKS_MAX);
	picks->client = (uint32_t)rand() << 1;
	picks->virtual = (uint32_t)rand() << 1;
	picks->port = (uint16_t)rand();
}

static void
check_sh(bool fallback, bool port)
{
	const struct lb_sched_option list[] = {
		{ .name = "fallback", .type = LB_SCHED_OPTION_BOOL, .number = fallback },
		{ .name = "port", .type = LB_SCHED_OPTION_BOOL, .number = port },
	};
	const struct lb_sched_options options = { .n = 2, .list = list };
	unsigned int wrong = 0, found = 0, scaled = 0;
	struct picks picks = { .options = &options };
	struct edits edits = { .n = 0 };

	srand(6);
	picks_start(&picks, "sh", "", 0, 1);
	for (int step = 0; step < STEPS; step++) {
		uint32_t sum = 0;
		int picked;

		change(&edits, &picks);
		picked = picks_one(&picks);
		wrong += picked != sh_model(&picks, fallback, port);
		found += picked >= 0;
		for (size_t i = 0; i < picks.n; i++)
			sum += picks.dests[i].weight;
		scaled += sum > BUCKETS;
	}
	CU_ASSERT_EQUAL(wrong, 0);
	CU_ASSERT_TRUE(found > STEPS / 4);
	CU_ASSERT_TRUE(scaled > 100);
	picks_end(&picks);
}

static void
sh_counts_its_buckets_out(void)
{
	for (int i = 0; i < 4; i++)
		check_sh(i & 1, i & 2);
}

static void
dh_counts_its_buckets_out(void)
{
	unsigned int wrong = 0, found = 0;
	struct edits edits = { .n = 0 };
	struct picks picks;

	srand(7);
	picks_begin(&picks, "dh", "", 0, 1);
	for (int step = 0; step < STEPS; step++) {
		int picked;

		change(&edits, &picks);
		picked = picks_one(&picks);
		wrong += picked != dh_model(&picks);
		found += picked >= 0;
	}
	CU_ASSERT_EQUAL(wrong, 0);
	CU_ASSERT_TRUE(found > STEPS / 8);
	picks_end(&picks);
}

static uint64_t
overhead_of(const struct picks *picks, size_t i)
{
	uint32_t slot = picks->dests[i].slot;

	return 256 * (uint64_t)picks->total[slot].active + picks->total[slot].inactive;
}

/* The chance of each server when two are drawn by weight; false: nobody takes flows. */
static bool
twos_model(const struct picks *picks, double chances[PICKS_MAX])
{
	double drawn[PICKS_MAX] = { 0 }, sum = 0;

	for (size_t i = 0; i < picks->n; i++) {
		chances[i] = 0;
		if (!picks_is_closed(picks, picks->dests[i].slot))
			drawn[i] = picks->dests[i].weight;
		sum += drawn[i];
	}
	for (size_t a = 0; a < picks->n && sum > 0; a++)
		for (size_t b = 0; b < picks->n; b++) {
			uint64_t first = overhead_of(picks, a) * picks->dests[b].weight;
			uint64_t second = overhead_of(picks, b) * picks->dests[a].weight;

			chances[first > second ? b : a] += drawn[a] / sum * (drawn[b] / sum);
		}
	return sum > 0;
}

/* Add to the chi-square of many draws and to its degrees of freedom. */
static unsigned int
twos_draws(struct picks *picks, const double chances[PICKS_MAX], double *square, double *freedom)
{
	enum {
		DRAWS = 3000
	};
	unsigned int picked[PICKS_MAX] = { 0 }, wrong = 0;
	double others = 0, others_picked = 0; /* too rare to be counted each */

	for (int k = 0; k < DRAWS; k++)
		picked[picks_one(picks)]++;
	*freedom -= 1;
	for (size_t i = 0; i < picks->n; i++) {
		double expected = DRAWS * chances[i];

		wrong += expected == 0 && picked[i] != 0;
		if (expected < 10) {
			others += expected;
			others_picked += picked[i];
			continue;
		}
		*square += (picked[i] - expected) * (picked[i] - expected) / expected;
		*freedom += 1;
	}
	if (others < 10)
		return wrong;
	*square += (others_picked - others) * (others_picked - others) / others;
	*freedom += 1;
	return wrong;
}

static void
twos_picks_as_often_as_two_draws_say(void)
{
	double square = 0, freedom = 0, chances[PICKS_MAX];
	unsigned int wrong = 0;
	struct edits edits = { .n = 0 };
	struct picks picks;

	srand(8);
	picks_begin(&picks, "twos", "", 0, 1);
	for (int step = 0; step < 6000; step++) {
		uint32_t slot = (uint32_t)rand() % PICKS_MAX;

		change(&edits, &picks);
		picks.total[slot].active = (uint32_t)rand() % 10;
		picks.total[slot].inactive = (uint32_t)rand() % 1000;
		if (!twos_model(&picks, chances))
			wrong += picks_one(&picks) >= 0;
		else if (step % 10 == 0)
			wrong += twos_draws(&picks, chances, &square, &freedom);
	}
	CU_ASSERT_EQUAL(wrong, 0);
	CU_ASSERT_TRUE(freedom > 300);
	/* A chi-square has the variance 2 * freedom; 4 deviations are 1 in 30,000. */
	CU_ASSERT_TRUE((square - freedom) * (square - freedom) < 16 * 2 * freedom);
	picks_end(&picks);
}

static const struct unit_test tests[] = {
	UNIT_TEST(sh_counts_its_buckets_out),
	UNIT_TEST(dh_counts_its_buckets_out),
	UNIT_TEST(twos_picks_as_often_as_two_draws_say),
	UNIT_END,
};

const struct unit_suite unit_sched_hash_model = { "hash_model", tests };
