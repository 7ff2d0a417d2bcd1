/* Starting, stopping, and a link that comes and goes. */

#include "bed.h"

#define DOWN_100 3609375

static void
active_that_loses_its_link_tries_to_say_so(void)
{
	struct bed bed;

	bed_init(&bed, 100);
	bed_start_active(&bed);
	bed_event(&bed, LB_VRRP_LINK_DOWN);
	CU_ASSERT_TRUE(BED_DID(&bed, LB_VRRP_LEAVE, LB_VRRP_VIPS_OFF));
	CU_ASSERT_EQUAL(bed.vrrp.state, LB_VRRP_FAULT);
	CU_ASSERT_EQUAL(bed.vrrp.deadline, LB_VRRP_NEVER);
	bed_event(&bed, LB_VRRP_LINK_DOWN);
	CU_ASSERT_TRUE(BED_DID_NOTHING(&bed));
}

static void
backup_that_loses_its_link_is_silent(void)
{
	struct bed bed;

	bed_init(&bed, 100);
	bed_start(&bed);
	bed_event(&bed, LB_VRRP_LINK_DOWN);
	CU_ASSERT_TRUE(BED_DID_NOTHING(&bed));
	CU_ASSERT_EQUAL(bed.vrrp.state, LB_VRRP_FAULT);
	bed_wait(&bed, 100 * SECOND);
	CU_ASSERT_TRUE(BED_DID_NOTHING(&bed));
	bed_hear(&bed, 0);
	CU_ASSERT_TRUE(BED_DID_NOTHING(&bed));
	CU_ASSERT_EQUAL(bed.vrrp.deadline, LB_VRRP_NEVER);
}

static void
link_up_makes_it_backup_with_a_full_timer(void)
{
	struct bed bed;

	bed_init(&bed, 100);
	bed_start(&bed);
	bed_hear_from(&bed, "10.9.0.20", 200, 10 * CS);
	bed_event(&bed, LB_VRRP_LINK_DOWN);
	bed_wait(&bed, 7 * SECOND);
	bed_event(&bed, LB_VRRP_LINK_UP);
	CU_ASSERT_TRUE(BED_DID_NOTHING(&bed));
	bed_wait(&bed, SECOND);
	bed_event(&bed, LB_VRRP_LINK_UP);
	bed_takes_over_after(&bed, DOWN_100 - SECOND);
}

static void
after_link_up_the_up_delay_passes_first(void)
{
	struct bed bed;

	bed_init(&bed, 100);
	bed.conf.up_delay_us = 2 * SECOND;
	bed_start(&bed);
	CU_ASSERT_EQUAL(bed.vrrp.state, LB_VRRP_BACKUP);
	bed_event(&bed, LB_VRRP_LINK_DOWN);
	bed_event(&bed, LB_VRRP_LINK_UP);
	CU_ASSERT_EQUAL(bed.vrrp.state, LB_VRRP_INIT);
	CU_ASSERT_STRING_EQUAL(lb_vrrp_waits(&bed.vrrp, bed.now), "up_delay");
	bed_hear(&bed, 50);
	bed_wait(&bed, 2 * SECOND - 1);
	CU_ASSERT_EQUAL(bed.vrrp.state, LB_VRRP_INIT);
	bed_wait(&bed, 1);
	bed_takes_over_after(&bed, DOWN_100);
}

static void
v63_fault_without_link_and_backup_with_a_full_timer_after_it(void)
{
	active_that_loses_its_link_tries_to_say_so();
	link_up_makes_it_backup_with_a_full_timer();
	after_link_up_the_up_delay_passes_first();
}

/* 10 s after the start, but not before the link has been up for 2 s. */
static void
link_that_comes_up_in_the_start_delay_waits_for_both(void)
{
	struct bed bed;

	bed_init(&bed, 100);
	bed.conf.start_delay_us = 10 * SECOND;
	bed.conf.up_delay_us = 2 * SECOND;
	lb_vrrp_init(&bed.vrrp, &bed.conf);
	bed_event(&bed, LB_VRRP_LINK_DOWN);
	bed_event(&bed, LB_VRRP_START);
	bed.now += 3 * SECOND;
	bed_event(&bed, LB_VRRP_LINK_UP);
	CU_ASSERT_EQUAL(bed.vrrp.deadline, BED_BEGIN + 10 * SECOND);
	CU_ASSERT_STRING_EQUAL(lb_vrrp_waits(&bed.vrrp, bed.now), "start_delay");
	bed.now += 6 * SECOND;
	bed_event(&bed, LB_VRRP_LINK_DOWN);
	bed_event(&bed, LB_VRRP_LINK_UP);
	CU_ASSERT_EQUAL(bed.vrrp.deadline, BED_BEGIN + 11 * SECOND);
	CU_ASSERT_STRING_EQUAL(lb_vrrp_waits(&bed.vrrp, bed.now), "up_delay");
	bed_wait(&bed, 2 * SECOND);
	bed_takes_over_after(&bed, DOWN_100);
}

