/* Who has a place: pinned neighbours always, the learnt by turns, those in use before all others.
 */

#include "bed.h"

static void
longest_silent_goes_first(void)
{
	struct bed bed;

	bed_init(&bed, 4, 4);
	for (uint32_t n = 1; n <= 4; n++) {
		bed_hear(&bed, n, n, true);
		bed.now++;
	}
	bed_hear(&bed, 1, 1, false);
	bed_hear(&bed, 5, 5, true);
	CU_ASSERT_EQUAL(bed_find(&bed, 2), 0);
	CU_ASSERT_NOT_EQUAL(bed_find(&bed, 1), 0);
	CU_ASSERT_NOT_EQUAL(bed_find(&bed, 5), 0);
	bed_want(&bed, 6);
	CU_ASSERT_EQUAL(bed_find(&bed, 3), 0);
	CU_ASSERT_NOT_EQUAL(bed_find(&bed, 6), 0);
	bed_fini(&bed);
}

static void
one_in_use_is_passed_over(void)
{
	struct bed bed;

	bed_init(&bed, 4, 4);
	for (uint32_t n = 1; n <= 4; n++)
		bed_hear(&bed, n, n, true);
	bed.used[bed_find(&bed, 1)] = true;
	bed.used[bed_find(&bed, 2)] = true;
	bed_hear(&bed, 5, 5, true);
	CU_ASSERT_NOT_EQUAL(bed_find(&bed, 1), 0);
	CU_ASSERT_NOT_EQUAL(bed_find(&bed, 2), 0);
	CU_ASSERT_EQUAL(bed_find(&bed, 3), 0);
	/* Asking cleared their marks, but they were in use a moment ago. */
	bed_hear(&bed, 6, 6, true);
	bed_hear(&bed, 7, 7, true);
	bed_hear(&bed, 8, 8, true);
	CU_ASSERT_NOT_EQUAL(bed_find(&bed, 1), 0);
	CU_ASSERT_NOT_EQUAL(bed_find(&bed, 2), 0);
	bed_fini(&bed);
}

static void
one_that_was_in_use_goes_in_the_end(void)
{
	struct bed bed;

	bed_init(&bed, 1, 4);
	bed_hear(&bed, 1, 1, true);
	bed.used[bed_find(&bed, 1)] = true;
	bed_hear(&bed, 2, 2, true);
	bed.now += 29999;
	bed_hear(&bed, 2, 2, true);
	CU_ASSERT_NOT_EQUAL(bed_find(&bed, 1), 0);
	bed.now += 1;
	bed_hear(&bed, 2, 2, true);
	CU_ASSERT_EQUAL(bed_find(&bed, 1), 0);
	CU_ASSERT_NOT_EQUAL(bed_find(&bed, 2), 0);
	bed_fini(&bed);
}

static void
newcomer_is_not_learnt_when_all_are_in_use(void)
{
	struct bed bed;
	uint32_t asked;

	bed_init(&bed, 1000, 4);
	for (uint32_t n = 0; n < 1000; n++)
		bed_hear(&bed, n, n, true);
	memset(bed.used, true, bed.view->size);
	asked = bed.asked;
	bed_hear(&bed, 5000, 1, true);
	CU_ASSERT_EQUAL(bed_find(&bed, 5000), 0);
	CU_ASSERT_TRUE(bed.asked - asked <= 8);
	for (uint32_t n = 0; n < 1000; n++)
		CU_ASSERT_NOT_EQUAL_FATAL(bed_find(&bed, n), 0);
	bed_fini(&bed);
}

static void
nobody_is_learnt_where_none_may_be(void)
{
	struct bed bed;

	bed_init(&bed, 0, 4);
	bed_hear(&bed, 1, 1, true);
	bed_want(&bed, 2);
	CU_ASSERT_EQUAL(bed_find(&bed, 1), 0);
	CU_ASSERT_EQUAL(bed_find(&bed, 2), 0);
	bed_fini(&bed);
}

