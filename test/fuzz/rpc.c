/*
 * What anybody's client may send to the management socket: each line gets one line of JSON that
 * answers it, or none when it has nothing but notifications.
 *
 * Input: a byte of flags, then what the client sends. Clients of a server that lives as long as the
 * program come one after the other; the socket has no name in the file system.
 */

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <jansson.h>
#include <uv.h>

#include "fuzz.h"
#include "lb_rpc_server.h"
#include "rpc_listen.h"

#define PIECE 31      /* Squared, the bytes that are sent together; 0: all. */
#define LONG (1 << 5) /* Blanks before the first line, so that a work thread parses it. */

#define BLANKS (17 << 10)
#define LATER 64

/* A server, and where it listens. */
static struct {
	uv_loop_t loop;
	struct lb_rpc_server *server;
	struct sockaddr_un address;
	socklen_t address_n;
	struct lb_rpc_call *later[LATER]; /* Calls that are not answered yet. */
	size_t later_n;
} bed;

/* A client, what it sends and what it got. */
struct client {
	int fd;
	char *out;
	size_t out_n;
	char *in;
	size_t in_n;
	size_t in_room;
	bool closed; /* by the server */
};

/* In place of the ones in lib/rpc, which are not linked then: a socket that is no file. */
int
rpc_listen_bind(const struct lb_rpc_server_conf *conf, struct stat *file, struct lb_error *err)
{
	const struct sockaddr_un any = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	(void)conf;
	(void)err;
	memset(file, 0, sizeof(*file));
	file->st_uid = getuid();
	bed.address_n = sizeof(bed.address);
	FUZZ_HOLDS(fd >= 0 && bind(fd, (const struct sockaddr *)&any, sizeof(sa_family_t)) == 0);
	FUZZ_HOLDS(getsockname(fd, (struct sockaddr *)&bed.address, &bed.address_n) == 0);
	return fd;
}

void
rpc_listen_remove(const char *path, const struct stat *file)
{
	(void)path;
	(void)file;
}

static void
echo(struct lb_rpc_call *call, json_t *params, void *arg)
{
	(void)arg;
	lb_rpc_answer(call, json_incref(json_object_get(params, "text")));
}

static void
count(struct lb_rpc_call *call, json_t *params, void *arg)
{
	(void)params;
	(void)arg;
	lb_rpc_answer(call, json_true());
}

static void
refuse(struct lb_rpc_call *call, json_t *params, void *arg)
{
	struct lb_error err = { 0 };

	(void)arg;
	lb_error_set(&err, ENOENT, "server \"%s\": there is none; add it",
		json_string_value(json_object_get(params, "server")));
	lb_rpc_fail(call, LB_RPC_REFUSED, "unknown_server", &err);
}

static void
later(struct lb_rpc_call *call, json_t *params, void *arg)
{
	(void)params;
	(void)arg;
	FUZZ_HOLDS(bed.later_n < LATER);
	bed.later[bed.later_n++] = call;
}

static void
page(struct lb_rpc_call *call, json_t *params, void *arg)
{
	struct lb_error err = { 0 };
	struct lb_rpc_page wanted;

	(void)arg;
	if (lb_rpc_page_read(params, &wanted, &err) != 0)
		lb_rpc_fail(call, LB_RPC_INVALID_PARAMS, NULL, &err);
	else
		lb_rpc_answer(call, lb_rpc_page_result(json_array(), wanted.cursor, 1));
}

static const struct lb_rpc_param echo_params[] = {
	{ "text", LB_RPC_ANY, true, "what is answered" },
	{ .name = NULL },
};
static const struct lb_rpc_param refuse_params[] = {
	{ "server", LB_RPC_STRING, true, "a server" },
	{ "weight", LB_RPC_INTEGER, false, "a whole number" },
	{ "rate", LB_RPC_NUMBER, false, "any number" },
	{ "force", LB_RPC_BOOLEAN, false, "yes or no" },
	{ "match", LB_RPC_OBJECT, false, "members" },
	{ "list", LB_RPC_ARRAY, false, "items" },
	{ .name = NULL },
};
static const struct lb_rpc_param page_params[] = {
	LB_RPC_PAGE_PARAMS,
	{ .name = NULL },
};
static const struct lb_rpc_method methods[] = {
	{ "t.echo", "Answer what is given.", echo_params, "the text", false, echo },
	{ "t.count", "Change.", NULL, "true", true, count },
	{ "t.refuse", "Refuse.", refuse_params, "nothing", false, refuse },
	{ "t.later", "Answer later.", NULL, "true", false, later },
	{ "t.page", "List.", page_params, "items", false, page },
};

