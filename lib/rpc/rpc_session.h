#pragma once
/**
 * @file
 * The server's side of one client, and the server that has it. The thread of the loop; what a work
 * thread may touch says so.
 *
 * A session does one thing at a time with what came: it reads, or it parses a line, or it starts
 * the calls of a request. rpc_session_next() is the one place that decides which, and is called
 * whenever anything has changed.
 */

#include <sys/queue.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include "lb_rpc_server.h"
#include "lb_work.h"
#include "rpc_line.h"

/** A line on its way out. While a work thread writes it, json, text and length are that one's. */
struct rpc_out {
	TAILQ_ENTRY(rpc_out) link;
	struct rpc_session *session;
	json_t *json;
	char *text;
	size_t length;
	bool written; /* the loop's: the text is there */
	struct lb_work work;
	uv_write_t write;
};

/** A batch; freed when all is answered. */
struct rpc_batch {
	struct rpc_session *session; /* NULL: gone */
	uv_loop_t *loop;
	json_t *requests;
	json_t **answers; /* NULL: not yet, or none for a notification */
	size_t n;
	size_t next;   /* request to start */
	size_t weight; /* of the answers */
	size_t refs;   /* calls not answered, and the session while it starts more */
};

struct lb_rpc_call {
	LIST_ENTRY(lb_rpc_call) link;
	struct rpc_session *session; /* NULL: gone */
	uv_loop_t *loop;
	struct rpc_batch *batch; /* NULL: a request of its own */
	size_t index;            /* in the batch */
	json_t *id;              /* NULL: a notification */
};

/** What a client is told by. */
struct lb_rpc_listener {
	struct rpc_session *session;
	void (*gone)(void *arg);
	void *arg;
};

struct rpc_session {
	uv_pipe_t pipe;
	struct lb_rpc_server *server;
	TAILQ_ENTRY(rpc_session) link;
	TAILQ_ENTRY(rpc_session) ready_link;
	struct ucred peer;
	uint32_t refs; /* its handle, and its jobs in work threads */
	bool ready;    /* waits for its turn */
	bool reading;
	bool parsing; /* in a work thread, which reads the first line of `in` */
	bool eof;     /* the client sends nothing more */
	bool ending;  /* it is closed once the error is out */
	bool closing;

	struct rpc_line in;
	struct lb_work parse;
	json_t *parsed;
	json_error_t parse_error;
	struct rpc_batch *batch; /* being started */
	LIST_HEAD(, lb_rpc_call) calls;
	uint32_t calls_n;
	struct lb_rpc_listener *listener; /* NULL: it is told nothing */

	TAILQ_HEAD(, rpc_out) outs; /* in the order of the answers; not handed to libuv yet */
	uint32_t outs_n;
	size_t held;     /* bytes of them that are text */
	uint32_t writes; /* handed to libuv, not done */
	uint64_t handed; /* bytes, ever */
	uint64_t taken;  /* of these, by the client, when the watch looked; or RPC_TAKEN_UNKNOWN */
};

#define RPC_TAKEN_UNKNOWN UINT64_MAX

struct lb_rpc_server {
	struct lb_rpc_server_conf conf;
	struct lb_rpc_stats stats;
	uv_pipe_t listener;
	uv_idle_t turn;   /* active while a client is to be accepted or a session is ready */
	uv_timer_t watch; /* active while a session has too much unsent */
	TAILQ_HEAD(, rpc_session) sessions;
	TAILQ_HEAD(, rpc_session) ready;
	uint32_t ready_n;
	bool accept_due;
	uint32_t refs;      /* its handles, and sessions not freed */
	struct stat socket; /* to know it again, and its owner */
	char path[sizeof(((struct sockaddr_un *)0)->sun_path)];
	json_t *discover;
	json_t *no_params;    /* {} */
	char chunk[64 << 10]; /* what libuv reads into */
};

/** Take the connection that waits. */
void rpc_session_accept(struct lb_rpc_server *server);

/** Do one step of what the session is ready for. */
void rpc_session_serve(struct rpc_session *session);

/** Decide what comes next. */
void rpc_session_next(struct rpc_session *session);

/** Answer with an error that belongs to no request, then close. */
void rpc_session_end(struct rpc_session *session, int code, const char *sentence);

/** Close now. */
void rpc_session_close(struct rpc_session *session);

/** Close a client that does not read, and say so. */
void rpc_session_stalled(struct rpc_session *session);

/** It is told nothing any more. */
void rpc_listener_end(struct rpc_session *session);

/** Drop a reference; the last frees the session. */
void rpc_session_put(struct rpc_session *session);

/** Bytes of answers that the client has not taken. */
size_t rpc_session_unsent(const struct rpc_session *session);

/** Session waits for its turn; server: the loop's next turn begins at once. */
void rpc_server_ready(struct lb_rpc_server *server, struct rpc_session *session);

/** Look after sessions with too much unsent. */
void rpc_server_watch(struct lb_rpc_server *server);

/** Drop a reference; the last frees the server. */
void rpc_server_put(struct lb_rpc_server *server);

/** Send a line after those before; takes json. NULL: no memory, so the session is closed. */
void rpc_out_send(struct rpc_session *session, json_t *json);

/** Send an error that belongs to no request. */
void rpc_out_fault(struct rpc_session *session, int code, const char *sentence);

/** Free what was not handed to libuv. */
void rpc_out_drop(struct rpc_session *session);

/** Start what came: a request, or a batch. Takes json. */
void rpc_call_take(struct rpc_session *session, json_t *json);

/** Start the next request of the batch. */
void rpc_call_step(struct rpc_session *session);

/** The session goes: its calls are on their own. */
void rpc_call_detach(struct rpc_session *session);
