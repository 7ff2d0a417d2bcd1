/* The insertion budget: see lb_node_budget.h. It is counted anew with each tick. */

#include "lb_node_budget.h"

#include <string.h>

static void
begin_tick(struct lb_node_budget *budget, uint32_t now)
{
	if (budget->tick == now)
		return;
	budget->tick = now;
	memset(budget->entered, 0, sizeof(budget->entered));
	if (now - budget->exceeded > LB_NODE_BUDGET_QUIET)
		budget->flooded = false;
}

bool
lb_node_budget_is_flooded(struct lb_node_budget *budget, uint32_t now)
{
	begin_tick(budget, now);
	return budget->flooded;
}

bool
lb_node_budget_enter(struct lb_node_budget *budget, enum lb_node_budget_kind kind, uint32_t now)
{
	begin_tick(budget, now);
	if (budget->entered[kind] < LB_NODE_BUDGET_TICK) {
		budget->entered[kind]++;
		return true;
	}
	if (kind == LB_NODE_BUDGET_FIRST) {
		budget->flooded = true;
		budget->exceeded = now;
		budget->passed++;
	}
	return false;
}
