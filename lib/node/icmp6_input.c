/*
 * ICMPv6: Neighbor Discovery and MLD queries go to control, questions about an Active VIP in a
 * class of their own, as with ARP. An echo request to an address of ours is turned into its answer,
 * unless the kernel has that address: then it gets that, and all else that is sent to it.
 */

#include "lb_icmp6.h"
#include "lb_nd.h"
#include "lb_node.h"

enum icmp6_input_edge {
	ICMP6_INPUT_TO_OUTPUT,
	ICMP6_INPUT_TO_VIP,
	ICMP6_INPUT_TO_NEIGH,
	ICMP6_INPUT_TO_HOST,
	ICMP6_INPUT_DROP_TRUNCATED,
	ICMP6_INPUT_DROP_CHECKSUM,
	ICMP6_INPUT_DROP_TYPE,
	ICMP6_INPUT_DROP_MALFORMED,
	ICMP6_INPUT_DROP_NOT_OURS,
	ICMP6_INPUT_DROP_BACKUP,
	ICMP6_INPUT_DROP_ACCEPT,
	ICMP6_INPUT_EDGES,
};

static const rte_edge_t kind_edges[] = {
	[LB_ICMP6_IS_MLD] = ICMP6_INPUT_TO_NEIGH,
	[LB_ICMP6_IS_OTHER] = ICMP6_INPUT_DROP_TYPE,
	[LB_ICMP6_IS_TRUNCATED] = ICMP6_INPUT_DROP_TRUNCATED,
	[LB_ICMP6_IS_CORRUPT] = ICMP6_INPUT_DROP_CHECKSUM,
};

/* A VIP, or a port's address, is answered on its own port only. */
static inline rte_edge_t
icmp6_input_question(const struct lb_node_env *env, const struct lb_nd *nd, uint8_t port)
{
	const struct lb_vip *vip = lb_vip_find(env->vips, &nd->target);

	if (vip == NULL || vip->port != port)
		return ICMP6_INPUT_DROP_NOT_OURS;
	if (vip->kind == LB_VIP_LOCAL)
		return ICMP6_INPUT_TO_NEIGH;
	return lb_vip_is_active(vip->instance, env->tsc) ? ICMP6_INPUT_TO_VIP
							 : ICMP6_INPUT_DROP_BACKUP;
}

/* What hosts say of themselves tells control who moved, and who has an address of ours. */
static inline rte_edge_t
icmp6_input_nd(const struct lb_node_env *env, const struct rte_mbuf *m)
{
	struct lb_nd nd;

	if (lb_nd_parse(rte_pktmbuf_mtod(m, void *), rte_pktmbuf_data_len(m), &nd) != 0)
		return ICMP6_INPUT_DROP_MALFORMED;
	if (nd.type == LB_ND_ADVERT)
		return ICMP6_INPUT_TO_NEIGH;
	return icmp6_input_question(env, &nd, env->port_of[m->port]);
}

static inline rte_edge_t
icmp6_input_echo(const struct lb_node_env *env, struct rte_mbuf *m)
{
	const struct rte_ipv6_hdr *ip = rte_pktmbuf_mtod(m, const struct rte_ipv6_hdr *);
	const struct lb_vip *vip = lb_vip_find6(env->vips, ip->dst_addr);

	if (vip == NULL || vip->silent)
		return ICMP6_INPUT_DROP_ACCEPT;
	lb_icmp6_echo_reply(m);
	return ICMP6_INPUT_TO_OUTPUT;
}

static inline rte_edge_t
icmp6_input_edge(struct lb_node_env *env, struct rte_mbuf *m)
{
	struct lb_ip6_upper upper;
	enum lb_icmp6_kind kind;

	lb_ip6_find_upper(rte_pktmbuf_mtod(m, const void *), &upper); /* checked before */
	kind = lb_icmp6_kind(m, &upper);
	m->packet_type = RTE_PTYPE_L3_IPV6;
	if (kind == LB_ICMP6_IS_ND)
		return icmp6_input_nd(env, m);
	if (kind != LB_ICMP6_IS_MLD && lb_node_is_for_host(env, m))
		return ICMP6_INPUT_TO_HOST;
	return kind == LB_ICMP6_IS_ECHO ? icmp6_input_echo(env, m) : kind_edges[kind];
}

static uint16_t
icmp6_input(struct rte_graph *graph, struct rte_node *node, void **objs, uint16_t n)
{
	return lb_node_dispatch(graph, node, objs, n, icmp6_input_edge);
}

struct rte_node_register lb_node_icmp6_input = {
	.name = "icmp6_input",
	.parent_id = RTE_NODE_ID_INVALID,
	.process = icmp6_input,
	.nb_edges = ICMP6_INPUT_EDGES,
	.next_nodes = {
		[ICMP6_INPUT_TO_OUTPUT] = "ip6_output",
		[ICMP6_INPUT_TO_VIP] = "punt_arp_vip",
		[ICMP6_INPUT_TO_NEIGH] = "punt_neigh",
		[ICMP6_INPUT_TO_HOST] = "host_tx",
		[ICMP6_INPUT_DROP_TRUNCATED] = "drop_icmp6_truncated",
		[ICMP6_INPUT_DROP_CHECKSUM] = "drop_icmp6_checksum",
		[ICMP6_INPUT_DROP_TYPE] = "drop_icmp6_type",
		[ICMP6_INPUT_DROP_MALFORMED] = "drop_nd_malformed",
		[ICMP6_INPUT_DROP_NOT_OURS] = "drop_nd_not_ours",
		[ICMP6_INPUT_DROP_BACKUP] = "drop_vip_backup",
		[ICMP6_INPUT_DROP_ACCEPT] = "drop_vip_accept",
	},
};
