/* An Active: to whom it yields, whom it answers, and the owner of the addresses, who starts so. */

#include "bed.h"
#include "lb_vrrp_track.h"

#define DOWN_100 3609375

/* It yielded: addresses off, nothing sent, and the timer of a Backup runs. */
static void
yielded(const struct bed *bed, uint64_t down)
{
	CU_ASSERT_TRUE(BED_DID(bed, LB_VRRP_VIPS_OFF));
	CU_ASSERT_EQUAL(bed->vrrp.state, LB_VRRP_BACKUP);
	CU_ASSERT_EQUAL(bed->vrrp.deadline, bed->now + down);
}

/* It stayed, answered at once and announced again. */
static void
stayed(const struct bed *bed)
{
	CU_ASSERT_TRUE(BED_DID(bed, LB_VRRP_SEND, LB_VRRP_ANNOUNCE));
	CU_ASSERT_EQUAL(bed->vrrp.state, LB_VRRP_ACTIVE);
	CU_ASSERT_EQUAL(bed->vrrp.deadline, bed->now + bed->conf.interval_us);
}

static void
higher_priority_makes_it_backup(void)
{
	struct bed bed;

	bed_init(&bed, 100);
	bed_start_active(&bed);
	bed_hear_from(&bed, "10.9.0.1", 101, SECOND);
	yielded(&bed, DOWN_100);
}

static void
equal_priority_and_higher_address_makes_it_backup(void)
{
	static const char *const higher[] = { "10.9.0.11", "10.9.0.200", "10.9.1.0", "192.0.2.1" };
	struct bed bed;

	for (size_t i = 0; i < RTE_DIM(higher); i++) {
		bed_init(&bed, 100);
		bed_start_active(&bed);
		bed_hear_from(&bed, higher[i], 100, SECOND);
		yielded(&bed, DOWN_100);
	}
}

static void
equal_priority_and_lower_address_is_stood_up_to(void)
{
	static const char *const lower[] = { "10.9.0.9", "10.8.255.255", "10.0.0.200",
		"9.255.255.255" };
	struct bed bed;

	for (size_t i = 0; i < RTE_DIM(lower); i++) {
		bed_init(&bed, 100);
		bed_start_active(&bed);
		bed_wait(&bed, 1234);
		bed_hear_from(&bed, lower[i], 100, SECOND);
		stayed(&bed);
	}
}

/* Two routers with one address are a fault of their own; neither yields to itself. */
static void
equal_priority_and_address_is_stood_up_to(void)
{
	struct bed bed;

	bed_init(&bed, 100);
	bed_start_active(&bed);
	bed_hear_from(&bed, "10.9.0.10", 100, SECOND);
	stayed(&bed);
}

static void
ip6_addresses_are_compared_over_128_bits(void)
{
	struct bed bed;

	bed_init(&bed, 100);
	bed.conf.source = bed_addr("fe80::1:0:0:7f");
	bed_start_active(&bed);
	bed_hear_from(&bed, "fe80::1:0:0:7e", 100, SECOND);
	stayed(&bed);
	bed_hear_from(&bed, "fe80::ff:ffff:ffff", 100, SECOND);
	stayed(&bed);
	bed_hear_from(&bed, "fe80::1:0:0:80", 100, SECOND);
	yielded(&bed, DOWN_100);
	bed_start_active(&bed);
	bed_hear_from(&bed, "fe80::2:0:0:1", 100, SECOND);
	yielded(&bed, DOWN_100);
}

static void
v44_higher_priority_then_higher_address_wins(void)
{
	higher_priority_makes_it_backup();
	equal_priority_and_higher_address_makes_it_backup();
	equal_priority_and_lower_address_is_stood_up_to();
	ip6_addresses_are_compared_over_128_bits();
}

static void
v45_preempt_is_not_asked_when_it_yields(void)
{
	struct bed bed;

	bed_init(&bed, 100);
	bed.conf.preempt = false;
	bed_start_active(&bed);
	bed_hear(&bed, 101);
	yielded(&bed, DOWN_100);
}

static void
yielding_it_learns_the_interval_of_the_other(void)
{
	struct bed bed;

	bed_init(&bed, 100);
	bed_start_active(&bed);
	bed_hear_from(&bed, "10.9.0.20", 200, 10 * CS);
	yielded(&bed, 360937);
}

static void
v46_priority_0_is_answered_at_once(void)
{
	struct bed bed;

	for (int quiet = 0; quiet < 2; quiet++) {
		bed_init(&bed, 100);
		bed.conf.quiet = quiet;
		bed_start_active(&bed);
		bed_wait(&bed, 1234);
		bed_hear(&bed, 0);
		CU_ASSERT_TRUE(BED_DID(&bed, LB_VRRP_SEND));
		CU_ASSERT_EQUAL(bed.actions.priority, 100);
		CU_ASSERT_EQUAL(bed.vrrp.deadline, bed.now + SECOND);
	}
}

