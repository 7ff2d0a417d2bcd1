/*
 * Hands packets to the workers that own their flows, or the templates of these: one SPSC ring per
 * pair of workers.
 */

#include "lb_node.h"

static uint16_t
steer(struct rte_graph *graph, struct rte_node *node, void **objs, uint16_t n)
{
	struct lb_node_env *env = lb_node_env(node);
	uint16_t start = 0;

	while (start < n) {
		uint32_t worker = lb_node_meta(objs[start])->steer.worker;
		uint16_t end = start + 1, taken;

		while (end < n && lb_node_meta(objs[end])->steer.worker == worker)
			end++;
		taken = (uint16_t)rte_ring_sp_enqueue_burst(
			env->steer_out[worker], &objs[start], end - start, NULL);
		if (start + taken < end)
			rte_node_enqueue(graph, node, 0, &objs[start + taken], end - start - taken);
		start = end;
	}
	return n;
}

struct rte_node_register lb_node_steer = {
	.name = "steer",
	.parent_id = RTE_NODE_ID_INVALID,
	.process = steer,
	.nb_edges = 1,
	.next_nodes = { "drop_steer_full" },
};
