/*
 * First packets of flows: finds the service and has the connection made, if such a packet may open
 * one. Each packet is looked up once more, because one before it in the same burst may have made
 * its flow.
 */

#include "flow.h"
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
pass(struct lb_node_env *env, const struct lb_svc *svc, const struct lb_conn_key *key,
	enum lb_conn_event event, enum conn_make_fault *fault)
{
	const struct lb_svc_server *server = conn_make_choose(env, svc, key);

	*fault = CONN_MAKE_NO_SERVER;
	if (server == NULL)
		return NULL;
	return server->one_way ? conn_make_loose(env, svc, server, key, fault)
			       : conn_make(env, svc, key, event, fault);
}

/* The server is that of the client's template, which this worker has. */
static inline struct lb_conn *
persist(struct lb_node_env *env, const struct lb_svc *svc, const struct lb_conn_key *key,
	enum lb_conn_event event, enum conn_make_fault *fault)
{
	const struct lb_svc_server *server = persist_server(env, svc, key, fault);

	return server == NULL ? NULL : persist_enter(env, svc, server, key, event, fault);
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
	const struct lb_conn_key *key, enum lb_conn_event event, rte_edge_t *edge)
{
	enum conn_make_fault fault;
	struct lb_conn *conn;

	if (key->protocol == IPPROTO_TCP && !flow_opens(m)) {
		*edge = svc->unknown == LB_SVC_UNKNOWN_DROP ? CONN_NEW_DROP_UNKNOWN
							    : CONN_NEW_REJECT_UNKNOWN;
		if (svc->unknown != LB_SVC_UNKNOWN_SCHEDULE)
			return NULL;
		conn = pass(env, svc, key, event, &fault);
	} else if (svc->persistence != 0) {
		*edge = CONN_NEW_TO_STEER;
		if (is_asked(env, m, svc, key))
			return NULL;
		conn = persist(env, svc, key, event, &fault);
	} else if (svc->one_packet) {
		conn = pass(env, svc, key, event, &fault);
	} else {
		conn = conn_make(env, svc, key, event, &fault);
	}
	if (conn == NULL)
		*edge = fault_edges[fault];
	return conn;
}

static inline rte_edge_t
conn_new_edge(struct lb_node_env *env, struct rte_mbuf *m)
{
	struct lb_conn_key key = flow_key(m); /* conn_lookup has seen that it is whole */
	enum lb_conn_event event = flow_event(m);
	const struct lb_svc *svc;
	struct lb_conn *conn;
	rte_edge_t edge;

	conn = conn_make_found(env, &key, event);
	if (conn == NULL) {
		svc = conn_make_service(env, &key);
		if (svc == NULL)
			return CONN_NEW_DROP_SERVICE;
		conn = make(env, m, svc, &key, event, &edge);
		if (conn == NULL)
			return edge;
	}
	lb_node_set_conn(env, m, conn);
	return (rte_edge_t)(CONN_NEW_TO_FWD + conn->method);
}

static uint16_t
conn_new(struct rte_graph *graph, struct rte_node *node, void **objs, uint16_t n)
{
	return lb_node_dispatch(graph, node, objs, n, conn_new_edge);
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
