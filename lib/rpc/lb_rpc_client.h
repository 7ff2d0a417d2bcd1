#pragma once
/**
 * @file
 * The command line's end of the management socket: it calls a method and waits for the answer.
 *
 * A client belongs to one thread; several clients do not know of each other.
 */

#include <jansson.h>

#include "lb_error.h"
#include "lb_rpc.h"

struct lb_rpc_client;

/**
 * Connect; no call takes longer than timeout_ms. NULL: err has the sentence, and err->code is
 * ECONNREFUSED when no daemon is there, EACCES when it is there for others.
 */
struct lb_rpc_client *lb_rpc_connect(const char *path, int timeout_ms, struct lb_error *err);

/** NULL is allowed. */
void lb_rpc_disconnect(struct lb_rpc_client *client);

/**
 * Call a method and wait. Takes params; NULL: none. 0 and the result, which the caller frees; or
 * -errno, and fault has the sentence: -EREMOTEIO when the daemon refuses, with code and word,
 * -ETIMEDOUT, -ECONNRESET when it closed the connection, -EPROTO when what came is no answer.
 * After any other than -EREMOTEIO the client is of no more use.
 */
int lb_rpc_client_call(struct lb_rpc_client *client, const char *method, json_t *params,
	json_t **result, struct lb_rpc_fault *fault);

/**
 * Wait for the next notification, for as long as it takes. 0 and its params, which the caller
 * frees, or -errno and the sentence. What came while a call waited for its answer is passed over.
 */
int lb_rpc_client_next(struct lb_rpc_client *client, json_t **params, struct lb_error *err);
