/* ICMP to our own addresses: an echo request is turned into its answer, the rest has no use yet. */

#include "lb_icmp4.h"
#include "lb_node.h"

enum icmp4_input_edge {
	ICMP4_INPUT_TO_OUTPUT,
	ICMP4_INPUT_DROP_ERROR,
	ICMP4_INPUT_DROP_TYPE,
	ICMP4_INPUT_DROP_TRUNCATED,
	ICMP4_INPUT_DROP_CHECKSUM,
	ICMP4_INPUT_EDGES,
};

static inline rte_edge_t
icmp4_input_edge(struct lb_node_env *env, struct rte_mbuf *m)
{
	RTE_SET_USED(env);
	switch (lb_icmp4_kind(m)) {
	case LB_ICMP4_IS_ECHO:
		lb_icmp4_echo_reply(m);
		return ICMP4_INPUT_TO_OUTPUT;
	case LB_ICMP4_IS_ERROR:
		return ICMP4_INPUT_DROP_ERROR;
	case LB_ICMP4_IS_TRUNCATED:
		return ICMP4_INPUT_DROP_TRUNCATED;
	case LB_ICMP4_IS_CORRUPT:
		return ICMP4_INPUT_DROP_CHECKSUM;
	case LB_ICMP4_IS_OTHER:
		break;
	}
	return ICMP4_INPUT_DROP_TYPE;
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
		[ICMP4_INPUT_DROP_ERROR] = "drop_icmp4_error",
		[ICMP4_INPUT_DROP_TYPE] = "drop_icmp4_type",
		[ICMP4_INPUT_DROP_TRUNCATED] = "drop_icmp4_truncated",
		[ICMP4_INPUT_DROP_CHECKSUM] = "drop_icmp4_checksum",
	},
};
