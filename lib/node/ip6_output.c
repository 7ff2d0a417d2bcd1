/*
 * Finds the way of IPv6 packets that the director itself sends, which are answers. One to a
 * link-local address leaves by the port that it came to: no route knows on which link that is.
 */

#include "lb_ip6.h"
#include "lb_node.h"
#include "next_hop.h"

enum ip6_output_edge {
	IP6_OUTPUT_TO_ETH,
	IP6_OUTPUT_TO_HOLD,
	IP6_OUTPUT_DROP_ROUTE,
	IP6_OUTPUT_DROP_SIZE,
	IP6_OUTPUT_EDGES,
};

static inline bool
find_hop(const struct lb_node_env *env, const struct rte_mbuf *m, uint32_t *hop)
{
	const struct rte_ipv6_hdr *ip = rte_pktmbuf_mtod(m, const struct rte_ipv6_hdr *);
	struct lb_addr to = lb_addr_ip6(ip->dst_addr);

	if (!lb_ip6_is_link_local(ip->dst_addr))
		return next_hop_of(env, &to, hop);
	*hop = next_hop_on_link(env, env->port_of[m->port], &to);
	return true;
}

static inline rte_edge_t
ip6_output_edge(struct lb_node_env *env, struct rte_mbuf *m)
{
	uint32_t hop;

	if (!find_hop(env, m, &hop))
		return IP6_OUTPUT_DROP_ROUTE;
	if (rte_pktmbuf_pkt_len(m) > env->ports[next_hop_port(env, hop)]->mtu)
		return IP6_OUTPUT_DROP_SIZE;
	lb_node_meta(m)->hop = hop;
	return next_hop_is_known(hop) ? IP6_OUTPUT_TO_ETH : IP6_OUTPUT_TO_HOLD;
}

static uint16_t
ip6_output(struct rte_graph *graph, struct rte_node *node, void **objs, uint16_t n)
{
	return lb_node_dispatch(graph, node, objs, n, ip6_output_edge);
}

struct rte_node_register lb_node_ip6_output = {
	.name = "ip6_output",
	.parent_id = RTE_NODE_ID_INVALID,
	.process = ip6_output,
	.nb_edges = IP6_OUTPUT_EDGES,
	.next_nodes = {
		[IP6_OUTPUT_TO_ETH] = "eth_output",
		[IP6_OUTPUT_TO_HOLD] = "neigh_hold",
		[IP6_OUTPUT_DROP_ROUTE] = "drop_route_none",
		[IP6_OUTPUT_DROP_SIZE] = "drop_fwd_size",
	},
};
