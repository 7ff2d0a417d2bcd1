/*
 * Methods that change the configuration: the change is made to it as JSON in a work thread, to one
 * service of it if that will do, and from there it goes the way of a reload. A reload drops what
 * was changed so: the file wins.
 */

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "change.h"
#include "conf_edit.h"
#include "conf_edit_one.h"
#include "conf_json.h"
#include "rpc_find.h"
#include "rpc_server.h"

/* More changes at once are made to the whole. */
#define SINGLY_MAX 256

/* One change, as it was asked for. */
static int
edit_one(json_t *conf, const json_t *change, struct lb_error *err)
{
	const char *method = json_string_value(json_object_get(change, "method"));
	const json_t *params = json_object_get(change, "params");

	if (method == NULL || !json_is_object(params))
		return lb_error_set(err, EINVAL,
			"a change is {\"method\": \"service.add\", \"params\": {...}}; give both");
	return conf_edit(conf, method, params, err);
}

/* Changes that concern one service each, one after the other. NULL: they are for the whole. */
static struct lb_conf *
make_singly(const struct lb_conf *present, const json_t *edits, struct conf_edit_one *one)
{
	struct lb_conf *made = NULL;
	const json_t *edit;
	size_t i;

	if (json_array_size(edits) > SINGLY_MAX)
		return NULL;
	json_array_foreach(edits, i, edit) {
		const char *method = json_string_value(json_object_get(edit, "method"));
		const json_t *params = json_object_get(edit, "params");
		struct lb_conf *next = NULL;

		if (method != NULL && json_is_object(params))
			next = conf_edit_one(made == NULL ? present : made, method, params, one);
		lb_conf_destroy(made);
		made = next;
		if (next == NULL)
			break;
	}
	if (i > 1)
		*one = (struct conf_edit_one){ 0 };
	return made;
}

/* All or nothing: a change that fails fails them all, and is told by its number. */
static struct lb_conf *
make_whole(struct rpc_change *change, const struct lb_conf *present, struct lb_error *err)
{
	json_t *conf = conf_json(present);
	struct lb_conf *made = NULL;
	const json_t *one;
	size_t i;

	json_array_foreach(change->edits, i, one)
		if (err->code == 0 && edit_one(conf, one, err) != 0 &&
			json_array_size(change->edits) > 1)
			lb_error_prefix(err, "change %zu: ", i + 1);
	if (err->code == 0)
		made = conf_edit_finish(conf, err);
	json_decref(conf);
	return made;
}

static struct lb_conf *
make(const struct director *director, const struct lb_conf *present, void *arg,
	struct conf_edit_one *one, struct lb_error *err)
{
	struct rpc_change *change = arg;
	struct lb_conf *made = make_singly(present, change->edits, one);

	(void)director;
	return made != NULL ? made : make_whole(change, present, err);
}

static const char *
text_of(const json_t *object, const char *key)
{
	const char *text = json_string_value(json_object_get(object, key));

	return text == NULL ? "" : text;
}

/* Whether an edit is a method that has a parameter; then with the server that it is about. */
static bool
is_about(const json_t *edit, const char *method, const char *key, struct lb_endpoint *server)
{
	const json_t *params = json_object_get(edit, "params");
	const json_t *value = json_object_get(params, key);

	return strcmp(text_of(edit, "method"), method) == 0 && value != NULL &&
	       !json_is_false(value) && rpc_read_endpoint(text_of(params, "server"), server) == 0;
}

/*
 * A server whose weight is set drains no longer. Of one that is to be reset the service is called
 * by its name from here on: the rest may change with this very change.
 */
static int
begin_edits(struct director *director, void *arg, struct lb_error *err)
{
	struct rpc_change *change = arg;
	struct lb_error unknown = { 0 };
	json_t *edit;
	size_t i;

	(void)err;
	json_array_foreach(change->edits, i, edit) {
		json_t *params = json_object_get(edit, "params");
		const struct lb_conf_service *service =
			rpc_find_service(director->conf, text_of(params, "service"), &unknown);
		struct lb_endpoint server;

		if (service == NULL)
			continue;
		if (is_about(edit, "server.set", "weight", &server))
			servers_end_drain(director, service->name, &server);
		if (is_about(edit, "server.delete", "now", &server))
			json_object_set_new(params, "service", json_string(service->name));
	}
	return 0;
}

