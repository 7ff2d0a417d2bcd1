#pragma once
/* Route and neighbour of an address, looked up by the worker when nothing is cached. */

#include "lb_node.h"

/* Where packets to an address go. */
struct next_hop {
	uint32_t hop;       /* As in struct lb_node_meta. */
	rte_be32_t address; /* Of a next hop that is unknown: asked for by this. */
};

/* false: there is no route. */
static inline bool
next_hop_find(const struct lb_node_env *env, rte_be32_t ip4, struct next_hop *next)
{
	struct lb_addr addr = lb_addr_ip4(ip4);
	const struct lb_route *route = lb_route_find(env->routes, &addr);

	if (route == NULL)
		return false;
	next->address = ip4;
	next->hop = route->hop != 0 ? route->hop : lb_neigh_find(env->neigh, route->port, &addr);
	if (next->hop == 0)
		next->hop = LB_NODE_HOP_UNKNOWN | route->port;
	return true;
}

static inline bool
next_hop_is_known(uint32_t hop)
{
	return (hop & LB_NODE_HOP_UNKNOWN) == 0;
}

/* Our number of the port that leads to a next hop. */
static inline uint8_t
next_hop_port(const struct lb_node_env *env, uint32_t hop)
{
	return next_hop_is_known(hop) ? lb_neigh_port(lb_neigh_word(env->neigh, hop))
				      : (uint8_t)hop;
}

/* Let a packet carry its next hop. */
static inline void
next_hop_set(struct rte_mbuf *m, const struct next_hop *next)
{
	lb_node_meta(m)->hop = next->hop;
	if (!next_hop_is_known(next->hop))
		lb_node_meta(m)->address = next->address;
}
