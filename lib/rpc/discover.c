/*
 * rpc.discover: an OpenRPC 1.2 document made from the table, once, when the server starts. What
 * OpenRPC has no word for, whether a method changes anything, is its extension "x-changes".
 */

#include "rpc_method.h"

#include "rpc_session.h"

static json_t *
schema(enum lb_rpc_type type)
{
	return type == LB_RPC_ANY ? json_object() : json_pack("{s:s}", "type", rpc_type_name(type));
}

static json_t *
describe_params(const struct lb_rpc_param *param)
{
	json_t *params = json_array();

	for (; param != NULL && param->name != NULL; param++) {
		json_t *described = json_pack("{s:s, s:s, s:b, s:o}", "name", param->name,
			"description", param->description, "required", param->required, "schema",
			schema(param->type));

		if (json_array_append_new(params, described) != 0) {
			json_decref(params);
			return NULL;
		}
	}
	return params;
}

static json_t *
describe(const struct lb_rpc_method *method)
{
	return json_pack("{s:s, s:s, s:s, s:o, s:{s:s, s:s, s:{}}, s:b}", "name", method->name,
		"summary", method->summary, "paramStructure", "by-name", "params",
		describe_params(method->params), "result", "name", "result", "description",
		method->result, "schema", "x-changes", method->changes);
}

json_t *
rpc_discover_document(const struct lb_rpc_server_conf *conf)
{
	json_t *methods = json_array();

	for (size_t i = 0; i < conf->methods_n; i++)
		if (json_array_append_new(methods, describe(&conf->methods[i])) != 0) {
			json_decref(methods);
			return NULL;
		}
	return json_pack("{s:s, s:{s:s, s:s}, s:o}", "openrpc", "1.2.6", "info", "title",
		conf->title, "version", conf->version, "methods", methods);
}

static void
discover(struct lb_rpc_call *call, json_t *params, void *arg)
{
	(void)params;
	(void)arg;
	lb_rpc_answer(call, json_incref(call->session->server->discover));
}

const struct lb_rpc_method rpc_method_discover = {
	.name = "rpc.discover",
	.summary = "Describe all methods.",
	.result = "an OpenRPC document",
	.fn = discover,
};
