/*
 * Templates. A server that takes nothing new (weight 0, or gone) is no client's any more, so a
 * drain ends; one that is full still is. The time of a template does not depend on the flows that
 * it has led: it lives for so long after the last new one.
 *
 * Under NAT a client that is a server itself is never led to itself. Where its network has one
 * template, and that leads there, the template stays for the others.
 */

#include "persist.h"

/* What a template is looked up by. */
static struct lb_conn_key
template_key(const struct lb_svc *svc, const struct lb_conn_key *flow)
{
	return (struct lb_conn_key){
		.client = flow->client & svc->persistence_mask,
		.other = svc->number,
		.protocol = LB_CONN_TEMPLATE,
		.direction = LB_FWD_REQUEST,
	};
}

static struct lb_conn *
add_template(struct lb_node_env *env, const struct lb_svc *svc, const struct lb_conn_key *key,
	const struct lb_svc_server *server)
{
	struct lb_conn_new new = {
		.target = {
			.client = key->client,
			.vip = key->other,
			.server = server->at.addr.ip4,
			.server_port = server->at.port,
		},
		.protocol = LB_CONN_TEMPLATE,
		.one_way = true,
		.slot = server->slot,
		.generation = env->generation,
		.lifetime = svc->persistence,
	};

	return lb_conn_add(env->conns, &new, env->now);
}

uint32_t
persist_worker(
	const struct lb_node_env *env, const struct lb_svc *svc, const struct lb_conn_key *key)
{
	return flow_owner(
		key->client & svc->persistence_mask, (rte_be16_t)svc->number, env->workers);
}

/* The server that a template leads to, if that may have new flows of its clients. */
static const struct lb_svc_server *
server_of(const struct lb_svc *svc, const struct lb_conn *template)
{
	const struct lb_svc_server *server = lb_svc_server_of(svc, template->slot);

	return server != NULL && server->weight != 0 ? server : NULL;
}

const struct lb_svc_server *
persist_server(struct lb_node_env *env, const struct lb_svc *svc, const struct lb_conn_key *key,
	enum conn_make_fault *fault)
{
	struct lb_conn_key wanted = template_key(svc, key);
	const struct lb_svc_server *server = NULL;
	struct lb_conn *template;
	bool kept; /* for the rest of the client's network */

	lb_conn_lookup(env->conns, &wanted, 1, env->now, &template);
	if (template != NULL)
		server = server_of(svc, template);
	if (server != NULL && !conn_make_is_self(server, key)) {
		lb_conn_template_use(env->conns, template, svc->persistence, env->now);
		return server;
	}
	kept = server != NULL;
	if (template != NULL && !kept)
		lb_conn_end(env->conns, template);
	server = conn_make_choose_other(env, svc, key);
	*fault = CONN_MAKE_NO_SERVER;
	if (server == NULL)
		return NULL;
	/* A sorry server is only until there is another; itself is none, and refused. */
	if (kept || server == svc->sorry || conn_make_is_self(server, key))
		return server;
	*fault = CONN_MAKE_FULL;
	return add_template(env, svc, &wanted, server) == NULL ? NULL : server;
}

struct lb_conn *
persist_enter(struct lb_node_env *env, const struct lb_svc *svc, const struct lb_svc_server *server,
	const struct flow_packet *packet, enum conn_make_fault *fault)
{
	return svc->one_packet ? conn_make_loose(env, svc, server, packet, fault)
			       : conn_make_at(env, svc, server, packet, fault);
}
