#pragma once
/**
 * @file
 * The table of methods: look-up, check of parameters, description. Pure functions.
 */

#include "lb_rpc_server.h"

/** The method called name in the table or built in. NULL: none, and fault says so. */
const struct lb_rpc_method *rpc_method_find(
	const struct lb_rpc_server_conf *conf, const char *name, struct lb_rpc_fault *fault);

/** Whether params (NULL: none) are what the method takes. false: fault says why not. */
bool rpc_method_takes(
	const struct lb_rpc_method *method, const json_t *params, struct lb_rpc_fault *fault);

/** The name of a type in JSON Schema; of LB_RPC_ANY: NULL. */
const char *rpc_type_name(enum lb_rpc_type type);

/** `rpc.discover`: it is in no table. */
extern const struct lb_rpc_method rpc_method_discover;

/** The OpenRPC document of a table. NULL: no memory. */
json_t *rpc_discover_document(const struct lb_rpc_server_conf *conf);
