/*
 * Builds a worker's graph. The sources are named, all else follows by edges. RX queue q of a port
 * belongs to worker (port + q) mod workers, so that ports with one queue spread over the workers.
 */

#include "graph.h"

#include <stdlib.h>
#include <string.h>

#include <rte_errno.h>

/* Entries of a stream: twice what the sources of one walk bring in. */
#define STREAM_SIZE (2 * LB_NODE_WALK_BUDGET)

/* Sources beside eth_rx: steer_rx and hold_release. */
#define OTHER_SOURCES 2
#define SOURCES_MAX (LB_NODE_WALK_BUDGET / LB_NODE_SOURCE_BURST)

/* The names of a worker's sources. */
struct sources {
	uint16_t n;
	const char *names[SOURCES_MAX];
	char queues[SOURCES_MAX - OTHER_SOURCES][RTE_NODE_NAMESIZE];
};

static bool
owns_queue(const struct lb_node_env *env, const struct lb_netif_port *port, uint16_t queue)
{
	return (port->number + queue) % env->workers == env->worker;
}

static int
list_sources(const struct lb_node_env *env, struct sources *sources, struct lb_error *err)
{
	uint16_t queues = 0;

	sources->n = 0;
	sources->names[sources->n++] = "steer_rx";
	sources->names[sources->n++] = "hold_release";
	for (uint32_t p = 0; p < env->ports_n; p++) {
		for (uint16_t q = 0; q < env->ports[p]->rx_queues; q++) {
			if (!owns_queue(env, env->ports[p], q))
				continue;
			if (sources->n == SOURCES_MAX)
				return lb_error_set(err, E2BIG,
					"cpu.workers: worker %u would poll more than %d queues; "
					"add workers, or lower rx_queues of ports",
					env->worker, SOURCES_MAX - OTHER_SOURCES);
			snprintf(sources->queues[queues], RTE_NODE_NAMESIZE, "eth_rx-%u-%u", p, q);
			sources->names[sources->n++] = sources->queues[queues++];
		}
	}
	return 0;
}

static uint32_t
index_of(const char *const *names, size_t n, const char *name)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(names[i], name) == 0)
			return (uint32_t)i;
	return 0;
}

/* What a clone is for stands in its name: eth_rx-<port>-<queue>, eth_tx-<port>, fwd_<method>, … */
static void
set_context(struct lb_node_env *env, struct rte_node *node)
{
	struct lb_node_ctx *ctx = lb_node_ctx(node);
	unsigned int port = 0, queue = 0;

	memset(ctx, 0, sizeof(*ctx));
	ctx->env = env;
	if (sscanf(node->name, "eth_rx-%u-%u", &port, &queue) >= 1 ||
		sscanf(node->name, "eth_tx-%u", &port) == 1) {
		ctx->port = (uint16_t)port;
		ctx->queue = (uint16_t)queue;
	} else if (strncmp(node->name, "punt_", 5) == 0) {
		ctx->index = index_of(lb_node_punt_classes, LB_CTLQ_CLASSES, node->name + 5);
	} else if (strncmp(node->name, "fwd_", 4) == 0) {
		ctx->index = (uint32_t)lb_fwd_find(env->methods, node->name + 4);
	}
}

static void
set_up_nodes(struct lb_worker *worker)
{
	struct rte_graph *graph = worker->graph;
	struct rte_node *node;
	rte_graph_off_t offset;
	rte_node_t count;

	rte_graph_foreach_node(count, offset, graph, node)
	{
		set_context(&worker->env, node);
		__rte_node_stream_alloc_size(graph, node, STREAM_SIZE);
	}
}

int
graph_create(struct lb_worker *worker, struct lb_error *err)
{
	struct rte_graph_param param = { .socket_id = SOCKET_ID_ANY };
	char name[RTE_GRAPH_NAMESIZE];
	struct sources sources;
	int ret = list_sources(&worker->env, &sources, err);

	if (ret != 0)
		return ret;
	param.nb_node_patterns = sources.n;
	param.node_patterns = sources.names;
	snprintf(name, sizeof(name), "worker%u", worker->env.worker);
	worker->graph_id = rte_graph_create(name, &param);
	if (worker->graph_id == RTE_GRAPH_ID_INVALID)
		return lb_error_set(err, rte_errno,
			"worker %u: its graph cannot be made (%s); raise memory.mb",
			worker->env.worker, rte_strerror(rte_errno));
	worker->graph = rte_graph_lookup(name);
	set_up_nodes(worker);
	return 0;
}

void
graph_destroy(struct lb_worker *worker)
{
	if (worker->graph != NULL)
		rte_graph_destroy(worker->graph_id);
}
