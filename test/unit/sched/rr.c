/* rr: the servers in turn, from a cursor that survives closing and editing. */

#include "picks.h"

static void
check_rr(const char *servers, const char *expected)
{
	struct picks picks;

	picks_begin(&picks, "rr", servers, 0, 1);
	CU_ASSERT_STRING_EQUAL(picks_next(&picks, strlen(expected)), expected);
	picks_end(&picks);
}

static void
servers_take_turns_in_the_order_of_the_configuration(void)
{
	check_rr("A1 B1 C1", "ABCABCA"); /* S1.1 */
	check_rr("C1 A1 B1", "CABCABC");
	check_rr("A1", "AAA");
}

static void
server_of_weight_0_is_left_out(void)
{
	check_rr("A1 B0 C1", "ACACAC"); /* S1.2 */
	check_rr("A0 B1 C1", "BCBC");
}

static void
other_weights_do_not_matter(void)
{
	check_rr("A5 B1 C3", "ABCABC"); /* S1.3 */
}

static void
nobody_is_picked_when_nobody_takes_flows(void)
{
	struct picks picks;

	check_rr("", "--");
	check_rr("A0 B0", "--");
	picks_begin(&picks, "rr", "A1 B1", 0, 1);
	picks_close(&picks, 'A', true);
	picks_close(&picks, 'B', true);
	CU_ASSERT_STRING_EQUAL(picks_next(&picks, 3), "---");
	picks_close(&picks, 'B', false);
	CU_ASSERT_STRING_EQUAL(picks_next(&picks, 3), "BBB");
	picks_end(&picks);
}

static void
closed_server_is_skipped_until_it_opens(void)
{
	struct picks picks;

	picks_begin(&picks, "rr", "A1 B1 C1", 0, 1);
	picks_close(&picks, 'B', true);
	CU_ASSERT_STRING_EQUAL(picks_next(&picks, 5), "ACACA");
	picks_close(&picks, 'B', false);
	CU_ASSERT_STRING_EQUAL(picks_next(&picks, 4), "BCAB");
	picks_end(&picks);
}

static void
workers_start_spread_over_the_servers(void)
{
	static const char *const expected[] = { "ABCDEF", "CDEFAB", "EFABCD" };
	struct picks picks;

	for (uint32_t worker = 0; worker < 3; worker++) {
		picks_begin(&picks, "rr", "A1 B1 C1 D1 E1 F1", worker, 3);
		CU_ASSERT_STRING_EQUAL(picks_next(&picks, 6), expected[worker]);
		picks_end(&picks);
	}
}

static void
more_workers_than_servers_still_start_at_one(void)
{
	static const char *const expected[] = { "AB", "AB", "BA", "BA" };
	struct picks picks;

	for (uint32_t worker = 0; worker < 4; worker++) {
		picks_begin(&picks, "rr", "A1 B1", worker, 4);
		CU_ASSERT_STRING_EQUAL(picks_next(&picks, 2), expected[worker]);
		picks_end(&picks);
	}
}

static void
worker_that_found_nobody_starts_spread_later(void)
{
	struct picks picks;

	picks_begin(&picks, "rr", "A0 B0 C0", 2, 3);
	CU_ASSERT_STRING_EQUAL(picks_next(&picks, 2), "--");
	picks_edit(&picks, "A1 B1 C1");
	CU_ASSERT_STRING_EQUAL(picks_next(&picks, 3), "CAB");
	picks_end(&picks);
}

/* Pick, edit, pick. */
static void
check_edit(const char *before, size_t n, const char *after, const char *expected)
{
	struct picks picks;

	picks_begin(&picks, "rr", before, 0, 1);
	picks_next(&picks, n);
	picks_edit(&picks, after);
	CU_ASSERT_STRING_EQUAL(picks_next(&picks, strlen(expected)), expected);
	picks_end(&picks);
}

static void
walk_goes_on_behind_the_last_server_after_an_edit(void)
{
	check_edit("A1 B1 C1", 1, "A1 B1 C1", "BCA");
	check_edit("A1 B1 C1", 2, "A1 B1 C1 D1", "CDAB");
	check_edit("A1 B1 C1", 3, "A1 B1 C1 D1", "DABC");
	check_edit("A1 B1 C1", 2, "X1 A1 B1 C1", "CXAB");
	check_edit("A1 B1 C1", 2, "B1 C1", "CBC");
	check_edit("A1 B1 C1", 2, "C1 B1 A1", "ACB");
	check_edit("A1 B1 C1", 2, "A1 B0 C1", "CACA");
}

