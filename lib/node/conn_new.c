/*
 * First packets of flows: finds the service and has the connection made, if such a packet may open
 * one. Each packet is looked up once more, because one before it in the same burst may have made
 * its flow.
 */

#include "persist.h"

enum conn_new_edge {
	CONN_NEW_DROP_SERVICE,
	CONN_NEW_DROP_UNKNOWN,
	CONN_NEW_DROP_FULL,
	CONN_NEW_DROP_SELF,
	CONN_NEW_DROP_COLLISION,
	CONN_NEW_REJECT_UNKNOWN,
	CONN_NEW_REJECT_SERVER,
	CONN_NEW_TO_STEER,
	CONN_NEW_TO_FWD, /* The first method; the others follow. */
};

static const rte_edge_t fault_edges[] = {
	[CONN_MAKE_NO_SERVER] = CONN_NEW_REJECT_SERVER,
	[CONN_MAKE_FULL] = CONN_NEW_DROP_FULL,
	[CONN_MAKE_SELF] = CONN_NEW_DROP_SELF,
	[CONN_MAKE_COLLISION] = CONN_NEW_DROP_COLLISION,
};

/*
 * A packet that is scheduled by itself, and makes no connection: each of UDP with one_packet, and
 * of TCP one in the middle of a flow that we do not know, where the scheduler gives each packet of
 * a flow the same server. Only NAT needs an entry, for the answers.
 */
static inline struct lb_conn *
pass(struct lb_node_env *env, const struct lb_svc *svc, const struct flow_packet *packet,
	enum conn_make_fault *fault)
{
	const struct lb_svc_server *server = conn_make_choose(env, svc, &packet->key);

	*fault = CONN_MAKE_NO_SERVER;
	if (server == NULL)
		return NULL;
	return server->one_way ? conn_make_loose(env, svc, server, packet, fault)
			       : conn_make(env, svc, packet, fault);
}

/* In a flood: the server that a hash of the client leads to; entered if there is room for that. */
static inline struct lb_conn *
hash_flooded(struct lb_node_env *env, const struct lb_svc *svc, const struct flow_packet *packet,
	bool entered, enum conn_make_fault *fault)
{
	const struct lb_svc_server *server = conn_make_choose_flood(env, svc, &packet->key);

	*fault = CONN_MAKE_NO_SERVER;
	if (server == NULL)
		return NULL;
	return entered ? conn_make_at(env, svc, server, packet, fault)
		       : conn_make_loose(env, svc, server, packet, fault);
}

/* The first packet of a TCP flow: only so many are entered, where it can be avoided. */
static inline struct lb_conn *
open_tcp(struct lb_node_env *env, const struct lb_svc *svc, const struct flow_packet *packet,
	enum conn_make_fault *fault)
{
	bool entered;

	if (svc->flood == NULL)
		return conn_make(env, svc, packet, fault);
	entered = lb_node_budget_enter(&env->budget, LB_NODE_BUDGET_FIRST, env->now);
	return lb_node_budget_is_flooded(&env->budget, env->now)
		       ? hash_flooded(env, svc, packet, entered, fault)
		       : conn_make(env, svc, packet, fault);
}

/*
 * A packet in the middle of a flow that was not entered in a flood: it shows that its client is
 * real, unless it ends the flow.
 */
static inline struct lb_conn *
resume_tcp(struct lb_node_env *env, const struct lb_svc *svc, const struct flow_packet *packet,
	enum conn_make_fault *fault)
{
	bool entered = packet->event == LB_CONN_EVENT_ACK &&
		       lb_node_budget_enter(&env->budget, LB_NODE_BUDGET_LATER, env->now);

	return hash_flooded(env, svc, packet, entered, fault);
}

/* The server is that of the client's template, which this worker has. */
static inline struct lb_conn *
persist(struct lb_node_env *env, const struct lb_svc *svc, const struct flow_packet *packet,
	enum conn_make_fault *fault)
{
	const struct lb_svc_server *server = persist_server(env, svc, &packet->key, fault);

	return server == NULL ? NULL : persist_enter(env, svc, server, packet, fault);
}

/* Whether another worker has the template; then the packet goes there. */
static inline bool
is_asked(struct lb_node_env *env, struct rte_mbuf *m, const struct lb_svc *svc,
	const struct lb_conn_key *key)
{
	uint32_t worker = persist_worker(env, svc, key);

	lb_node_meta(m)->steer =
		(struct lb_node_steer){ .worker = worker, .mark = LB_NODE_STEER_ASK };
	return worker != env->worker;
}

