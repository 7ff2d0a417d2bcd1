/* What tracked things make of a priority. */

#include "lb_vrrp_conf.h"
#include "lb_vrrp_track.h"
#include "unit.h"

#define COUNT(list) (sizeof(list) / sizeof((list)[0]))

static void
positive_weight_adds_while_up_and_negative_takes_off_while_down(void)
{
	static const struct {
		struct lb_vrrp_term term;
		int adds;
	} cases[] = {
		{ { 20, true }, 20 },
		{ { 20, false }, 0 },
		{ { -30, true }, 0 },
		{ { -30, false }, -30 },
		{ { 0, true }, 0 },
		{ { 0, false }, 0 },
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		struct lb_vrrp_effect effect = lb_vrrp_track(100, &cases[i].term, 1);

		CU_ASSERT_EQUAL(lb_vrrp_term_adds(&cases[i].term), cases[i].adds);
		CU_ASSERT_EQUAL(effect.priority, 100 + cases[i].adds);
		CU_ASSERT_EQUAL(effect.fault, i == 5);
	}
}

static void
all_terms_count_and_their_order_does_not(void)
{
	static const struct lb_vrrp_term forth[] = { { 200, true }, { -30, false }, { -50, false },
		{ 7, true } };
	static const struct lb_vrrp_term back[] = { { 7, true }, { -50, false }, { -30, false },
		{ 200, true } };

	CU_ASSERT_EQUAL(lb_vrrp_track(100, forth, COUNT(forth)).priority, 227);
	CU_ASSERT_EQUAL(lb_vrrp_track(100, back, COUNT(back)).priority, 227);
	CU_ASSERT_EQUAL(lb_vrrp_track(200, forth, COUNT(forth)).priority, 254);
	CU_ASSERT_EQUAL(lb_vrrp_track(100, NULL, 0).priority, 100);
	CU_ASSERT_FALSE(lb_vrrp_track(100, NULL, 0).fault);
}

static void
tracking_never_leaves_1_to_254(void)
{
	static const struct lb_vrrp_term most = { LB_VRRP_WEIGHT_MAX, true };
	static const struct lb_vrrp_term least = { -LB_VRRP_WEIGHT_MAX, false };

	for (uint8_t base = 1; base < LB_VRRP_OWNER; base++) {
		CU_ASSERT_EQUAL(lb_vrrp_track(base, &most, 1).priority, 254);
		CU_ASSERT_EQUAL(lb_vrrp_track(base, &least, 1).priority, 1);
	}
}

static void
owner_stays_the_owner_but_can_be_in_fault(void)
{
	static const struct lb_vrrp_term terms[] = { { -100, false }, { 0, false } };

	CU_ASSERT_EQUAL(lb_vrrp_track(LB_VRRP_OWNER, terms, 2).priority, LB_VRRP_OWNER);
	CU_ASSERT_FALSE(lb_vrrp_track(LB_VRRP_OWNER, terms, 1).fault);
	CU_ASSERT_TRUE(lb_vrrp_track(LB_VRRP_OWNER, terms, 2).fault);
}

static const struct unit_test tests[] = {
	UNIT_TEST(positive_weight_adds_while_up_and_negative_takes_off_while_down),
	UNIT_TEST(all_terms_count_and_their_order_does_not),
	UNIT_TEST(tracking_never_leaves_1_to_254),
	UNIT_TEST(owner_stays_the_owner_but_can_be_in_fault),
	UNIT_END,
};

const struct unit_suite unit_vrrp_track = { "track", tests };