static void
walk_goes_on_where_a_removed_server_stood(void)
{
	check_edit("A1 B1 C1", 2, "A1 C1", "CAC");
	check_edit("A1 B1 C1", 3, "A1 B1", "ABA");
	check_edit("A1 B1 C1", 1, "B1 C1", "BCB");
	check_edit("A1 B1 C1", 3, "A1", "AA");
	check_edit("A1 B1 C1 D1", 2, "A1 C0 D1", "DAD");
}

/* Two servers at once, or one after the other with no flow between. */
static void
no_server_loses_its_turn_when_others_before_it_go(void)
{
	check_edit("A1 B1 C1 D1", 3, "A1 D1", "DAD");
	check_edit("A1 B1 C1 D1", 3, "B1 D1", "DBD");
	check_edit("A1 B1 C1 D1", 3, "D1", "DD");
	check_edit("A1 B1 C1 D1", 3, "B1 D1 E1", "DEB");
	check_edit("A1 B1 C1 D1 E1", 4, "B1 C1 F1", "FBC");
	check_edit("A1 B1 C1 D1", 1, "C1 D1", "CDC");
}

static void
place_is_kept_through_several_edits_and_an_empty_one(void)
{
	struct picks picks;

	picks_begin(&picks, "rr", "A1 B1 C1", 0, 1);
	CU_ASSERT_STRING_EQUAL(picks_next(&picks, 2), "AB");
	picks_edit(&picks, "X1 A1 B1 C1");
	picks_edit(&picks, "A0 B0 C0");
	CU_ASSERT_STRING_EQUAL(picks_next(&picks, 1), "-");
	picks_edit(&picks, "A1 C1");
	CU_ASSERT_STRING_EQUAL(picks_next(&picks, 3), "CAC");
	picks_end(&picks);
}

static void
peek_tells_who_comes_next_once_a_walk_has_begun(void)
{
	static const char *const names[] = { "rr", "wrr" };
	struct picks picks;

	for (size_t i = 0; i < 2; i++) {
		picks_begin(&picks, names[i], "A1 B1 C1", 0, 1);
		CU_ASSERT_EQUAL(picks_peek(&picks), '-');
		for (int n = 0; n < 7; n++) {
			CU_ASSERT_EQUAL(picks_next(&picks, 1)[0], "ABC"[n % 3]);
			CU_ASSERT_EQUAL(picks_peek(&picks), "BCA"[n % 3]);
			CU_ASSERT_EQUAL(picks_peek(&picks), "BCA"[n % 3]);
		}
		picks_edit(&picks, "A1");
		CU_ASSERT_EQUAL(picks_peek(&picks), '-');
		CU_ASSERT_STRING_EQUAL(picks_next(&picks, 1), "A");
		CU_ASSERT_EQUAL(picks_peek(&picks), 'A');
		picks_edit(&picks, "A0 B0");
		CU_ASSERT_STRING_EQUAL(picks_next(&picks, 1), "-");
		CU_ASSERT_EQUAL(picks_peek(&picks), '-');
		picks_end(&picks);
	}
}

static const struct unit_test tests[] = {
	UNIT_TEST(servers_take_turns_in_the_order_of_the_configuration),
	UNIT_TEST(server_of_weight_0_is_left_out),
	UNIT_TEST(other_weights_do_not_matter),
	UNIT_TEST(nobody_is_picked_when_nobody_takes_flows),
	UNIT_TEST(closed_server_is_skipped_until_it_opens),
	UNIT_TEST(workers_start_spread_over_the_servers),
	UNIT_TEST(more_workers_than_servers_still_start_at_one),
	UNIT_TEST(worker_that_found_nobody_starts_spread_later),
	UNIT_TEST(walk_goes_on_behind_the_last_server_after_an_edit),
	UNIT_TEST(walk_goes_on_where_a_removed_server_stood),
	UNIT_TEST(no_server_loses_its_turn_when_others_before_it_go),
	UNIT_TEST(place_is_kept_through_several_edits_and_an_empty_one),
	UNIT_TEST(peek_tells_who_comes_next_once_a_walk_has_begun),
	UNIT_END,
};

const struct unit_suite unit_sched_rr = { "rr", tests };
