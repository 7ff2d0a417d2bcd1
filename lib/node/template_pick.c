/*
 * First packets of flows of other workers, whose clients have their templates here: the server is
 * chosen, and the packet goes back with it.
 */

#include "persist.h"

enum template_pick_edge {
	TEMPLATE_PICK_TO_STEER,
	TEMPLATE_PICK_DROP_SERVICE,
	TEMPLATE_PICK_DROP_FULL,
	TEMPLATE_PICK_REJECT_SERVER,
	TEMPLATE_PICK_EDGES,
};

static inline rte_edge_t
template_pick_edge(struct lb_node_env *env, struct rte_mbuf *m)
{
	struct lb_conn_key key = flow_key(m); /* who asks has seen that it is whole */
	const struct lb_svc *svc = conn_make_service(env, &key);
	const struct lb_svc_server *server;
	enum conn_make_fault fault;

	if (svc == NULL)
		return TEMPLATE_PICK_DROP_SERVICE;
	server = persist_server(env, svc, &key, &fault);
	if (server == NULL)
		return fault == CONN_MAKE_FULL ? TEMPLATE_PICK_DROP_FULL
					       : TEMPLATE_PICK_REJECT_SERVER;
	lb_node_meta(m)->steer = (struct lb_node_steer){
		.worker = flow_owner(key.client, key.client_port, env->workers),
		.mark = LB_NODE_STEER_ANSWER,
		.slot = server->slot,
	};
	return TEMPLATE_PICK_TO_STEER;
}

static uint16_t
template_pick(struct rte_graph *graph, struct rte_node *node, void **objs, uint16_t n)
{
	return lb_node_dispatch(graph, node, objs, n, template_pick_edge);
}

struct rte_node_register lb_node_template_pick = {
	.name = "template_pick",
	.parent_id = RTE_NODE_ID_INVALID,
	.process = template_pick,
	.nb_edges = TEMPLATE_PICK_EDGES,
	.next_nodes = {
		[TEMPLATE_PICK_TO_STEER] = "steer",
		[TEMPLATE_PICK_DROP_SERVICE] = "drop_svc_none",
		[TEMPLATE_PICK_DROP_FULL] = "drop_conn_full",
		[TEMPLATE_PICK_REJECT_SERVER] = "reject_sched_none",
	},
};
