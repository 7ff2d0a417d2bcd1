/* Neighbours whose MAC somebody has said, and flushing. */

#include "bed.h"

#define SERVER 0x15

/* Their words: 06:00:00:00:00:07 and :08 on port 3, and nothing known on it. */
#define AT_7 0x0403070000000006
#define AT_8 0x0403080000000006
#define UNKNOWN 0x0103000000000000

static void
fixed_is_used_at_once_and_never_asked_for(void)
{
	struct lb_neigh_info info;
	struct bed bed;
	uint32_t index;

	bed_init(&bed, 16, 16);
	index = bed_fix(&bed, SERVER, 7);
	CU_ASSERT_EQUAL(bed_find(&bed, SERVER), index);
	CU_ASSERT_EQUAL(lb_neigh_word(bed.view, index), AT_7);
	CU_ASSERT_TRUE(lb_neigh_is_usable(lb_neigh_word(bed.view, index)));
	CU_ASSERT_EQUAL(bed.ups, 1);
	CU_ASSERT_EQUAL(bed_pass(&bed, 1000000), 0);
	CU_ASSERT_EQUAL(lb_neigh_word(bed.view, index), AT_7);
	CU_ASSERT_TRUE_FATAL(lb_neigh_info(bed.table, index, &info));
	CU_ASSERT_EQUAL(info.state, LB_NEIGH_PERMANENT);
	CU_ASSERT_TRUE(info.pinned);
	CU_ASSERT_EQUAL(info.heard_ms, 0);
	bed_fini(&bed);
}

static void
arp_about_a_fixed_one_is_not_believed(void)
{
	struct bed bed;
	uint32_t index;

	bed_init(&bed, 16, 16);
	index = bed_fix(&bed, SERVER, 7);
	bed_hear(&bed, SERVER, 9, true);
	bed_hear(&bed, SERVER, 9, false);
	CU_ASSERT_EQUAL(lb_neigh_word(bed.view, index), AT_7);
	CU_ASSERT_EQUAL(bed_pass(&bed, 100000), 0);
	CU_ASSERT_EQUAL(lb_neigh_word(bed.view, index), AT_7);
	CU_ASSERT_EQUAL(bed.ups, 1);
	CU_ASSERT_EQUAL(bed.downs, 0);
	bed_fini(&bed);
}

static void
what_is_known_is_overridden_and_keeps_its_index(void)
{
	struct lb_neigh_info info;
	struct bed bed;
	uint32_t pinned, learnt;

	bed_init(&bed, 1, 16);
	pinned = bed_get(&bed, SERVER);
	bed_hear(&bed, 5, 5, true);
	learnt = bed_find(&bed, 5);
	CU_ASSERT_EQUAL(bed_fix(&bed, SERVER, 7), pinned);
	CU_ASSERT_EQUAL(bed_fix(&bed, 5, 8), learnt);
	CU_ASSERT_EQUAL(lb_neigh_word(bed.view, pinned), AT_7);
	CU_ASSERT_EQUAL(lb_neigh_word(bed.view, learnt), AT_8);
	CU_ASSERT_TRUE(lb_neigh_info(bed.table, learnt, &info) && info.pinned);
	CU_ASSERT_EQUAL(bed_pass(&bed, 100000), 0);
	/* It is none of the learnt any more: there is room for another one. */
	bed_hear(&bed, 6, 6, true);
	CU_ASSERT_NOT_EQUAL(bed_find(&bed, 6), 0);
	CU_ASSERT_EQUAL(bed_find(&bed, 5), learnt);
	bed_fini(&bed);
}

static void
fixing_again_moves_it_and_needs_one_flush(void)
{
	struct bed bed;
	uint32_t index;

	bed_init(&bed, 16, 16);
	index = bed_fix(&bed, SERVER, 7);
	CU_ASSERT_EQUAL(bed_fix(&bed, SERVER, 8), index);
	CU_ASSERT_EQUAL(lb_neigh_word(bed.view, index), AT_8);
	CU_ASSERT_EQUAL(bed.downs, 0);
	CU_ASSERT_TRUE(bed_flush(&bed, SERVER));
	CU_ASSERT_EQUAL(bed_find(&bed, SERVER), 0);
	CU_ASSERT_EQUAL(lb_neigh_word(bed.view, index), 0);
	CU_ASSERT_EQUAL(bed.downs, 1);
	CU_ASSERT_FALSE(bed_flush(&bed, SERVER));
	bed_fini(&bed);
}

