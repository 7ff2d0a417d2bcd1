/*
 * lblc and lblcr against their rules told slowly: arrays by destination and scans of all servers,
 * over random loads, closed servers and versions.
 */

#include "edits.h"

#define DESTINATIONS 8
#define STEPS 20000

/* Who has a destination: slots in the order of joining, the last first. */
struct destination {
	uint32_t slots[PICKS_MAX];
	int n;
};

static uint64_t
active_of(const struct picks *picks, uint32_t slot)
{
	return picks->total[slot].active + picks->delta[slot].active;
}

static uint64_t
overhead_of(const struct picks *picks, uint32_t slot)
{
	return 256 * active_of(picks, slot) + picks->total[slot].inactive +
	       picks->delta[slot].inactive;
}

static int
index_of(const struct picks *picks, uint32_t slot)
{
	for (size_t i = 0; i < picks->n; i++)
		if (picks->dests[i].slot == slot)
			return (int)i;
	return -1;
}

static bool
is_open(const struct picks *picks, int i)
{
	return i >= 0 && picks->dests[i].weight != 0 &&
	       !picks_is_closed(picks, picks->dests[i].slot);
}

/* Whether a is less loaded for its weight than b. */
static bool
is_less(const struct picks *picks, int a, int b)
{
	return overhead_of(picks, picks->dests[a].slot) * picks->dests[b].weight <
	       overhead_of(picks, picks->dests[b].slot) * picks->dests[a].weight;
}

static int
least_of_all(const struct picks *picks)
{
	int best = -1;

	for (int i = 0; i < (int)picks->n; i++)
		if (is_open(picks, i) && (best < 0 || is_less(picks, i, best)))
			best = i;
	return best;
}

static int
least_of_set(const struct picks *picks, const struct destination *destination)
{
	int best = -1;

	for (int k = 0; k < destination->n; k++) {
		int i = index_of(picks, destination->slots[k]);

		if (is_open(picks, i) && (best < 0 || is_less(picks, i, best)))
			best = i;
	}
	return best;
}

static bool
is_busy(const struct picks *picks, int i)
{
	if (active_of(picks, picks->dests[i].slot) <= picks->dests[i].weight)
		return false;
	for (int k = 0; k < (int)picks->n; k++)
		if (is_open(picks, k) &&
			2 * active_of(picks, picks->dests[k].slot) < picks->dests[k].weight)
			return true;
	return false;
}

static void
forget_missing(const struct picks *picks, struct destination *destination)
{
	int n = 0;

	for (int k = 0; k < destination->n; k++)
		if (index_of(picks, destination->slots[k]) >= 0)
			destination->slots[n++] = destination->slots[k];
	destination->n = n;
}

static void
join(struct destination *destination, uint32_t slot)
{
	for (int k = 0; k < destination->n; k++)
		if (destination->slots[k] == slot)
			return;
	memmove(&destination->slots[1], &destination->slots[0],
		(size_t)destination->n * sizeof(destination->slots[0]));
	destination->slots[0] = slot;
	destination->n++;
}

static int
model_pick(const struct picks *picks, struct destination *destination, bool replicates)
{
	int i;

	if (replicates)
		forget_missing(picks, destination);
	i = least_of_set(picks, destination);
	if (i >= 0 && !is_busy(picks, i))
		return i;
	i = least_of_all(picks);
	if (i < 0)
		return i;
	if (!replicates)
		destination->n = 0;
	join(destination, picks->dests[i].slot);
	return i;
}

/* Something happens elsewhere, and the worker learns of it. */
static void
others_change(struct picks *picks)
{
	uint32_t slot = (uint32_t)rand() % PICKS_MAX;

	if (rand() % 8 == 0)
		picks_toggle(picks, slot);
	else
		picks->total[slot].active = (uint32_t)rand() % 40;
	picks_tell(picks, slot);
}

static void
check(const char *scheduler, bool replicates)
{
	static struct destination destinations[DESTINATIONS];
	unsigned int wrong = 0, found = 0;
	struct edits edits = { .n = 0 };
	struct picks picks;

	srand(5);
	memset(destinations, 0, sizeof(destinations));
	picks_begin(&picks, scheduler, "", 0, 1);
	for (int step = 0; step < STEPS; step++) {
		int expected, picked;

		if (rand() % 16 == 0) {
			edits_change(&edits);
			edits_publish(&edits, &picks);
		}
		if (rand() % 2 == 0)
			others_change(&picks);
		picks.virtual = (uint32_t)rand() % DESTINATIONS;
		expected = model_pick(&picks, &destinations[picks.virtual], replicates);
		picked = picks_one(&picks);
		wrong += picked != expected;
		found += picked >= 0;
	}
	CU_ASSERT_EQUAL(wrong, 0);
	CU_ASSERT_TRUE(found > STEPS / 4);
	picks_end(&picks);
}

static void
destinations_have_the_servers_of_the_slow_rule(void)
{
	check("lblc", false);
	check("lblcr", true);
}

static const struct unit_test tests[] = {
	UNIT_TEST(destinations_have_the_servers_of_the_slow_rule),
	UNIT_END,
};

const struct unit_suite unit_sched_lblc_model = { "lblc_model", tests };
