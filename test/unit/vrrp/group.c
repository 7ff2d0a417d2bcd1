/*
 * A group of two or three instances, each on a link of its own. What a member does is written down
 * in order: "1 leave".
 */

#include <stdio.h>
#include <stdlib.h>

#include "bed.h"
#include "lb_vrrp_group.h"

#define MEMBERS 3
#define DOWN_100 3609375
#define SKEW_100 609375

struct group_bed {
	struct bed beds[MEMBERS];
	struct lb_vrrp_group group;
	uint64_t now;
	char did[512];
};

static void
act(void *arg, const struct lb_vrrp_group_step *step)
{
	static const char *const names[] = {
		[LB_VRRP_VIPS_ON] = "on",
		[LB_VRRP_VIPS_OFF] = "off",
		[LB_VRRP_SEND] = "send",
		[LB_VRRP_LEAVE] = "leave",
		[LB_VRRP_ANNOUNCE] = "announce",
		[LB_VRRP_CONTEST] = "contest",
	};
	struct group_bed *bed = arg;
	size_t n = strlen(bed->did);

	for (uint8_t i = 0; i < step->actions->n; i++)
		n += (size_t)snprintf(bed->did + n, sizeof(bed->did) - n, "%u %s\n", step->member,
			names[step->actions->list[i]]);
}

static struct lb_vrrp *
member(struct group_bed *bed, uint32_t i)
{
	return &bed->beds[i].vrrp;
}

static void
add(struct group_bed *bed, uint32_t i, uint8_t priority)
{
	bed_init(&bed->beds[i], priority);
	lb_vrrp_init(&bed->beds[i].vrrp, &bed->beds[i].conf);
	bed->group.members[bed->group.n++] = &bed->beds[i].vrrp;
}

static void
group_init(struct group_bed *bed, uint32_t n, uint8_t priority)
{
	*bed = (struct group_bed){ .group = { .act = act, .arg = bed }, .now = BED_BEGIN };
	for (uint32_t i = 0; i < n; i++)
		add(bed, i, priority);
}

static void
tell(struct group_bed *bed, uint32_t i, enum lb_vrrp_event_kind kind)
{
	const struct lb_vrrp_event event = { .kind = kind, .now = bed->now };

	bed->did[0] = '\0';
	lb_vrrp_group_step(&bed->group, i, &event);
}

static void
hear(struct group_bed *bed, uint32_t i, uint8_t priority)
{
	const struct lb_vrrp_advert advert = {
		.sender = bed_addr("10.9.0.20"),
		.version = 3,
		.vrid = 51,
		.priority = priority,
		.interval_us = SECOND,
	};
	const struct lb_vrrp_event event = {
		.kind = LB_VRRP_ADVERT,
		.now = bed->now,
		.advert = &advert,
	};

	bed->did[0] = '\0';
	lb_vrrp_group_step(&bed->group, i, &event);
}

static void
start(struct group_bed *bed)
{
	for (uint32_t i = 0; i < bed->group.n; i++)
		tell(bed, i, LB_VRRP_START);
}

static void
wait(struct group_bed *bed, uint64_t us)
{
	bed->now += us;
	for (uint32_t i = 0; i < bed->group.n; i++) {
		const struct lb_vrrp_event event = { .kind = LB_VRRP_TIMER, .now = bed->now };

		if (i == 0)
			bed->did[0] = '\0';
		lb_vrrp_group_step(&bed->group, i, &event);
	}
}

static void
start_active(struct group_bed *bed, uint32_t n)
{
	group_init(bed, n, 100);
	start(bed);
	wait(bed, DOWN_100);
}

static void
all_are(struct group_bed *bed, enum lb_vrrp_state state)
{
	for (uint32_t i = 0; i < bed->group.n; i++)
		CU_ASSERT_EQUAL(member(bed, i)->state, state);
}

static void
silence_makes_all_active_in_one_step(void)
{
	struct group_bed bed;

	group_init(&bed, 2, 100);
	start(&bed);
	all_are(&bed, LB_VRRP_BACKUP);
	bed.now += DOWN_100;
	tell(&bed, 1, LB_VRRP_TIMER);
	all_are(&bed, LB_VRRP_ACTIVE);
	CU_ASSERT_STRING_EQUAL(bed.did, "1 on\n1 send\n1 announce\n0 on\n0 send\n0 announce\n");
}

static void
fault_of_a_member_moves_all_with_priority_0_for_each(void)
{
	struct group_bed bed;

	start_active(&bed, 3);
	tell(&bed, 1, LB_VRRP_LINK_DOWN);
	all_are(&bed, LB_VRRP_FAULT);
	CU_ASSERT_STRING_EQUAL(bed.did, "1 leave\n1 off\n2 leave\n2 off\n0 leave\n0 off\n");
}

