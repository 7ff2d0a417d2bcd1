/* Takes in what other workers received for flows of this one, from their rings in turn. */

#include "lb_node.h"

enum steer_rx_edge {
	STEER_RX_TO_CONN,
	STEER_RX_TO_RELATED,
	STEER_RX_TO_PICK,
	STEER_RX_TO_ANSWER,
	STEER_RX_EDGES,
};

/* Packets of flows, and ICMP errors about them; of persistent clients, questions and answers. */
static inline rte_edge_t
steer_rx_edge(struct lb_node_env *env, struct rte_mbuf *m)
{
	uint32_t mark = lb_node_meta(m)->steer.mark;

	RTE_SET_USED(env);
	if (mark != LB_NODE_STEER_FLOW)
		return mark == LB_NODE_STEER_ASK ? STEER_RX_TO_PICK : STEER_RX_TO_ANSWER;
	return lb_node_ip4(m)->next_proto_id == IPPROTO_ICMP ? STEER_RX_TO_RELATED
							     : STEER_RX_TO_CONN;
}

static uint16_t
steer_rx(struct rte_graph *graph, struct rte_node *node, void **objs, uint16_t n)
{
	struct lb_node_env *env = lb_node_env(node);
	struct lb_node_ctx *ctx = lb_node_ctx(node);

	RTE_SET_USED(objs);
	n = 0;
	for (uint32_t i = 0; i < env->workers && n < LB_NODE_SOURCE_BURST; i++) {
		ctx->index = ctx->index + 1 < env->workers ? ctx->index + 1 : 0;
		if (ctx->index == env->worker)
			continue;
		n += (uint16_t)rte_ring_sc_dequeue_burst(
			env->steer_in[ctx->index], &node->objs[n], LB_NODE_SOURCE_BURST - n, NULL);
	}
	if (n == 0)
		return 0;
	env->received += n;
	node->idx = n;
	return lb_node_dispatch(graph, node, node->objs, n, steer_rx_edge);
}

struct rte_node_register lb_node_steer_rx = {
	.name = "steer_rx",
	.parent_id = RTE_NODE_ID_INVALID,
	.flags = RTE_NODE_SOURCE_F,
	.process = steer_rx,
	.nb_edges = STEER_RX_EDGES,
	.next_nodes = {
		[STEER_RX_TO_CONN] = "conn_lookup",
		[STEER_RX_TO_RELATED] = "icmp4_related",
		[STEER_RX_TO_PICK] = "template_pick",
		[STEER_RX_TO_ANSWER] = "conn_answer",
	},
};
