/*
 * A Backup: what makes it wait, what makes it take over, and when. Times are worked out by hand
 * from RFC 9568 section 6.1: priority 100 at 1 s has a skew of 609375 us and a down interval of
 * 3609375 us.
 */

#include "bed.h"

#define SKEW_100 609375
#define DOWN_100 3609375

static void
takes_over_after_the_down_interval(void)
{
	struct bed bed;

	bed_init(&bed, 100);
	bed_start(&bed);
	CU_ASSERT_TRUE(BED_DID_NOTHING(&bed));
	bed_takes_over_after(&bed, DOWN_100);
	CU_ASSERT_EQUAL(bed.actions.priority, 100);
}

/* The nearest to an owner waits the shortest, the farthest the longest: 2 and 255 / 256 of 1 s. */
static void
down_interval_goes_by_priority(void)
{
	struct bed bed;

	bed_init(&bed, 254);
	bed_start(&bed);
	bed_takes_over_after(&bed, 3007812);
	bed_init(&bed, 1);
	bed_start(&bed);
	bed_takes_over_after(&bed, 3996093);
}

static void
v34_non_owner_is_silent_for_the_down_interval_then_takes_over(void)
{
	takes_over_after_the_down_interval();
	down_interval_goes_by_priority();
}

static void
v36_backup_that_hears_no_lower_priority_stays_for_ever(void)
{
	static const uint8_t heard[] = { 100, 101, 200, 254, 255 };
	struct bed bed;

	for (size_t i = 0; i < RTE_DIM(heard); i++) {
		bed_init(&bed, 100);
		bed_start(&bed);
		for (unsigned int n = 0; n < 10000; n++) {
			bed_wait(&bed, DOWN_100 - 1);
			CU_ASSERT_TRUE_FATAL(BED_DID_NOTHING(&bed));
			bed_hear(&bed, heard[i]);
			CU_ASSERT_TRUE_FATAL(BED_DID_NOTHING(&bed));
		}
		CU_ASSERT_EQUAL(bed.vrrp.state, LB_VRRP_BACKUP);
	}
}

static void
v37_preempts_one_down_interval_after_the_last_advert_accepted(void)
{
	struct bed bed;

	bed_init(&bed, 100);
	bed_start(&bed);
	bed_wait(&bed, SECOND);
	bed_hear(&bed, 100);
	for (int i = 0; i < 3; i++) {
		bed_wait(&bed, SECOND);
		bed_hear(&bed, 99);
		CU_ASSERT_TRUE(BED_DID_NOTHING(&bed));
	}
	bed_takes_over_after(&bed, DOWN_100 - 3 * SECOND);
}

static void
v38_without_preempt_it_stays_backup(void)
{
	struct bed bed;

	bed_init(&bed, 254);
	bed.conf.preempt = false;
	bed_start(&bed);
	for (int i = 0; i < 1000; i++) {
		bed_wait(&bed, 3007811);
		bed_hear(&bed, 1);
		CU_ASSERT_EQUAL_FATAL(bed.vrrp.state, LB_VRRP_BACKUP);
	}
	bed_takes_over_after(&bed, 3007812);
}

static void
priority_0_lets_it_take_over_after_the_skew(void)
{
	struct bed bed;

	for (int preempt = 0; preempt < 2; preempt++) {
		bed_init(&bed, 100);
		bed.conf.preempt = preempt;
		bed_start(&bed);
		bed_wait(&bed, SECOND);
		bed_hear(&bed, 0);
		bed_takes_over_after(&bed, SKEW_100);
	}
}

static void
skew_of_version_2_is_the_same_at_any_interval(void)
{
	struct bed bed;

	for (uint64_t seconds = 1; seconds <= 255; seconds += 127) {
		bed_init(&bed, 100);
		bed.conf.version = 2;
		bed.conf.interval_us = seconds * SECOND;
		bed_start(&bed);
		bed_hear(&bed, 0);
		bed_takes_over_after(&bed, SKEW_100);
		bed_start(&bed);
		bed_takes_over_after(&bed, 3 * seconds * SECOND + SKEW_100);
	}
}

static void
v39_who_leaves_is_succeeded_after_the_skew(void)
{
	priority_0_lets_it_take_over_after_the_skew();
	skew_of_version_2_is_the_same_at_any_interval();
}

static void
v40_priority_0_again_counts_from_the_last(void)
{
	struct bed bed;

	bed_init(&bed, 100);
	bed_start(&bed);
	for (int i = 0; i < 5; i++) {
		bed_wait(&bed, 100000);
		bed_hear(&bed, 0);
		CU_ASSERT_EQUAL(bed.vrrp.deadline, bed.now + SKEW_100);
	}
	bed_takes_over_after(&bed, SKEW_100);
}

/* 30 cs and 156 / 256 of 10 cs. */
static void
v41_learned_interval_rules_the_silence(void)
{
	struct bed bed;

	bed_init(&bed, 100);
	bed_start(&bed);
	bed_hear_from(&bed, "10.9.0.20", 200, 10 * CS);
	CU_ASSERT_EQUAL(bed.vrrp.learned, 10 * CS);
	bed_takes_over_after(&bed, 300000 + 60937);
}

