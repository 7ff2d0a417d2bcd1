/* Keeps packets until their next hop is known, and asks control for those nobody knows of. */

#include <string.h>

#include "lb_node.h"
#include "next_hop.h"

enum neigh_hold_edge {
	NEIGH_HOLD_TO_CONTROL,
	NEIGH_HOLD_DROP_FULL,
	NEIGH_HOLD_EDGES,
};

/* A request for control, in an mbuf of its own; without one the packet waits in vain and is
 * counted.
 */
static void
ask(struct rte_graph *graph, struct rte_node *node, struct rte_mbuf *waiting)
{
	struct lb_node_env *env = lb_node_env(node);
	struct rte_mbuf *m = rte_pktmbuf_alloc(env->pool);
	struct lb_node_want want = {
		.addr = next_hop_address(waiting),
		.port = next_hop_port(env, lb_node_meta(waiting)->hop),
	};

	if (m == NULL)
		return;
	memcpy(rte_pktmbuf_append(m, sizeof(want)), &want, sizeof(want));
	m->packet_type = RTE_PTYPE_UNKNOWN;
	rte_node_enqueue_x1(graph, node, NEIGH_HOLD_TO_CONTROL, m);
}

static uint16_t
neigh_hold(struct rte_graph *graph, struct rte_node *node, void **objs, uint16_t n)
{
	struct lb_node_env *env = lb_node_env(node);

	for (uint16_t i = 0; i < n; i++) {
		switch (lb_node_hold_add(env, objs[i])) {
		case LB_NODE_HOLD_TAKEN:
			break;
		case LB_NODE_HOLD_ASK:
			ask(graph, node, objs[i]);
			break;
		case LB_NODE_HOLD_FULL:
			rte_node_enqueue_x1(graph, node, NEIGH_HOLD_DROP_FULL, objs[i]);
			break;
		}
	}
	return n;
}

struct rte_node_register lb_node_neigh_hold = {
	.name = "neigh_hold",
	.parent_id = RTE_NODE_ID_INVALID,
	.process = neigh_hold,
	.nb_edges = NEIGH_HOLD_EDGES,
	.next_nodes = {
		[NEIGH_HOLD_TO_CONTROL] = "punt_neigh",
		[NEIGH_HOLD_DROP_FULL] = "drop_neigh_hold_full",
	},
};
