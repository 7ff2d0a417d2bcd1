/*
 * IPv4 in frames to a group, VRRP to an address of a port, and IPv6 adverts that ip6_input has
 * checked: adverts of other VRRP routers go to control, with the time at which they came. A host's
 * address in a group's frame is a mistake or an attack (RFC 1122 section 3.2.2), and of other
 * groups we are no member. No group's packet is ever forwarded.
 */

#include "lb_ip4.h"
#include "lb_node.h"
#include "lb_node_punt.h"

#define VRRP_GROUP RTE_BE32(RTE_IPV4(224, 0, 0, 18))

enum vrrp_input_edge {
	VRRP_INPUT_TO_CONTROL,
	VRRP_INPUT_DROP_GROUP,
	VRRP_INPUT_EDGES,
};

static inline bool
is_advert4(struct rte_mbuf *m)
{
	const struct rte_ipv4_hdr *ip = lb_node_ip4(m);
	const struct rte_ether_hdr *eth = RTE_PTR_SUB(ip, m->l2_len);
	bool to_group = ip->dst_addr == VRRP_GROUP;

	return lb_ip4_check(ip, rte_pktmbuf_data_len(m)) == LB_IP4_OK &&
	       ip->next_proto_id == LB_NODE_VRRP && !lb_ip4_is_fragment(ip) &&
	       to_group == rte_is_multicast_ether_addr(&eth->dst_addr);
}

static inline bool
came_as_ip6(const struct rte_mbuf *m)
{
	const struct rte_ether_hdr *eth = RTE_PTR_SUB(rte_pktmbuf_mtod(m, const void *), m->l2_len);

	return eth->ether_type == RTE_BE16(RTE_ETHER_TYPE_IPV6);
}

static inline rte_edge_t
vrrp_input_edge(struct lb_node_env *env, struct rte_mbuf *m)
{
	if (!came_as_ip6(m) && !is_advert4(m))
		return VRRP_INPUT_DROP_GROUP;
	lb_node_punt_stamp(m, env->tsc);
	return VRRP_INPUT_TO_CONTROL;
}

static uint16_t
vrrp_input(struct rte_graph *graph, struct rte_node *node, void **objs, uint16_t n)
{
	return lb_node_dispatch(graph, node, objs, n, vrrp_input_edge);
}

struct rte_node_register lb_node_vrrp_input = {
	.name = "vrrp_input",
	.parent_id = RTE_NODE_ID_INVALID,
	.process = vrrp_input,
	.nb_edges = VRRP_INPUT_EDGES,
	.next_nodes = {
		[VRRP_INPUT_TO_CONTROL] = "punt_vrrp",
		[VRRP_INPUT_DROP_GROUP] = "drop_eth_group",
	},
};
