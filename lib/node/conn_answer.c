/*
 * First packets of flows that come back from the worker with the client's template: the slot of the
 * server stands in the packet. A version that does not have it any more drops the packet; the
 * client sends it again.
 */

#include "persist.h"

enum conn_answer_edge {
	CONN_ANSWER_DROP_SERVICE,
	CONN_ANSWER_DROP_STALE,
	CONN_ANSWER_DROP_FULL,
	CONN_ANSWER_DROP_SELF,
	CONN_ANSWER_DROP_COLLISION,
	CONN_ANSWER_TO_FWD, /* The first method; the others follow. */
};

static const rte_edge_t fault_edges[] = {
	[CONN_MAKE_NO_SERVER] = CONN_ANSWER_DROP_STALE,
	[CONN_MAKE_FULL] = CONN_ANSWER_DROP_FULL,
	[CONN_MAKE_SELF] = CONN_ANSWER_DROP_SELF,
	[CONN_MAKE_COLLISION] = CONN_ANSWER_DROP_COLLISION,
};

/* Enter the flow with the server of a slot. NULL: it goes to *edge instead. */
static inline struct lb_conn *
make(struct lb_node_env *env, uint32_t slot, const struct flow_packet *packet, rte_edge_t *edge)
{
	const struct lb_svc *svc = conn_make_service(env, &packet->key);
	const struct lb_svc_server *server;
	enum conn_make_fault fault;
	struct lb_conn *conn;

	*edge = CONN_ANSWER_DROP_SERVICE;
	if (svc == NULL)
		return NULL;
	server = lb_svc_server_of(svc, slot);
	*edge = CONN_ANSWER_DROP_STALE;
	if (server == NULL)
		return NULL;
	conn = persist_enter(env, svc, server, packet, &fault);
	if (conn == NULL)
		*edge = fault_edges[fault];
	return conn;
}

static inline rte_edge_t
conn_answer_edge(struct lb_node_env *env, struct rte_mbuf *m)
{
	struct flow_packet packet = flow_packet(env, m); /* who asked has seen that it is whole */
	struct lb_conn *conn = conn_make_found(env, &packet);
	rte_edge_t edge;

	if (conn == NULL)
		conn = make(env, lb_node_meta(m)->steer.slot, &packet, &edge);
	if (conn == NULL)
		return edge;
	lb_node_set_conn(env, m, conn);
	return (rte_edge_t)(CONN_ANSWER_TO_FWD + conn->method);
}

static uint16_t
conn_answer(struct rte_graph *graph, struct rte_node *node, void **objs, uint16_t n)
{
	return lb_node_dispatch(graph, node, objs, n, conn_answer_edge);
}

struct rte_node_register lb_node_conn_answer = {
	.name = "conn_answer",
	.parent_id = RTE_NODE_ID_INVALID,
	.process = conn_answer,
	.nb_edges = CONN_ANSWER_TO_FWD,
	.next_nodes = {
		[CONN_ANSWER_DROP_SERVICE] = "drop_svc_none",
		[CONN_ANSWER_DROP_STALE] = "drop_pick_stale",
		[CONN_ANSWER_DROP_FULL] = "drop_conn_full",
		[CONN_ANSWER_DROP_SELF] = "drop_nat_self",
		[CONN_ANSWER_DROP_COLLISION] = "drop_nat_collision",
	},
};
