#pragma once
/*
 * Persistence: a client stays at its server. A template in the connection table of one worker, the
 * same for all flows of the client with a service, remembers which.
 */

#include "conn_make.h"

/* The worker that has the template of a packet's client, which may not have the flow. */
uint32_t persist_worker(
	const struct lb_node_env *env, const struct lb_svc *svc, const struct lb_conn_key *key);

/*
 * On that worker: the server of the client, chosen now if it has none, and remembered from now on.
 * NULL: for the reason of *fault.
 */
const struct lb_svc_server *persist_server(struct lb_node_env *env, const struct lb_svc *svc,
	const struct lb_conn_key *key, enum conn_make_fault *fault);

/* Enter a flow with the server of its client; NULL: for the reason of *fault. */
struct lb_conn *persist_enter(struct lb_node_env *env, const struct lb_svc *svc,
	const struct lb_svc_server *server, const struct flow_packet *packet,
	enum conn_make_fault *fault);
