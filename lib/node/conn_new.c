/*
 * First packets of flows: finds the service and has the connection made, if such a packet may open
 * one. Each packet is looked up once more, because one before it in the same burst may have made
 * its flow.
 */

#include "conn_make.h"
#include "flow.h"
#include "lb_node.h"

enum conn_new_edge {
	CONN_NEW_DROP_SERVICE,
	CONN_NEW_DROP_UNKNOWN,
	CONN_NEW_DROP_FULL,
	CONN_NEW_DROP_SELF,
	CONN_NEW_DROP_COLLISION,
	CONN_NEW_REJECT_UNKNOWN,
	CONN_NEW_REJECT_SERVER,
	CONN_NEW_TO_FWD, /* The first method; the others follow. */
};

static const rte_edge_t fault_edges[] = {
	[CONN_MAKE_NO_SERVER] = CONN_NEW_REJECT_SERVER,
	[CONN_MAKE_FULL] = CONN_NEW_DROP_FULL,
	[CONN_MAKE_SELF] = CONN_NEW_DROP_SELF,
	[CONN_MAKE_COLLISION] = CONN_NEW_DROP_COLLISION,
};

static inline const struct lb_svc *
find_service(const struct lb_node_env *env, const struct lb_conn_key *key)
{
	if (env->services == NULL)
		return NULL;
	return lb_svc_find4(env->services, key->other, key->other_port, key->protocol);
}

/*
 * A packet in the middle of a flow that we do not know. Where the scheduler gives each packet of a
 * flow the same server it can go on without an entry; NAT needs one for the answers.
 */
static inline struct lb_conn *
unknown(struct lb_node_env *env, const struct lb_svc *svc, const struct lb_conn_key *key,
	enum lb_conn_event event, rte_edge_t *edge)
{
	enum conn_make_fault fault;
	struct lb_conn *conn;

	if (svc->unknown != LB_SVC_UNKNOWN_SCHEDULE) {
		*edge = svc->unknown == LB_SVC_UNKNOWN_RST ? CONN_NEW_REJECT_UNKNOWN
							   : CONN_NEW_DROP_UNKNOWN;
		return NULL;
	}
	conn = svc->one_way ? conn_make_loose(env, svc, key, &fault)
			    : conn_make(env, svc, key, event, &fault);
	if (conn == NULL)
		*edge = fault_edges[fault];
	return conn;
}

/* Make the connection of a packet that has none; NULL: it goes to *edge instead. */
static inline struct lb_conn *
make(struct lb_node_env *env, struct rte_mbuf *m, const struct lb_conn_key *key,
	enum lb_conn_event event, rte_edge_t *edge)
{
	const struct lb_svc *svc = find_service(env, key);
	enum conn_make_fault fault;
	struct lb_conn *conn;

	*edge = CONN_NEW_DROP_SERVICE;
	if (svc == NULL)
		return NULL;
	if (key->protocol == IPPROTO_TCP && !flow_opens(m))
		return unknown(env, svc, key, event, edge);
	conn = conn_make(env, svc, key, event, &fault);
	if (conn == NULL)
		*edge = fault_edges[fault];
	return conn;
}

static inline rte_edge_t
conn_new_edge(struct lb_node_env *env, struct rte_mbuf *m)
{
	enum lb_conn_event event;
	struct lb_conn_key key;
	struct lb_conn *conn;
	rte_edge_t edge = CONN_NEW_DROP_SERVICE;

	flow_read(m, &key, &event); /* conn_lookup has seen that it can be read */
	lb_conn_lookup(env->conns, &key, 1, env->now, &conn);
	if (conn != NULL && flow_starts_afresh(conn, event)) {
		lb_conn_end(env->conns, conn);
		conn = NULL;
	}
	if (conn != NULL)
		lb_conn_track(env->conns, conn, LB_FWD_REQUEST, event, env->now);
	else
		conn = make(env, m, &key, event, &edge);
	if (conn == NULL)
		return edge;
	lb_node_meta(m)->conn = lb_conn_index(env->conns, conn);
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
	},
};
