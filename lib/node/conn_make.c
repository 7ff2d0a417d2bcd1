/*
 * A scheduler chooses; under NAT its choice may be impossible for this client, then it is asked
 * again, and at last any server is taken.
 */

#include "conn_make.h"

#include <errno.h>

#include <rte_hash_crc.h>

/* Servers that the scheduler may choose for one flow, until another chooses. */
#define TRIES 4

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

static inline struct lb_conn_new
describe(const struct lb_node_env *env, const struct lb_svc *svc,
	const struct lb_svc_server *server, const struct lb_conn_key *key, enum lb_conn_event event)
{
	return (struct lb_conn_new){
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
}

/*
 * Enter the flow with this server. Under NAT it may be no choice for this client: it is the client
 * itself, whose own answer would never come back to us; or the client has a flow to it by another
 * VIP, with the same ports. NULL: for the reason of *fault.
 */
static inline struct lb_conn *
try_server(struct lb_node_env *env, const struct lb_svc *svc, const struct lb_svc_server *server,
	const struct lb_conn_key *key, enum lb_conn_event event, enum conn_make_fault *fault)
{
	struct lb_conn_new new = describe(env, svc, server, key, event);
	struct lb_conn *conn;

	*fault = CONN_MAKE_SELF;
	if (!svc->one_way && server->at.addr.ip4 == key->client)
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
try_all(struct lb_node_env *env, const struct lb_svc *svc, const struct lb_conn_key *key,
	enum lb_conn_event event, enum conn_make_fault *fault)
{
	const struct lb_sched_flow flow = { .closed = env->slots->closed };
	struct lb_conn *conn = NULL;

	for (uint32_t i = 0; i < svc->n && conn == NULL && *fault != CONN_MAKE_FULL; i++) {
		const struct lb_svc_server *server = &svc->servers[i];

		if (server->weight != 0 && !lb_sched_is_closed(&flow, server->slot))
			conn = try_server(env, svc, server, key, event, fault);
	}
	return conn;
}

struct lb_conn *
conn_make(struct lb_node_env *env, const struct lb_svc *svc, const struct lb_conn_key *key,
	enum lb_conn_event event, enum conn_make_fault *fault)
{
	*fault = CONN_MAKE_NO_SERVER;
	for (int i = 0; i < TRIES; i++) {
		const struct lb_svc_server *server = choose_server(env, svc, key);
		struct lb_conn *conn;

		if (server == NULL)
			return NULL;
		conn = try_server(env, svc, server, key, event, fault);
		if (conn != NULL || *fault == CONN_MAKE_FULL)
			return conn;
	}
	return try_all(env, svc, key, event, fault);
}

struct lb_conn *
conn_make_loose(struct lb_node_env *env, const struct lb_svc *svc, const struct lb_conn_key *key,
	enum conn_make_fault *fault)
{
	const struct lb_svc_server *server = choose_server(env, svc, key);
	struct lb_conn_new new;

	*fault = CONN_MAKE_NO_SERVER;
	if (server == NULL)
		return NULL;
	*fault = CONN_MAKE_FULL;
	new = describe(env, svc, server, key, LB_CONN_EVENT_NONE);
	return lb_conn_loose(env->conns, &new);
}
