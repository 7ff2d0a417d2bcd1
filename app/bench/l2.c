/*
 * Plain L2 forwarding: a graph of the director's own eth_rx and eth_tx and nothing between them, so
 * that the difference is what the nodes between them cost.
 */

#include "l2.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <rte_errno.h>
#include <rte_graph_worker.h>

#define SOURCE "bench_rx"
#define SINK "bench_tx"

static const struct rte_node_register *
node_called(const char *name)
{
	for (size_t i = 0; lb_node_table[i] != NULL; i++)
		if (strcmp(lb_node_table[i]->name, name) == 0)
			return lb_node_table[i];
	return NULL;
}

/* Register a node that does what `like` does, and sends to `next`. Once per process. */
static int
register_like(const char *like, const char *name, const char *next)
{
	const struct rte_node_register *model = node_called(like);
	struct rte_node_register *node;
	rte_node_t id;

	if (rte_node_from_name(name) != RTE_NODE_ID_INVALID)
		return 0;
	node = calloc(1, sizeof(*node) + sizeof(node->next_nodes[0]));
	if (node == NULL)
		return -ENOMEM;
	snprintf(node->name, sizeof(node->name), "%s", name);
	node->flags = model->flags;
	node->process = model->process;
	node->parent_id = RTE_NODE_ID_INVALID;
	node->nb_edges = 1;
	node->next_nodes[0] = next;
	id = __rte_node_register(node);
	free(node);
	return id == RTE_NODE_ID_INVALID ? -rte_errno : 0;
}

/* Ports in a context are numbered as in the configuration. */
static void
set_context(struct lane *lane, const char *node, enum bed_port port, uint16_t queue)
{
	struct lb_node_ctx *ctx;
	char graph[RTE_GRAPH_NAMESIZE];

	snprintf(graph, sizeof(graph), "l2-%u", lane->number);
	ctx = lb_node_ctx(rte_graph_node_get_by_name(graph, node));
	*ctx = (struct lb_node_ctx){ .env = &lane->worker->env, .port = port, .queue = queue };
}

int
l2_create(struct lane *lane, struct lb_error *err)
{
	const char *sources[] = { SOURCE };
	struct rte_graph_param param = {
		.socket_id = SOCKET_ID_ANY,
		.nb_node_patterns = 1,
		.node_patterns = sources,
	};
	char name[RTE_GRAPH_NAMESIZE];
	int ret = register_like("eth_tx", SINK, "drop_tx_full");

	if (ret == 0)
		ret = register_like("eth_rx", SOURCE, SINK);
	snprintf(name, sizeof(name), "l2-%u", lane->number);
	lane->l2_id = ret == 0 ? rte_graph_create(name, &param) : RTE_GRAPH_ID_INVALID;
	if (lane->l2_id == RTE_GRAPH_ID_INVALID)
		return lb_error_set(err, ret != 0 ? -ret : rte_errno,
			"case \"%s\": the graph for plain forwarding cannot be made (%s); free "
			"some memory of the machine",
			lane->bed->what->name, rte_strerror(ret != 0 ? -ret : rte_errno));
	lane->l2 = rte_graph_lookup(name);
	set_context(lane, SOURCE, lane->in, lane->in_queue);
	set_context(lane, SINK, lane->out, 0);
	return 0;
}

void
l2_destroy(struct lane *lane)
{
	if (lane->l2 != NULL)
		rte_graph_destroy(lane->l2_id);
}
