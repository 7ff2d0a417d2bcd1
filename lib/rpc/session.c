/*
 * One client: reading lines, having them parsed, and what ends it. What is asked of the loop in one
 * turn is one line of at most 16 KiB, or one request of a batch; a longer line is parsed in a work
 * thread. Nothing more is read while a line waits, so a client holds little more than a line here.
 */

#include "rpc_session.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>

#include "lb_log.h"
#include "rpc_weight.h"

#define SESSION_PARSE_MAX (16U << 10) /* bytes that the loop parses itself: under 1 ms */
#define SESSION_PARSE_FLAGS (JSON_REJECT_DUPLICATES | JSON_DECODE_ANY)

size_t
rpc_session_unsent(const struct rpc_session *session)
{
	return session->held + uv_stream_get_write_queue_size((uv_stream_t *)&session->pipe);
}

static bool
has_work(const struct rpc_session *session)
{
	return session->batch != NULL || rpc_line_is_whole(&session->in);
}

/* A client that does not fetch its answers gets no more of them made. */
static bool
can_serve(const struct rpc_session *session)
{
	return !session->ending && !session->parsing && has_work(session) &&
	       session->calls_n + session->outs_n < LB_RPC_CALLS_MAX &&
	       rpc_session_unsent(session) <= LB_RPC_UNSENT_MAX;
}

static bool
is_over(const struct rpc_session *session)
{
	if (session->outs_n != 0 || session->writes != 0)
		return false;
	return session->ending ||
	       (session->eof && !session->parsing && !has_work(session) && session->calls_n == 0);
}

static void
on_alloc(uv_handle_t *handle, size_t suggested, uv_buf_t *buf)
{
	struct rpc_session *session = handle->data;

	(void)suggested;
	*buf = uv_buf_init(session->server->chunk, sizeof(session->server->chunk));
}

/* Whether the client has closed its socket, and did not only end its sending. */
static bool
is_hung_up(const struct rpc_session *session)
{
	struct pollfd poll_fd = { .fd = -1 };

	uv_fileno((const uv_handle_t *)&session->pipe, &poll_fd.fd);
	return poll(&poll_fd, 1, 0) > 0 && (poll_fd.revents & POLLHUP) != 0;
}

static void
on_eof(struct rpc_session *session)
{
	session->eof = true;
	if (is_hung_up(session)) {
		rpc_session_close(session);
		return;
	}
	if (rpc_line_length(&session->in) != 0)
		rpc_out_fault(session, LB_RPC_PARSE_ERROR,
			"request: the line has no end; send a newline behind each request");
	rpc_line_fini(&session->in);
}

static void
on_read(uv_stream_t *stream, ssize_t n, const uv_buf_t *buf)
{
	struct rpc_session *session = stream->data;

	if (n == 0)
		return;
	if (n == UV_EOF)
		on_eof(session);
	else if (n < 0 || rpc_line_add(&session->in, buf->base, (size_t)n) != 0)
		rpc_session_close(session);
	else if (rpc_line_length(&session->in) > LB_RPC_LINE_MAX)
		rpc_session_end(session, LB_RPC_LINE_TOO_LONG,
			"request: the line has more than 1 MiB; send several requests");
	rpc_session_next(session);
}

/* Reading goes on only while nothing else is to be done with what came. */
static void
read_or_not(struct rpc_session *session)
{
	bool wanted = !session->eof && !session->ending && !session->parsing && !has_work(session);

	if (wanted && !session->reading)
		uv_read_start((uv_stream_t *)&session->pipe, on_alloc, on_read);
	else if (!wanted && session->reading)
		uv_read_stop((uv_stream_t *)&session->pipe);
	session->reading = wanted;
}

void
rpc_session_next(struct rpc_session *session)
{
	if (session->closing)
		return;
	if (is_over(session)) {
		rpc_session_close(session);
		return;
	}
	if (!session->ready && can_serve(session))
		rpc_server_ready(session->server, session);
	read_or_not(session);
	if (session->ending || rpc_session_unsent(session) > LB_RPC_UNSENT_MAX)
		rpc_server_watch(session->server);
}

static void
take(struct rpc_session *session, json_t *json, const json_error_t *error)
{
	char sentence[LB_ERROR_TEXT];

	if (json != NULL) {
		rpc_call_take(session, json);
		return;
	}
	snprintf(sentence, sizeof(sentence),
		"request: not JSON at byte %d: %s; send one object, or an array of them, per line",
		error->position, error->text);
	rpc_out_fault(session, LB_RPC_PARSE_ERROR, sentence);
}

