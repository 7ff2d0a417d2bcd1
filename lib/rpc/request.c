/*
 * Requests by JSON-RPC 2.0, section 4, and stricter in one point: a member that no request has is
 * refused. Who mistypes "params" in a flush with a filter must not flush everything.
 */

#include "rpc_request.h"

#include <string.h>

#include "rpc_fault.h"

static bool
is_id(const json_t *id)
{
	return json_is_string(id) || json_is_number(id) || json_is_null(id);
}

static bool
has_known_members(json_t *json, struct lb_rpc_fault *fault)
{
	static const char *const known[] = { "jsonrpc", "method", "params", "id" };
	const char *key;
	json_t *value;
	size_t i;

	json_object_foreach(json, key, value) {
		for (i = 0; i < sizeof(known) / sizeof(known[0]); i++)
			if (strcmp(key, known[i]) == 0)
				break;
		if (i == sizeof(known) / sizeof(known[0]))
			return rpc_fault_set(fault, LB_RPC_INVALID_REQUEST,
				"request: no request has \"%.64s\"; give jsonrpc, method, params, "
				"id",
				key);
	}
	return true;
}

bool
rpc_request_read(json_t *json, struct rpc_request *request, struct lb_rpc_fault *fault)
{
	const char *version;

	*request = (struct rpc_request){ 0 };
	if (!json_is_object(json))
		return rpc_fault_set(fault, LB_RPC_INVALID_REQUEST,
			"request: it is no object; send {\"jsonrpc\": \"2.0\", \"method\": ..., "
			"\"params\": {...}, \"id\": ...}");
	request->id = json_object_get(json, "id");
	if (request->id != NULL && !is_id(request->id)) {
		request->id = NULL;
		return rpc_fault_set(fault, LB_RPC_INVALID_REQUEST,
			"request: its id is neither a string nor a number; give one of them");
	}
	version = json_string_value(json_object_get(json, "jsonrpc"));
	if (version == NULL || strcmp(version, "2.0") != 0)
		return rpc_fault_set(fault, LB_RPC_INVALID_REQUEST,
			"request: jsonrpc is not \"2.0\"; write \"jsonrpc\": \"2.0\"");
	request->method = json_string_value(json_object_get(json, "method"));
	if (request->method == NULL)
		return rpc_fault_set(fault, LB_RPC_INVALID_REQUEST,
			"request: method is no string; give the name of a method");
	request->params = json_object_get(json, "params");
	return has_known_members(json, fault);
}
