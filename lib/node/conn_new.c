/*
 * Makes connections: finds the service, lets its scheduler choose a server, enters the flow. Each
 * packet is looked up once more, because one before it in the same burst may have made its flow.
 */

#include "flow.h"
#include "lb_node.h"

#include <rte_hash_crc.h>

enum conn_new_edge {
	CONN_NEW_DROP_SERVICE,
	CONN_NEW_DROP_UNKNOWN,
	CONN_NEW_DROP_SERVER,
	CONN_NEW_DROP_FULL,
	CONN_NEW_TO_FWD, /* The first method; the others follow. */
};

static inline const struct lb_svc_server *
choose_server(
	const struct lb_node_env *env, const struct lb_svc *svc, const struct lb_conn_key *key)
{
	struct lb_sched_flow flow = {
		.src = lb_addr_ip4(key->client),
		.dst = lb_addr_ip4(key->other),
		.sport = key->client_port,
		.dport = key->other_port,
		.hash = rte_hash_crc_8byte((uint64_t)key->client << 16 | key->client_port, 1),
		.now = env->tsc,
		.total = env->slots->total,
		.delta = env->slots->delta,
		.closed = env->slots->closed,
	};

	return lb_svc_pick(svc, env->worker, &flow);
}

static inline struct lb_conn *
enter(struct lb_node_env *env, const struct lb_svc *svc, const struct lb_svc_server *server,
	const struct lb_conn_key *key, enum lb_conn_event event)
{
	struct lb_conn_new new = {
		.target = {
			.client = key->client,
			.client_port = key->client_port,
			.vip = key->other,
			.vip_port = key->other_port,
			.server = server->at.addr.ip4,
			.server_port = server->at.port,
			.hop = { [LB_FWD_REQUEST] = server->hop },
		},
		.protocol = key->protocol,
		.method = svc->method,
		.one_way = svc->one_way,
		.event = event,
		.slot = server->slot,
		.generation = env->generation,
		.timeout_class = svc->timeout_class,
	};

	return lb_conn_add(env->conns, &new, env->now);
}

/* Make the connection of a packet that has none; NULL: it goes to *edge instead. */
static inline struct lb_conn *
make(struct lb_node_env *env, struct rte_mbuf *m, const struct lb_conn_key *key,
	enum lb_conn_event event, rte_edge_t *edge)
{
	const struct lb_svc_server *server;
	const struct lb_svc *svc = env->services == NULL ? NULL
							 : lb_svc_find4(env->services, key->other,
								   key->other_port, key->protocol);
	struct lb_conn *conn;

	*edge = CONN_NEW_DROP_SERVICE;
	if (svc == NULL)
		return NULL;
	*edge = CONN_NEW_DROP_UNKNOWN;
	if (key->protocol == IPPROTO_TCP && !flow_opens(m))
		return NULL;
	*edge = CONN_NEW_DROP_SERVER;
	server = choose_server(env, svc, key);
	if (server == NULL)
		return NULL;
	*edge = CONN_NEW_DROP_FULL;
	conn = enter(env, svc, server, key, event);
	return conn;
}

static inline rte_edge_t
conn_new_edge(struct lb_node_env *env, struct rte_mbuf *m)
{
	enum lb_conn_event event;
	struct lb_conn_key key;
	struct lb_conn *conn;
	rte_edge_t edge;

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
		[CONN_NEW_DROP_SERVER] = "drop_sched_none",
		[CONN_NEW_DROP_FULL] = "drop_conn_full",
	},
};
