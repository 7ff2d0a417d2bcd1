/*
 * Schedulers that choose the server of least cost, by the examples of their rules. S3.1 and so on
 * are the numbers that the examples have in the description of Linux Virtual Server, where an idle
 * connection weighs 1 and an active one 256.
 */

#include "picks.h"

/* The next pick with these weights and loads. */
static void
check_pick(const char *scheduler, const char *servers, const char *loads, char expected)
{
	struct picks picks;

	picks_begin(&picks, scheduler, servers, 0, 1);
	picks_load(&picks, loads);
	CU_ASSERT_EQUAL(picks_next(&picks, 1)[0], expected);
	picks_end(&picks);
}

/* The same for a worker that has picked before and is told of the loads. */
static void
check_told(const char *scheduler, const char *servers, const char *loads, char expected)
{
	struct picks picks;

	picks_begin(&picks, scheduler, servers, 0, 1);
	picks_next(&picks, 1);
	picks_load(&picks, loads);
	CU_ASSERT_EQUAL(picks_next(&picks, 1)[0], expected);
	picks_end(&picks);
	check_pick(scheduler, servers, loads, expected);
}

/* All flows stay active. */
static void
check_fill(const char *scheduler, const char *servers, const char *expected)
{
	struct picks picks;

	picks_begin(&picks, scheduler, servers, 0, 1);
	CU_ASSERT_STRING_EQUAL(picks_fill(&picks, strlen(expected)), expected);
	picks_end(&picks);
}

static void
lc_takes_the_least_overhead_and_of_equals_the_first(void)
{
	check_fill("lc", "A1 B1 C1", "ABCABCA");                 /* S3.1 */
	check_told("lc", "A1 B1", "A1:0 B0:256", 'A');           /* S3.2 */
	check_told("lc", "A1 B1 C1", "A1:0 B0:256 C0:257", 'A'); /* S3.3 */
	check_told("lc", "A1 B1 C1", "A1:0 B0:255 C0:257", 'B');
	check_told("lc", "A1 B9", "A1:0 B1:1", 'A'); /* weights do not matter */
}

static void
wlc_takes_the_least_overhead_for_its_weight(void)
{
	check_told("wlc", "A1 B3", "A2:10 B7:30", 'A');  /* S4.1 */
	check_pick("wlc", "A1 B9 C5", "", 'A');          /* S4.2 */
	check_fill("wlc", "A1 B2 C4", "ABCCBCCABCCBCC"); /* S4.3 */
	check_told("wlc", "A1 B3", "A2:10 B6:29", 'B');  /* 522 * 3 = 1566 > 1565 */
	check_told("wlc", "A1 B3", "A2:10 B6:30", 'A');  /* equal: the first */
}

static void
wlc_compares_the_greatest_loads_and_weights_exactly(void)
{
	/* 256 * 2^31 * 65535 and one more. */
	check_told("wlc", "A65535 B65535", "A2147483648:1 B2147483648:0", 'B');
	check_told("wlc", "A65534 B65535", "A2147483648:0 B2147483648:0", 'B');
	check_told("wlc", "A65535 B65534", "A2147483648:0 B2147483648:0", 'A');
}

static void
sed_takes_the_shortest_delay_with_this_flow(void)
{
	check_told("sed", "A1 B2 C4", "A0:0 B1:0 C2:0", 'C'); /* S5.1: 1, 1, 0.75 */
	check_fill("sed", "A1 B2 C4", "CBCCABCCBCCABC");      /* S5.2 */
	check_pick("sed", "A1 B9 C5", "", 'B');               /* S5.3 */
	check_told("sed", "A1 B1", "A0:999 B0:0", 'A');       /* inactive ones do not count */
}

static void
nq_takes_an_idle_server_before_a_faster_one(void)
{
	check_told("nq", "A1 B2 C4", "A0:0 B1:0 C2:0", 'A'); /* S6.1 */
	check_fill("nq", "A1 B2 C4", "ABCCCBCCBCCABC");      /* S6.2 */
	check_told("nq", "A1 B2 C4", "A1:0 B0:0 C0:0", 'B');
}

static void
fo_takes_the_heaviest_open_server(void)
{
	struct picks picks;

	check_fill("fo", "A10 B20 C20", "BBBB"); /* S7.1 */
	check_fill("fo", "A0 B0", "--");         /* S7.3 */
	picks_begin(&picks, "fo", "A10 B20 C20", 0, 1);
	picks_close(&picks, 'B', true);
	CU_ASSERT_STRING_EQUAL(picks_next(&picks, 3), "CCC"); /* S7.2 */
	picks_close(&picks, 'C', true);
	CU_ASSERT_STRING_EQUAL(picks_next(&picks, 3), "AAA");
	picks_close(&picks, 'B', false);
	CU_ASSERT_STRING_EQUAL(picks_next(&picks, 3), "BBB");
	picks_end(&picks);
}

