/* Receives from one queue of one port; a clone eth_rx-<port>-<queue> per queue. */

#include <rte_ethdev.h>

#include "lb_node.h"

static uint16_t
eth_rx(struct rte_graph *graph, struct rte_node *node, void **objs, uint16_t n)
{
	struct lb_node_ctx *ctx = lb_node_ctx(node);
	const struct lb_netif_port *port = ctx->env->ports[ctx->port];

	RTE_SET_USED(objs);
	n = rte_eth_rx_burst(port->id, ctx->queue, (struct rte_mbuf **)node->objs, LB_NETIF_BURST);
	for (uint16_t i = 0; i < n; i++)
		rte_prefetch0(rte_pktmbuf_mtod((struct rte_mbuf *)node->objs[i], void *));
	return lb_node_source(graph, node, n);
}

struct rte_node_register lb_node_eth_rx = {
	.name = "eth_rx",
	.parent_id = RTE_NODE_ID_INVALID,
	.flags = RTE_NODE_SOURCE_F,
	.process = eth_rx,
	.nb_edges = 1,
	.next_nodes = { "eth_input" },
};
