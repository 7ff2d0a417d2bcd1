/* When gratuitous ARP is due, with a clock of the test's own. */

#include <stdio.h>
#include <string.h>

#include "unit.h"
#include "vrrp_garp.h"

#define START 1000000
#define NEVER UINT64_MAX

static const struct lb_conf_garp usual = { .repeat = 5, .delay_ms = 5000 };

/* Send what may be sent at a time, of n addresses; returns how many frames. */
static uint32_t
emit(struct vrrp_garp *garp, const struct lb_conf_garp *conf, uint32_t n, uint64_t now_us)
{
	uint32_t most = vrrp_garp_take(garp, conf, UINT32_MAX, now_us), sent = 0;

	for (; sent < most && garp->rounds > 0; sent++)
		vrrp_garp_next(garp, n);
	return sent;
}

static void
nothing_is_due_before_it_begins(void)
{
	struct vrrp_garp garp;

	vrrp_garp_end(&garp);
	CU_ASSERT_EQUAL(vrrp_garp_due(&garp), NEVER);
	CU_ASSERT_EQUAL(emit(&garp, &usual, 1, START), 0);
}

static void
burst_goes_at_once_and_again_after_the_delay(void)
{
	struct vrrp_garp garp;

	vrrp_garp_end(&garp);
	vrrp_garp_begin(&garp, &usual, START);
	CU_ASSERT_EQUAL(vrrp_garp_due(&garp), START);
	CU_ASSERT_EQUAL(emit(&garp, &usual, 3, START), 15);
	CU_ASSERT_EQUAL(vrrp_garp_due(&garp), START + 5000000);
	CU_ASSERT_EQUAL(emit(&garp, &usual, 3, START + 4999999), 0);
	CU_ASSERT_EQUAL(emit(&garp, &usual, 3, START + 5000000), 15);
	CU_ASSERT_EQUAL(vrrp_garp_due(&garp), NEVER);
}

static void
every_address_has_its_first_before_one_has_its_second(void)
{
	struct vrrp_garp garp;

	vrrp_garp_end(&garp);
	vrrp_garp_begin(&garp, &usual, START);
	for (uint32_t i = 0; i < 15; i++)
		CU_ASSERT_EQUAL(vrrp_garp_next(&garp, 3), i % 3);
	CU_ASSERT_EQUAL(garp.rounds, 0);
}

static void
many_addresses_go_in_pieces_that_leave_room(void)
{
	const struct lb_conf_garp once = { .repeat = 1 };
	struct vrrp_garp garp;

	vrrp_garp_end(&garp);
	vrrp_garp_begin(&garp, &once, START);
	CU_ASSERT_EQUAL(emit(&garp, &once, 100, START), 64);
	CU_ASSERT_EQUAL(emit(&garp, &once, 100, START + 1), 0);
	CU_ASSERT_EQUAL(vrrp_garp_due(&garp), START + 500);
	CU_ASSERT_EQUAL(emit(&garp, &once, 100, START + 500), 36);
	CU_ASSERT_EQUAL(vrrp_garp_due(&garp), NEVER);
}

static void
interval_sets_the_pace_of_single_frames(void)
{
	const struct lb_conf_garp paced = { .repeat = 2, .interval_us = 700 };
	struct vrrp_garp garp;

	vrrp_garp_end(&garp);
	vrrp_garp_begin(&garp, &paced, START);
	for (uint64_t i = 0; i < 4; i++) {
		CU_ASSERT_EQUAL(vrrp_garp_due(&garp), START + 700 * i);
		CU_ASSERT_EQUAL(emit(&garp, &paced, 2, START + 700 * i), 1);
	}
	CU_ASSERT_EQUAL(vrrp_garp_due(&garp), NEVER);
}

static void
refreshing_goes_on_with_one_round_each_time(void)
{
	const struct lb_conf_garp fresh = { .repeat = 3, .refresh_ms = 60000 };
	struct vrrp_garp garp;

	vrrp_garp_end(&garp);
	vrrp_garp_begin(&garp, &fresh, START);
	CU_ASSERT_EQUAL(emit(&garp, &fresh, 2, START), 6);
	for (uint64_t i = 1; i < 4; i++) {
		CU_ASSERT_EQUAL(vrrp_garp_due(&garp), START + 60000000 * i);
		CU_ASSERT_EQUAL(emit(&garp, &fresh, 2, START + 60000000 * i), 2);
	}
}

