/* Answers a TCP packet that nobody will take with a reset, so many a second. */

#include "lb_node.h"
#include "lb_tcp4.h"

enum tcp4_reset_edge {
	TCP4_RESET_TO_OUTPUT,
	TCP4_RESET_DROP_LIMIT,
	TCP4_RESET_DROP_SILENT,
	TCP4_RESET_EDGES,
};

static inline rte_edge_t
tcp4_reset_edge(struct lb_node_env *env, struct rte_mbuf *m)
{
	if (!lb_tcp4_may_reset(m))
		return TCP4_RESET_DROP_SILENT;
	if (!lb_node_limit_reset(&env->limit, env->now / LB_TICKS_PER_SECOND))
		return TCP4_RESET_DROP_LIMIT;
	lb_tcp4_make_reset(m);
	return TCP4_RESET_TO_OUTPUT;
}

static uint16_t
tcp4_reset(struct rte_graph *graph, struct rte_node *node, void **objs, uint16_t n)
{
	return lb_node_dispatch(graph, node, objs, n, tcp4_reset_edge);
}

struct rte_node_register lb_node_tcp4_reset = {
	.name = "tcp4_reset",
	.parent_id = RTE_NODE_ID_INVALID,
	.process = tcp4_reset,
	.nb_edges = TCP4_RESET_EDGES,
	.next_nodes = {
		[TCP4_RESET_TO_OUTPUT] = "ip4_output",
		[TCP4_RESET_DROP_LIMIT] = "drop_tcp4_limit",
		[TCP4_RESET_DROP_SILENT] = "drop_tcp4_silent",
	},
};
