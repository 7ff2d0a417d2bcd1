/*
 * Clients that are told things which they did not ask for each time. What is sent waits like an
 * answer; a client that lets too much of it lie is closed at once, since nothing else would stop it
 * from growing.
 */

#include <stdlib.h>

#include "rpc_session.h"

struct lb_rpc_listener *
lb_rpc_listen(struct lb_rpc_call *call, void (*gone)(void *arg), void *arg)
{
	struct rpc_session *session = call->session;
	struct lb_rpc_listener *listener = session == NULL ? NULL : malloc(sizeof(*listener));

	if (listener == NULL)
		return NULL;
	rpc_listener_end(session);
	*listener = (struct lb_rpc_listener){ .session = session, .gone = gone, .arg = arg };
	session->listener = listener;
	return listener;
}

void
rpc_listener_end(struct rpc_session *session)
{
	struct lb_rpc_listener *listener = session->listener;

	if (listener == NULL)
		return;
	session->listener = NULL;
	listener->gone(listener->arg);
	free(listener);
}

void
lb_rpc_notify(struct lb_rpc_listener *listener, const char *method, json_t *params)
{
	struct rpc_session *session = listener->session;

	if (rpc_session_unsent(session) > LB_RPC_UNSENT_MAX) {
		rpc_session_stalled(session);
		return;
	}
	rpc_out_send(session,
		json_pack("{s:s, s:s, s:O}", "jsonrpc", "2.0", "method", method, "params", params));
	rpc_session_next(session);
}
