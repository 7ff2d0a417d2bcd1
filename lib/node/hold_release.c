/* Sends held packets on when their next hop is known, and gives them up after their time. */

#include "lb_node.h"

enum hold_release_edge {
	HOLD_RELEASE_TO_ETH,
	HOLD_RELEASE_DROP,
	HOLD_RELEASE_EDGES,
};

static uint16_t
hold_release(struct rte_graph *graph, struct rte_node *node, void **objs, uint16_t n)
{
	struct lb_node_env *env = lb_node_env(node);
	struct rte_mbuf *mbufs[LB_NODE_SOURCE_BURST];

	RTE_SET_USED(objs);
	n = lb_node_hold_take(env, mbufs, LB_NODE_SOURCE_BURST);
	for (uint16_t i = 0; i < n; i++)
		rte_node_enqueue_x1(graph, node,
			lb_node_meta(mbufs[i])->hop != 0 ? HOLD_RELEASE_TO_ETH : HOLD_RELEASE_DROP,
			mbufs[i]);
	env->received += n;
	return n;
}

struct rte_node_register lb_node_hold_release = {
	.name = "hold_release",
	.parent_id = RTE_NODE_ID_INVALID,
	.flags = RTE_NODE_SOURCE_F,
	.process = hold_release,
	.nb_edges = HOLD_RELEASE_EDGES,
	.next_nodes = {
		[HOLD_RELEASE_TO_ETH] = "eth_output",
		[HOLD_RELEASE_DROP] = "drop_neigh_unresolved",
	},
};