/* Senders 0 .. 49 are in use, 1000 .. 1009 are servers; a million others speak to us in 10 s. */
static void
flood_moves_none_in_use_and_no_server(void)
{
	uint32_t client[50], server[10], learnt = 0;
	struct lb_neigh_info info;
	struct bed bed;

	bed_init(&bed, 100, 10);
	for (uint32_t n = 0; n < 9; n++) {
		server[n] = bed_get(&bed, 1000 + n);
		bed_hear(&bed, 1000 + n, n, true);
	}
	for (uint32_t n = 0; n < 50; n++) {
		bed_hear(&bed, n, n, true);
		client[n] = bed_find(&bed, n);
		bed.used[client[n]] = true;
	}
	for (uint32_t i = 0; i < 1000000; i++) {
		bed.now += i % 100 == 0;
		if (i % 100000 == 0)
			for (uint32_t n = 0; n < 50; n++)
				bed.used[client[n]] = true;
		if (i % 100000 == 50000 && lb_neigh_retire_begin(bed.table, 4096) != 0)
			lb_neigh_retire_end(bed.table);
		bed_hear(&bed, 2000 + i, i, true);
	}
	for (uint32_t n = 0; n < 50; n++)
		CU_ASSERT_EQUAL(bed_find(&bed, n), client[n]);
	for (uint32_t n = 0; n < 9; n++)
		CU_ASSERT_EQUAL(bed_find(&bed, 1000 + n), server[n]);
	for (uint32_t index = 1; index < bed.view->size; index++)
		learnt += lb_neigh_info(bed.table, index, &info) && !info.pinned;
	CU_ASSERT_EQUAL(learnt, 100);
	CU_ASSERT_NOT_EQUAL(bed_get(&bed, 1009), 0);
	CU_ASSERT_EQUAL(bed_get(&bed, 1010), 0);
	bed_fini(&bed);
}

static void
pinned_are_limited_and_a_learnt_one_too_many_stays_learnt(void)
{
	struct lb_neigh_info info;
	struct bed bed;

	bed_init(&bed, 4, 2);
	bed_hear(&bed, 9, 9, true);
	bed_get(&bed, 1);
	bed_get(&bed, 2);
	CU_ASSERT_EQUAL(bed_get(&bed, 3), 0);
	CU_ASSERT_EQUAL(bed_find(&bed, 3), 0);
	CU_ASSERT_EQUAL(bed_get(&bed, 9), 0);
	CU_ASSERT_TRUE(lb_neigh_info(bed.table, bed_find(&bed, 9), &info) && !info.pinned);
	bed_fini(&bed);
}

static void
unpinned_needs_a_place_among_the_learnt(void)
{
	struct bed bed;
	uint32_t first, second;

	bed_init(&bed, 1, 2);
	first = bed_get(&bed, 1);
	second = bed_get(&bed, 2);
	bed_hear(&bed, 1, 1, true);
	bed_hear(&bed, 2, 2, true);
	bed_hear(&bed, 3, 3, true);
	lb_neigh_put(bed.table, first, bed.now);
	CU_ASSERT_EQUAL(bed_find(&bed, 1), first);
	CU_ASSERT_EQUAL(bed_find(&bed, 3), 0);
	bed.used[first] = true;
	lb_neigh_put(bed.table, second, bed.now);
	CU_ASSERT_EQUAL(bed_find(&bed, 1), first);
	CU_ASSERT_EQUAL(bed_find(&bed, 2), 0);
	CU_ASSERT_EQUAL(lb_neigh_word(bed.view, second), 0);
	bed_fini(&bed);
}

static const struct unit_test tests[] = {
	UNIT_TEST(longest_silent_goes_first),
	UNIT_TEST(one_in_use_is_passed_over),
	UNIT_TEST(one_that_was_in_use_goes_in_the_end),
	UNIT_TEST(newcomer_is_not_learnt_when_all_are_in_use),
	UNIT_TEST(nobody_is_learnt_where_none_may_be),
	UNIT_TEST(flood_moves_none_in_use_and_no_server),
	UNIT_TEST(pinned_are_limited_and_a_learnt_one_too_many_stays_learnt),
	UNIT_TEST(unpinned_needs_a_place_among_the_learnt),
	UNIT_END,
};

const struct unit_suite unit_neigh_kind = { "kind", tests };
