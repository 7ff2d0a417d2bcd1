/* Rise and fall of a script, result by result. */

#include <string.h>

#include "unit.h"
#include "vrrp_rise.h"

/*
 * Results as letters, + and -, of a script that takes two to rise and three to fall; the states
 * behind each: ? unknown, u up, d down.
 */
static void
holds(const char *results, const char *states)
{
	struct vrrp_rise rise = { 0 };

	CU_ASSERT_EQUAL_FATAL(strlen(results), strlen(states));
	for (size_t i = 0; results[i] != '\0'; i++) {
		enum vrrp_script_state before = rise.state;
		bool changed = vrrp_rise_take(&rise, results[i] == '+', 2, 3);

		CU_ASSERT_EQUAL("?ud"[rise.state], states[i]);
		CU_ASSERT_EQUAL(changed, rise.state != before);
	}
}

static void
first_result_decides_alone(void)
{
	holds("+", "u");
	holds("-", "d");
}

static void
falls_after_three_failures_in_a_row(void)
{
	holds("+---", "uuud");
	holds("+--+--+---", "uuuuuuuuud");
}

static void
rises_after_two_successes_in_a_row(void)
{
	holds("-++", "ddu");
	holds("-+-+-++", "ddddddu");
}

static void
counting_begins_anew_with_each_state(void)
{
	holds("+---++---", "uuudduuud");
}

static void
one_is_enough_if_one_is_asked_for(void)
{
	struct vrrp_rise rise = { .state = VRRP_SCRIPT_UP };

	CU_ASSERT_TRUE(vrrp_rise_take(&rise, false, 1, 1));
	CU_ASSERT_STRING_EQUAL(vrrp_script_name(rise.state), "down");
	CU_ASSERT_TRUE(vrrp_rise_take(&rise, true, 1, 1));
	CU_ASSERT_STRING_EQUAL(vrrp_script_name(rise.state), "up");
	CU_ASSERT_FALSE(vrrp_rise_take(&rise, true, 1, 1));
}

static const struct unit_test tests[] = {
	UNIT_TEST(first_result_decides_alone),
	UNIT_TEST(falls_after_three_failures_in_a_row),
	UNIT_TEST(rises_after_two_successes_in_a_row),
	UNIT_TEST(counting_begins_anew_with_each_state),
	UNIT_TEST(one_is_enough_if_one_is_asked_for),
	UNIT_END,
};

const struct unit_suite unit_polluxd_rise = { "rise", tests };
