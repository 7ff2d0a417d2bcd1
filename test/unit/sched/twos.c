/* twos: S9 is the number of the rule in the description of Linux Virtual Server. */

#include "twos.h"

#include "picks.h"

/* The choice for two numbers that were drawn. */
static char
choice(const struct picks *picks, uint64_t r1, uint64_t r2)
{
	const struct lb_sched_flow flow = { .total = picks->total, .delta = picks->delta };
	const struct twos *twos = picks->state;

	return (char)('A' +
		      twos_less_loaded(twos, &flow, twos_owner(twos, r1), twos_owner(twos, r2)));
}

static void
less_loaded_of_the_two_owners_is_chosen(void)
{
	struct picks picks;

	/* S9.1; numbers are drawn from 1 on here, so those with 0 are left out. */
	picks_begin(&picks, "twos", "A1 B2 C3", 0, 1);
	picks_load(&picks, "A2:0 B2:0 C9:0");
	CU_ASSERT_EQUAL(((const struct twos *)picks.state)->sum, 6);
	CU_ASSERT_EQUAL(choice(&picks, 1, 1), 'A');
	CU_ASSERT_EQUAL(choice(&picks, 1, 2), 'B');
	CU_ASSERT_EQUAL(choice(&picks, 2, 1), 'B');
	CU_ASSERT_EQUAL(choice(&picks, 3, 4), 'B');
	CU_ASSERT_EQUAL(choice(&picks, 6, 6), 'C');
	CU_ASSERT_EQUAL(choice(&picks, 3, 6), 'B');
	CU_ASSERT_EQUAL(choice(&picks, 1, 6), 'A'); /* 512 / 1 < 2304 / 3 */
	CU_ASSERT_EQUAL(choice(&picks, 6, 1), 'A');
	picks_load(&picks, "C6:0"); /* equal: the first */
	CU_ASSERT_EQUAL(choice(&picks, 1, 6), 'A');
	CU_ASSERT_EQUAL(choice(&picks, 6, 1), 'C');
	picks_end(&picks);
}

static void
each_server_owns_exactly_its_weight(void)
{
	struct picks picks;
	unsigned int owned[PICKS_MAX] = { 0 };
	const struct twos *twos;

	picks_begin(&picks, "twos", "A10 B0 C1 D65 E0 F24", 0, 1);
	twos = picks.state;
	CU_ASSERT_EQUAL(twos->sum, 100);
	for (uint64_t r = 1; r <= 100; r++)
		owned[twos_owner(twos, r)]++;
	CU_ASSERT_EQUAL(owned[0], 10);
	CU_ASSERT_EQUAL(owned[1], 0);
	CU_ASSERT_EQUAL(owned[2], 1);
	CU_ASSERT_EQUAL(owned[3], 65);
	CU_ASSERT_EQUAL(owned[4], 0);
	CU_ASSERT_EQUAL(owned[5], 24);
	picks_end(&picks);
}

#define DRAWS 60000

/* Chi-square of picks among idle servers, where the first choice wins, against their weights. */
static double
chi_square(struct picks *picks)
{
	unsigned int picked[PICKS_MAX] = { 0 };
	double sum = 0, square = 0;

	for (size_t i = 0; i < picks->n; i++)
		if (!picks_is_closed(picks, picks->dests[i].slot))
			sum += picks->dests[i].weight;
	for (int k = 0; k < DRAWS; k++)
		picked[picks_one(picks)]++;
	for (size_t i = 0; i < picks->n; i++) {
		bool closed = picks_is_closed(picks, picks->dests[i].slot);
		double expected = closed ? 0 : DRAWS * picks->dests[i].weight / sum;

		if (expected == 0) {
			CU_ASSERT_EQUAL(picked[i], 0);
			continue;
		}
		square += (picked[i] - expected) * (picked[i] - expected) / expected;
	}
	return square;
}

static void
servers_are_drawn_as_often_as_their_weights_say(void)
{
	struct picks picks;

	/* Chances of 1 in 1000: 18.5 with 4 degrees of freedom, 13.8 with 2. */
	picks_begin(&picks, "twos", "A1 B2 C3 D0 E4 F50", 0, 1);
	CU_ASSERT_TRUE(chi_square(&picks) < 18.5);
	picks_close(&picks, 'E', true);
	picks_close(&picks, 'A', true);
	CU_ASSERT_TRUE(chi_square(&picks) < 13.8);
	picks_end(&picks);
}

