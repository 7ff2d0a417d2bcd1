/*
 * server.drain: a server takes no new connections, those that it has go on. It goes the way of a
 * change, but the configuration stays, and so does the revision.
 */

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "conf_diff.h"
#include "rpc_find.h"
#include "rpc_server.h"

#define TIMEOUT_MAX_MS 86400000

/* One drain, from its asking to its answer. */
struct rpc_drain {
	struct rpc_change change; /* First. */
	char service[LB_SVC_NAME];
	struct lb_endpoint server;
	struct server_drain drain;
	bool cancel;
};

static int
fault_unknown(const char *service, const struct lb_endpoint *server, struct lb_error *err)
{
	char text[LB_ADDR_TEXT];

	return lb_error_set(err, ENOENT,
		"service \"%s\": it has no server %s; service.get lists them", service,
		lb_endpoint_text(server, text));
}

/* Its turn has come: the server may have gone meanwhile, or the drain may have ended. */
static int
begin(struct director *director, void *arg, struct lb_error *err)
{
	const struct rpc_drain *drain = arg;
	const struct lb_conf_service *service =
		lb_conf_find_service(director->conf, drain->service);
	char text[LB_ADDR_TEXT];
	size_t at = 0;
	int ret;

	if (conf_diff_server(service, &drain->server, &at) == NULL)
		return fault_unknown(drain->service, &drain->server, err);
	if (drain->cancel && servers_end_drain(director, drain->service, &drain->server) != 0)
		return lb_error_set(err, ENOENT,
			"service \"%s\": server %s does not drain; service.get shows which do",
			drain->service, lb_endpoint_text(&drain->server, text));
	if (drain->cancel)
		return 0;
	ret = servers_begin_drain(director, drain->service, &drain->server, &drain->drain);
	return ret == 0 ? 0
			: lb_error_set(err, -ret, "out of memory for a drain; nothing has changed");
}

/* Read what is asked for; -EINVAL: parameters do not fit together. */
static int
read_drain(const json_t *params, const struct lb_conf_service *service, struct rpc_drain *drain,
	struct lb_error *err)
{
	const json_t *timeout = json_object_get(params, "timeout_ms");
	json_int_t ms = timeout == NULL ? service->drain_timeout_ms : json_integer_value(timeout);

	drain->cancel = json_is_true(json_object_get(params, "cancel"));
	drain->drain.reset = json_is_true(json_object_get(params, "reset"));
	drain->drain.timeout_ms = (uint64_t)ms;
	if (ms < 0 || ms > TIMEOUT_MAX_MS)
		return lb_error_set(err, EINVAL,
			"parameter \"timeout_ms\" is %lld; give 0 to %d, 0 for no deadline",
			(long long)ms, TIMEOUT_MAX_MS);
	if (drain->cancel && (timeout != NULL || drain->drain.reset))
		return lb_error_set(err, EINVAL,
			"parameter \"cancel\" ends a drain, which \"timeout_ms\" and \"reset\" "
			"begin; "
			"leave one of them out");
	if (drain->drain.reset && drain->drain.timeout_ms == 0)
		return lb_error_set(err, EINVAL,
			"parameter \"reset\" needs a deadline; give \"timeout_ms\" too");
	return 0;
}

static int
find_server(const json_t *params, const struct lb_conf_service *service, struct rpc_drain *drain,
	struct lb_error *err)
{
	const char *text = json_string_value(json_object_get(params, "server"));
	size_t at = 0;

	if (rpc_read_endpoint(text, &drain->server) == 0 &&
		conf_diff_server(service, &drain->server, &at) != NULL)
		return 0;
	return lb_error_set(err, ENOENT,
		"service \"%s\": it has no server %.80s; service.get lists them", service->name,
		text);
}

void
rpc_server_drain(struct lb_rpc_call *call, json_t *params, void *arg)
{
	struct director *director = arg;
	const char *name = json_string_value(json_object_get(params, "service"));
	struct lb_error err = { 0 };
	const struct lb_conf_service *service = rpc_find_service(director->conf, name, &err);
	struct rpc_drain *drain = calloc(1, sizeof(*drain));
	struct change_request request = { .begin = begin };

	if (drain == NULL) {
		lb_rpc_answer(call, NULL);
		return;
	}
	drain->change.call = call;
	if (service == NULL)
		lb_rpc_fail(call, LB_RPC_REFUSED, RPC_UNKNOWN_SERVICE, &err);
	else if (read_drain(params, service, drain, &err) != 0)
		rpc_refuse_params(call, &err);
	else if (find_server(params, service, drain, &err) != 0)
		lb_rpc_fail(call, LB_RPC_REFUSED, RPC_NOT_FOUND, &err);
	if (err.code != 0) {
		free(drain);
		return;
	}
	memcpy(drain->service, service->name, strlen(service->name) + 1);
	request.service = drain->service;
	rpc_change_enter(&drain->change, &request, params, director);
}