/* Any thread: nobody else looks at the line meanwhile. */
static json_t *
parse(const struct rpc_session *session, json_error_t *error)
{
	return json_loadb(rpc_line_text(&session->in), rpc_line_length(&session->in),
		SESSION_PARSE_FLAGS, error);
}

static void
parse_work(uv_work_t *work)
{
	struct rpc_session *session = work->data;

	session->parsed = parse(session, &session->parse_error);
}

static void
parse_done(uv_work_t *work, int status)
{
	struct rpc_session *session = work->data;

	(void)status;
	session->parsing = false;
	rpc_line_drop(&session->in);
	if (session->closing)
		rpc_discard(work->loop, session->parsed);
	else
		take(session, session->parsed, &session->parse_error);
	rpc_session_next(session);
	rpc_session_put(session);
}

static void
serve_line(struct rpc_session *session)
{
	json_error_t error;
	json_t *json;

	if (rpc_line_length(&session->in) > SESSION_PARSE_MAX) {
		session->parsing = true;
		session->refs++;
		session->parse.uv.data = session;
		lb_work_queue(session->server->conf.loop, &session->parse, parse_work, parse_done);
		return;
	}
	json = parse(session, &error);
	rpc_line_drop(&session->in);
	take(session, json, &error);
}

void
rpc_session_serve(struct rpc_session *session)
{
	if (can_serve(session)) {
		if (session->batch != NULL)
			rpc_call_step(session);
		else
			serve_line(session);
	}
	rpc_session_next(session);
}

void
rpc_session_end(struct rpc_session *session, int code, const char *sentence)
{
	rpc_line_fini(&session->in);
	session->ending = true;
	rpc_out_fault(session, code, sentence);
}

void
rpc_session_put(struct rpc_session *session)
{
	struct lb_rpc_server *server = session->server;

	if (--session->refs != 0)
		return;
	rpc_out_drop(session);
	rpc_line_fini(&session->in);
	free(session);
	rpc_server_put(server);
}

static void
on_closed(uv_handle_t *handle)
{
	rpc_session_put(handle->data);
}

void
rpc_session_close(struct rpc_session *session)
{
	struct lb_rpc_server *server = session->server;

	if (session->closing)
		return;
	session->closing = true;
	server->stats.clients--;
	TAILQ_REMOVE(&server->sessions, session, link);
	if (session->ready) {
		TAILQ_REMOVE(&server->ready, session, ready_link);
		server->ready_n--;
	}
	rpc_call_detach(session);
	rpc_listener_end(session);
	uv_close((uv_handle_t *)&session->pipe, on_closed);
}

void
rpc_session_stalled(struct rpc_session *session)
{
	session->server->stats.stalled++;
	lb_log(LB_LOG_WARN,
		"socket: the client of uid %u, pid %d, does not read its answers, and more than %u "
		"MiB of them wait; closed",
		session->peer.uid, session->peer.pid, LB_RPC_UNSENT_MAX >> 20);
	rpc_session_close(session);
}

/* Who it is; nobody if the kernel does not say. */
static void
read_peer(struct rpc_session *session)
{
	socklen_t length = sizeof(session->peer);
	int fd = -1;

	session->peer.uid = (uid_t)-1;
	if (uv_fileno((uv_handle_t *)&session->pipe, &fd) == 0)
		getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &session->peer, &length);
}

void
rpc_session_accept(struct lb_rpc_server *server)
{
	struct rpc_session *session = calloc(1, sizeof(*session));

	if (session == NULL)
		return; /* the connection waits; the next turn tries again */
	server->accept_due = false;
	server->refs++;
	session->server = server;
	session->refs = 1;
	session->taken = RPC_TAKEN_UNKNOWN;
	session->pipe.data = session;
	TAILQ_INIT(&session->outs);
	TAILQ_INSERT_TAIL(&server->sessions, session, link);
	server->stats.accepted++;
	server->stats.clients++;
	uv_pipe_init(server->conf.loop, &session->pipe, 0);
	if (uv_accept((uv_stream_t *)&server->listener, (uv_stream_t *)&session->pipe) != 0) {
		rpc_session_close(session);
		return;
	}
	read_peer(session);
	if (server->stats.clients > server->conf.clients_max) {
		server->stats.refused++;
		rpc_session_end(session, LB_RPC_TOO_MANY_CLIENTS,
			"socket: it has as many clients as it may have; close some of them");
	}
	rpc_session_next(session);
}