static void
skew_after_priority_0_is_by_the_learned_interval(void)
{
	struct bed bed;

	bed_init(&bed, 100);
	bed_start(&bed);
	bed_hear_from(&bed, "10.9.0.20", 200, 10 * CS);
	bed_hear_from(&bed, "10.9.0.20", 0, 4000 * CS);
	bed_takes_over_after(&bed, 60937);
}

static void
version_2_keeps_its_own_interval(void)
{
	struct bed bed;

	bed_init(&bed, 100);
	bed.conf.version = 2;
	bed_start(&bed);
	bed_hear_from(&bed, "10.9.0.20", 200, 10 * SECOND);
	CU_ASSERT_EQUAL(bed.vrrp.learned, SECOND);
	bed_takes_over_after(&bed, DOWN_100);
}

static void
v42_once_active_it_sends_at_its_own_interval(void)
{
	struct bed bed;

	bed_init(&bed, 100);
	bed_start(&bed);
	bed_hear_from(&bed, "10.9.0.20", 200, 10 * CS);
	bed_takes_over_after(&bed, 360937);
	CU_ASSERT_EQUAL(bed.vrrp.learned, SECOND);
	bed_wait(&bed, SECOND - 1);
	CU_ASSERT_TRUE(BED_DID_NOTHING(&bed));
	bed_wait(&bed, 1);
	CU_ASSERT_TRUE(BED_DID(&bed, LB_VRRP_SEND));
}

static void
v43_discarded_adverts_change_neither_interval_nor_timer(void)
{
	struct bed bed;
	uint64_t deadline;

	bed_init(&bed, 100);
	bed_start(&bed);
	bed_hear_from(&bed, "10.9.0.20", 200, 10 * CS);
	deadline = bed.vrrp.deadline;
	bed_wait(&bed, 1000);
	bed_hear_from(&bed, "10.9.0.20", 99, 1 * CS);
	bed_hear_from(&bed, "10.9.0.20", 1, 4095 * CS);
	CU_ASSERT_EQUAL(bed.vrrp.learned, 10 * CS);
	CU_ASSERT_EQUAL(bed.vrrp.deadline, deadline);
	bed_takes_over_after(&bed, 360937 - 1000);
	deadline = bed.vrrp.deadline;
	bed.conf.quiet = true;
	bed_hear_from(&bed, "10.9.0.20", 99, 1 * CS);
	CU_ASSERT_EQUAL(bed.vrrp.learned, SECOND);
	CU_ASSERT_EQUAL(bed.vrrp.deadline, deadline);
}

/* Lower priority heard once a second; the delay of 5 s counts from the first of them. */
static void
live_active_is_let_be_for_the_preempt_delay(void)
{
	struct bed bed;

	bed_init(&bed, 100);
	bed.conf.preempt_delay_us = 5 * SECOND;
	bed_start(&bed);
	bed_hear(&bed, 50);
	for (int i = 1; i < 5; i++) {
		bed_wait(&bed, SECOND);
		bed_hear(&bed, 50);
		CU_ASSERT_EQUAL(bed.vrrp.deadline, bed.now + DOWN_100);
	}
	bed_wait(&bed, SECOND);
	bed_hear(&bed, 50);
	bed_wait(&bed, SECOND);
	bed_hear(&bed, 50);
	bed_takes_over_after(&bed, DOWN_100 - 2 * SECOND);
}

static void
dead_active_is_taken_over_without_the_delay(void)
{
	struct bed bed;

	bed_init(&bed, 100);
	bed.conf.preempt_delay_us = 100 * SECOND;
	bed_start(&bed);
	bed_hear(&bed, 50);
	bed_takes_over_after(&bed, DOWN_100);
	bed_start(&bed);
	bed_hear(&bed, 50);
	bed_hear(&bed, 0);
	bed_takes_over_after(&bed, SKEW_100);
}

static void
v52_preempt_delay_protects_a_live_active_but_not_a_dead_one(void)
{
	live_active_is_let_be_for_the_preempt_delay();
	dead_active_is_taken_over_without_the_delay();
}

static void
preempt_delay_begins_anew_after_a_higher_priority(void)
{
	struct bed bed;

	bed_init(&bed, 100);
	bed.conf.preempt_delay_us = 5 * SECOND;
	bed_start(&bed);
	bed_hear(&bed, 50);
	bed_wait(&bed, 3 * SECOND);
	bed_hear(&bed, 200);
	bed_wait(&bed, 3 * SECOND);
	bed_hear(&bed, 50);
	CU_ASSERT_EQUAL(bed.vrrp.deadline, bed.now + DOWN_100);
	bed_wait(&bed, 3 * SECOND);
	bed_hear(&bed, 50);
	CU_ASSERT_EQUAL(bed.vrrp.deadline, bed.now + DOWN_100);
}