static void
lower_priority_is_answered_and_announced_against_at_once(void)
{
	struct bed bed;

	bed_init(&bed, 100);
	bed_start_active(&bed);
	bed_wait(&bed, 1234);
	bed_hear(&bed, 99);
	stayed(&bed);
	CU_ASSERT_EQUAL(bed.actions.priority, 100);
}

static void
quiet_it_does_not_answer_and_keeps_its_timer(void)
{
	struct bed bed;
	uint64_t deadline;

	bed_init(&bed, 100);
	bed.conf.quiet = true;
	bed_start_active(&bed);
	deadline = bed.vrrp.deadline;
	bed_wait(&bed, 1234);
	bed_hear(&bed, 99);
	CU_ASSERT_TRUE(BED_DID(&bed, LB_VRRP_ANNOUNCE));
	CU_ASSERT_EQUAL(bed.vrrp.deadline, deadline);
}

static void
v47_lower_priority_is_answered_at_once_unless_quiet(void)
{
	lower_priority_is_answered_and_announced_against_at_once();
	quiet_it_does_not_answer_and_keeps_its_timer();
}

static void
lower_priority_teaches_it_no_interval(void)
{
	struct bed bed;

	bed_init(&bed, 100);
	bed_start_active(&bed);
	bed_hear_from(&bed, "10.9.0.20", 99, 10 * CS);
	CU_ASSERT_EQUAL(bed.vrrp.learned, SECOND);
	bed_wait(&bed, SECOND - 1);
	CU_ASSERT_TRUE(BED_DID_NOTHING(&bed));
}

static void
v13_active_that_ends_says_so_once_before_its_addresses_go(void)
{
	struct bed bed;

	bed_init(&bed, 100);
	bed_start_active(&bed);
	bed_event(&bed, LB_VRRP_SHUTDOWN);
	CU_ASSERT_TRUE(BED_DID(&bed, LB_VRRP_LEAVE, LB_VRRP_VIPS_OFF));
	CU_ASSERT_EQUAL(bed.vrrp.state, LB_VRRP_INIT);
	CU_ASSERT_EQUAL(bed.vrrp.deadline, LB_VRRP_NEVER);
	bed_event(&bed, LB_VRRP_SHUTDOWN);
	CU_ASSERT_TRUE(BED_DID_NOTHING(&bed));
	bed_hear(&bed, 0);
	CU_ASSERT_TRUE(BED_DID_NOTHING(&bed));
	bed_init(&bed, 100);
	bed_start(&bed);
	bed_wait(&bed, SECOND);
	bed_event(&bed, LB_VRRP_SHUTDOWN);
	CU_ASSERT_TRUE(BED_DID_NOTHING(&bed));
	CU_ASSERT_EQUAL(bed.vrrp.state, LB_VRRP_INIT);
	CU_ASSERT_EQUAL(bed.vrrp.deadline, LB_VRRP_NEVER);
}

static void
v35_owner_is_active_at_once(void)
{
	struct bed bed;

	bed_init(&bed, LB_VRRP_OWNER);
	bed_start(&bed);
	CU_ASSERT_TRUE(BED_DID(&bed, LB_VRRP_VIPS_ON, LB_VRRP_SEND, LB_VRRP_ANNOUNCE));
	CU_ASSERT_EQUAL(bed.actions.priority, 255);
	CU_ASSERT_EQUAL(bed.vrrp.state, LB_VRRP_ACTIVE);
	CU_ASSERT_EQUAL(bed.vrrp.deadline, BED_BEGIN + SECOND);
}

static void
owner_says_255_whatever_is_tracked(void)
{
	static const int asked[] = { -300, 0, 1, 100, 254, 300 };
	struct bed bed;

	bed_init(&bed, LB_VRRP_OWNER);
	bed_start(&bed);
	for (size_t i = 0; i < RTE_DIM(asked); i++) {
		bed_priority(&bed, asked[i]);
		bed_wait(&bed, SECOND);
		CU_ASSERT_TRUE(BED_DID(&bed, LB_VRRP_SEND));
		CU_ASSERT_EQUAL(bed.actions.priority, 255);
	}
}

static void
others_say_1_to_254_whatever_is_tracked(void)
{
	static const int asked[][2] = { { -300, 1 }, { 0, 1 }, { 1, 1 }, { 254, 254 }, { 255, 254 },
		{ 100 + 253, 254 }, { 77, 77 } };
	struct bed bed;

	bed_init(&bed, 100);
	bed_start_active(&bed);
	for (size_t i = 0; i < RTE_DIM(asked); i++) {
		bed_priority(&bed, asked[i][0]);
		CU_ASSERT_TRUE(BED_DID_NOTHING(&bed));
		bed_wait(&bed, SECOND);
		CU_ASSERT_TRUE(BED_DID(&bed, LB_VRRP_SEND));
		CU_ASSERT_EQUAL(bed.actions.priority, asked[i][1]);
	}
}

