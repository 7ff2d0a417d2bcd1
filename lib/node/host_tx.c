/*
 * Chooses the class in which the kernel's packets go to control. What servers send to a port's
 * address are mostly answers to checks, which no flood from elsewhere may delay; and pings may not
 * keep a login from getting through. By a port in which the kernel has no part nothing is its.
 */

#include "lb_node.h"

enum host_tx_edge {
	HOST_TX_TO_CHECK,
	HOST_TX_TO_ICMP,
	HOST_TX_TO_HOST,
	HOST_TX_DROP_NONE,
	HOST_TX_EDGES,
};

/* A port's address got it; services have no IPv6 servers. */
static inline rte_edge_t
host_tx_class(const struct lb_node_env *env, struct rte_mbuf *m)
{
	const struct rte_ipv6_hdr *ip6 = rte_pktmbuf_mtod(m, const struct rte_ipv6_hdr *);
	const struct rte_ipv4_hdr *ip4 = lb_node_ip4(m);

	if (lb_node_is_ip6(m))
		return ip6->proto == IPPROTO_ICMPV6 ? HOST_TX_TO_ICMP : HOST_TX_TO_HOST;
	if (lb_svc_has_server4(env->services, ip4->src_addr))
		return HOST_TX_TO_CHECK;
	return ip4->next_proto_id == IPPROTO_ICMP ? HOST_TX_TO_ICMP : HOST_TX_TO_HOST;
}

static inline rte_edge_t
host_tx_edge(struct lb_node_env *env, struct rte_mbuf *m)
{
	if (!lb_node_has_host(env, m))
		return HOST_TX_DROP_NONE;
	if (lb_node_meta(m)->kind != LB_VIP_LOCAL) /* in transit */
		return HOST_TX_TO_HOST;
	return host_tx_class(env, m);
}

static uint16_t
host_tx(struct rte_graph *graph, struct rte_node *node, void **objs, uint16_t n)
{
	return lb_node_dispatch(graph, node, objs, n, host_tx_edge);
}

struct rte_node_register lb_node_host_tx = {
	.name = "host_tx",
	.parent_id = RTE_NODE_ID_INVALID,
	.process = host_tx,
	.nb_edges = HOST_TX_EDGES,
	.next_nodes = {
		[HOST_TX_TO_CHECK] = "punt_check",
		[HOST_TX_TO_ICMP] = "punt_icmp",
		[HOST_TX_TO_HOST] = "punt_host",
		[HOST_TX_DROP_NONE] = "drop_host_none",
	},
};
