/* Timers: no drift, no rounding that matters, no clock but the one that is handed in. */

#include "bed.h"
#include "vrrp_clock.h"

static void
ten_thousand_adverts_keep_exact_multiples(void)
{
	struct bed bed;
	uint64_t first;

	bed_init(&bed, 100);
	bed.conf.interval_us = CS;
	bed_start_active(&bed);
	first = bed.now;
	for (uint64_t i = 1; i <= 10000; i++) {
		CU_ASSERT_EQUAL_FATAL(bed.vrrp.deadline, first + i * CS);
		bed.now = first + i * CS;
		bed_wait(&bed, 0);
		CU_ASSERT_TRUE_FATAL(BED_DID(&bed, LB_VRRP_SEND));
	}
}

/* Each is noticed late, by up to 9.9 ms of 10. */
static void
late_timers_do_not_add_up(void)
{
	struct bed bed;
	uint64_t first;

	bed_init(&bed, 100);
	bed.conf.interval_us = CS;
	bed_start_active(&bed);
	first = bed.now;
	for (uint64_t i = 1; i <= 10000; i++) {
		bed.now = first + i * CS + i * 7919 % 9900;
		bed_wait(&bed, 0);
		CU_ASSERT_TRUE_FATAL(BED_DID(&bed, LB_VRRP_SEND));
		CU_ASSERT_EQUAL_FATAL(bed.vrrp.deadline, first + (i + 1) * CS);
	}
}

/* Each is noticed up to half an interval late. */
static void
v12_ten_thousand_adverts_have_no_gap_and_no_drift(void)
{
	uint64_t first, sent, longest = 0;
	struct bed bed;

	bed_init(&bed, 100);
	bed.conf.interval_us = CS;
	bed_start_active(&bed);
	first = sent = bed.now;
	for (uint64_t i = 1; i <= 10000; i++) {
		bed.now = bed.vrrp.deadline + i * 7919 % (CS / 2);
		bed_wait(&bed, 0);
		CU_ASSERT_TRUE_FATAL(BED_DID(&bed, LB_VRRP_SEND));
		longest = RTE_MAX(longest, bed.now - sent);
		sent = bed.now;
	}
	CU_ASSERT(longest <= CS + CS / 2);
	CU_ASSERT((sent - first) >= 10000 * CS - 10 * CS && (sent - first) <= 10000 * CS + 10 * CS);
}

static void
adverts_that_were_slept_through_are_not_made_up_for(void)
{
	struct bed bed;
	uint64_t first;

	bed_init(&bed, 100);
	bed_start_active(&bed);
	first = bed.now;
	bed_wait(&bed, 5 * SECOND + 300000);
	CU_ASSERT_TRUE(BED_DID(&bed, LB_VRRP_SEND));
	CU_ASSERT_EQUAL(bed.vrrp.deadline, first + 6 * SECOND);
	bed_wait(&bed, 0);
	CU_ASSERT_TRUE(BED_DID_NOTHING(&bed));
}

/* Down interval at so many centiseconds, as the machine has it. */
static uint64_t
down_of(uint8_t priority, uint64_t interval_us)
{
	struct bed bed;

	bed_init(&bed, priority);
	bed.conf.interval_us = interval_us;
	bed_start(&bed);
	return bed.vrrp.deadline - bed.now;
}

/* 2 and 255 of 256 parts of 10 ms: 78.125 and 9960.9 us. */
static void
v50_skew_is_finer_than_a_centisecond(void)
{
	CU_ASSERT_EQUAL(down_of(254, CS), 30000 + 78);
	CU_ASSERT_EQUAL(down_of(1, CS), 30000 + 9960);
	for (uint8_t priority = 1; priority < 254; priority++) {
		uint64_t step = down_of(priority, CS) - down_of(priority + 1, CS);

		CU_ASSERT_TRUE(step == 39 || step == 40);
	}
}

static void
longest_interval_fits(void)
{
	CU_ASSERT_EQUAL(down_of(1, 4095 * CS), 3 * 40950000ull + 40790039);
}

/* Some life of a router, as a list of what it did and when it wants its timer, from begin on. */
#define LIFE 60

static void
live(uint64_t begin, uint64_t deadlines[LIFE], struct lb_vrrp_actions actions[LIFE])
{
	struct bed bed;

	bed_init(&bed, 100);
	bed.now = begin;
	bed_start(&bed);
	memset(actions, 0, LIFE * sizeof(actions[0]));
	for (unsigned int i = 0; i < LIFE; i++) {
		bed_wait(&bed, 700000);
		if (i % 16 == 9)
			bed_hear(&bed, 200);
		if (i % 16 == 12)
			bed_hear(&bed, 0);
		deadlines[i] = bed.vrrp.deadline - begin;
		actions[i] = bed.actions;
	}
}

/* What the daemon hands in. Between two readings of that clock; time of day is elsewhere. */
static bool
clock_is_the_monotonic_one(void)
{
	struct timespec before, after;
	uint64_t us;

	clock_gettime(CLOCK_MONOTONIC, &before);
	us = vrrp_clock_us();
	clock_gettime(CLOCK_MONOTONIC, &after);
	return us >= (uint64_t)before.tv_sec * SECOND + (uint64_t)before.tv_nsec / 1000 &&
	       us <= (uint64_t)after.tv_sec * SECOND + (uint64_t)after.tv_nsec / 1000;
}

static void
v51_time_of_day_is_not_asked(void)
{
	static const uint64_t hour = 3600 * SECOND;
	static uint64_t deadlines[3][LIFE];
	static struct lb_vrrp_actions actions[3][LIFE];

	live(BED_BEGIN, deadlines[0], actions[0]);
	live(BED_BEGIN - hour, deadlines[1], actions[1]);
	live(BED_BEGIN + hour, deadlines[2], actions[2]);
	CU_ASSERT_TRUE(clock_is_the_monotonic_one());
	for (int i = 1; i < 3; i++) {
		CU_ASSERT_EQUAL(memcmp(deadlines[0], deadlines[i], sizeof(deadlines[0])), 0);
		CU_ASSERT_EQUAL(memcmp(actions[0], actions[i], sizeof(actions[0])), 0);
	}
}

static void
timer_that_comes_too_early_does_nothing(void)
{
	struct bed bed;

	bed_init(&bed, 100);
	lb_vrrp_init(&bed.vrrp, &bed.conf);
	bed_wait(&bed, 100 * SECOND);
	CU_ASSERT_TRUE(BED_DID_NOTHING(&bed));
	CU_ASSERT_EQUAL(bed.vrrp.deadline, LB_VRRP_NEVER);
	bed_start(&bed);
	bed_wait(&bed, 3609374);
	CU_ASSERT_TRUE(BED_DID_NOTHING(&bed));
}

static const struct unit_test tests[] = {
	UNIT_TEST(v12_ten_thousand_adverts_have_no_gap_and_no_drift),
	UNIT_TEST(ten_thousand_adverts_keep_exact_multiples),
	UNIT_TEST(late_timers_do_not_add_up),
	UNIT_TEST(adverts_that_were_slept_through_are_not_made_up_for),
	UNIT_TEST(v50_skew_is_finer_than_a_centisecond),
	UNIT_TEST(longest_interval_fits),
	UNIT_TEST(v51_time_of_day_is_not_asked),
	UNIT_TEST(timer_that_comes_too_early_does_nothing),
	UNIT_END,
};

const struct unit_suite unit_vrrp_timer = { "timer", tests };
