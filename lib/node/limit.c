/* Rate limits of answers: see lb_node_limit.h. Windows of one second are exact enough. */

#include "lb_node_limit.h"

static bool
count(struct lb_node_limit_count *count, uint32_t second, uint32_t most)
{
	if (count->second != second) {
		count->second = second;
		count->sent = 0;
	}
	if (count->sent >= most)
		return false;
	count->sent++;
	return true;
}

bool
lb_node_limit_error(struct lb_node_limit *limit, uint32_t second)
{
	return count(&limit->errors, second, LB_NODE_LIMIT_ERRORS);
}

bool
lb_node_limit_frag_needed(struct lb_node_limit *limit, uint32_t second, rte_be32_t client)
{
	uint32_t place = (uint32_t)(client * UINT32_C(0x9e3779b1)) >> 22;

	return count(&limit->clients[place], second, LB_NODE_LIMIT_CLIENT);
}

bool
lb_node_limit_reset(struct lb_node_limit *limit, uint32_t second)
{
	return count(&limit->resets, second, LB_NODE_LIMIT_RESETS);
}