/* What a packet that has no connection opens. NULL: it goes to *edge instead. */
static inline struct lb_conn *
make(struct lb_node_env *env, struct rte_mbuf *m, const struct lb_svc *svc,
	const struct flow_packet *packet, rte_edge_t *edge)
{
	enum conn_make_fault fault;
	struct lb_conn *conn;

	if (packet->key.protocol == IPPROTO_TCP && !flow_opens(m)) {
		*edge = svc->unknown == LB_SVC_UNKNOWN_DROP ? CONN_NEW_DROP_UNKNOWN
							    : CONN_NEW_REJECT_UNKNOWN;
		if (svc->unknown == LB_SVC_UNKNOWN_SCHEDULE)
			conn = pass(env, svc, packet, &fault);
		else if (svc->flood != NULL && lb_node_budget_is_flooded(&env->budget, env->now))
			conn = resume_tcp(env, svc, packet, &fault);
		else
			return NULL;
	} else if (svc->persistence != 0) {
		*edge = CONN_NEW_TO_STEER;
		if (is_asked(env, m, svc, &packet->key))
			return NULL;
		conn = persist(env, svc, packet, &fault);
	} else if (svc->one_packet) {
		conn = pass(env, svc, packet, &fault);
	} else if (packet->key.protocol == IPPROTO_TCP) {
		conn = open_tcp(env, svc, packet, &fault);
	} else {
		conn = conn_make(env, svc, packet, &fault);
	}
	if (conn == NULL)
		*edge = fault_edges[fault];
	return conn;
}

/* svc: NULL when no service has the packet's address and port; then one may match it. */
static inline rte_edge_t
conn_new_edge(struct lb_node_env *env, struct rte_mbuf *m, const struct flow_packet *packet,
	const struct lb_svc *svc)
{
	struct lb_conn *conn = conn_make_found(env, packet);
	rte_edge_t edge;

	if (conn == NULL) {
		if (unlikely(svc == NULL))
			svc = conn_make_matched(env, &packet->key);
		if (svc == NULL)
			return CONN_NEW_DROP_SERVICE;
		conn = make(env, m, svc, packet, &edge);
		if (conn == NULL)
			return edge;
	}
	lb_node_set_conn(env, m, conn);
	return (rte_edge_t)(CONN_NEW_TO_FWD + conn->method);
}

static inline void
conn_new_piece(struct rte_graph *graph, struct rte_node *node, void **objs, uint16_t n)
{
	struct flow_packet packets[LB_NODE_PIECE]; /* conn_lookup has seen that they are whole */
	const struct lb_svc *svcs[LB_NODE_PIECE] = { NULL };
	struct lb_node_env *env = lb_node_env(node);
	struct lb_svc_key keys[LB_NODE_PIECE];
	rte_edge_t edges[LB_NODE_PIECE];

	for (uint16_t i = 0; i < n; i++) {
		packets[i] = flow_packet(env, objs[i]);
		keys[i] = (struct lb_svc_key){
			.addr = packets[i].key.other,
			.port = packets[i].key.other_port,
			.protocol = packets[i].key.protocol,
		};
	}
	if (likely(env->services != NULL))
		lb_svc_find4_burst(env->services, keys, n, env->slots, svcs);
	for (uint16_t i = 0; i < n; i++)
		edges[i] = conn_new_edge(env, objs[i], &packets[i], svcs[i]);
	lb_node_dispatch_edges(graph, node, objs, n, edges);
}

static uint16_t
conn_new(struct rte_graph *graph, struct rte_node *node, void **objs, uint16_t n)
{
	for (uint16_t i = 0; i < n; i += LB_NODE_PIECE)
		conn_new_piece(graph, node, &objs[i], RTE_MIN(n - i, LB_NODE_PIECE));
	return n;
}

struct rte_node_register lb_node_conn_new = {
	.name = "conn_new",
	.parent_id = RTE_NODE_ID_INVALID,
	.process = conn_new,
	.nb_edges = CONN_NEW_TO_FWD,
	.next_nodes = {
		[CONN_NEW_DROP_SERVICE] = "drop_svc_none",
		[CONN_NEW_DROP_UNKNOWN] = "drop_conn_unknown",
		[CONN_NEW_DROP_FULL] = "drop_conn_full",
		[CONN_NEW_DROP_SELF] = "drop_nat_self",
		[CONN_NEW_DROP_COLLISION] = "drop_nat_collision",
		[CONN_NEW_REJECT_UNKNOWN] = "reject_conn_unknown",
		[CONN_NEW_REJECT_SERVER] = "reject_sched_none",
		[CONN_NEW_TO_STEER] = "steer",
	},
};