static void
one_under_way_starts_anew(void)
{
	struct vrrp_garp garp;

	vrrp_garp_end(&garp);
	vrrp_garp_begin(&garp, &usual, START);
	vrrp_garp_next(&garp, 3);
	vrrp_garp_begin(&garp, &usual, START + 10);
	CU_ASSERT_EQUAL(emit(&garp, &usual, 3, START + 10), 15);
	CU_ASSERT_EQUAL(vrrp_garp_due(&garp), START + 10 + 5000000);
}

/* From the beginning until each of n addresses was announced once, us. */
static uint64_t
first_round_us(uint32_t n)
{
	struct vrrp_garp garp;
	uint32_t sent = 0;
	uint64_t now = START;

	vrrp_garp_end(&garp);
	vrrp_garp_begin(&garp, &usual, START);
	while (sent < n) {
		now = vrrp_garp_due(&garp);
		sent += emit(&garp, &usual, n, now);
	}
	return now - START;
}

static void
v55_all_addresses_are_announced_once_within_their_budget(void)
{
	CU_ASSERT_EQUAL(first_round_us(64), 0);
	CU_ASSERT(first_round_us(4096) <= 50000);
	printf("# 4096 addresses take %u us at the pace of a takeover\n",
		(unsigned int)first_round_us(4096));
}

static void
v55_later_rounds_take_their_time(void)
{
	struct vrrp_garp garp;

	vrrp_garp_end(&garp);
	vrrp_garp_begin(&garp, &usual, START);
	CU_ASSERT_EQUAL(emit(&garp, &usual, 64, START), 64);
	CU_ASSERT_EQUAL(vrrp_garp_due(&garp), START + 500);
	CU_ASSERT_EQUAL(emit(&garp, &usual, 64, START + 500), 64);
	CU_ASSERT_EQUAL(vrrp_garp_due(&garp), START + 2500);
}

/* It advertises every 10 ms, and each time announcing begins anew. */
static void
v56_who_makes_it_begin_again_and_again_starves_no_address(void)
{
	enum {
		N = 4096
	};
	static uint32_t announced[N];
	struct vrrp_garp garp;
	uint64_t now = START, frames = 0;

	memset(announced, 0, sizeof(announced));
	vrrp_garp_end(&garp);
	for (uint64_t advert = START; advert < START + 1000000; advert += 10000) {
		vrrp_garp_begin(&garp, &usual, advert);
		for (; now < advert + 10000; now = RTE_MAX(vrrp_garp_due(&garp), now + 1))
			for (uint32_t n = vrrp_garp_take(&garp, &usual, 64, now); n > 0; n--) {
				announced[vrrp_garp_next(&garp, N)]++;
				frames++;
			}
	}
	for (uint32_t i = 0; i < N; i++)
		CU_ASSERT(announced[i] >= frames / N && announced[i] <= frames / N + 1);
	CU_ASSERT(frames >= 7 * N); /* a second at 64 frames every 2 ms */
	CU_ASSERT(frames <= 9 * N);
}

static void
turn_that_takes_less_than_a_piece_goes_on_sooner(void)
{
	struct vrrp_garp garp;

	vrrp_garp_end(&garp);
	vrrp_garp_begin(&garp, &usual, START);
	CU_ASSERT_EQUAL(vrrp_garp_take(&garp, &usual, 16, START), 16);
	CU_ASSERT_EQUAL(vrrp_garp_due(&garp), START + 125);
	CU_ASSERT_EQUAL(vrrp_garp_take(&garp, &usual, 0, START + 125), 0);
	CU_ASSERT_EQUAL(vrrp_garp_due(&garp), START + 125);
}

static const struct unit_test tests[] = {
	UNIT_TEST(nothing_is_due_before_it_begins),
	UNIT_TEST(burst_goes_at_once_and_again_after_the_delay),
	UNIT_TEST(every_address_has_its_first_before_one_has_its_second),
	UNIT_TEST(many_addresses_go_in_pieces_that_leave_room),
	UNIT_TEST(interval_sets_the_pace_of_single_frames),
	UNIT_TEST(refreshing_goes_on_with_one_round_each_time),
	UNIT_TEST(one_under_way_starts_anew),
	UNIT_TEST(v55_all_addresses_are_announced_once_within_their_budget),
	UNIT_TEST(v55_later_rounds_take_their_time),
	UNIT_TEST(v56_who_makes_it_begin_again_and_again_starves_no_address),
	UNIT_TEST(turn_that_takes_less_than_a_piece_goes_on_sooner),
	UNIT_END,
};

const struct unit_suite unit_polluxd_garp = { "garp", tests };