/* Active in between; 7.6 s after the delay of 5 s began for the first time, it runs again. */
static void
preempt_delay_begins_anew_after_being_active(void)
{
	struct bed bed;

	bed_init(&bed, 100);
	bed.conf.preempt_delay_us = 5 * SECOND;
	bed_start(&bed);
	bed_hear(&bed, 50);
	bed_takes_over_after(&bed, DOWN_100);
	bed_wait(&bed, SECOND);
	bed_hear(&bed, 200);
	bed_wait(&bed, 3 * SECOND);
	bed_hear(&bed, 50);
	CU_ASSERT_EQUAL(bed.vrrp.deadline, bed.now + DOWN_100);
}

/* The delay of 5 s runs from the first advert of a live Active, and no earlier. */
static void
let_be(struct bed *bed)
{
	CU_ASSERT_EQUAL(bed->vrrp.state, LB_VRRP_BACKUP);
	bed_hear(bed, 50);
	bed_wait(bed, 3 * SECOND);
	bed_hear(bed, 50);
	CU_ASSERT_EQUAL(bed->vrrp.deadline, bed->now + DOWN_100);
	bed_wait(bed, 2 * SECOND);
	bed_hear(bed, 50);
	CU_ASSERT_EQUAL(bed->vrrp.deadline, bed->now + DOWN_100 - 2 * SECOND);
}

static void
preempt_delay_holds_after_start_link_and_change_of_priority(void)
{
	struct bed bed;

	bed_init(&bed, 100);
	bed.conf.preempt_delay_us = 5 * SECOND;
	bed_start(&bed);
	let_be(&bed);
	bed_event(&bed, LB_VRRP_LINK_DOWN);
	bed_event(&bed, LB_VRRP_LINK_UP);
	let_be(&bed);
	bed_init(&bed, 100);
	bed.conf.preempt_delay_us = 5 * SECOND;
	bed_start(&bed);
	bed_priority(&bed, 20);
	bed_hear(&bed, 50);
	bed_wait(&bed, 2 * SECOND);
	bed_priority(&bed, 100);
	let_be(&bed);
}

/* From 100 to 228 the skew falls from 156 to 28 parts of 256. */
static void
changed_priority_scales_the_timer_that_runs(void)
{
	struct bed bed;

	bed_init(&bed, 100);
	bed_start(&bed);
	bed_wait(&bed, SECOND);
	bed_priority(&bed, 228);
	CU_ASSERT_TRUE(BED_DID_NOTHING(&bed));
	bed_takes_over_after(&bed, 2 * SECOND + 109375);
	CU_ASSERT_EQUAL(bed.actions.priority, 228);
}

static void
changed_priority_is_in_the_next_advert(void)
{
	struct bed bed;

	bed_init(&bed, 100);
	bed_start_active(&bed);
	bed_wait(&bed, SECOND - 1);
	bed_priority(&bed, 77);
	CU_ASSERT_TRUE(BED_DID_NOTHING(&bed));
	bed_wait(&bed, 1);
	CU_ASSERT_TRUE(BED_DID(&bed, LB_VRRP_SEND));
	CU_ASSERT_EQUAL(bed.actions.priority, 77);
}

static void
v66_changed_priority_scales_the_timer_and_is_in_the_next_advert(void)
{
	changed_priority_scales_the_timer_that_runs();
	changed_priority_is_in_the_next_advert();
}

static void
raised_above_the_active_it_preempts(void)
{
	struct bed bed;

	bed_init(&bed, 100);
	bed_start(&bed);
	bed_hear(&bed, 150);
	bed_priority(&bed, 228);
	bed_wait(&bed, SECOND);
	bed_hear(&bed, 150);
	bed_takes_over_after(&bed, 2 * SECOND + 109375);
}

static const struct unit_test tests[] = {
	UNIT_TEST(v34_non_owner_is_silent_for_the_down_interval_then_takes_over),
	UNIT_TEST(v36_backup_that_hears_no_lower_priority_stays_for_ever),
	UNIT_TEST(v37_preempts_one_down_interval_after_the_last_advert_accepted),
	UNIT_TEST(v38_without_preempt_it_stays_backup),
	UNIT_TEST(v39_who_leaves_is_succeeded_after_the_skew),
	UNIT_TEST(v40_priority_0_again_counts_from_the_last),
	UNIT_TEST(v41_learned_interval_rules_the_silence),
	UNIT_TEST(skew_after_priority_0_is_by_the_learned_interval),
	UNIT_TEST(version_2_keeps_its_own_interval),
	UNIT_TEST(v42_once_active_it_sends_at_its_own_interval),
	UNIT_TEST(v43_discarded_adverts_change_neither_interval_nor_timer),
	UNIT_TEST(v52_preempt_delay_protects_a_live_active_but_not_a_dead_one),
	UNIT_TEST(preempt_delay_begins_anew_after_a_higher_priority),
	UNIT_TEST(preempt_delay_begins_anew_after_being_active),
	UNIT_TEST(preempt_delay_holds_after_start_link_and_change_of_priority),
	UNIT_TEST(v66_changed_priority_scales_the_timer_and_is_in_the_next_advert),
	UNIT_TEST(raised_above_the_active_it_preempts),
	UNIT_END,
};

const struct unit_suite unit_vrrp_backup = { "backup", tests };
