/*
 * Finds the way of packets that the director itself sends: answers, and errors, some of which it
 * passes on. Of an error whose link is too small nobody is told.
 */

#include "lb_node.h"
#include "next_hop.h"

enum ip4_output_edge {
	IP4_OUTPUT_TO_ETH,
	IP4_OUTPUT_TO_HOLD,
	IP4_OUTPUT_DROP_ROUTE,
	IP4_OUTPUT_DROP_SIZE,
	IP4_OUTPUT_EDGES,
};

static inline rte_edge_t
ip4_output_edge(struct lb_node_env *env, struct rte_mbuf *m)
{
	struct next_hop next;

	if (!next_hop_find(env, lb_node_ip4(m)->dst_addr, &next))
		return IP4_OUTPUT_DROP_ROUTE;
	if (rte_pktmbuf_pkt_len(m) > env->ports[next_hop_port(env, next.hop)]->mtu)
		return IP4_OUTPUT_DROP_SIZE;
	next_hop_set(m, &next);
	return next_hop_is_known(next.hop) ? IP4_OUTPUT_TO_ETH : IP4_OUTPUT_TO_HOLD;
}

static uint16_t
ip4_output(struct rte_graph *graph, struct rte_node *node, void **objs, uint16_t n)
{
	return lb_node_dispatch(graph, node, objs, n, ip4_output_edge);
}

struct rte_node_register lb_node_ip4_output = {
	.name = "ip4_output",
	.parent_id = RTE_NODE_ID_INVALID,
	.process = ip4_output,
	.nb_edges = IP4_OUTPUT_EDGES,
	.next_nodes = {
		[IP4_OUTPUT_TO_ETH] = "eth_output",
		[IP4_OUTPUT_TO_HOLD] = "neigh_hold",
		[IP4_OUTPUT_DROP_ROUTE] = "drop_route_none",
		[IP4_OUTPUT_DROP_SIZE] = "drop_fwd_size",
	},
};