static void
ovf_fills_the_heaviest_with_one_more_than_its_weight(void)
{
	struct picks picks;

	check_fill("ovf", "A3 B2 C2", "AAAABBBCCC--"); /* S8.1 */
	picks_begin(&picks, "ovf", "A3 B2 C2", 0, 1);
	picks_fill(&picks, 10);
	picks_load(&picks, "B2:9");
	CU_ASSERT_STRING_EQUAL(picks_fill(&picks, 2), "B-");
	picks_end(&picks);
}

/* The schedulers of this file. */
static const char *const names[] = { "lc", "wlc", "sed", "nq", "fo", "ovf" };

#define NAMES (sizeof(names) / sizeof(names[0]))

static void
weight_0_and_closed_servers_are_left_out(void)
{
	for (size_t i = 0; i < NAMES; i++) {
		struct picks picks;

		picks_begin(&picks, names[i], "A0 B1 C1", 0, 1);
		CU_ASSERT_STRING_EQUAL(picks_next(&picks, 2), "BB");
		picks_close(&picks, 'B', true);
		CU_ASSERT_STRING_EQUAL(picks_next(&picks, 2), "CC");
		picks_close(&picks, 'C', true);
		CU_ASSERT_STRING_EQUAL(picks_next(&picks, 2), "--");
		picks_close(&picks, 'B', false);
		CU_ASSERT_STRING_EQUAL(picks_next(&picks, 2), "BB");
		picks_edit(&picks, "");
		CU_ASSERT_STRING_EQUAL(picks_next(&picks, 2), "--");
		picks_end(&picks);
	}
}

static void
server_closed_by_others_is_left_out_at_once_and_back_at_a_tick(void)
{
	for (size_t i = 0; i < NAMES; i++) {
		struct picks picks;

		picks_begin(&picks, names[i], "A1 B1", 0, 1);
		CU_ASSERT_STRING_EQUAL(picks_next(&picks, 1), "A");
		picks.closed[0] = lb_sched_closed_bit(0, LB_SCHED_FULL);
		CU_ASSERT_STRING_EQUAL(picks_next(&picks, 1), "B");
		picks.closed[0] = 0;
		CU_ASSERT_STRING_EQUAL(picks_next(&picks, 1), "B");
		picks.ops->tick(picks.state, picks.local, 0);
		CU_ASSERT_STRING_EQUAL(picks_next(&picks, 1), "A");
		picks_end(&picks);
	}
}

static void
changes_before_the_first_pick_are_no_trouble(void)
{
	for (size_t i = 0; i < NAMES; i++) {
		struct picks picks;

		picks_begin(&picks, names[i], "A1 B1", 0, 1);
		picks_tell(&picks, 1);
		picks.ops->tick(picks.state, picks.local, 0);
		CU_ASSERT_STRING_EQUAL(picks_next(&picks, 1), "A");
		picks_edit(&picks, "B1 A1");
		picks_tell(&picks, 1); /* of a version that this worker has not picked from */
		picks.ops->tick(picks.state, picks.local, 0);
		CU_ASSERT_STRING_EQUAL(picks_next(&picks, 1), "B");
		picks_end(&picks);
	}
}

static void
flows_spread_by_weight_whatever_was_edited_meanwhile(void)
{
	static const char *const by_weight[] = { "wlc", "sed", "nq" };

	for (size_t i = 0; i < 3; i++) {
		struct picks picks;
		uint32_t sum = 0;

		picks_begin(&picks, by_weight[i], "A1 B1 C1", 0, 1);
		for (int k = 0; k < 70; k++) {
			picks_edit(&picks, k % 2 == 0 ? "C4 B2 A1" : "A1 B2 C4 D0");
			picks_fill(&picks, 10);
		}
		for (int s = 0; s < 3; s++) {
			int weight = 1 << s;

			sum += picks.delta[s].active;
			CU_ASSERT_TRUE(abs((int)picks.delta[s].active - 100 * weight) <= 1);
		}
		CU_ASSERT_EQUAL(sum, 700);
		picks_end(&picks);
	}
}

static const struct unit_test tests[] = {
	UNIT_TEST(lc_takes_the_least_overhead_and_of_equals_the_first),
	UNIT_TEST(wlc_takes_the_least_overhead_for_its_weight),
	UNIT_TEST(wlc_compares_the_greatest_loads_and_weights_exactly),
	UNIT_TEST(sed_takes_the_shortest_delay_with_this_flow),
	UNIT_TEST(nq_takes_an_idle_server_before_a_faster_one),
	UNIT_TEST(fo_takes_the_heaviest_open_server),
	UNIT_TEST(ovf_fills_the_heaviest_with_one_more_than_its_weight),
	UNIT_TEST(weight_0_and_closed_servers_are_left_out),
	UNIT_TEST(server_closed_by_others_is_left_out_at_once_and_back_at_a_tick),
	UNIT_TEST(changes_before_the_first_pick_are_no_trouble),
	UNIT_TEST(flows_spread_by_weight_whatever_was_edited_meanwhile),
	UNIT_END,
};

const struct unit_suite unit_sched_least = { "least", tests };
