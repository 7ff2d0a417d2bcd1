/*
 * Puts the Ethernet header in front. The neighbour's word has MAC, port and state in one load, so a
 * changed MAC moves all flows at once.
 */

#include "lb_node.h"

enum eth_output_edge {
	ETH_OUTPUT_TO_HOLD,
	ETH_OUTPUT_TO_TX, /* Port 0; the others follow. */
};

static inline void
mark_used(struct lb_node_env *env, uint32_t hop)
{
	if (env->neigh_used[hop] == 0)
		__atomic_store_n(&env->neigh_used[hop], 1, __ATOMIC_RELAXED);
}

static inline rte_edge_t
eth_output_edge(struct lb_node_env *env, struct rte_mbuf *m)
{
	uint32_t hop = lb_node_meta(m)->hop;
	uint64_t word = lb_neigh_word(env->neigh, hop);
	struct rte_ether_hdr *eth;
	rte_be16_t type;
	uint8_t port;

	mark_used(env, hop);
	if (unlikely(!lb_neigh_is_usable(word)))
		return ETH_OUTPUT_TO_HOLD;
	port = lb_neigh_port(word);
	type = lb_node_is_ip6(m) ? RTE_BE16(RTE_ETHER_TYPE_IPV6) : RTE_BE16(RTE_ETHER_TYPE_IPV4);
	eth = (struct rte_ether_hdr *)rte_pktmbuf_prepend(m, sizeof(*eth));
	eth->dst_addr = lb_neigh_mac(word);
	eth->src_addr = env->ports[port]->mac;
	eth->ether_type = type;
	return (rte_edge_t)(ETH_OUTPUT_TO_TX + port);
}

static uint16_t
eth_output(struct rte_graph *graph, struct rte_node *node, void **objs, uint16_t n)
{
	return lb_node_dispatch(graph, node, objs, n, eth_output_edge);
}

/* Edges to eth_tx-<port> are appended when the ports are known. */
struct rte_node_register lb_node_eth_output = {
	.name = "eth_output",
	.parent_id = RTE_NODE_ID_INVALID,
	.process = eth_output,
	.nb_edges = ETH_OUTPUT_TO_TX,
	.next_nodes = { [ETH_OUTPUT_TO_HOLD] = "neigh_hold" },
};