static void
serve(void)
{
	const struct lb_rpc_server_conf conf = {
		.loop = &bed.loop,
		.path = "",
		.methods = methods,
		.methods_n = sizeof(methods) / sizeof(methods[0]),
		.title = "Fuzzed",
		.version = "1.2.3",
	};
	struct lb_error err = { 0 };

	if (bed.server != NULL)
		return;
	FUZZ_HOLDS(uv_loop_init(&bed.loop) == 0);
	bed.server = lb_rpc_server_create(&conf, &err);
	FUZZ_HOLDS(bed.server != NULL);
}

/* One turn, in which the last call that waits is answered: so answers overtake each other. */
static void
turn(uv_run_mode mode)
{
	if (bed.later_n > 0)
		lb_rpc_answer(bed.later[--bed.later_n], json_true());
	uv_run(&bed.loop, mode);
}

/* What the client sends, behind blanks if so wanted. The caller frees it. */
static char *
outgoing(const struct fuzz_input *input, bool is_long, size_t *n)
{
	size_t blanks = is_long ? BLANKS : 0;
	char *out = malloc(blanks + input->left + 1);

	FUZZ_HOLDS(out != NULL);
	memset(out, ' ', blanks);
	if (input->left != 0)
		memcpy(out + blanks, input->at, input->left);
	*n = blanks + input->left;
	return out;
}

static void
receive(struct client *client)
{
	ssize_t n;

	do {
		if (client->in_room - client->in_n < 4096) {
			client->in_room = 2 * client->in_room + 8192;
			client->in = realloc(client->in, client->in_room);
			FUZZ_HOLDS(client->in != NULL);
		}
		n = recv(client->fd, client->in + client->in_n, client->in_room - client->in_n, 0);
		client->in_n += n > 0 ? (size_t)n : 0;
	} while (n > 0);
	FUZZ_HOLDS(n == 0 || errno == EAGAIN);
	client->closed |= n == 0;
}

/* Send all, in pieces of the size wanted, and turn the loop after each. */
static void
send_all(struct client *client, size_t piece)
{
	size_t sent = 0;

	while (sent < client->out_n) {
		size_t left = client->out_n - sent;
		ssize_t n = send(client->fd, client->out + sent,
			piece == 0 || piece > left ? left : piece, MSG_NOSIGNAL);

		FUZZ_HOLDS(n > 0 || errno == EAGAIN);
		sent += n > 0 ? (size_t)n : 0;
		turn(UV_RUN_NOWAIT);
		receive(client);
	}
	FUZZ_HOLDS(shutdown(client->fd, SHUT_WR) == 0);
}

/*
 * A client comes, sends, reads until the server has closed, and goes. As long as the server has not
 * closed it has something to do, so the loop may wait for that; if it has not, it waits for good.
 */
static void
converse(struct client *client, size_t piece)
{
	client->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	FUZZ_HOLDS(client->fd >= 0);
	FUZZ_HOLDS(connect(client->fd, (struct sockaddr *)&bed.address, bed.address_n) == 0);
	send_all(client, piece);
	for (receive(client); !client->closed; receive(client))
		turn(UV_RUN_ONCE);
	close(client->fd);
	FUZZ_HOLDS(bed.later_n == 0);
	FUZZ_HOLDS(lb_rpc_server_stats(bed.server)->clients == 0);
	turn(UV_RUN_NOWAIT);
}

/* Nothing is answered to a request without an id; but what is no request has none either. */
static bool
is_notification(json_t *json)
{
	const char *version = json_string_value(json_object_get(json, "jsonrpc"));
	size_t members = 2 + (json_object_get(json, "params") != NULL);

	return version != NULL && strcmp(version, "2.0") == 0 &&
	       json_is_string(json_object_get(json, "method")) && json_object_size(json) == members;
}

