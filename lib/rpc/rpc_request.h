#pragma once
/**
 * @file
 * What a request says, and whether it is one. Pure functions.
 */

#include <stdbool.h>

#include <jansson.h>

#include "lb_rpc.h"

/** The members of a request; all borrowed from it. */
struct rpc_request {
	const char *method;
	json_t *id;     /* NULL: a notification */
	json_t *params; /* NULL: none */
};

/**
 * Read a request. false: it is none, fault says why, and request->id is to be answered if it is
 * set.
 */
bool rpc_request_read(json_t *json, struct rpc_request *request, struct lb_rpc_fault *fault);
