/*
 * ICMP: errors may be about flows of ours, whoever they are sent to. An echo request to an address
 * of ours is turned into its answer, unless the kernel has that address: then it answers as it is
 * set up to, and gets all else too. What is sent to others is theirs.
 */

#include "lb_icmp4.h"
#include "lb_node.h"

enum icmp4_input_edge {
	ICMP4_INPUT_TO_OUTPUT,
	ICMP4_INPUT_TO_RELATED,
	ICMP4_INPUT_TO_TRANSIT,
	ICMP4_INPUT_TO_HOST,
	ICMP4_INPUT_DROP_TYPE,
	ICMP4_INPUT_DROP_TRUNCATED,
	ICMP4_INPUT_DROP_CHECKSUM,
	ICMP4_INPUT_DROP_ACCEPT,
	ICMP4_INPUT_EDGES,
};

static const rte_edge_t kind_edges[] = {
	[LB_ICMP4_IS_ERROR] = ICMP4_INPUT_TO_RELATED,
	[LB_ICMP4_IS_OTHER] = ICMP4_INPUT_DROP_TYPE,
	[LB_ICMP4_IS_TRUNCATED] = ICMP4_INPUT_DROP_TRUNCATED,
	[LB_ICMP4_IS_CORRUPT] = ICMP4_INPUT_DROP_CHECKSUM,
};

/* To an address of ours. */
static inline rte_edge_t
icmp4_input_echo(const struct lb_node_env *env, struct rte_mbuf *m)
{
	const struct lb_vip *vip = lb_vip_find4(env->vips, lb_node_ip4(m)->dst_addr);

	if (vip == NULL || vip->silent)
		return ICMP4_INPUT_DROP_ACCEPT;
	lb_icmp4_echo_reply(m);
	return ICMP4_INPUT_TO_OUTPUT;
}

static inline rte_edge_t
icmp4_input_edge(struct lb_node_env *env, struct rte_mbuf *m)
{
	enum lb_icmp4_kind kind = lb_icmp4_kind(m);

	if (lb_node_meta(m)->kind == LB_VIP_NONE && kind != LB_ICMP4_IS_ERROR)
		return ICMP4_INPUT_TO_TRANSIT;
	if (kind != LB_ICMP4_IS_ERROR && lb_node_is_for_host(env, m))
		return ICMP4_INPUT_TO_HOST;
	if (kind == LB_ICMP4_IS_ECHO)
		return icmp4_input_echo(env, m);
	return kind_edges[kind];
}

static uint16_t
icmp4_input(struct rte_graph *graph, struct rte_node *node, void **objs, uint16_t n)
{
	return lb_node_dispatch(graph, node, objs, n, icmp4_input_edge);
}

struct rte_node_register lb_node_icmp4_input = {
	.name = "icmp4_input",
	.parent_id = RTE_NODE_ID_INVALID,
	.process = icmp4_input,
	.nb_edges = ICMP4_INPUT_EDGES,
	.next_nodes = {
		[ICMP4_INPUT_TO_OUTPUT] = "ip4_output",
		[ICMP4_INPUT_TO_RELATED] = "icmp4_related",
		[ICMP4_INPUT_TO_TRANSIT] = "transit",
		[ICMP4_INPUT_TO_HOST] = "host_tx",
		[ICMP4_INPUT_DROP_TYPE] = "drop_icmp4_type",
		[ICMP4_INPUT_DROP_TRUNCATED] = "drop_icmp4_truncated",
		[ICMP4_INPUT_DROP_CHECKSUM] = "drop_icmp4_checksum",
		[ICMP4_INPUT_DROP_ACCEPT] = "drop_vip_accept",
	},
};