static void
owner_waits_for_the_up_delay_as_others_do(void)
{
	struct bed bed;

	bed_init(&bed, LB_VRRP_OWNER);
	bed.conf.up_delay_us = 2 * SECOND;
	bed_start(&bed);
	bed_event(&bed, LB_VRRP_LINK_DOWN);
	bed_event(&bed, LB_VRRP_LINK_UP);
	CU_ASSERT_TRUE(BED_DID_NOTHING(&bed));
	bed_wait(&bed, 2 * SECOND);
	CU_ASSERT_TRUE(BED_DID(&bed, LB_VRRP_VIPS_ON, LB_VRRP_SEND, LB_VRRP_ANNOUNCE));
}

static void
backup_tells_what_it_waits_for(void)
{
	struct bed bed;

	bed_init(&bed, 100);
	bed.conf.preempt_delay_us = 5 * SECOND;
	lb_vrrp_init(&bed.vrrp, &bed.conf);
	CU_ASSERT_PTR_NULL(lb_vrrp_waits(&bed.vrrp, bed.now));
	bed_start(&bed);
	CU_ASSERT_STRING_EQUAL(lb_vrrp_waits(&bed.vrrp, bed.now), "first_advert");
	bed_hear(&bed, 200);
	CU_ASSERT_PTR_NULL(lb_vrrp_waits(&bed.vrrp, bed.now));
	bed_hear(&bed, 50);
	CU_ASSERT_STRING_EQUAL(lb_vrrp_waits(&bed.vrrp, bed.now), "preempt_delay");
	CU_ASSERT_PTR_NULL(lb_vrrp_waits(&bed.vrrp, bed.now + 5 * SECOND));
	bed_wait(&bed, DOWN_100);
	CU_ASSERT_EQUAL(bed.vrrp.state, LB_VRRP_ACTIVE);
	CU_ASSERT_PTR_NULL(lb_vrrp_waits(&bed.vrrp, bed.now));
	bed_hear(&bed, 200);
	CU_ASSERT_PTR_NULL(lb_vrrp_waits(&bed.vrrp, bed.now));
	bed_event(&bed, LB_VRRP_LINK_DOWN);
	CU_ASSERT_PTR_NULL(lb_vrrp_waits(&bed.vrrp, bed.now));
	bed_event(&bed, LB_VRRP_LINK_UP);
	CU_ASSERT_STRING_EQUAL(lb_vrrp_waits(&bed.vrrp, bed.now), "first_advert");
}

static void
owner_is_active_again_with_its_link(void)
{
	struct bed bed;

	bed_init(&bed, LB_VRRP_OWNER);
	bed_start(&bed);
	bed_event(&bed, LB_VRRP_LINK_DOWN);
	CU_ASSERT_TRUE(BED_DID(&bed, LB_VRRP_LEAVE, LB_VRRP_VIPS_OFF));
	bed_event(&bed, LB_VRRP_LINK_UP);
	CU_ASSERT_TRUE(BED_DID(&bed, LB_VRRP_VIPS_ON, LB_VRRP_SEND, LB_VRRP_ANNOUNCE));
}

static void
started_without_a_link_it_waits_for_one(void)
{
	struct bed bed;

	bed_init(&bed, 100);
	lb_vrrp_init(&bed.vrrp, &bed.conf);
	bed_event(&bed, LB_VRRP_LINK_DOWN);
	CU_ASSERT_EQUAL(bed.vrrp.state, LB_VRRP_INIT);
	bed_event(&bed, LB_VRRP_START);
	CU_ASSERT_EQUAL(bed.vrrp.state, LB_VRRP_FAULT);
	CU_ASSERT_EQUAL(bed.vrrp.deadline, LB_VRRP_NEVER);
	bed_event(&bed, LB_VRRP_LINK_UP);
	bed_takes_over_after(&bed, DOWN_100);
}