static void
reset_deleted(const struct rpc_change *change)
{
	const json_t *edit;
	size_t i;

	json_array_foreach(change->edits, i, edit) {
		const json_t *params = json_object_get(edit, "params");
		struct lb_endpoint server;

		if (is_about(edit, "server.delete", "now", &server))
			servers_reset_now(change->director, text_of(params, "service"), &server);
	}
}

static const char *
word_of(const struct lb_error *err)
{
	switch (err->code) {
	case ETIME:
		return RPC_WORKER_STALLED;
	case ESTALE:
		return RPC_REVISION_MISMATCH;
	case ENOENT:
		return RPC_NOT_FOUND;
	case EEXIST:
		return RPC_EXISTS;
	default:
		return RPC_INVALID_CONFIGURATION;
	}
}

static void
forget(void *arg)
{
	struct rpc_change *change = arg;

	json_decref(change->edits);
	free(change);
}

static void
done(void *arg, const struct change_result *result)
{
	struct rpc_change *change = arg;
	const struct lb_error *err = &result->err;

	LIST_REMOVE(change, link);
	if (result->applied)
		reset_deleted(change);
	if (err->code == 0)
		lb_rpc_answer(change->call,
			json_pack("{s:I, s:O*}", "revision", (json_int_t)result->revision,
				"discarded", result->discarded));
	else
		lb_rpc_fail(change->call, LB_RPC_REFUSED, word_of(err), err);
	forget(change);
}

void
rpc_change_enter(struct rpc_change *change, struct change_request *request, const json_t *params,
	struct director *director)
{
	request->done = done;
	request->forget = forget;
	request->arg = change;
	request->dry_run = json_is_true(json_object_get(params, "dry_run"));
	request->if_revision = (uint64_t)json_integer_value(json_object_get(params, "if_revision"));
	change->director = director;
	LIST_INSERT_HEAD(&director->rpc->changes, change, link);
	change_start(director, request);
}

void
rpc_change_start(
	struct lb_rpc_call *call, json_t *edits, const json_t *params, struct director *director)
{
	struct rpc_change *change = calloc(1, sizeof(*change));
	struct change_request request = {
		.make = edits == NULL ? NULL : make,
		.begin = begin_edits,
	};

	if (change == NULL) {
		json_decref(edits);
		lb_rpc_answer(call, NULL);
		return;
	}
	change->call = call;
	change->edits = edits;
	rpc_change_enter(change, &request, params, director);
}

void
rpc_config_apply(struct lb_rpc_call *call, json_t *params, void *director)
{
	rpc_change_start(
		call, json_deep_copy(json_object_get(params, "changes")), params, director);
}

static void
begin(struct lb_rpc_call *call, json_t *params, void *director, const char *method)
{
	json_t *edits =
		json_pack("[{s:s, s:o}]", "method", method, "params", json_deep_copy(params));

	rpc_change_start(call, edits, params, director);
}

void
rpc_service_add(struct lb_rpc_call *call, json_t *params, void *director)
{
	begin(call, params, director, "service.add");
}

void
rpc_service_set(struct lb_rpc_call *call, json_t *params, void *director)
{
	begin(call, params, director, "service.set");
}

void
rpc_service_delete(struct lb_rpc_call *call, json_t *params, void *director)
{
	begin(call, params, director, "service.delete");
}

void
rpc_server_add(struct lb_rpc_call *call, json_t *params, void *director)
{
	begin(call, params, director, "server.add");
}

void
rpc_server_set(struct lb_rpc_call *call, json_t *params, void *director)
{
	begin(call, params, director, "server.set");
}

void
rpc_server_delete(struct lb_rpc_call *call, json_t *params, void *director)
{
	begin(call, params, director, "server.delete");
}

void
rpc_vip_add(struct lb_rpc_call *call, json_t *params, void *director)
{
	begin(call, params, director, "vip.add");
}

void
rpc_vip_delete(struct lb_rpc_call *call, json_t *params, void *director)
{
	begin(call, params, director, "vip.delete");
}

void
rpc_route_add(struct lb_rpc_call *call, json_t *params, void *director)
{
	begin(call, params, director, "route.add");
}

void
rpc_route_delete(struct lb_rpc_call *call, json_t *params, void *director)
{
	begin(call, params, director, "route.delete");
}
