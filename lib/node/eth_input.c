/*
 * Decides by the Ethernet header: whose frame is it, and what is in it. Hardware filters may let
 * through too much (promiscuous mode is on the ladders of netif), so the filter here decides.
 */

#include "lb_node.h"

enum eth_input_edge {
	ETH_INPUT_TO_IP4,
	ETH_INPUT_TO_ARP,
	ETH_INPUT_TO_VRRP,
	ETH_INPUT_DROP_NOT_OURS,
	ETH_INPUT_DROP_TRUNCATED,
	ETH_INPUT_DROP_TYPE,
	ETH_INPUT_TO_IP6,
	ETH_INPUT_DROP_GROUP,
	ETH_INPUT_EDGES,
};

static inline bool
is_ours(const struct lb_netif_port *port, const struct rte_ether_addr *mac)
{
	return likely(rte_is_same_ether_addr(mac, &port->mac)) ||
	       rte_is_broadcast_ether_addr(mac) || lb_netif_filter_has(&port->filter, mac);
}

/* A host's address in a frame to all is a mistake or an attack (RFC 1122 section 3.2.2). */
static inline rte_edge_t
eth_input_ip4(const struct rte_ether_addr *to)
{
	if (rte_is_unicast_ether_addr(to))
		return ETH_INPUT_TO_IP4;
	return rte_is_broadcast_ether_addr(to) ? ETH_INPUT_DROP_GROUP : ETH_INPUT_TO_VRRP;
}

static inline rte_edge_t
eth_input_edge(struct lb_node_env *env, struct rte_mbuf *m)
{
	const struct rte_ether_hdr *eth = rte_pktmbuf_mtod(m, const struct rte_ether_hdr *);

	if (rte_pktmbuf_data_len(m) < sizeof(*eth))
		return ETH_INPUT_DROP_TRUNCATED;
	if (!is_ours(env->ports[env->port_of[m->port]], &eth->dst_addr))
		return ETH_INPUT_DROP_NOT_OURS;
	m->l2_len = sizeof(*eth);
	rte_pktmbuf_adj(m, sizeof(*eth));
	if (likely(eth->ether_type == RTE_BE16(RTE_ETHER_TYPE_IPV4)))
		return eth_input_ip4(&eth->dst_addr);
	switch (eth->ether_type) {
	case RTE_BE16(RTE_ETHER_TYPE_ARP):
		return ETH_INPUT_TO_ARP;
	case RTE_BE16(RTE_ETHER_TYPE_IPV6):
		return rte_is_broadcast_ether_addr(&eth->dst_addr) ? ETH_INPUT_DROP_GROUP
								   : ETH_INPUT_TO_IP6;
	default:
		return ETH_INPUT_DROP_TYPE;
	}
}

static uint16_t
eth_input(struct rte_graph *graph, struct rte_node *node, void **objs, uint16_t n)
{
	return lb_node_dispatch(graph, node, objs, n, eth_input_edge);
}

struct rte_node_register lb_node_eth_input = {
	.name = "eth_input",
	.parent_id = RTE_NODE_ID_INVALID,
	.process = eth_input,
	.nb_edges = ETH_INPUT_EDGES,
	.next_nodes = {
		[ETH_INPUT_TO_IP4] = "ip4_input",
		[ETH_INPUT_TO_ARP] = "arp_input",
		[ETH_INPUT_TO_VRRP] = "vrrp_input",
		[ETH_INPUT_DROP_NOT_OURS] = "drop_eth_not_ours",
		[ETH_INPUT_DROP_TRUNCATED] = "drop_eth_truncated",
		[ETH_INPUT_DROP_TYPE] = "drop_eth_type",
		[ETH_INPUT_TO_IP6] = "ip6_input",
		[ETH_INPUT_DROP_GROUP] = "drop_eth_group",
	},
};
