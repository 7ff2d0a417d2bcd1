/* Rate limits of ICMP errors: see lb_node_limit.h. Windows of one second are exact enough. */

#include "lb_node_limit.h"

bool
lb_node_limit_error(struct lb_node_limit *limit, uint32_t second)
{
	if (limit->second != second) {
		limit->second = second;
		limit->errors = 0;
	}
	if (limit->errors >= LB_NODE_LIMIT_ERRORS)
		return false;
	limit->errors++;
	return true;
}

bool
lb_node_limit_frag_needed(struct lb_node_limit *limit, uint32_t second, rte_be32_t client)
{
	uint32_t place = (uint32_t)(client * UINT32_C(0x9e3779b1)) >> 22;
	struct lb_node_limit_client *c = &limit->clients[place];

	if (c->second != second) {
		c->second = second;
		c->errors = 0;
	}
	if (c->errors >= LB_NODE_LIMIT_CLIENT)
		return false;
	c->errors++;
	return true;
}
