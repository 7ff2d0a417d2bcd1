#pragma once
/**
 * @file
 * A server on a loop of the test, with methods made up for it, and clients that are bare sockets.
 * Nobody sleeps: whoever waits turns the loop until what is waited for is there.
 */

#include <errno.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <jansson.h>
#include <uv.h>

#include "lb_rpc_server.h"
#include "unit.h"

#define BED_PATIENCE_NS 60000000000ULL /* a sanitized build on a busy machine is slow */
#define BED_LATER 32

/** What a test has running. */
struct bed {
	char directory[64];
	char path[96];
	uv_loop_t loop;
	struct lb_rpc_server_conf conf;
	struct lb_rpc_server *server;
	struct lb_rpc_call *later[BED_LATER]; /**< Calls of method `later`, in their order. */
	size_t later_n;
	unsigned int big_n; /**< Calls of method `big`. */
	unsigned int changes_n;
};

static inline void
bed_echo(struct lb_rpc_call *call, json_t *params, void *arg)
{
	(void)arg;
	lb_rpc_answer(call, json_incref(json_object_get(params, "text")));
}

static inline void
bed_change(struct lb_rpc_call *call, json_t *params, void *arg)
{
	struct bed *bed = arg;

	(void)params;
	bed->changes_n++;
	lb_rpc_answer(call, json_true());
}

static inline void
bed_later(struct lb_rpc_call *call, json_t *params, void *arg)
{
	struct bed *bed = arg;

	(void)params;
	CU_ASSERT_FATAL(bed->later_n < BED_LATER);
	bed->later[bed->later_n++] = call;
}

static inline void
bed_big(struct lb_rpc_call *call, json_t *params, void *arg)
{
	struct bed *bed = arg;
	json_int_t n = json_integer_value(json_object_get(params, "n"));
	static char text[100001];
	json_t *array = json_array();

	bed->big_n++;
	memset(text, 'x', sizeof(text) - 1);
	while (n-- > 0)
		json_array_append_new(array, json_string(text));
	lb_rpc_answer(call, array);
}

static inline void
bed_refuse(struct lb_rpc_call *call, json_t *params, void *arg)
{
	struct lb_error err = { 0 };

	(void)arg;
	lb_error_set(&err, ENOENT, "server \"%s\": there is none; add it",
		json_string_value(json_object_get(params, "server")));
	lb_rpc_fail(call, LB_RPC_REFUSED, "unknown_server", &err);
}

static inline void
bed_nothing(struct lb_rpc_call *call, json_t *params, void *arg)
{
	(void)params;
	(void)arg;
	lb_rpc_answer(call, NULL);
}

static inline void
bed_answer_true(struct lb_rpc_call *call, json_t *params, void *arg)
{
	(void)params;
	(void)arg;
	lb_rpc_answer(call, json_true());
}

static const struct lb_rpc_param bed_echo_params[] = {
	{ "text", LB_RPC_ANY, true, "what is answered" },
	{ .name = NULL },
};
static const struct lb_rpc_param bed_big_params[] = {
	{ "n", LB_RPC_INTEGER, true, "strings of 100000 letters" },
	{ .name = NULL },
};
static const struct lb_rpc_param bed_refuse_params[] = {
	{ "server", LB_RPC_STRING, true, "a server" },
	{ .name = NULL },
};
static const struct lb_rpc_param bed_types_params[] = {
	{ "any", LB_RPC_ANY, false, "anything" },
	{ "string", LB_RPC_STRING, false, "text" },
	{ "integer", LB_RPC_INTEGER, false, "a whole number" },
	{ "number", LB_RPC_NUMBER, false, "any number" },
	{ "boolean", LB_RPC_BOOLEAN, false, "yes or no" },
	{ "object", LB_RPC_OBJECT, false, "members" },
	{ "array", LB_RPC_ARRAY, false, "items" },
	{ .name = NULL },
};

/* The table; test/unit/rpc/discover.c has it once more, as it is to be described. */
static const struct lb_rpc_method bed_methods[] = {
	{ "test.echo", "Answer what is given.", bed_echo_params, "the text", false, bed_echo },
	{ "test.change", "Count.", NULL, "true", true, bed_change },
	{ "test.later", "Answer when the test wants it.", NULL, "anything", false, bed_later },
	{ "test.big", "Answer much.", bed_big_params, "strings", false, bed_big },
	{ "test.refuse", "Refuse.", bed_refuse_params, "nothing", false, bed_refuse },
	{ "test.nothing", "Run out of memory.", NULL, "nothing", false, bed_nothing },
	{ "test.types", "Look at types.", bed_types_params, "true", false, bed_answer_true },
};

/** A directory and a loop; no server yet. */
static inline void
bed_init(struct bed *bed)
{
	memset(bed, 0, sizeof(*bed));
	snprintf(bed->directory, sizeof(bed->directory), "/tmp/pollux-rpc-XXXXXX");
	CU_ASSERT_PTR_NOT_NULL_FATAL(mkdtemp(bed->directory));
	CU_ASSERT_EQUAL_FATAL(chmod(bed->directory, 0755), 0);
	snprintf(bed->path, sizeof(bed->path), "%s/pollux.sock", bed->directory);
	CU_ASSERT_EQUAL_FATAL(uv_loop_init(&bed->loop), 0);
	bed->conf = (struct lb_rpc_server_conf){
		.loop = &bed->loop,
		.path = bed->path,
		.mode = 0600,
		.methods = bed_methods,
		.methods_n = sizeof(bed_methods) / sizeof(bed_methods[0]),
		.title = "Test",
		.version = "1.2.3",
		.stall_ms = 60000,
		.arg = bed,
	};
}

