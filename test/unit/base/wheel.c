/* The timing wheel: every item comes up at the tick it is armed for, and only once. */

#include "lb_clock.h"
#include "lb_wheel.h"
#include "unit.h"

#include <stdlib.h>
#include <string.h>

#define ITEMS 1000

/* An item with something in front of its link, so that stride and offset matter. */
struct item {
	uint64_t payload;
	struct lb_wheel_link link;
};

static struct item items[ITEMS + 1];

static struct lb_wheel *
wheel_at(uint32_t now)
{
	struct lb_wheel *wheel = aligned_alloc(64, sizeof(*wheel));

	CU_ASSERT_PTR_NOT_NULL_FATAL(wheel);
	memset(items, 0xa5, sizeof(items));
	lb_wheel_init(wheel, items, sizeof(items[0]), offsetof(struct item, link), now);
	return wheel;
}

/* How many come up at tick now, one of them in *item. */
static uint32_t
take(struct lb_wheel *wheel, uint32_t now, uint32_t *item)
{
	uint32_t taken[ITEMS], n = lb_wheel_take(wheel, now, taken, ITEMS);

	if (n > 0 && item != NULL)
		*item = taken[0];
	return n;
}

static void
item_comes_up_at_its_tick(void)
{
	struct lb_wheel *wheel = wheel_at(100);
	uint32_t item = 0;

	CU_ASSERT_EQUAL(lb_wheel_arm(wheel, 5, 110), 110);
	CU_ASSERT_EQUAL(take(wheel, 109, NULL), 0);
	CU_ASSERT_EQUAL(take(wheel, 110, &item), 1);
	CU_ASSERT_EQUAL(item, 5);
	CU_ASSERT_EQUAL(take(wheel, 110 + 2 * LB_WHEEL_SLOTS, NULL), 0);
	free(wheel);
}

static void
passed_tick_comes_up_next(void)
{
	struct lb_wheel *wheel = wheel_at(100);

	CU_ASSERT_EQUAL(take(wheel, 120, NULL), 0);
	CU_ASSERT_EQUAL(lb_wheel_arm(wheel, 1, 90), 121);
	CU_ASSERT_EQUAL(take(wheel, 120, NULL), 0);
	CU_ASSERT_EQUAL(take(wheel, 121, NULL), 1);
	free(wheel);
}

static void
tick_beyond_a_turn_is_armed_at_the_far_end(void)
{
	struct lb_wheel *wheel = wheel_at(100);

	CU_ASSERT_EQUAL(lb_wheel_arm(wheel, 1, 100 + 4095), 100 + 4095);
	CU_ASSERT_EQUAL(lb_wheel_arm(wheel, 2, 100 + 4096), 100 + 4095);
	CU_ASSERT_EQUAL(lb_wheel_arm(wheel, 3, 1000000), 100 + 4095);
	CU_ASSERT_EQUAL(take(wheel, 100 + 4094, NULL), 0);
	CU_ASSERT_EQUAL(take(wheel, 100 + 4095, NULL), 3);
	free(wheel);
}

/* First, middle and last of a list, in every order of taking out. */
static void
item_taken_out_does_not_come_up(void)
{
	static const uint32_t orders[][3] = { { 0, 1, 2 }, { 0, 2, 1 }, { 1, 0, 2 }, { 1, 2, 0 },
		{ 2, 0, 1 }, { 2, 1, 0 } };

	for (size_t o = 0; o < sizeof(orders) / sizeof(orders[0]); o++) {
		struct lb_wheel *wheel = wheel_at(0);

		for (uint32_t i = 0; i < 3; i++)
			lb_wheel_arm(wheel, 1 + i * LB_WHEEL_LANES, 50);
		lb_wheel_disarm(wheel, 1 + orders[o][0] * LB_WHEEL_LANES, 50);
		lb_wheel_disarm(wheel, 1 + orders[o][1] * LB_WHEEL_LANES, 50);

		uint32_t item = 0;

		CU_ASSERT_EQUAL(take(wheel, 60, &item), 1);
		CU_ASSERT_EQUAL(item, 1 + orders[o][2] * LB_WHEEL_LANES);
		free(wheel);
	}
}

