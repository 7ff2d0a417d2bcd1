/* Packets are counted by the nodes that they pass: the name of a node says what it stands for. */

#include "rpc_totals.h"

#include <string.h>

static void
add_node(struct rpc_totals *totals, const struct rte_node *node)
{
	if (strncmp(node->name, "eth_rx-", 7) == 0)
		totals->received += node->total_objs;
	else if (strcmp(node->name, "steer") == 0)
		totals->handed_over += node->total_objs;
	else if (strncmp(node->name, "drop_", 5) == 0)
		totals->dropped += node->total_objs;
}

void
rpc_totals_add(struct rpc_totals *totals, const struct lb_worker *worker)
{
	const struct lb_conn_stats *conns = lb_conn_get_stats(worker->env.conns);
	const struct rte_graph *graph = worker->graph;
	const struct rte_node *node;
	rte_graph_off_t offset;
	rte_node_t count;

	rte_graph_foreach_node(count, offset, graph, node)
	{
		add_node(totals, node);
	}
	totals->passed += worker->env.budget.passed;
	totals->conns.entries += conns->entries;
	totals->conns.half_open += conns->half_open;
	totals->conns.created += conns->created;
	totals->conns.expired += conns->expired;
	totals->conns.evicted += conns->evicted;
	totals->conns.refused += conns->refused;
	for (int d = 0; d < LB_FWD_DIRECTIONS; d++)
		totals->conns.reset[d] += conns->reset[d];
	totals->conns.reset_silent += conns->reset_silent;
}