/* What the largest weight up, or down, makes of each priority, and what is advertised then. */
static void
tracking_leaves_1_to_254(void)
{
	static const struct lb_vrrp_term most = { 253, true }, least = { -253, false };
	struct bed bed;

	for (uint8_t base = 1; base < 255; base++) {
		CU_ASSERT_EQUAL(lb_vrrp_track(base, &most, 1).priority, 254);
		CU_ASSERT_EQUAL(lb_vrrp_track(base, &least, 1).priority, 1);
		bed_init(&bed, base);
		bed_start_active(&bed);
		bed_wait(&bed, SECOND);
		CU_ASSERT_EQUAL(bed.actions.priority, base);
	}
	CU_ASSERT_EQUAL(lb_vrrp_track(255, &least, 1).priority, 255);
}

static void
v14_owner_alone_says_255_and_tracking_leaves_others_1_to_254(void)
{
	owner_says_255_whatever_is_tracked();
	others_say_1_to_254_whatever_is_tracked();
	tracking_leaves_1_to_254();
}

static void
of_two_owners_the_lower_address_yields(void)
{
	struct bed bed;

	bed_init(&bed, LB_VRRP_OWNER);
	bed_start(&bed);
	bed_hear_from(&bed, "10.9.0.9", 255, SECOND);
	CU_ASSERT_TRUE(BED_DID(&bed, LB_VRRP_CONTEST, LB_VRRP_SEND, LB_VRRP_ANNOUNCE));
	CU_ASSERT_EQUAL(bed.vrrp.state, LB_VRRP_ACTIVE);
	bed_hear_from(&bed, "10.9.0.11", 255, SECOND);
	CU_ASSERT_TRUE(BED_DID(&bed, LB_VRRP_CONTEST, LB_VRRP_VIPS_OFF));
	CU_ASSERT_EQUAL(bed.vrrp.state, LB_VRRP_BACKUP);
}

static void
owner_that_yielded_stays_backup_and_tells(void)
{
	struct bed bed;

	bed_init(&bed, LB_VRRP_OWNER);
	bed_start(&bed);
	bed_hear(&bed, 255);
	for (int i = 0; i < 1000; i++) {
		bed_wait(&bed, SECOND);
		bed_hear(&bed, 255);
		CU_ASSERT_TRUE_FATAL(BED_DID(&bed, LB_VRRP_CONTEST));
	}
	bed_takes_over_after(&bed, 3 * SECOND + 3906);
}

/* The other owner is gone; a router of lower priority went Active meanwhile. */
static void
owner_takes_over_even_without_preempt(void)
{
	struct bed bed;

	bed_init(&bed, LB_VRRP_OWNER);
	bed.conf.preempt = false;
	bed.conf.preempt_delay_us = 100 * SECOND;
	bed_start(&bed);
	bed_hear(&bed, 255);
	bed_wait(&bed, SECOND);
	bed_hear(&bed, 254);
	bed_takes_over_after(&bed, 2 * SECOND + 3906);
}

/* Of a healed split the winner hears so that there was another Active, and announces. */
static void
v56_giving_way_with_a_mac_of_its_own_it_has_a_last_word(void)
{
	struct bed bed;

	bed_init(&bed, 100);
	bed.conf.last_word = true;
	bed_start_active(&bed);
	bed_hear(&bed, 50);
	CU_ASSERT_TRUE(BED_DID(&bed, LB_VRRP_SEND, LB_VRRP_ANNOUNCE));
	bed_hear(&bed, 150);
	CU_ASSERT_TRUE(BED_DID(&bed, LB_VRRP_SEND, LB_VRRP_VIPS_OFF));
	CU_ASSERT_EQUAL(bed.actions.priority, 100);
	bed_takes_over_after(&bed, 3 * SECOND + 156 * SECOND / 256);
}

static const struct unit_test tests[] = {
	UNIT_TEST(v44_higher_priority_then_higher_address_wins),
	UNIT_TEST(equal_priority_and_address_is_stood_up_to),
	UNIT_TEST(v45_preempt_is_not_asked_when_it_yields),
	UNIT_TEST(yielding_it_learns_the_interval_of_the_other),
	UNIT_TEST(v46_priority_0_is_answered_at_once),
	UNIT_TEST(v47_lower_priority_is_answered_at_once_unless_quiet),
	UNIT_TEST(lower_priority_teaches_it_no_interval),
	UNIT_TEST(v13_active_that_ends_says_so_once_before_its_addresses_go),
	UNIT_TEST(v35_owner_is_active_at_once),
	UNIT_TEST(v14_owner_alone_says_255_and_tracking_leaves_others_1_to_254),
	UNIT_TEST(of_two_owners_the_lower_address_yields),
	UNIT_TEST(owner_that_yielded_stays_backup_and_tells),
	UNIT_TEST(owner_takes_over_even_without_preempt),
	UNIT_TEST(v56_giving_way_with_a_mac_of_its_own_it_has_a_last_word),
	UNIT_END,
};

const struct unit_suite unit_vrrp_active = { "active", tests };
