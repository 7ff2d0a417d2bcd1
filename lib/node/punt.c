/* punt_<class>: hands packets to the control lcore through the ring of their class. */

#include "lb_node.h"

const char *const lb_node_punt_classes[] = {
	[LB_CTLQ_VRRP] = "vrrp",
	[LB_CTLQ_ARP_VIP] = "arp_vip",
	[LB_CTLQ_NEIGH] = "neigh",
	[LB_CTLQ_CHECK] = "check",
	[LB_CTLQ_ICMP] = "icmp",
	[LB_CTLQ_HOST] = "host",
};

static_assert(RTE_DIM(lb_node_punt_classes) == LB_CTLQ_CLASSES, "each class has a name");

static uint16_t
punt(struct rte_graph *graph, struct rte_node *node, void **objs, uint16_t n)
{
	struct lb_node_ctx *ctx = lb_node_ctx(node);
	uint16_t taken = lb_ctlq_put(&ctx->env->ctlq, ctx->index, objs, n);

	if (taken < n)
		rte_node_enqueue(graph, node, 0, &objs[taken], n - taken);
	return n;
}

/* Its only edge goes to drop_punt_<class>; whoever registers the node sets it. */
struct rte_node_register lb_node_punt = {
	.name = "punt",
	.parent_id = RTE_NODE_ID_INVALID,
	.process = punt,
};
