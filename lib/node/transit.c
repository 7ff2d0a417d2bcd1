/*
 * Packets for others that arrive for our MAC, as servers behind NAT have the director as gateway.
 * By the configuration they are dropped, or routed like any router does: TTL, MTU, next hop, no
 * change else; or the kernel gets them.
 */

#include "lb_icmp4.h"
#include "lb_ip4.h"
#include "lb_node.h"
#include "next_hop.h"

enum transit_edge {
	TRANSIT_TO_ETH,
	TRANSIT_TO_HOLD,
	TRANSIT_TO_ERROR,
	TRANSIT_TO_HOST,
	TRANSIT_DROP_NOT_OURS,
	TRANSIT_DROP_ROUTE,
	TRANSIT_DROP_SIZE,
	TRANSIT_EDGES,
};

/* Whether the frame was sent to all: a router does not pass such packets on. */
static inline bool
is_group_frame(struct rte_mbuf *m)
{
	const struct rte_ether_hdr *eth = RTE_PTR_SUB(lb_node_ip4(m), m->l2_len);

	return rte_is_multicast_ether_addr(&eth->dst_addr);
}

static inline bool
is_group_address(rte_be32_t ip4)
{
	struct lb_addr addr = lb_addr_ip4(ip4);

	return lb_addr_is_special(&addr);
}

static inline rte_edge_t
transit_error(struct rte_mbuf *m, uint8_t type, uint8_t code, uint16_t mtu)
{
	lb_node_meta(m)->icmp.type = type;
	lb_node_meta(m)->icmp.code = code;
	lb_node_meta(m)->icmp.mtu = mtu;
	return TRANSIT_TO_ERROR;
}

static inline rte_edge_t
transit_route(struct lb_node_env *env, struct rte_mbuf *m)
{
	struct rte_ipv4_hdr *ip = lb_node_ip4(m);
	struct next_hop next;
	uint16_t mtu;

	if (!next_hop_find(env, ip->dst_addr, &next))
		return TRANSIT_DROP_ROUTE;
	if (ip->time_to_live <= 1)
		return transit_error(m, LB_ICMP4_TIME_EXCEEDED, 0, 0);
	mtu = env->ports[next_hop_port(env, next.hop)]->mtu;
	if (rte_pktmbuf_pkt_len(m) > mtu) {
		if ((ip->fragment_offset & RTE_BE16(RTE_IPV4_HDR_DF_FLAG)) == 0)
			return TRANSIT_DROP_SIZE;
		return transit_error(m, LB_ICMP4_UNREACHABLE, LB_ICMP4_FRAG_NEEDED, mtu);
	}
	lb_ip4_lower_ttl(ip);
	next_hop_set(m, &next);
	return next_hop_is_known(next.hop) ? TRANSIT_TO_ETH : TRANSIT_TO_HOLD;
}

static inline rte_edge_t
transit_edge(struct lb_node_env *env, struct rte_mbuf *m)
{
	uint32_t transit = atomic_load_explicit(env->transit, memory_order_relaxed);

	if (transit == LB_NODE_TRANSIT_DROP || is_group_frame(m) ||
		is_group_address(lb_node_ip4(m)->dst_addr))
		return TRANSIT_DROP_NOT_OURS;
	return transit == LB_NODE_TRANSIT_HOST ? TRANSIT_TO_HOST : transit_route(env, m);
}

static uint16_t
transit(struct rte_graph *graph, struct rte_node *node, void **objs, uint16_t n)
{
	return lb_node_dispatch(graph, node, objs, n, transit_edge);
}

struct rte_node_register lb_node_transit = {
	.name = "transit",
	.parent_id = RTE_NODE_ID_INVALID,
	.process = transit,
	.nb_edges = TRANSIT_EDGES,
	.next_nodes = {
		[TRANSIT_TO_ETH] = "eth_output",
		[TRANSIT_TO_HOLD] = "neigh_hold",
		[TRANSIT_TO_ERROR] = "icmp4_error",
		[TRANSIT_TO_HOST] = "host_tx",
		[TRANSIT_DROP_NOT_OURS] = "drop_ip4_not_ours",
		[TRANSIT_DROP_ROUTE] = "drop_route_none",
		[TRANSIT_DROP_SIZE] = "drop_fwd_size",
	},
};