static void
member_that_yields_lets_the_others_leave_with_priority_0(void)
{
	struct group_bed bed;

	start_active(&bed, 3);
	hear(&bed, 1, 200);
	all_are(&bed, LB_VRRP_BACKUP);
	CU_ASSERT_STRING_EQUAL(bed.did, "1 off\n0 leave\n0 off\n2 leave\n2 off\n");
}

static void
members_come_back_when_the_last_one_can_serve(void)
{
	struct group_bed bed;

	start_active(&bed, 3);
	tell(&bed, 0, LB_VRRP_LINK_DOWN);
	tell(&bed, 2, LB_VRRP_LINK_DOWN);
	CU_ASSERT_STRING_EQUAL(bed.did, "");
	tell(&bed, 0, LB_VRRP_LINK_UP);
	all_are(&bed, LB_VRRP_FAULT);
	wait(&bed, SECOND);
	tell(&bed, 2, LB_VRRP_LINK_UP);
	all_are(&bed, LB_VRRP_BACKUP);
	for (uint32_t i = 0; i < 3; i++)
		CU_ASSERT_EQUAL(member(&bed, i)->deadline, bed.now + DOWN_100);
}

static void
v56_lower_advert_lets_the_others_announce_too(void)
{
	struct group_bed bed;

	start_active(&bed, 2);
	hear(&bed, 0, 50);
	CU_ASSERT_STRING_EQUAL(bed.did, "0 send\n0 announce\n1 announce\n");
	all_are(&bed, LB_VRRP_ACTIVE);
}

/* One of two links is cut on the way: who took over there would have to give way on the other. */
static void
silence_on_one_link_alone_takes_nothing_from_a_better_active(void)
{
	struct group_bed bed;

	group_init(&bed, 2, 100);
	start(&bed);
	for (int i = 0; i < 20; i++) {
		wait(&bed, SECOND);
		hear(&bed, 1, 200);
		all_are(&bed, LB_VRRP_BACKUP);
	}
	wait(&bed, DOWN_100 - 1);
	all_are(&bed, LB_VRRP_BACKUP);
	wait(&bed, 1);
	all_are(&bed, LB_VRRP_ACTIVE);
}

static void
who_leaves_on_one_link_is_succeeded_on_all(void)
{
	struct group_bed bed;

	group_init(&bed, 2, 100);
	start(&bed);
	hear(&bed, 0, 200);
	hear(&bed, 1, 200);
	hear(&bed, 0, 0);
	wait(&bed, SKEW_100 - 1);
	all_are(&bed, LB_VRRP_BACKUP);
	wait(&bed, 1);
	all_are(&bed, LB_VRRP_ACTIVE);
}

static void
live_lower_active_is_preempted_on_all_links_at_once(void)
{
	struct group_bed bed;

	group_init(&bed, 2, 100);
	start(&bed);
	for (int i = 0; i < 3; i++) {
		wait(&bed, SECOND);
		hear(&bed, 0, 50);
		hear(&bed, 1, 50);
	}
	wait(&bed, DOWN_100 - 3 * SECOND);
	all_are(&bed, LB_VRRP_ACTIVE);
}

static void
without_preempt_silence_on_one_link_takes_both_from_a_lower_active(void)
{
	struct group_bed bed;

	group_init(&bed, 2, 100);
	bed.beds[0].conf.preempt = bed.beds[1].conf.preempt = false;
	start(&bed);
	for (int i = 0; i < 3; i++) {
		wait(&bed, SECOND);
		hear(&bed, 1, 50);
		all_are(&bed, LB_VRRP_BACKUP);
	}
	wait(&bed, DOWN_100 - 3 * SECOND);
	all_are(&bed, LB_VRRP_ACTIVE);
}

static void
member_that_joins_an_active_group_is_active_at_once_and_the_others_do_nothing(void)
{
	struct group_bed bed;

	start_active(&bed, 2);
	add(&bed, 2, 100);
	tell(&bed, 2, LB_VRRP_START);
	all_are(&bed, LB_VRRP_ACTIVE);
	CU_ASSERT_STRING_EQUAL(bed.did, "2 on\n2 send\n2 announce\n");
}

static void
member_that_joins_a_backup_group_and_hears_nobody_takes_nothing(void)
{
	struct group_bed bed;

	group_init(&bed, 2, 100);
	start(&bed);
	add(&bed, 2, 100);
	tell(&bed, 2, LB_VRRP_START);
	for (int i = 0; i < 20; i++) {
		wait(&bed, SECOND);
		hear(&bed, 0, 200);
		hear(&bed, 1, 200);
		all_are(&bed, LB_VRRP_BACKUP);
	}
}

static void
active_and_backup_that_are_grouped_are_both_active(void)
{
	struct group_bed bed;

	start_active(&bed, 1);
	add(&bed, 1, 100);
	bed.beds[1].now = bed.now;
	bed_event(&bed.beds[1], LB_VRRP_START);
	lb_vrrp_group_settle(&bed.group, bed.now);
	all_are(&bed, LB_VRRP_ACTIVE);
}

