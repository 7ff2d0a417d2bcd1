/*
 * Makes an ICMP error of the packet that caused it. The source is the address of the port that
 * leads to the client, so that a traceroute shows who dropped.
 */

#include "lb_icmp4.h"
#include "lb_node.h"

enum icmp4_error_edge {
	ICMP4_ERROR_TO_OUTPUT,
	ICMP4_ERROR_DROP_LIMIT,
	ICMP4_ERROR_DROP_SILENT,
	ICMP4_ERROR_DROP_ROUTE,
	ICMP4_ERROR_EDGES,
};

static inline bool
is_within_limit(struct lb_node_env *env, const struct lb_icmp4_error *error, rte_be32_t client)
{
	uint32_t second = env->now / LB_TICKS_PER_SECOND;

	if (error->type == LB_ICMP4_UNREACHABLE && error->code == LB_ICMP4_FRAG_NEEDED)
		return lb_node_limit_frag_needed(&env->limit, second, client);
	return lb_node_limit_error(&env->limit, second);
}

static inline rte_edge_t
icmp4_error_edge(struct lb_node_env *env, struct rte_mbuf *m)
{
	const struct lb_node_meta *meta = lb_node_meta(m);
	struct lb_icmp4_error error = { meta->icmp.type, meta->icmp.code, meta->icmp.mtu, 0 };
	rte_be32_t client = lb_node_ip4(m)->src_addr;
	struct lb_addr to = lb_addr_ip4(client);
	const struct lb_route *route;

	if (!lb_icmp4_may_answer(m))
		return ICMP4_ERROR_DROP_SILENT;
	if (!is_within_limit(env, &error, client))
		return ICMP4_ERROR_DROP_LIMIT;
	route = lb_route_find(env->routes, &to);
	if (route == NULL)
		return ICMP4_ERROR_DROP_ROUTE;
	error.source = route->source.ip4;
	return lb_icmp4_make_error(m, &error) == 0 ? ICMP4_ERROR_TO_OUTPUT
						   : ICMP4_ERROR_DROP_SILENT;
}

static uint16_t
icmp4_error(struct rte_graph *graph, struct rte_node *node, void **objs, uint16_t n)
{
	return lb_node_dispatch(graph, node, objs, n, icmp4_error_edge);
}

struct rte_node_register lb_node_icmp4_error = {
	.name = "icmp4_error",
	.parent_id = RTE_NODE_ID_INVALID,
	.process = icmp4_error,
	.nb_edges = ICMP4_ERROR_EDGES,
	.next_nodes = {
		[ICMP4_ERROR_TO_OUTPUT] = "ip4_output",
		[ICMP4_ERROR_DROP_LIMIT] = "drop_icmp4_limit",
		[ICMP4_ERROR_DROP_SILENT] = "drop_icmp4_silent",
		[ICMP4_ERROR_DROP_ROUTE] = "drop_route_none",
	},
};
