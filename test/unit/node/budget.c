/* The insertion budget: how many connections are entered in a tick, and how long a flood lasts. */

#include "lb_node_budget.h"
#include "unit.h"

/* Ask for so many first packets at a tick; how many were entered. */
static uint32_t
enter(struct lb_node_budget *budget, uint32_t n, uint32_t now)
{
	uint32_t entered = 0;

	for (uint32_t i = 0; i < n; i++)
		entered += lb_node_budget_enter(budget, LB_NODE_BUDGET_FIRST, now);
	return entered;
}

static void
as_many_as_the_budget_are_no_flood(void)
{
	struct lb_node_budget budget = { 0 };

	for (uint32_t now = 1; now < 100; now++)
		CU_ASSERT_EQUAL(enter(&budget, LB_NODE_BUDGET_TICK, now), LB_NODE_BUDGET_TICK);
	CU_ASSERT_FALSE(lb_node_budget_is_flooded(&budget, 99));
	CU_ASSERT_EQUAL(budget.passed, 0);
}

static void
one_more_is_a_flood_and_is_not_entered(void)
{
	struct lb_node_budget budget = { 0 };

	CU_ASSERT_EQUAL(enter(&budget, LB_NODE_BUDGET_TICK + 1, 7), LB_NODE_BUDGET_TICK);
	CU_ASSERT_TRUE(lb_node_budget_is_flooded(&budget, 7));
	CU_ASSERT_EQUAL(budget.passed, 1);
	CU_ASSERT_EQUAL(enter(&budget, 1, 8), 1);
	CU_ASSERT_TRUE(lb_node_budget_is_flooded(&budget, 8));
}

static void
flood_ends_after_five_quiet_seconds(void)
{
	const uint32_t begin = UINT32_MAX - 10; /* ticks wrap meanwhile */
	struct lb_node_budget budget = { .tick = begin - 1 };

	enter(&budget, LB_NODE_BUDGET_TICK + 1, begin);
	CU_ASSERT_TRUE(lb_node_budget_is_flooded(&budget, begin + 80));
	CU_ASSERT_FALSE(lb_node_budget_is_flooded(&budget, begin + 81));
	CU_ASSERT_EQUAL(enter(&budget, 3, begin + 81), 3);
	CU_ASSERT_FALSE(lb_node_budget_is_flooded(&budget, begin + 81));
}

/* Nobody floods by packets in the middle of flows: they are only entered up to the budget. */
static void
later_packets_have_a_budget_of_their_own(void)
{
	struct lb_node_budget budget = { 0 };
	uint32_t entered = 0;

	enter(&budget, LB_NODE_BUDGET_TICK, 1);
	for (uint32_t i = 0; i < 2 * LB_NODE_BUDGET_TICK; i++)
		entered += lb_node_budget_enter(&budget, LB_NODE_BUDGET_LATER, 1);
	CU_ASSERT_EQUAL(entered, LB_NODE_BUDGET_TICK);
	CU_ASSERT_FALSE(lb_node_budget_is_flooded(&budget, 1));
	CU_ASSERT_EQUAL(budget.passed, 0);
}

static const struct unit_test tests[] = {
	UNIT_TEST(as_many_as_the_budget_are_no_flood),
	UNIT_TEST(one_more_is_a_flood_and_is_not_entered),
	UNIT_TEST(flood_ends_after_five_quiet_seconds),
	UNIT_TEST(later_packets_have_a_budget_of_their_own),
	UNIT_END,
};

const struct unit_suite unit_node_budget = { "budget", tests };