static void
active_that_is_grouped_with_a_backup_of_a_better_one_leaves(void)
{
	struct group_bed bed;

	start_active(&bed, 1);
	add(&bed, 1, 100);
	bed.beds[1].now = bed.now;
	bed_event(&bed.beds[1], LB_VRRP_START);
	bed_hear(&bed.beds[1], 200);
	bed.did[0] = '\0';
	lb_vrrp_group_settle(&bed.group, bed.now);
	all_are(&bed, LB_VRRP_BACKUP);
	CU_ASSERT_STRING_EQUAL(bed.did, "0 leave\n0 off\n");
}

static void
owners_are_active_together_from_the_start(void)
{
	struct group_bed bed;

	group_init(&bed, 2, LB_VRRP_OWNER);
	start(&bed);
	all_are(&bed, LB_VRRP_ACTIVE);
}

/* All that are started are Active or none; FAULT is of all or none too. */
static bool
is_whole(struct group_bed *bed)
{
	uint32_t started = 0, active = 0, fault = 0;

	for (uint32_t i = 0; i < bed->group.n; i++) {
		if (!member(bed, i)->started)
			continue;
		started++;
		active += member(bed, i)->state == LB_VRRP_ACTIVE;
		fault += member(bed, i)->state == LB_VRRP_FAULT;
	}
	return (active == 0 || active == started) && (fault == 0 || fault == started);
}

static void
leave(struct group_bed *bed)
{
	bed->group.n--;
	bed->group.fault[bed->group.n] = false;
	lb_vrrp_group_settle(&bed->group, bed->now);
}

static void
random_event(struct group_bed *bed, unsigned int random)
{
	static const uint8_t priorities[] = { 0, 50, 100, 200, 255 };
	uint32_t i = random % bed->group.n;

	bed->did[0] = '\0';
	switch (random / 8 % 16) {
	case 0:
		tell(bed, i, LB_VRRP_LINK_DOWN);
		break;
	case 1:
	case 2:
		tell(bed, i, LB_VRRP_LINK_UP);
		break;
	case 3:
		if (bed->group.n > 1)
			leave(bed);
		break;
	case 4:
		if (bed->group.n < MEMBERS) {
			add(bed, bed->group.n, 100);
			tell(bed, bed->group.n - 1, LB_VRRP_START);
		}
		break;
	case 5:
		tell(bed, i, LB_VRRP_SHUTDOWN);
		CU_ASSERT_TRUE(is_whole(bed));
		tell(bed, i, LB_VRRP_START);
		break;
	case 6:
	case 7:
	case 8:
	case 9:
		hear(bed, i, priorities[random / 128 % 5]);
		break;
	default:
		wait(bed, random / 128 % (2 * SECOND));
		break;
	}
}

static void
after_every_one_of_random_events_all_members_are_active_or_none(void)
{
	struct group_bed bed;
	uint64_t active = 0, fault = 0;
	unsigned int seed = 65;

	group_init(&bed, MEMBERS, 100);
	start(&bed);
	for (int i = 0; i < 200000; i++) {
		random_event(&bed, (unsigned int)rand_r(&seed) ^ (unsigned int)rand_r(&seed) << 16);
		CU_ASSERT_TRUE_FATAL(is_whole(&bed));
		active += member(&bed, 0)->state == LB_VRRP_ACTIVE;
		fault += member(&bed, 0)->state == LB_VRRP_FAULT;
	}
	CU_ASSERT(active > 1000);
	CU_ASSERT(fault > 1000);
}

static void
v65_members_are_active_all_or_none(void)
{
	fault_of_a_member_moves_all_with_priority_0_for_each();
	after_every_one_of_random_events_all_members_are_active_or_none();
}

static const struct unit_test tests[] = {
	UNIT_TEST(silence_makes_all_active_in_one_step),
	UNIT_TEST(v65_members_are_active_all_or_none),
	UNIT_TEST(member_that_yields_lets_the_others_leave_with_priority_0),
	UNIT_TEST(members_come_back_when_the_last_one_can_serve),
	UNIT_TEST(v56_lower_advert_lets_the_others_announce_too),
	UNIT_TEST(silence_on_one_link_alone_takes_nothing_from_a_better_active),
	UNIT_TEST(who_leaves_on_one_link_is_succeeded_on_all),
	UNIT_TEST(live_lower_active_is_preempted_on_all_links_at_once),
	UNIT_TEST(without_preempt_silence_on_one_link_takes_both_from_a_lower_active),
	UNIT_TEST(member_that_joins_an_active_group_is_active_at_once_and_the_others_do_nothing),
	UNIT_TEST(member_that_joins_a_backup_group_and_hears_nobody_takes_nothing),
	UNIT_TEST(active_and_backup_that_are_grouped_are_both_active),
	UNIT_TEST(active_that_is_grouped_with_a_backup_of_a_better_one_leaves),
	UNIT_TEST(owners_are_active_together_from_the_start),
	UNIT_END,
};

const struct unit_suite unit_vrrp_group = { "group", tests };
