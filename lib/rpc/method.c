/*
 * The table of methods decides what is called with what, so that no method has to look at the
 * names and types of its parameters, and every refusal reads alike.
 */

#include "rpc_method.h"

#include <stdio.h>
#include <string.h>

#include "rpc_fault.h"

static size_t
same_begin(const char *a, const char *b)
{
	size_t n = 0;

	while (a[n] != '\0' && a[n] == b[n])
		n++;
	return n;
}

/* Whether one slip of the fingers lies between them: a letter or two at one place. */
static bool
is_close(const char *typed, const char *known)
{
	size_t n = strlen(typed), m = strlen(known), shorter = n < m ? n : m;
	size_t longer = n < m ? m : n, same = same_begin(typed, known);

	for (size_t i = 1; same < shorter && typed[n - i] == known[m - i]; i++)
		same++;
	return longer - same <= 2;
}

const struct lb_rpc_method *
rpc_method_find(const struct lb_rpc_server_conf *conf, const char *name, struct lb_rpc_fault *fault)
{
	if (strcmp(name, rpc_method_discover.name) == 0)
		return &rpc_method_discover;
	for (size_t i = 0; i < conf->methods_n; i++)
		if (strcmp(name, conf->methods[i].name) == 0)
			return &conf->methods[i];
	for (size_t i = 0; i < conf->methods_n; i++) {
		if (!is_close(name, conf->methods[i].name))
			continue;
		rpc_fault_set(fault, LB_RPC_UNKNOWN_METHOD,
			"method \"%.64s\": there is none; did you mean %s?", name,
			conf->methods[i].name);
		return NULL;
	}
	rpc_fault_set(fault, LB_RPC_UNKNOWN_METHOD,
		"method \"%.64s\": there is none; rpc.discover lists what there is", name);
	return NULL;
}

const char *
rpc_type_name(enum lb_rpc_type type)
{
	static const char *const names[] = {
		[LB_RPC_STRING] = "string",
		[LB_RPC_INTEGER] = "integer",
		[LB_RPC_NUMBER] = "number",
		[LB_RPC_BOOLEAN] = "boolean",
		[LB_RPC_OBJECT] = "object",
		[LB_RPC_ARRAY] = "array",
	};

	return names[type];
}

static const char *
value_type_name(const json_t *value)
{
	static const char *const names[] = {
		[JSON_OBJECT] = "object",
		[JSON_ARRAY] = "array",
		[JSON_STRING] = "string",
		[JSON_INTEGER] = "integer",
		[JSON_REAL] = "number",
		[JSON_TRUE] = "boolean",
		[JSON_FALSE] = "boolean",
		[JSON_NULL] = "null",
	};

	return names[json_typeof(value)];
}

static bool
is_type(const json_t *value, enum lb_rpc_type type)
{
	if (type == LB_RPC_ANY || (type == LB_RPC_NUMBER && json_is_integer(value)))
		return true;
	return strcmp(value_type_name(value), rpc_type_name(type)) == 0;
}

static const struct lb_rpc_param *
param_find(const struct lb_rpc_method *method, const char *name)
{
	const struct lb_rpc_param *param = method->params;

	for (; param != NULL && param->name != NULL; param++)
		if (strcmp(param->name, name) == 0)
			return param;
	return NULL;
}

/* "name, address, weight" */
static void
param_names(const struct lb_rpc_method *method, char *names, size_t size)
{
	const struct lb_rpc_param *param = method->params;
	size_t n = 0;

	names[0] = '\0';
	for (; param != NULL && param->name != NULL && n < size; param++)
		n += (size_t)snprintf(names + n, size - n, "%s%s", n == 0 ? "" : ", ", param->name);
}

static bool
refuse_param(const struct lb_rpc_method *method, const char *name, struct lb_rpc_fault *fault)
{
	char names[300];

	param_names(method, names, sizeof(names));
	return rpc_fault_set(fault, LB_RPC_INVALID_PARAMS,
		"%s: there is no parameter \"%.64s\"; %s%s", method->name, name,
		names[0] == '\0' ? "it takes none" : "it takes ", names);
}

/* The wanted type with its article, as in "give an integer". */
static const char *
wanted(enum lb_rpc_type type)
{
	static const char *const names[] = {
		[LB_RPC_ANY] = "it",
		[LB_RPC_STRING] = "a string",
		[LB_RPC_INTEGER] = "an integer",
		[LB_RPC_NUMBER] = "a number",
		[LB_RPC_BOOLEAN] = "true or false",
		[LB_RPC_OBJECT] = "an object",
		[LB_RPC_ARRAY] = "an array",
	};

	return names[type];
}

bool
rpc_method_takes(
	const struct lb_rpc_method *method, const json_t *params, struct lb_rpc_fault *fault)
{
	const struct lb_rpc_param *param;
	const char *key;
	json_t *value;

	if (params != NULL && !json_is_object(params))
		return rpc_fault_set(fault, LB_RPC_INVALID_PARAMS,
			"%s: params is no object; give the parameters by name", method->name);
	json_object_foreach((json_t *)params, key, value) {
		param = param_find(method, key);
		if (param == NULL)
			return refuse_param(method, key, fault);
		if (!is_type(value, param->type))
			return rpc_fault_set(fault, LB_RPC_INVALID_PARAMS,
				"%s: parameter \"%s\" is of type %s; give %s", method->name, key,
				value_type_name(value), wanted(param->type));
	}
	for (param = method->params; param != NULL && param->name != NULL; param++)
		if (param->required && json_object_get(params, param->name) == NULL)
			return rpc_fault_set(fault, LB_RPC_INVALID_PARAMS,
				"%s: parameter \"%s\" is missing; give %s", method->name,
				param->name, wanted(param->type));
	return true;
}