static void
flushed_server_is_asked_for_anew(void)
{
	struct bed bed;
	uint32_t index;

	bed_init(&bed, 16, 16);
	index = bed_get(&bed, SERVER);
	bed_pass(&bed, 0);
	bed_fix(&bed, SERVER, 7);
	CU_ASSERT_TRUE(bed_flush(&bed, SERVER));
	CU_ASSERT_EQUAL(bed_find(&bed, SERVER), index);
	CU_ASSERT_EQUAL(lb_neigh_word(bed.view, index), UNKNOWN);
	CU_ASSERT_EQUAL(bed_pass(&bed, 2500), 3); /* at once, and each second */
	bed_hear(&bed, SERVER, 9, true);
	CU_ASSERT_EQUAL(bed_state(&bed, index), LB_NEIGH_REACHABLE);
	/* And once more, now that it was heard. */
	CU_ASSERT_TRUE(bed_flush(&bed, SERVER));
	CU_ASSERT_EQUAL(lb_neigh_word(bed.view, index), UNKNOWN);
	CU_ASSERT_EQUAL(bed_pass(&bed, 0), 1);
	bed_fini(&bed);
}

static void
fixed_stays_when_the_server_goes(void)
{
	struct bed bed;
	uint32_t index;

	bed_init(&bed, 16, 16);
	index = bed_get(&bed, SERVER);
	bed_fix(&bed, SERVER, 7);
	lb_neigh_put(bed.table, index, bed.now);
	CU_ASSERT_EQUAL(lb_neigh_word(bed.view, index), AT_7);
	CU_ASSERT_TRUE(bed_flush(&bed, SERVER));
	CU_ASSERT_EQUAL(bed_find(&bed, SERVER), 0);
	bed_fini(&bed);
}

static void
flushed_learnt_one_is_forgotten(void)
{
	struct bed bed;
	uint32_t index;

	bed_init(&bed, 16, 16);
	bed_hear(&bed, 5, 5, true);
	index = bed_find(&bed, 5);
	CU_ASSERT_TRUE(bed_flush(&bed, 5));
	CU_ASSERT_EQUAL(bed_find(&bed, 5), 0);
	CU_ASSERT_EQUAL(lb_neigh_word(bed.view, index), 0);
	CU_ASSERT_EQUAL(bed_pass(&bed, 1000000), 0);
	CU_ASSERT_EQUAL(lb_neigh_retire_begin(bed.table, 4096), 1);
	CU_ASSERT_FALSE(bed_flush(&bed, 5));
	bed_fini(&bed);
}

static void
fixed_ones_are_limited_with_the_pinned(void)
{
	struct bed bed;

	bed_init(&bed, 4, 2);
	bed_hear(&bed, 3, 3, true);
	bed_get(&bed, 1);
	CU_ASSERT_NOT_EQUAL(bed_fix(&bed, 2, 2), 0);
	CU_ASSERT_EQUAL(bed_fix(&bed, 3, 7), 0);
	CU_ASSERT_EQUAL(bed_state(&bed, bed_find(&bed, 3)), LB_NEIGH_REACHABLE);
	CU_ASSERT_NOT_EQUAL(bed_fix(&bed, 1, 1), 0); /* it has a place */
	CU_ASSERT_EQUAL(bed_fix(&bed, 8, 8), 0);
	CU_ASSERT_FALSE(bed_flush(&bed, 8));
	bed_fini(&bed);
}

static const struct unit_test tests[] = {
	UNIT_TEST(fixed_is_used_at_once_and_never_asked_for),
	UNIT_TEST(arp_about_a_fixed_one_is_not_believed),
	UNIT_TEST(what_is_known_is_overridden_and_keeps_its_index),
	UNIT_TEST(fixing_again_moves_it_and_needs_one_flush),
	UNIT_TEST(flushed_server_is_asked_for_anew),
	UNIT_TEST(fixed_stays_when_the_server_goes),
	UNIT_TEST(flushed_learnt_one_is_forgotten),
	UNIT_TEST(fixed_ones_are_limited_with_the_pinned),
	UNIT_END,
};

const struct unit_suite unit_neigh_fixed = { "fixed", tests };
