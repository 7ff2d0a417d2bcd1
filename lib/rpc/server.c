/*
 * The server: accepting, taking turns, and watching for clients that do not read.
 *
 * Each turn of the loop accepts at most one client and gives each client that has sent something
 * one step, until 200 us are over; those that were not reached are first in the next turn. So what
 * shares the loop waits for one step of one client at most, however many there are.
 */

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "lb_log.h"
#include "rpc_listen.h"
#include "rpc_method.h"
#include "rpc_session.h"

#define SERVER_TURN_NS 200000
#define SERVER_BACKLOG 128
#define SERVER_CLIENTS 1024
#define SERVER_STALL_MS 1000

static void
on_turn(uv_idle_t *turn)
{
	struct lb_rpc_server *server = turn->data;
	uint64_t start = uv_hrtime();

	if (server->accept_due)
		rpc_session_accept(server);
	for (uint32_t n = server->ready_n; n > 0 && server->ready_n > 0; n--) {
		struct rpc_session *session = TAILQ_FIRST(&server->ready);

		TAILQ_REMOVE(&server->ready, session, ready_link);
		server->ready_n--;
		session->ready = false;
		rpc_session_serve(session);
		if (uv_hrtime() - start > SERVER_TURN_NS)
			break;
	}
	if (!server->accept_due && server->ready_n == 0)
		uv_idle_stop(turn);
}

void
rpc_server_ready(struct lb_rpc_server *server, struct rpc_session *session)
{
	session->ready = true;
	TAILQ_INSERT_TAIL(&server->ready, session, ready_link);
	server->ready_n++;
	uv_idle_start(&server->turn, on_turn);
}

/* Accepting is left to the turn: libuv would go on accepting until nobody is left. */
static void
on_connection(uv_stream_t *listener, int status)
{
	struct lb_rpc_server *server = listener->data;

	if (status != 0)
		return;
	server->accept_due = true;
	uv_idle_start(&server->turn, on_turn);
}

/* Whether the session is one to be watched. It is closed if it has taken nothing since last time.
 */
static bool
watch_session(struct rpc_session *session)
{
	size_t unsent = rpc_session_unsent(session);
	uint64_t taken = session->handed + session->held - unsent;
	bool unread = unsent > LB_RPC_UNSENT_MAX;

	if (!unread && !session->ending) {
		session->taken = RPC_TAKEN_UNKNOWN;
		return false;
	}
	if (session->taken != taken) {
		session->taken = taken;
		return true;
	}
	if (unread) {
		rpc_session_stalled(session);
		return false;
	}
	session->server->stats.stalled++;
	rpc_session_close(session);
	return false;
}

static void
on_watch(uv_timer_t *watch)
{
	struct lb_rpc_server *server = watch->data;
	struct rpc_session *next;
	bool again = false;

	for (struct rpc_session *session = TAILQ_FIRST(&server->sessions); session != NULL;
		session = next) {
		next = TAILQ_NEXT(session, link);
		again |= watch_session(session);
	}
	if (!again)
		uv_timer_stop(watch);
}

void
rpc_server_watch(struct lb_rpc_server *server)
{
	if (!uv_is_active((uv_handle_t *)&server->watch))
		uv_timer_start(
			&server->watch, on_watch, server->conf.stall_ms, server->conf.stall_ms);
}

void
rpc_server_put(struct lb_rpc_server *server)
{
	if (--server->refs != 0)
		return;
	json_decref(server->discover);
	json_decref(server->no_params);
	free(server);
}

static void
on_closed(uv_handle_t *handle)
{
	rpc_server_put(handle->data);
}

static void
init_handles(struct lb_rpc_server *server)
{
	uv_pipe_init(server->conf.loop, &server->listener, 0);
	uv_idle_init(server->conf.loop, &server->turn);
	uv_timer_init(server->conf.loop, &server->watch);
	server->listener.data = server->turn.data = server->watch.data = server;
	server->refs = 3;
}

static struct lb_rpc_server *
server_alloc(const struct lb_rpc_server_conf *conf)
{
	struct lb_rpc_server *server = calloc(1, sizeof(*server));

	if (server == NULL)
		return NULL;
	server->conf = *conf;
	if (conf->clients_max == 0)
		server->conf.clients_max = SERVER_CLIENTS;
	if (conf->stall_ms == 0)
		server->conf.stall_ms = SERVER_STALL_MS;
	TAILQ_INIT(&server->sessions);
	TAILQ_INIT(&server->ready);
	server->refs = 1;
	server->discover = rpc_discover_document(conf);
	server->no_params = json_object();
	if (server->discover != NULL && server->no_params != NULL)
		return server;
	rpc_server_put(server);
	return NULL;
}

/* 0 or -errno. */
static int
server_start(struct lb_rpc_server *server, int fd)
{
	int ret = uv_pipe_open(&server->listener, fd);

	if (ret != 0) {
		close(fd);
		return ret;
	}
	return uv_listen((uv_stream_t *)&server->listener, SERVER_BACKLOG, on_connection);
}

struct lb_rpc_server *
lb_rpc_server_create(const struct lb_rpc_server_conf *conf, struct lb_error *err)
{
	struct lb_rpc_server *server = server_alloc(conf);
	int fd, ret;

	if (server == NULL) {
		lb_error_set(err, ENOMEM,
			"socket \"%s\": no memory for it; give the machine more memory",
			conf->path);
		return NULL;
	}
	fd = rpc_listen_bind(conf, &server->socket, err);
	if (fd < 0) {
		rpc_server_put(server);
		return NULL;
	}
	signal(SIGPIPE, SIG_IGN); /* libuv writes to clients that are gone */
	snprintf(server->path, sizeof(server->path), "%s", conf->path);
	init_handles(server);
	ret = server_start(server, fd);
	if (ret == 0)
		return server;
	lb_error_set(err, -ret,
		"socket \"%s\": it does not listen (%s); give the process more open files",
		conf->path, uv_strerror(ret));
	lb_rpc_server_destroy(server);
	return NULL;
}

void
lb_rpc_server_destroy(struct lb_rpc_server *server)
{
	struct rpc_session *session;

	if (server == NULL)
		return;
	rpc_listen_remove(server->path, &server->socket);
	while ((session = TAILQ_FIRST(&server->sessions)) != NULL)
		rpc_session_close(session);
	uv_close((uv_handle_t *)&server->listener, on_closed);
	uv_close((uv_handle_t *)&server->turn, on_closed);
	uv_close((uv_handle_t *)&server->watch, on_closed);
}

const struct lb_rpc_stats *
lb_rpc_server_stats(const struct lb_rpc_server *server)
{
	return &server->stats;
}
