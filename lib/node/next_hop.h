#pragma once
/* Route and neighbour of an address, looked up by the worker when nothing is cached. */

#include "lb_node.h"

/* Where packets to an address go. */
struct next_hop {
	uint32_t hop;       /* As in struct lb_node_meta. */
	rte_be32_t address; /* Of a next hop that is unknown: asked for by this. */
};

/* The hop to a host on a port's link. */
static inline uint32_t
next_hop_on_link(const struct lb_node_env *env, uint8_t port, const struct lb_addr *addr)
{
	uint32_t hop = lb_neigh_find(env->neigh, port, addr);

	return hop != 0 ? hop : LB_NODE_HOP_UNKNOWN | port;
}

/* The hop to an address by the routes; false: there is no route. */
static inline bool
next_hop_of(const struct lb_node_env *env, const struct lb_addr *addr, uint32_t *hop)
{
	const struct lb_route *route = lb_route_find(env->routes, addr);

	if (route == NULL)
		return false;
	*hop = route->hop != 0 ? route->hop : next_hop_on_link(env, route->port, addr);
	return true;
}

/* false: there is no route. */
static inline bool
next_hop_find(const struct lb_node_env *env, rte_be32_t ip4, struct next_hop *next)
{
	struct lb_addr addr = lb_addr_ip4(ip4);

	next->address = ip4;
	return next_hop_of(env, &addr, &next->hop);
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

/* The address of a packet's next hop that is unknown: of IPv6 it is the packet's destination. */
static inline struct lb_addr
next_hop_address(struct rte_mbuf *m)
{
	const struct rte_ipv6_hdr *ip = rte_pktmbuf_mtod(m, const struct rte_ipv6_hdr *);

	return lb_node_is_ip6(m) ? lb_addr_ip6(ip->dst_addr)
				 : lb_addr_ip4(lb_node_meta(m)->address);
}

/* Let a packet carry its next hop. */
static inline void
next_hop_set(struct rte_mbuf *m, const struct next_hop *next)
{
	lb_node_meta(m)->hop = next->hop;
	if (!next_hop_is_known(next->hop))
		lb_node_meta(m)->address = next->address;
}