/* Nearly all draws meet the closed one, so that the open ones are counted. */
static void
heavy_closed_server_leaves_its_chances_to_the_others(void)
{
	struct picks picks;

	picks_begin(&picks, "twos", "A1 B65535 C2 D3", 0, 1);
	picks_close(&picks, 'B', true);
	CU_ASSERT_TRUE(chi_square(&picks) < 13.8);
	picks_end(&picks);
}

static void
nobody_is_picked_when_nobody_takes_flows(void)
{
	struct picks picks;

	picks_begin(&picks, "twos", "", 0, 1);
	CU_ASSERT_STRING_EQUAL(picks_next(&picks, 2), "--");
	picks_edit(&picks, "A0 B0");
	CU_ASSERT_STRING_EQUAL(picks_next(&picks, 2), "--");
	picks_edit(&picks, "A0 B7");
	CU_ASSERT_STRING_EQUAL(picks_next(&picks, 2), "BB");
	picks_close(&picks, 'B', true);
	CU_ASSERT_STRING_EQUAL(picks_next(&picks, 2), "--");
	picks_end(&picks);
}

static void
workers_draw_different_numbers_and_one_worker_the_same_again(void)
{
	struct picks picks;
	char first[33];

	picks_begin(&picks, "twos", "A1 B1 C1 D1", 0, 2);
	strcpy(first, picks_next(&picks, 32));
	CU_ASSERT_STRING_NOT_EQUAL(picks_next(&picks, 32), first);
	picks_end(&picks);
	picks_begin(&picks, "twos", "A1 B1 C1 D1", 1, 2);
	CU_ASSERT_STRING_NOT_EQUAL(picks_next(&picks, 32), first);
	picks_end(&picks);
	picks_begin(&picks, "twos", "A1 B1 C1 D1", 0, 2);
	CU_ASSERT_STRING_EQUAL(picks_next(&picks, 32), first);
	picks_end(&picks);
}

static void
draws_follow_from_the_seed(void)
{
	struct picks picks;
	char first[33];

	picks_begin(&picks, "twos", "A1 B1 C1 D1", 0, 1);
	twos_seed(picks.local, 7);
	strcpy(first, picks_next(&picks, 32));
	picks.now = 12345;
	picks_edit(&picks, "A1 B1 C1 D1"); /* a version is no new beginning */
	CU_ASSERT_STRING_NOT_EQUAL(picks_next(&picks, 32), first);
	picks_end(&picks);
	picks_begin(&picks, "twos", "A1 B1 C1 D1", 0, 1);
	picks.now = 12345;
	twos_seed(picks.local, 7);
	CU_ASSERT_STRING_EQUAL(picks_next(&picks, 32), first);
	twos_seed(picks.local, 8);
	CU_ASSERT_STRING_NOT_EQUAL(picks_next(&picks, 32), first);
	picks_end(&picks);
}

static void
edits_under_load_leave_flows_even(void)
{
	struct picks picks;

	/* Flows stay, so whoever is behind is chosen whenever it is drawn. */
	picks_begin(&picks, "twos", "A1 B1 C2", 0, 1);
	for (int k = 0; k < 100; k++) {
		picks_edit(&picks, k % 2 == 0 ? "C2 B1 A1" : "A1 B1 C2 D0");
		picks_fill(&picks, 40);
	}
	CU_ASSERT_EQUAL(
		picks.delta[0].active + picks.delta[1].active + picks.delta[2].active, 4000);
	CU_ASSERT_TRUE(abs((int)picks.delta[0].active - 1000) < 30);
	CU_ASSERT_TRUE(abs((int)picks.delta[1].active - 1000) < 30);
	picks_end(&picks);
}

static const struct unit_test tests[] = {
	UNIT_TEST(less_loaded_of_the_two_owners_is_chosen),
	UNIT_TEST(each_server_owns_exactly_its_weight),
	UNIT_TEST(servers_are_drawn_as_often_as_their_weights_say),
	UNIT_TEST(heavy_closed_server_leaves_its_chances_to_the_others),
	UNIT_TEST(nobody_is_picked_when_nobody_takes_flows),
	UNIT_TEST(workers_draw_different_numbers_and_one_worker_the_same_again),
	UNIT_TEST(draws_follow_from_the_seed),
	UNIT_TEST(edits_under_load_leave_flows_even),
	UNIT_END,
};

const struct unit_suite unit_sched_twos = { "twos", tests };
