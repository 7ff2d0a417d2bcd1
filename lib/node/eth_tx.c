/* Sends on one port; a clone eth_tx-<port> per port. What the port does not take is dropped. */

#include "lb_node.h"

static uint16_t
eth_tx(struct rte_graph *graph, struct rte_node *node, void **objs, uint16_t n)
{
	struct lb_node_ctx *ctx = lb_node_ctx(node);
	struct lb_netif_port *port = ctx->env->ports[ctx->port];
	struct rte_mbuf **mbufs = (struct rte_mbuf **)objs;
	uint16_t sent = 0, taken;

	do {
		taken = lb_netif_send(
			port, ctx->env->worker, &mbufs[sent], RTE_MIN(n - sent, LB_NETIF_BURST));
		sent += taken;
	} while (sent < n && taken > 0);
	ctx->env->tx[ctx->port].taken += sent;
	ctx->env->tx[ctx->port].refused += n - sent;
	if (sent < n)
		rte_node_enqueue(graph, node, 0, &objs[sent], n - sent);
	return n;
}

struct rte_node_register lb_node_eth_tx = {
	.name = "eth_tx",
	.parent_id = RTE_NODE_ID_INVALID,
	.process = eth_tx,
	.nb_edges = 1,
	.next_nodes = { "drop_tx_full" },
};
