/*
 * A scheduler chooses; under NAT its choice may be impossible for this client, then it is asked
 * again, and at last any server is taken.
 */

#include "conn_make.h"

#include <errno.h>

#include <rte_hash_crc.h>

/* Servers that the scheduler may choose for one flow, until another chooses. */
#define TRIES 4

struct lb_conn *
conn_make_found(struct lb_node_env *env, const struct flow_packet *packet)
{
	struct lb_conn *conn = lb_conn_find(env->conns, &packet->key, packet->hash, env->now);

	if (conn == NULL)
		return NULL;
	if (flow_starts_afresh(conn, packet->event)) {
		lb_conn_end(env->conns, conn);
		return NULL;
	}
	lb_conn_track(env->conns, conn, LB_FWD_REQUEST, packet->event, env->now);
	return conn;
}

const struct lb_svc *
conn_make_service(const struct lb_node_env *env, const struct lb_conn_key *key)
{
	const struct lb_svc *svc;

	if (env->services == NULL)
		return NULL;
	svc = lb_svc_find4(env->services, key->other, key->other_port, key->protocol);
	return svc != NULL ? svc : conn_make_matched(env, key);
}

const struct lb_svc *
conn_make_matched(const struct lb_node_env *env, const struct lb_conn_key *key)
{
	if (!env->matching)
		return NULL;
	return lb_svc_match4(env->services, key->other, key->other_port, key->protocol);
}

static inline struct lb_sched_flow
sched_flow(const struct lb_node_env *env, const struct lb_conn_key *key)
{
	return (struct lb_sched_flow){
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
}

const struct lb_svc_server *
conn_make_choose(
	const struct lb_node_env *env, const struct lb_svc *svc, const struct lb_conn_key *key)
{
	struct lb_sched_flow flow = sched_flow(env, key);
	const struct lb_svc_server *server = lb_svc_pick(svc, env->slots, &flow);

	return server != NULL ? server : svc->sorry;
}

const struct lb_svc_server *
conn_make_choose_flood(
	const struct lb_node_env *env, const struct lb_svc *svc, const struct lb_conn_key *key)
{
	struct lb_sched_flow flow = sched_flow(env, key);
	const struct lb_svc_server *server = lb_svc_pick_flood(svc, env->slots, &flow);

	return server != NULL ? server : svc->sorry;
}

bool
conn_make_is_self(const struct lb_svc_server *server, const struct lb_conn_key *key)
{
	return !server->one_way && server->at.addr.ip4 == key->client;
}

/* Whether a server takes new flows. */
static inline bool
is_open(const struct lb_node_env *env, const struct lb_svc_server *server)
{
	const struct lb_sched_flow flow = { .closed = env->slots->closed };

	return server->weight != 0 && !lb_sched_is_closed(&flow, server->slot);
}

const struct lb_svc_server *
conn_make_choose_other(
	const struct lb_node_env *env, const struct lb_svc *svc, const struct lb_conn_key *key)
{
	const struct lb_svc_server *server = NULL;

	for (int i = 0; i < TRIES; i++) {
		server = conn_make_choose(env, svc, key);
		if (server == NULL || !conn_make_is_self(server, key))
			return server;
	}
	for (uint32_t i = 0; i < svc->n; i++)
		if (is_open(env, &svc->servers[i]) && !conn_make_is_self(&svc->servers[i], key))
			return &svc->servers[i];
	return server;
}

static inline struct lb_conn_new
describe(const struct lb_node_env *env, const struct lb_svc *svc,
	const struct lb_svc_server *server, const struct flow_packet *packet)
{
	const struct lb_conn_key *key = &packet->key;

	return (struct lb_conn_new){
		.target = {
			.client = key->client,
			.client_port = key->client_port,
			.vip = key->other,
			.vip_port = key->other_port,
			.server = server->at.addr.ip4,
			.server_port =
				server->at.port != 0 ? server->at.port : key->other_port,
			.local = server->local,
			.hop = { [LB_FWD_REQUEST] = server->hop },
		},
		.protocol = key->protocol,
		.method = server->method,
		.one_way = server->one_way,
		.reply_key = !server->one_way,
		.event = packet->event,
		.slot = server->slot,
		.generation = env->generation,
		.timeout_class = svc->timeout_class,
		.hash = packet->hash,
	};
}

/*
 * Under NAT a server may be no choice for a client: it is the client itself, whose own answer would
 * never come back to us; or the client has a flow to it by another VIP, with the same ports.
 */
struct lb_conn *
conn_make_at(struct lb_node_env *env, const struct lb_svc *svc, const struct lb_svc_server *server,
	const struct flow_packet *packet, enum conn_make_fault *fault)
{
	struct lb_conn_new new = describe(env, svc, server, packet);
	struct lb_conn *conn;

	*fault = CONN_MAKE_SELF;
	if (conn_make_is_self(server, &packet->key))
		return NULL;
	conn = lb_conn_add(env->conns, &new, env->now);
	if (conn == NULL)
		*fault = errno == EEXIST ? CONN_MAKE_COLLISION : CONN_MAKE_FULL;
	return conn;
}

/*
 * Any server that takes the flow, when those that the scheduler chose cannot: it may go on to
 * choose the same one, by weight, load or hash.
 */
static inline struct lb_conn *
try_all(struct lb_node_env *env, const struct lb_svc *svc, const struct flow_packet *packet,
	enum conn_make_fault *fault)
{
	struct lb_conn *conn = NULL;

	for (uint32_t i = 0; i < svc->n && conn == NULL && *fault != CONN_MAKE_FULL; i++)
		if (is_open(env, &svc->servers[i]))
			conn = conn_make_at(env, svc, &svc->servers[i], packet, fault);
	return conn;
}

struct lb_conn *
conn_make(struct lb_node_env *env, const struct lb_svc *svc, const struct flow_packet *packet,
	enum conn_make_fault *fault)
{
	*fault = CONN_MAKE_NO_SERVER;
	for (int i = 0; i < TRIES; i++) {
		const struct lb_svc_server *server = conn_make_choose(env, svc, &packet->key);
		struct lb_conn *conn;

		if (server == NULL)
			return NULL;
		conn = conn_make_at(env, svc, server, packet, fault);
		if (conn != NULL || *fault == CONN_MAKE_FULL)
			return conn;
	}
	return try_all(env, svc, packet, fault);
}

struct lb_conn *
conn_make_loose(struct lb_node_env *env, const struct lb_svc *svc,
	const struct lb_svc_server *server, const struct flow_packet *packet,
	enum conn_make_fault *fault)
{
	struct lb_conn_new new = describe(env, svc, server, packet);

	*fault = CONN_MAKE_FULL;
	return lb_conn_loose(env->conns, &new);
}
