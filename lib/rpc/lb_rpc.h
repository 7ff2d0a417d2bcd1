#pragma once
/**
 * @file
 * What both ends of the management socket share: the limits, and the codes and words of errors.
 *
 * JSON-RPC 2.0 over a unix stream socket: one object, or one batch, per line. Codes and words are
 * a contract: programs compare them, so none ever changes its meaning.
 */

#include "lb_error.h"

#define LB_RPC_LINE_MAX (1U << 20)   /**< Bytes of a request without its newline. */
#define LB_RPC_UNSENT_MAX (4U << 20) /**< Answers that wait for a client that does not read. */
#define LB_RPC_BATCH_MAX 1000        /**< Requests in a batch. */
#define LB_RPC_CALLS_MAX 16          /**< Calls of one client that are not answered yet. */
#define LB_RPC_WORD 48               /**< Bytes of a word, with the zero at its end. */

/** `error.code`; behind each stands its word, `error.data.code`. */
enum lb_rpc_code {
	LB_RPC_PARSE_ERROR = -32700,      /**< parse_error: the line is not JSON. */
	LB_RPC_INVALID_REQUEST = -32600,  /**< invalid_request: JSON, but no request. */
	LB_RPC_UNKNOWN_METHOD = -32601,   /**< unknown_method */
	LB_RPC_INVALID_PARAMS = -32602,   /**< invalid_params: unknown, missing, of another type. */
	LB_RPC_INTERNAL = -32603,         /**< internal_error: out of memory. */
	LB_RPC_REFUSED = -32000,          /**< refused, or a word of the method's own. */
	LB_RPC_NOT_PERMITTED = -32001,    /**< not_permitted: this user may only read. */
	LB_RPC_LINE_TOO_LONG = -32002,    /**< line_too_long; the connection ends. */
	LB_RPC_TOO_MANY_CLIENTS = -32003, /**< too_many_clients; the connection ends. */
	LB_RPC_BATCH_TOO_LONG = -32004,   /**< batch_too_long: its requests, or its answers. */
};

/** The word of a code; of one that is not above: that of LB_RPC_REFUSED. Any thread. */
const char *lb_rpc_word(int code);

/** An error as it crosses the socket. Zeroed by whoever has it filled. */
struct lb_rpc_fault {
	int code; /**< enum lb_rpc_code; 0: none. */
	char word[LB_RPC_WORD];
	struct lb_error err; /**< The sentence. */
};
