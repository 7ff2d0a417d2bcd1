/* Ticks: as fast as they say, ordered across the wrap, and never shorter than asked for. */

#include "lb_clock.h"
#include "unit.h"

static void
second_of_cycles_has_sixteen_ticks(void)
{
	uint64_t hz;

	unit_eal();
	hz = rte_get_tsc_hz();
	lb_clock_init();
	for (uint64_t s = 0; s < 100000; s += 997) {
		/* the scale is cut off, so a tick may come a cycle late */
		uint32_t before = lb_clock_tick(lb_clock.base + s * hz - (s == 0 ? 0 : 1));
		uint32_t after = lb_clock_tick(lb_clock.base + s * hz + s + 1);

		CU_ASSERT_EQUAL(before, s == 0 ? 0 : 16 * s - 1);
		CU_ASSERT_EQUAL(after, 16 * s);
	}
}

static void
tick_zero_is_the_start(void)
{
	uint64_t before;

	unit_eal();
	before = rte_rdtsc();
	lb_clock_init();
	CU_ASSERT_TRUE(lb_clock.base >= before && lb_clock.base <= rte_rdtsc());
	CU_ASSERT_EQUAL(lb_clock_tick(lb_clock.base), 0);
}

static void
ticks_run_as_fast_as_the_monotonic_clock(void)
{
	uint64_t start_ms, ms;
	uint32_t ticks;

	unit_eal();
	lb_clock_init();
	start_ms = lb_clock_ms();
	do {
		ms = lb_clock_ms() - start_ms;
	} while (ms < 500);
	ticks = lb_clock_tick(rte_rdtsc());
	/* 500 ms are 8 ticks; the machine may have been busy between the two clocks */
	CU_ASSERT_TRUE(ticks >= 7);
	CU_ASSERT_TRUE(ticks <= (lb_clock_ms() - start_ms) * 16 / 1000 + 1);
}

static void
ticks_wrap_at_32_bits(void)
{
	uint64_t hz;

	unit_eal();
	hz = rte_get_tsc_hz();
	lb_clock_init();
	/* 2^28 seconds are 2^32 ticks; half a tick more, as the scale is cut off */
	CU_ASSERT_EQUAL(lb_clock_tick(lb_clock.base + (hz << 28) + hz + hz / 32), 16);
}

static void
later_tick_is_after_an_earlier_one_across_the_wrap(void)
{
	CU_ASSERT_TRUE(lb_tick_after(1, 0));
	CU_ASSERT_FALSE(lb_tick_after(0, 1));
	CU_ASSERT_FALSE(lb_tick_after(7, 7));
	CU_ASSERT_TRUE(lb_tick_after(0, UINT32_MAX));
	CU_ASSERT_TRUE(lb_tick_after(100, UINT32_MAX - 100));
	CU_ASSERT_FALSE(lb_tick_after(UINT32_MAX, 0));
	CU_ASSERT_TRUE(lb_tick_after(UINT32_C(0x80000000), 1));
	CU_ASSERT_FALSE(lb_tick_after(UINT32_C(0x80000002), 1));
}

static void
milliseconds_become_ticks_that_last_at_least_as_long(void)
{
	CU_ASSERT_EQUAL(lb_ticks_from_ms(0), 0);
	CU_ASSERT_EQUAL(lb_ticks_from_ms(1), 1);
	CU_ASSERT_EQUAL(lb_ticks_from_ms(62), 1);
	CU_ASSERT_EQUAL(lb_ticks_from_ms(63), 2); /* a tick has 62.5 ms */
	CU_ASSERT_EQUAL(lb_ticks_from_ms(125), 2);
	CU_ASSERT_EQUAL(lb_ticks_from_ms(1000), 16);
	CU_ASSERT_EQUAL(lb_ticks_from_ms(900000), 14400);
	CU_ASSERT_EQUAL(lb_ticks_from_ms(86400000), 1382400);
}

static const struct unit_test tests[] = {
	UNIT_TEST(second_of_cycles_has_sixteen_ticks),
	UNIT_TEST(tick_zero_is_the_start),
	UNIT_TEST(ticks_run_as_fast_as_the_monotonic_clock),
	UNIT_TEST(ticks_wrap_at_32_bits),
	UNIT_TEST(later_tick_is_after_an_earlier_one_across_the_wrap),
	UNIT_TEST(milliseconds_become_ticks_that_last_at_least_as_long),
	UNIT_END,
};

const struct unit_suite unit_base_clock = { "clock", tests };
