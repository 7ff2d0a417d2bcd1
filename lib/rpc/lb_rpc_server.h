#pragma once
/**
 * @file
 * The daemon's end of the management socket: a table of methods, served on a libuv loop.
 *
 * Whoever the mode of the socket admits may call methods that read; those that change are for uid 0
 * and the owner of the socket. The loop is never held for long: a client gets one request per turn,
 * and what is long is parsed, written and freed in work threads. Everything here is called by the
 * thread of the loop.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include <jansson.h>
#include <uv.h>

#include "lb_error.h"
#include "lb_rpc.h"

/** What a parameter may hold. */
enum lb_rpc_type {
	LB_RPC_ANY,
	LB_RPC_STRING,
	LB_RPC_INTEGER,
	LB_RPC_NUMBER, /**< An integer too. */
	LB_RPC_BOOLEAN,
	LB_RPC_OBJECT,
	LB_RPC_ARRAY,
};

/** A parameter; all are given by name. */
struct lb_rpc_param {
	const char *name;
	enum lb_rpc_type type;
	bool required;
	const char *description;
};

/** A request that waits for its answer. It outlives its client; answering frees it. */
struct lb_rpc_call;

/** A method: what programs are told about it, and what it does. */
struct lb_rpc_method {
	const char *name; /**< "service.list" */
	const char *summary;
	const struct lb_rpc_param *params; /**< Ends with a NULL name; NULL: it takes none. */
	const char *result;                /**< What it answers, in words. */
	bool changes;                      /**< Not for those who may only read. */
	/**
	 * Do it, and answer now or later, once: each call must be answered before the loop ends.
	 * params is an object that fits the description; it is borrowed for the time of fn, and
	 * json_incref() keeps it.
	 */
	void (*fn)(struct lb_rpc_call *call, json_t *params, void *arg);
};

/** Where and what to serve. */
struct lb_rpc_server_conf {
	uv_loop_t *loop;
	const char *path;  /**< Of the socket; its directory is made if only that is missing. */
	mode_t mode;       /**< Of the socket. */
	const char *group; /**< Of the socket; NULL: that of the process. */
	const struct lb_rpc_method *methods; /**< Stays the caller's, and in place. */
	size_t methods_n;
	const char *title;    /**< For rpc.discover. */
	const char *version;  /**< For rpc.discover. */
	uint32_t clients_max; /**< 0: 1024. */
	uint32_t stall_ms; /**< How long a client with too much unsent may take nothing. 0: 1000. */
	void *arg;         /**< Of fn(). */
};

/** Counters since the start, but clients. */
struct lb_rpc_stats {
	uint32_t clients;  /**< Connected now. */
	uint64_t accepted; /**< Connections, those refused included. */
	uint64_t refused;  /**< One client too many. */
	uint64_t requests; /**< Requests, each of a batch counted. */
	uint64_t faults;   /**< Errors answered. */
	uint64_t stalled;  /**< Closed because they did not read. */
};

struct lb_rpc_server;

/**
 * Serve. The socket of a daemon that is dead is replaced, that of a living one is refused. From now
 * on the process ignores SIGPIPE. NULL: err has the sentence.
 */
struct lb_rpc_server *lb_rpc_server_create(
	const struct lb_rpc_server_conf *conf, struct lb_error *err);

/**
 * Remove the socket and close every client; the loop's next turns free the memory. Calls that are
 * not answered yet are still answered, to nobody. NULL is allowed.
 */
void lb_rpc_server_destroy(struct lb_rpc_server *server);

const struct lb_rpc_stats *lb_rpc_server_stats(const struct lb_rpc_server *server);

/**
 * Answer. Takes result, and with it the right to read it in another thread: nobody changes it from
 * now on. NULL: there was no memory to make one; the client is told so.
 */
void lb_rpc_answer(struct lb_rpc_call *call, json_t *result);

/** Answer with an error. word NULL: that of the code. */
void lb_rpc_fail(struct lb_rpc_call *call, int code, const char *word, const struct lb_error *err);

/** A client that is told what it did not ask for, until it goes. */
struct lb_rpc_listener;

/**
 * From now on the client of a call, which is not answered yet, can be told things; what it was told
 * by before ends. gone is called once, when it ends, be it by the client's or the server's end, and
 * the listener must not be used then. NULL: no memory, or the client has gone.
 */
struct lb_rpc_listener *lb_rpc_listen(struct lb_rpc_call *call, void (*gone)(void *arg), void *arg);

/** Send a JSON-RPC notification. params is borrowed, and never changed. It may end the client. */
void lb_rpc_notify(struct lb_rpc_listener *listener, const char *method, json_t *params);

/** The parameters of a method that lists. */
#define LB_RPC_PAGE_PARAMS                                                                         \
	{ "limit", LB_RPC_INTEGER, false, "items at most, 1 to 1000; 100 if not given" },          \
	{                                                                                          \
		"cursor", LB_RPC_STRING, false,                                                    \
			"where the answer before ended; from the start if not given"               \
	}

/** Which part of a list is wanted. */
struct lb_rpc_page {
	uint32_t limit;
	const char *cursor; /**< Borrowed from the parameters; NULL: from the start. */
};

/** Read what LB_RPC_PAGE_PARAMS describes. 0, or -EINVAL and the sentence. */
int lb_rpc_page_read(const json_t *params, struct lb_rpc_page *page, struct lb_error *err);

/** The result of such a method. Takes items; cursor NULL: the list ends here. NULL: no memory. */
json_t *lb_rpc_page_result(json_t *items, const char *cursor, uint64_t revision);
