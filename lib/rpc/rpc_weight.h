#pragma once
/**
 * @file
 * How much work a JSON value makes for whoever writes or frees it. The thread of the loop.
 */

#include <jansson.h>
#include <uv.h>

#define RPC_WEIGHT_LIGHT (64U << 10) /* what the loop may do itself */

/**
 * About the bytes of the value as text, and at least 16 for each value in it. Counting ends when it
 * is over limit.
 */
size_t rpc_weight(json_t *json, size_t limit);

/** json_decref(), in a work thread if that is much. NULL is allowed. */
void rpc_discard(uv_loop_t *loop, json_t *json);