/* The item that becomes first by taking off must still be found as first. */
static void
item_behind_one_taken_off_can_be_taken_out(void)
{
	struct lb_wheel *wheel = wheel_at(0);
	uint32_t item = 0;

	for (uint32_t i = 0; i < 3; i++)
		lb_wheel_arm(wheel, 1 + i * LB_WHEEL_LANES, 50);
	CU_ASSERT_EQUAL(lb_wheel_take(wheel, 50, &item, 1), 1);
	CU_ASSERT_EQUAL(item, 1 + 2 * LB_WHEEL_LANES);
	lb_wheel_disarm(wheel, 1 + LB_WHEEL_LANES, 50);
	CU_ASSERT_EQUAL(lb_wheel_take(wheel, 50, &item, 1), 1);
	CU_ASSERT_EQUAL(item, 1);
	CU_ASSERT_EQUAL(take(wheel, 50, NULL), 0);
	free(wheel);
}

static void
no_more_than_asked_for_are_taken(void)
{
	struct lb_wheel *wheel = wheel_at(0);
	uint32_t taken[8], n = 0;

	for (uint32_t i = 1; i <= 20; i++)
		lb_wheel_arm(wheel, i, 10 + i % 3);
	taken[7] = 4711;
	for (uint32_t got = 7; got == 7; n += got)
		got = lb_wheel_take(wheel, 20, taken, 7);
	CU_ASSERT_EQUAL(n, 20);
	CU_ASSERT_EQUAL(taken[7], 4711);
	free(wheel);
}

/* Against an array that knows when each item is due, over the wrap of 32-bit ticks. */
static void
random_items_come_up_as_armed_over_the_wrap(void)
{
	uint32_t now = UINT32_MAX - 20000, armed[ITEMS + 1] = { 0 };
	struct lb_wheel *wheel = wheel_at(now);
	bool in[ITEMS + 1] = { false };

	srandom(1);
	for (int step = 0; step < 40000; step++, now += random() % 3) {
		uint32_t item = 1 + (uint32_t)random() % ITEMS, taken[ITEMS], n;

		if (in[item])
			lb_wheel_disarm(wheel, item, armed[item]);
		else
			armed[item] = lb_wheel_arm(wheel, item, now + (uint32_t)random() % 6000);
		in[item] = !in[item];

		n = lb_wheel_take(wheel, now, taken, ITEMS);
		for (uint32_t i = 0; i < n; i++) {
			CU_ASSERT_TRUE_FATAL(in[taken[i]]);
			CU_ASSERT_FALSE_FATAL(lb_tick_after(armed[taken[i]], now));
			in[taken[i]] = false;
		}
		for (uint32_t i = 1; i <= ITEMS; i++)
			if (in[i] && !lb_tick_after(armed[i], now))
				CU_FAIL_FATAL("an item that is due was not taken");
	}
	CU_ASSERT_TRUE(now < UINT32_MAX - 20000);
	free(wheel);
}

static const struct unit_test tests[] = {
	UNIT_TEST(item_comes_up_at_its_tick),
	UNIT_TEST(passed_tick_comes_up_next),
	UNIT_TEST(tick_beyond_a_turn_is_armed_at_the_far_end),
	UNIT_TEST(item_taken_out_does_not_come_up),
	UNIT_TEST(item_behind_one_taken_off_can_be_taken_out),
	UNIT_TEST(no_more_than_asked_for_are_taken),
	UNIT_TEST(random_items_come_up_as_armed_over_the_wrap),
	UNIT_END,
};

const struct unit_suite unit_base_wheel = { "wheel", tests };