/** The server of bed->conf, which must start. */
static inline void
bed_serve(struct bed *bed)
{
	struct lb_error err = { 0 };

	bed->server = lb_rpc_server_create(&bed->conf, &err);
	CU_ASSERT_STRING_EQUAL(err.text, "");
	CU_ASSERT_PTR_NOT_NULL_FATAL(bed->server);
}

static inline void
bed_begin(struct bed *bed)
{
	bed_init(bed);
	bed_serve(bed);
}

/** The server is destroyed, and leaves neither a handle nor a file. */
static inline void
bed_end(struct bed *bed)
{
	lb_rpc_server_destroy(bed->server);
	uv_run(&bed->loop, UV_RUN_DEFAULT);
	CU_ASSERT_EQUAL(uv_loop_close(&bed->loop), 0);
	CU_ASSERT_EQUAL(rmdir(bed->directory), 0);
}

/** One turn of the loop. */
static inline void
bed_turn(struct bed *bed)
{
	uv_run(&bed->loop, UV_RUN_NOWAIT);
}

static inline bool
bed_is_late(uint64_t since)
{
	return uv_hrtime() - since > BED_PATIENCE_NS;
}

/** Turn the loop until condition holds; it is asked no more once it does. */
#define BED_UNTIL(bed, condition)                                                                  \
	do {                                                                                       \
		uint64_t since_ = uv_hrtime();                                                     \
		bool holds_;                                                                       \
		while (!(holds_ = (condition)) && !bed_is_late(since_))                            \
			bed_turn(bed);                                                             \
		CU_assertImplementation(                                                           \
			holds_, __LINE__, "BED_UNTIL(" #condition ")", __FILE__, "", CU_TRUE);     \
	} while (0)

/** A client that is a bare socket, and what came to it. */
struct peer {
	struct bed *bed;
	int fd;
	char *data;
	size_t size;
	size_t end;
	bool closed; /**< By the server. */
};

static inline void
peer_begin(struct peer *peer, struct bed *bed)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };

	*peer = (struct peer){ .bed = bed };
	strcpy(address.sun_path, bed->path);
	peer->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0);
	CU_ASSERT_EQUAL_FATAL(connect(peer->fd, (struct sockaddr *)&address, sizeof(address)), 0);
}

static inline void
peer_end(struct peer *peer)
{
	close(peer->fd);
	free(peer->data);
}

/** Take what is there, without waiting. */
static inline void
peer_receive(struct peer *peer)
{
	ssize_t n;

	do {
		if (peer->size - peer->end < 65536) {
			peer->size = peer->size == 0 ? 131072 : 2 * peer->size;
			peer->data = realloc(peer->data, peer->size);
			CU_ASSERT_PTR_NOT_NULL_FATAL(peer->data);
		}
		n = recv(peer->fd, peer->data + peer->end, peer->size - peer->end - 1, 0);
		peer->end += n > 0 ? (size_t)n : 0;
	} while (n > 0);
	peer->closed |= n == 0 || errno == ECONNRESET;
}

/** Send bytes; while the socket is full the loop turns, and what comes is taken. */
static inline void
peer_send_bytes(struct peer *peer, const char *bytes, size_t n)
{
	uint64_t since = uv_hrtime();

	while (n > 0 && !bed_is_late(since)) {
		ssize_t sent = send(peer->fd, bytes, n, MSG_NOSIGNAL);

		if (sent < 0 && errno != EAGAIN)
			break;
		if (sent < 0) {
			bed_turn(peer->bed);
			peer_receive(peer);
		}
		bytes += sent < 0 ? 0 : sent;
		n -= sent < 0 ? 0 : (size_t)sent;
	}
	CU_ASSERT_EQUAL_FATAL(n, 0);
}

static inline void
peer_send(struct peer *peer, const char *text)
{
	peer_send_bytes(peer, text, strlen(text));
}

/** Whether a whole line came. */
static inline bool
peer_has_line(struct peer *peer)
{
	peer_receive(peer);
	return memchr(peer->data, '\n', peer->end) != NULL;
}

/** The next line, which is waited for, without its newline. The caller frees it. */
static inline char *
peer_line(struct peer *peer)
{
	char *end, *line;
	size_t n;

	BED_UNTIL(peer->bed, peer_has_line(peer));
	end = memchr(peer->data, '\n', peer->end);
	n = (size_t)(end - peer->data);
	line = strndup(peer->data, n);
	peer->end -= n + 1;
	memmove(peer->data, end + 1, peer->end);
	return line;
}

/** The next line must be expected. */
static inline void
peer_expect(struct peer *peer, const char *expected)
{
	char *line = peer_line(peer);

	CU_ASSERT_STRING_EQUAL(line, expected);
	if (strcmp(line, expected) != 0)
		printf("# %.600s\n# in place of\n# %.600s\n", line, expected);
	free(line);
}

/** Ask and compare. */
static inline void
peer_ask(struct peer *peer, const char *request, const char *expected)
{
	peer_send(peer, request);
	peer_send(peer, "\n");
	peer_expect(peer, expected);
}

static inline bool
peer_is_closed(struct peer *peer)
{
	peer_receive(peer);
	return peer->closed;
}

/** The client works: a request that nobody else sends is answered. */
static inline void
peer_works(struct peer *peer)
{
	peer_ask(peer,
		"{\"jsonrpc\":\"2.0\",\"id\":\"works\",\"method\":\"test.echo\",\"params\":"
		"{\"text\":\"still\"}}",
		"{\"jsonrpc\":\"2.0\",\"id\":\"works\",\"result\":\"still\"}");
}
