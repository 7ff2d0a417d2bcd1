#pragma once
/**
 * @file
 * Errors of the transport, and errors as JSON. Any thread.
 */

#include <stdbool.h>

#include <jansson.h>

#include "lb_rpc.h"

/** Write the sentence, the code and its word; returns false, for `return rpc_fault_set(...)`. */
bool rpc_fault_set(struct lb_rpc_fault *fault, int code, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/** The `error` of an answer; word NULL: that of the code. NULL: no memory. */
json_t *rpc_fault_json(int code, const char *word, const struct lb_error *err);
