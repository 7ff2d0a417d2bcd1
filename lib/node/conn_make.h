#pragma once
/* Making the connection of a new flow: a server is chosen, the flow entered in the table. */

#include "lb_node.h"

/* Why there is none. */
enum conn_make_fault {
	CONN_MAKE_NO_SERVER, /* None takes new flows. */
	CONN_MAKE_FULL,      /* The table is. */
	CONN_MAKE_SELF,      /* NAT would send the client's packets back to it. */
	CONN_MAKE_COLLISION, /* Under NAT the client has a flow to the server with these ports. */
};

/* Enter a flow of a service. NULL: for the reason of *fault. */
struct lb_conn *conn_make(struct lb_node_env *env, const struct lb_svc *svc,
	const struct lb_conn_key *key, enum lb_conn_event event, enum conn_make_fault *fault);

/* Choose a server for one packet and enter nothing; the connection lasts as long as the walk. */
struct lb_conn *conn_make_loose(struct lb_node_env *env, const struct lb_svc *svc,
	const struct lb_conn_key *key, enum conn_make_fault *fault);
