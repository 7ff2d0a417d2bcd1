/*
 * Start and end of the management socket. Its methods are a table (rpc_methods.c); what they leave
 * to later turns are lists (rpc_list.c) and visits of workers (rpc_visit.c).
 */

#include "rpc.h"

#include <errno.h>
#include <stdlib.h>

#include "lb_clock.h"
#include "rpc_server.h"

/* Owner and group may use the socket, nobody else may. */
#define SOCKET_MODE 0660

int
rpc_start(struct director *director, struct lb_error *err)
{
	struct lb_rpc_server_conf conf = {
		.loop = lb_control_loop(director->control),
		.path = director->conf->rpc_socket,
		.mode = SOCKET_MODE,
		.methods = rpc_methods,
		.methods_n = rpc_methods_n,
		.title = "Pollux",
		.version = LB_VERSION,
		.arg = director,
	};
	struct rpc *rpc = calloc(1, sizeof(*rpc));

	if (rpc == NULL)
		return lb_error_set(err, ENOMEM,
			"socket \"%s\": no memory for it; give the machine more memory", conf.path);
	TAILQ_INIT(&rpc->lists);
	STAILQ_INIT(&rpc->visits);
	LIST_INIT(&rpc->changes);
	rpc->start_ms = lb_clock_ms();
	rpc->server = lb_rpc_server_create(&conf, err);
	if (rpc->server == NULL) {
		free(rpc);
		return -err->code;
	}
	director->rpc = rpc;
	return 0;
}

static void
end_changes(struct rpc *rpc)
{
	struct rpc_change *change;

	while ((change = LIST_FIRST(&rpc->changes)) != NULL) {
		LIST_REMOVE(change, link);
		rpc_fail_stopping(change->call); /* a thread may still be at work for it */
	}
}

void
rpc_end(struct director *director)
{
	struct rpc *rpc = director->rpc;

	if (rpc == NULL)
		return;
	rpc_lists_end(rpc);
	rpc_visits_end(rpc);
	end_changes(rpc);
	lb_rpc_server_destroy(rpc->server);
	free(rpc);
	director->rpc = NULL;
}

uint64_t
rpc_run(struct director *director, uint64_t now_ms)
{
	uint64_t next;

	if (director->rpc == NULL)
		return UINT64_MAX;
	next = rpc_visits_run(director, now_ms); /* first: those that end become lists */
	return rpc_lists_run(director->rpc) ? now_ms : next;
}

void
rpc_refuse_params(struct lb_rpc_call *call, const struct lb_error *err)
{
	lb_rpc_fail(call, LB_RPC_INVALID_PARAMS, NULL, err);
}

void
rpc_fail_stopping(struct lb_rpc_call *call)
{
	struct lb_error err = { 0 };

	lb_error_set(&err, ESHUTDOWN, "polluxd: it is stopping; ask again when it runs");
	lb_rpc_fail(call, LB_RPC_REFUSED, RPC_STOPPING, &err);
}