static json_t *
id_of(json_t *json)
{
	json_t *id = json_object_get(json, "id");

	return json_is_string(id) || json_is_number(id) ? json_incref(id) : json_null();
}

/* What a line is to be answered with: an id, an array of them for a batch, or NULL for nothing. */
static json_t *
expected(json_t *json)
{
	json_t *ids, *request;
	size_t i;

	if (!json_is_array(json) || json_array_size(json) == 0 || json_array_size(json) > 1000)
		return is_notification(json) ? NULL : id_of(json);
	ids = json_array();
	json_array_foreach(json, i, request)
		if (!is_notification(request))
			json_array_append_new(ids, id_of(request));
	if (json_array_size(ids) != 0)
		return ids;
	json_decref(ids);
	return NULL;
}

/* Of all lines; what stands behind the last newline is an error of its own. */
static json_t *
expected_all(const struct client *client)
{
	const char *line = client->out, *end = client->out + client->out_n;
	json_t *all = json_array();

	while (line < end) {
		const char *stop = memchr(line, '\n', (size_t)(end - line));
		json_t *json = NULL, *one;

		if (stop != NULL)
			json = json_loadb(line, (size_t)(stop - line),
				JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, NULL);
		one = json == NULL ? json_null() : expected(json);
		if (one != NULL)
			json_array_append_new(all, one);
		json_decref(json);
		line = stop == NULL ? end : stop + 1;
	}
	return all;
}

/* An answer has a result or an error, and the error a code, a sentence and a word. */
static json_t *
answered_id(json_t *answer)
{
	const json_t *error = json_object_get(answer, "error");
	const char *version = json_string_value(json_object_get(answer, "jsonrpc"));

	FUZZ_HOLDS(json_object_size(answer) == 3 && json_object_get(answer, "id") != NULL);
	FUZZ_HOLDS(version != NULL && strcmp(version, "2.0") == 0);
	FUZZ_HOLDS((json_object_get(answer, "result") != NULL) != (error != NULL));
	if (error != NULL) {
		FUZZ_HOLDS(json_integer_value(json_object_get(error, "code")) < 0);
		FUZZ_HOLDS(json_string_length(json_object_get(error, "message")) > 0);
		FUZZ_HOLDS(json_string_length(
				   json_object_get(json_object_get(error, "data"), "code")) > 0);
	}
	return json_incref(json_object_get(answer, "id"));
}

static json_t *
answered(json_t *line)
{
	json_t *ids, *answer;
	size_t i;

	if (!json_is_array(line))
		return answered_id(line);
	ids = json_array();
	json_array_foreach(line, i, answer)
		json_array_append_new(ids, answered_id(answer));
	return ids;
}

/* The answer is to one of the lines, which has none yet. */
static void
strike_out(json_t *all, json_t *ids)
{
	json_t *one;
	size_t i;

	json_array_foreach(all, i, one) {
		if (json_equal(one, ids)) {
			json_array_remove(all, i);
			return;
		}
	}
	fuzz_fail(__FILE__, __LINE__, "each answer belongs to a line that was sent");
}

static void
check_answers(const struct client *client)
{
	const char *line = client->in, *end = client->in + client->in_n;
	json_t *all = expected_all(client);

	while (line < end) {
		const char *stop = memchr(line, '\n', (size_t)(end - line));
		json_t *json, *ids;

		FUZZ_HOLDS(stop != NULL);
		json = json_loadb(line, (size_t)(stop - line), JSON_REJECT_DUPLICATES, NULL);
		FUZZ_HOLDS(json != NULL);
		ids = answered(json);
		strike_out(all, ids);
		json_decref(ids);
		json_decref(json);
		line = stop + 1;
	}
	FUZZ_HOLDS(json_array_size(all) == 0);
	json_decref(all);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_input input = { data, size };
	uint8_t flags = fuzz_take_byte(&input);
	struct client client = { 0 };

	serve();
	client.out = outgoing(&input, (flags & LONG) != 0, &client.out_n);
	converse(&client, (size_t)(flags & PIECE) * (flags & PIECE));
	check_answers(&client);
	free(client.out);
	free(client.in);
	return 0;
}
