/*
 * stats.get, drops.list, nodes.list, graph.dot: the counters that workers keep. They are read while
 * they grow: each number is true, together they may be of different moments.
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lb_worker_picture.h"
#include "rpc_json.h"
#include "rpc_server.h"
#include "rpc_totals.h"

void
rpc_stats_get(struct lb_rpc_call *call, json_t *params, void *arg)
{
	const struct director *director = arg;
	const struct lb_rpc_stats *rpc = lb_rpc_server_stats(director->rpc->server);
	struct rpc_totals sum = { 0 };

	(void)params;
	for (uint32_t w = 0; w < director->workers_n; w++)
		rpc_totals_add(&sum, director->workers[w]);
	lb_rpc_answer(call,
		json_pack(
			"{s:{s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I}, s:{s:I, s:I, s:I}, "
			"s:{s:I, s:I, s:I, s:I, s:I, s:I}, s:o, s:I}",
			"connections", "entries", (json_int_t)sum.conns.entries, "half_open",
			(json_int_t)sum.conns.half_open, "created", (json_int_t)sum.conns.created,
			"expired", (json_int_t)sum.conns.expired, "evicted",
			(json_int_t)sum.conns.evicted, "refused", (json_int_t)sum.conns.refused,
			"passed", (json_int_t)sum.passed, "reset_client",
			(json_int_t)sum.conns.reset[LB_FWD_REQUEST], "reset_server",
			(json_int_t)sum.conns.reset[LB_FWD_REPLY], "reset_silent",
			(json_int_t)sum.conns.reset_silent, "packets", "received",
			(json_int_t)sum.received, "handed_over", (json_int_t)sum.handed_over,
			"dropped", (json_int_t)sum.dropped, "socket", "clients",
			(json_int_t)rpc->clients, "accepted", (json_int_t)rpc->accepted, "refused",
			(json_int_t)rpc->refused, "requests", (json_int_t)rpc->requests, "faults",
			(json_int_t)rpc->faults, "stalled", (json_int_t)rpc->stalled,
			"vrrp_refused", rpc_vrrp_refused(director->vrrp.refused), "revision",
			(json_int_t)lb_svc_revision(director->services)));
}

/* Of drop_<where>_<why> or reject_<where>_<why>; a word of its own each. */
static json_t *
drop_json(const char *name, uint64_t packets)
{
	const char *where = strchr(name, '_') + 1;
	const char *end = strchr(where, '_');
	char why[RTE_NODE_NAMESIZE];

	snprintf(why, sizeof(why), "%s", end + 1);
	for (char *c = why; *c != '\0'; c++)
		if (*c == '_')
			*c = ' ';
	return json_pack("{s:s, s:s%, s:s, s:I}", "name", name, "where", where,
		(size_t)(end - where), "why", why, "packets", (json_int_t)packets);
}

/* The name of node `at` where packets end, those that are answered last; NULL: not so many. */
static const char *
drop_name(uint64_t at)
{
	const char *const *name = lb_node_drops;

	for (; *name != NULL && at > 0; name++)
		at--;
	if (*name != NULL)
		return *name;
	for (name = lb_node_rejects; *name != NULL && at > 0; name++)
		at--;
	return *name;
}

/* A drop that no node of this build leads to is in no graph, and not listed. */
static bool
drop_step(struct rpc_list *list)
{
	const struct director *director = list->director;
	const char *name = drop_name(list->at);
	uint64_t sum = 0;
	bool known = false;

	if (name == NULL)
		return false;
	for (uint32_t w = 0; w < director->workers_n; w++) {
		uint64_t n = lb_worker_node_packets(director->workers[w], name);

		if (n == UINT64_MAX)
			continue;
		known = true;
		sum += n;
	}
	if (known)
		rpc_list_add(list, drop_json(name, sum));
	list->at++;
	return true;
}

void
rpc_drops_list(struct lb_rpc_call *call, json_t *params, void *director)
{
	static const struct rpc_list_ops ops = { .step = drop_step };

	rpc_list_page(director, call, params, &ops);
}

static const struct rte_node *
node_at(const struct lb_worker *worker, uint32_t at)
{
	const struct rte_graph *graph = worker->graph;
	const struct rte_node *node;
	rte_graph_off_t offset;
	rte_node_t count;

	rte_graph_foreach_node(count, offset, graph, node) if (count == at) return node;
	return NULL;
}

/* The worker stands in the upper half of list->at, the node in the lower. */
static bool
node_step(struct rpc_list *list)
{
	const struct director *director = list->director;
	uint64_t worker = list->at >> 32;
	const struct rte_node *node;

	if (worker >= director->workers_n)
		return false;
	node = node_at(director->workers[worker], (uint32_t)list->at);
	if (node == NULL) {
		list->at = (worker + 1) << 32;
		return true;
	}
	rpc_list_add(list, json_pack("{s:I, s:s, s:I, s:I, s:I}", "worker", (json_int_t)worker,
				   "node", node->name, "calls", (json_int_t)node->total_calls,
				   "packets", (json_int_t)node->total_objs, "cycles",
				   (json_int_t)(node->total_cycles * LB_WORKER_TIMED)));
	list->at++;
	return true;
}

void
rpc_nodes_list(struct lb_rpc_call *call, json_t *params, void *director)
{
	static const struct rpc_list_ops ops = { .step = node_step };

	rpc_list_page(director, call, params, &ops);
}

void
rpc_graph_dot(struct lb_rpc_call *call, json_t *params, void *arg)
{
	const struct director *director = arg;
	char *text = NULL;
	size_t size;
	FILE *file = open_memstream(&text, &size);
	bool drawn = file != NULL && lb_worker_picture(director->workers[0], file) == 0;

	(void)params;
	if (file != NULL)
		fclose(file);
	lb_rpc_answer(call, drawn ? json_pack("{s:s}", "dot", text) : NULL);
	free(text);
}