static void
link_that_comes_back_starts_nothing_that_was_shut_down(void)
{
	struct bed bed;

	bed_init(&bed, 100);
	bed_start(&bed);
	bed_event(&bed, LB_VRRP_LINK_DOWN);
	bed_event(&bed, LB_VRRP_SHUTDOWN);
	CU_ASSERT_TRUE(BED_DID_NOTHING(&bed));
	CU_ASSERT_EQUAL(bed.vrrp.state, LB_VRRP_INIT);
	bed_event(&bed, LB_VRRP_LINK_UP);
	CU_ASSERT_EQUAL(bed.vrrp.state, LB_VRRP_INIT);
	CU_ASSERT_EQUAL(bed.vrrp.deadline, LB_VRRP_NEVER);
	bed_event(&bed, LB_VRRP_START);
	bed_takes_over_after(&bed, DOWN_100);
}

static void
start_delay_keeps_it_out_of_the_election(void)
{
	struct bed bed;

	bed_init(&bed, 100);
	bed.conf.start_delay_us = 10 * SECOND;
	bed_start(&bed);
	CU_ASSERT_EQUAL(bed.vrrp.deadline, BED_BEGIN + 10 * SECOND);
	bed_wait(&bed, 9 * SECOND);
	bed_hear(&bed, 0);
	CU_ASSERT_TRUE(BED_DID_NOTHING(&bed));
	CU_ASSERT_EQUAL(bed.vrrp.state, LB_VRRP_INIT);
	bed_wait(&bed, SECOND);
	bed_takes_over_after(&bed, DOWN_100);
	bed_init(&bed, LB_VRRP_OWNER);
	bed.conf.start_delay_us = 10 * SECOND;
	bed_start(&bed);
	CU_ASSERT_TRUE(BED_DID_NOTHING(&bed));
	bed_wait(&bed, 10 * SECOND);
	CU_ASSERT_TRUE(BED_DID(&bed, LB_VRRP_VIPS_ON, LB_VRRP_SEND, LB_VRRP_ANNOUNCE));
}

static void
second_start_does_nothing(void)
{
	struct bed bed;

	bed_init(&bed, 100);
	bed_start_active(&bed);
	bed_event(&bed, LB_VRRP_START);
	CU_ASSERT_TRUE(BED_DID_NOTHING(&bed));
	CU_ASSERT_EQUAL(bed.vrrp.state, LB_VRRP_ACTIVE);
}

/* A reload: priority and interval change, what runs goes on. */
static void
other_configuration_takes_effect_without_a_break(void)
{
	struct lb_vrrp_conf other;
	struct bed bed;

	bed_init(&bed, 100);
	bed_start_active(&bed);
	other = bed.conf;
	other.priority = 120;
	other.interval_us = 2 * SECOND;
	bed.vrrp.conf = &other;
	bed_priority(&bed, 120);
	CU_ASSERT_TRUE(BED_DID_NOTHING(&bed));
	bed_wait(&bed, SECOND);
	CU_ASSERT_TRUE(BED_DID(&bed, LB_VRRP_SEND));
	CU_ASSERT_EQUAL(bed.actions.priority, 120);
	CU_ASSERT_EQUAL(bed.vrrp.deadline, bed.now + 2 * SECOND);
}

static void
states_have_names(void)
{
	CU_ASSERT_STRING_EQUAL(lb_vrrp_state_name(LB_VRRP_INIT), "init");
	CU_ASSERT_STRING_EQUAL(lb_vrrp_state_name(LB_VRRP_BACKUP), "backup");
	CU_ASSERT_STRING_EQUAL(lb_vrrp_state_name(LB_VRRP_ACTIVE), "active");
	CU_ASSERT_STRING_EQUAL(lb_vrrp_state_name(LB_VRRP_FAULT), "fault");
}

static const struct unit_test tests[] = {
	UNIT_TEST(v63_fault_without_link_and_backup_with_a_full_timer_after_it),
	UNIT_TEST(backup_that_loses_its_link_is_silent),
	UNIT_TEST(link_that_comes_up_in_the_start_delay_waits_for_both),
	UNIT_TEST(owner_waits_for_the_up_delay_as_others_do),
	UNIT_TEST(backup_tells_what_it_waits_for),
	UNIT_TEST(owner_is_active_again_with_its_link),
	UNIT_TEST(started_without_a_link_it_waits_for_one),
	UNIT_TEST(link_that_comes_back_starts_nothing_that_was_shut_down),
	UNIT_TEST(start_delay_keeps_it_out_of_the_election),
	UNIT_TEST(second_start_does_nothing),
	UNIT_TEST(other_configuration_takes_effect_without_a_break),
	UNIT_TEST(states_have_names),
	UNIT_END,
};

const struct unit_suite unit_vrrp_link = { "link", tests };
