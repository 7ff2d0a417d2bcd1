#pragma once
/**
 * @file
 * A walk of a worker's graph. rte_graph_walk() reads the TSC twice around each node, empty sources
 * included, which took a twentieth of what an established connection's packet costs. So it is used
 * for one walk of LB_WORKER_TIMED, from which the cycles of a node are told; in the others nodes
 * are only counted. Private to lib/worker.
 */

#include <rte_branch_prediction.h>
#include <rte_graph_worker.h>

#include "lb_worker.h"

/** As rte_graph_walk(), but nodes are not timed. Sources stand before cir_start. */
static inline void
walk_untimed(struct rte_graph *graph)
{
	uint32_t head = graph->head;

	while (likely(head != graph->tail)) {
		struct rte_node *node = RTE_PTR_ADD(graph, graph->cir_start[(int32_t)head++]);

		node->total_objs += node->process(graph, node, node->objs, node->idx);
		node->total_calls++;
		node->idx = 0;
		if (likely((int32_t)head > 0))
			head &= graph->cir_mask;
	}
	graph->tail = 0;
}

static inline void
walk(struct lb_worker *worker)
{
	if (unlikely(worker->walks++ % LB_WORKER_TIMED == 0))
		rte_graph_walk(worker->graph);
	else
		walk_untimed(worker->graph);
}
