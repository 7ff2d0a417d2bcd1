/*
 * Makes connections: finds the service, lets its scheduler choose a server, enters the flow. Each
 * packet is looked up once more, because one before it in the same burst may have made its flow.
 */

#include <errno.h>

#include <rte_hash_crc.h>

#include "flow.h"
#include "lb_node.h"

/* Servers that the scheduler may choose for one flow, until another chooses. */
#define TRIES 4

enum conn_new_edge {
	CONN_NEW_DROP_SERVICE,
	CONN_NEW_DROP_UNKNOWN,
	CONN_NEW_DROP_SERVER,
	CONN_NEW_DROP_FULL,
	CONN_NEW_DROP_SELF,
	CONN_NEW_DROP_COLLISION,
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

	return lb_svc_pick(svc, env->slots, &flow);
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
			.local = server->local,
			.hop = { [LB_FWD_REQUEST] = server->hop },
		},
		.protocol = key->protocol,
		.method = svc->method,
		.one_way = svc->one_way,
		.reply_key = !svc->one_way,
		.event = event,
		.slot = server->slot,
		.generation = env->generation,
		.timeout_class = svc->timeout_class,
	};

	return lb_conn_add(env->conns, &new, env->now);
}

/*
 * Enter the flow with this server. Under NAT it may be no choice for this client: it is the client
 * itself, whose own answer would never come back to us; or the client has a flow to it by another
 * VIP, with the same ports. NULL: for the reason of *edge.
 */
static inline struct lb_conn *
try_server(struct lb_node_env *env, const struct lb_svc *svc, const struct lb_svc_server *server,
	const struct lb_conn_key *key, enum lb_conn_event event, rte_edge_t *edge)
{
	struct lb_conn *conn;

	*edge = CONN_NEW_DROP_SELF;
	if (!svc->one_way && server->at.addr.ip4 == key->client)
		return NULL;
	conn = enter(env, svc, server, key, event);
	if (conn == NULL)
		*edge = errno == EEXIST ? CONN_NEW_DROP_COLLISION : CONN_NEW_DROP_FULL;
	return conn;
}

/*
 * Any server that takes the flow, when those that the scheduler chose cannot: it may go on to
 * choose the same one, by weight, load or hash.
 */
static inline struct lb_conn *
try_all(struct lb_node_env *env, const struct lb_svc *svc, const struct lb_conn_key *key,
	enum lb_conn_event event, rte_edge_t *edge)
{
	const struct lb_sched_flow flow = { .closed = env->slots->closed };
	struct lb_conn *conn = NULL;

	for (uint32_t i = 0; i < svc->n && conn == NULL && *edge != CONN_NEW_DROP_FULL; i++) {
		const struct lb_svc_server *server = &svc->servers[i];

		if (server->weight != 0 && !lb_sched_is_closed(&flow, server->slot))
			conn = try_server(env, svc, server, key, event, edge);
	}
	return conn;
}

/* Choose a server and enter the flow. NULL: it goes to *edge. */
static inline struct lb_conn *
choose_and_enter(struct lb_node_env *env, const struct lb_svc *svc, const struct lb_conn_key *key,
	enum lb_conn_event event, rte_edge_t *edge)
{
	*edge = CONN_NEW_DROP_SERVER;
	for (int i = 0; i < TRIES; i++) {
		const struct lb_svc_server *server = choose_server(env, svc, key);
		struct lb_conn *conn;

		if (server == NULL)
			return NULL;
		conn = try_server(env, svc, server, key, event, edge);
		if (conn != NULL || *edge == CONN_NEW_DROP_FULL)
			return conn;
	}
	return try_all(env, svc, key, event, edge);
}

/* Make the connection of a packet that has none; NULL: it goes to *edge instead. */
static inline struct lb_conn *
make(struct lb_node_env *env, struct rte_mbuf *m, const struct lb_conn_key *key,
	enum lb_conn_event event, rte_edge_t *edge)
{
	const struct lb_svc *svc = NULL;

	if (env->services != NULL)
		svc = lb_svc_find4(env->services, key->other, key->other_port, key->protocol);
	*edge = CONN_NEW_DROP_SERVICE;
	if (svc == NULL)
		return NULL;
	*edge = CONN_NEW_DROP_UNKNOWN;
	if (key->protocol == IPPROTO_TCP && !flow_opens(m))
		return NULL;
	return choose_and_enter(env, svc, key, event, edge);
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
		[CONN_NEW_DROP_SERVER] = "drop_sched_none",
		[CONN_NEW_DROP_FULL] = "drop_conn_full",
		[CONN_NEW_DROP_SELF] = "drop_nat_self",
		[CONN_NEW_DROP_COLLISION] = "drop_nat_collision",
	},
};
