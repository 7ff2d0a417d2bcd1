#pragma once
/*
 * Making the connection of a new flow: its service is found, a server chosen, the flow entered in
 * the table. Shared by the nodes that first packets of flows come to.
 */

#include "flow.h"

/* Why there is none. */
enum conn_make_fault {
	CONN_MAKE_NO_SERVER, /* None takes new flows. */
	CONN_MAKE_FULL,      /* The table is. */
	CONN_MAKE_SELF,      /* NAT would send the client's packets back to it. */
	CONN_MAKE_COLLISION, /* Under NAT the client has a flow to the server with these ports. */
};

/*
 * The connection that a packet before this one may have made meanwhile; the packet is counted in
 * it. One that the packet starts afresh ends. NULL: there is none.
 */
struct lb_conn *conn_make_found(struct lb_node_env *env, const struct flow_packet *packet);

/* The service that a packet is for, or NULL. */
const struct lb_svc *conn_make_service(
	const struct lb_node_env *env, const struct lb_conn_key *key);

/* The service that matches a packet, which none has by address and port; or NULL. */
const struct lb_svc *conn_make_matched(
	const struct lb_node_env *env, const struct lb_conn_key *key);

/* The server that the scheduler chooses, else the sorry server. NULL: none takes new flows. */
const struct lb_svc_server *conn_make_choose(
	const struct lb_node_env *env, const struct lb_svc *svc, const struct lb_conn_key *key);

/* The same in a flood, of a service that has svc->flood. */
const struct lb_svc_server *conn_make_choose_flood(
	const struct lb_node_env *env, const struct lb_svc *svc, const struct lb_conn_key *key);

/* Whether under NAT a server would get its own packets: its answer would never come back to us. */
bool conn_make_is_self(const struct lb_svc_server *server, const struct lb_conn_key *key);

/* The same as conn_make_choose(), but one that is the client itself only if there is no other. */
const struct lb_svc_server *conn_make_choose_other(
	const struct lb_node_env *env, const struct lb_svc *svc, const struct lb_conn_key *key);

/* Let the scheduler choose and enter the flow. NULL: for the reason of *fault. */
struct lb_conn *conn_make(struct lb_node_env *env, const struct lb_svc *svc,
	const struct flow_packet *packet, enum conn_make_fault *fault);

/* Enter the flow with this server, or not at all. */
struct lb_conn *conn_make_at(struct lb_node_env *env, const struct lb_svc *svc,
	const struct lb_svc_server *server, const struct flow_packet *packet,
	enum conn_make_fault *fault);

/* Enter nothing; the connection lasts as long as the walk. */
struct lb_conn *conn_make_loose(struct lb_node_env *env, const struct lb_svc *svc,
	const struct lb_svc_server *server, const struct flow_packet *packet,
	enum conn_make_fault *fault);
