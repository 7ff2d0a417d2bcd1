/*
 * The client: blocking, one call at a time. Lines that are not the answer waited for are passed
 * over: notifications, and answers to calls that were given up.
 */

#include "lb_rpc_client.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "lb_clock.h"
#include "rpc_fault.h"
#include "rpc_line.h"

/* A deadline that never comes. */
#define WAIT_LONG UINT64_MAX

struct lb_rpc_client {
	int fd;
	int timeout_ms;
	json_int_t id; /* of the last call */
	struct rpc_line in;
	char path[sizeof(((struct sockaddr_un *)0)->sun_path)];
};

static int
connect_error(const char *path, int code, struct lb_error *err)
{
	switch (code) {
	case ENOENT:
	case ENOTDIR:
	case ECONNREFUSED:
		return lb_error_set(err, ECONNREFUSED,
			"socket \"%s\": no daemon is there; start polluxd, or name its socket",
			path);
	case EACCES:
		return lb_error_set(err, EACCES,
			"socket \"%s\": you may not connect; be root or in the socket's group",
			path);
	default:
		return lb_error_set(err, code,
			"socket \"%s\": connecting failed (%s); try again, or name another socket",
			path, strerror(code));
	}
}

struct lb_rpc_client *
lb_rpc_connect(const char *path, int timeout_ms, struct lb_error *err)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	struct lb_rpc_client *client;

	if (strlen(path) >= sizeof(address.sun_path)) {
		connect_error(path, ENAMETOOLONG, err);
		return NULL;
	}
	client = calloc(1, sizeof(*client));
	if (client == NULL) {
		connect_error(path, ENOMEM, err);
		return NULL;
	}
	strcpy(address.sun_path, path);
	strcpy(client->path, path);
	client->timeout_ms = timeout_ms;
	client->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (client->fd >= 0 &&
		connect(client->fd, (const struct sockaddr *)&address, sizeof(address)) == 0)
		return client;
	connect_error(path, errno, err);
	lb_rpc_disconnect(client);
	return NULL;
}

void
lb_rpc_disconnect(struct lb_rpc_client *client)
{
	if (client == NULL)
		return;
	if (client->fd >= 0)
		close(client->fd);
	rpc_line_fini(&client->in);
	free(client);
}

/* Wait until the socket is ready for events; WAIT_LONG: for ever. 0, -ETIMEDOUT or -errno. */
static int
await(const struct lb_rpc_client *client, short events, uint64_t deadline)
{
	struct pollfd poll_fd = { .fd = client->fd, .events = events };
	uint64_t now;
	int n;

	do {
		now = lb_clock_ms();
		n = poll(&poll_fd, 1,
			deadline == WAIT_LONG ? -1
			: now < deadline      ? (int)(deadline - now)
					      : 0);
	} while (n < 0 && errno == EINTR);
	return n > 0 ? 0 : n == 0 ? -ETIMEDOUT : -errno;
}

/* A daemon that refuses a request may close before it has read all of it: -EPIPE. */
static int
send_all(const struct lb_rpc_client *client, const char *text, size_t n, uint64_t deadline)
{
	while (n > 0) {
		ssize_t sent = send(client->fd, text, n, MSG_NOSIGNAL);
		int ret = 0;

		if (sent > 0) {
			text += sent;
			n -= (size_t)sent;
		} else if (errno == EAGAIN) {
			ret = await(client, POLLOUT, deadline);
		} else if (errno != EINTR) {
			ret = -errno;
		}
		if (ret != 0)
			return ret;
	}
	return 0;
}

/* Have a whole line in client->in. */
static int
receive_line(struct lb_rpc_client *client, uint64_t deadline)
{
	char bytes[16 << 10];

	while (!rpc_line_is_whole(&client->in)) {
		ssize_t n = recv(client->fd, bytes, sizeof(bytes), 0);
		int ret = 0;

		if (n > 0)
			ret = rpc_line_add(&client->in, bytes, (size_t)n);
		else if (n == 0)
			ret = -ECONNRESET;
		else if (errno == EAGAIN)
			ret = await(client, POLLIN, deadline);
		else if (errno != EINTR)
			ret = -errno;
		if (ret != 0)
			return ret;
	}
	return 0;
}

/* Whether the line is for the call: its answer, or an error that the daemon could place nowhere. */
static bool
is_mine(const struct lb_rpc_client *client, const json_t *line)
{
	const json_t *id = json_object_get(line, "id");

	if (json_is_null(id))
		return json_object_get(line, "error") != NULL;
	return json_is_integer(id) && json_integer_value(id) == client->id;
}

/* The line that has come, as JSON. */
static int
take_line(struct lb_rpc_client *client, json_t **line)
{
	*line = json_loadb(rpc_line_text(&client->in), rpc_line_length(&client->in), 0, NULL);
	rpc_line_drop(&client->in);
	if (json_is_object(*line))
		return 0;
	json_decref(*line);
	return -EPROTO;
}

static int
receive_answer(struct lb_rpc_client *client, json_t **answer, uint64_t deadline)
{
	for (;;) {
		int ret = receive_line(client, deadline);

		if (ret == 0)
			ret = take_line(client, answer);
		if (ret != 0)
			return ret;
		if (is_mine(client, *answer))
			return 0;
		json_decref(*answer);
	}
}

/* Take the answer apart. */
static int
read_answer(json_t *answer, json_t **result, struct lb_rpc_fault *fault)
{
	const char *message = NULL, *word = NULL;

	*result = json_incref(json_object_get(answer, "result"));
	if (*result != NULL)
		return 0;
	if (json_unpack(answer, "{s:{s:i, s:s, s:{s:s}}}", "error", "code", &fault->code, "message",
		    &message, "data", "code", &word) != 0)
		return -EPROTO;
	snprintf(fault->word, sizeof(fault->word), "%s", word);
	return lb_error_set(&fault->err, EREMOTEIO, "%s", message);
}

/* The request as a line. Takes params. NULL: no memory. */
static char *
request_text(struct lb_rpc_client *client, const char *method, json_t *params, size_t *n)
{
	json_t *json = json_pack("{s:s, s:I, s:s, s:o*}", "jsonrpc", "2.0", "id", ++client->id,
		"method", method, "params", params);
	char *text = json == NULL ? NULL : json_dumps(json, JSON_COMPACT);

	json_decref(json);
	if (text != NULL) {
		*n = strlen(text) + 1;
		text[*n - 1] = '\n'; /* in place of the zero: nobody needs it */
	}
	return text;
}

static int
exchange(struct lb_rpc_client *client, const char *text, size_t n, json_t **answer)
{
	uint64_t deadline = lb_clock_ms() + (uint64_t)client->timeout_ms;
	int ret = send_all(client, text, n, deadline);

	if (ret != 0 && ret != -EPIPE && ret != -ECONNRESET)
		return ret;
	return receive_answer(client, answer, deadline);
}

static int
call_error(const struct lb_rpc_client *client, const char *method, int ret, struct lb_error *err)
{
	switch (-ret) {
	case ETIMEDOUT:
		return lb_error_set(err, ETIMEDOUT,
			"%s: no answer on socket \"%s\" for %d ms; see the daemon's log", method,
			client->path, client->timeout_ms);
	case ECONNRESET:
		return lb_error_set(err, ECONNRESET,
			"%s: the daemon closed socket \"%s\"; see its log, and whether it runs",
			method, client->path);
	case EPROTO:
		return lb_error_set(err, EPROTO,
			"%s: what came on socket \"%s\" is no answer; name the socket of polluxd",
			method, client->path);
	default:
		return lb_error_set(
			err, -ret, "%s: the call failed (%s); try again", method, strerror(-ret));
	}
}

int
lb_rpc_client_call(struct lb_rpc_client *client, const char *method, json_t *params,
	json_t **result, struct lb_rpc_fault *fault)
{
	json_t *answer = NULL;
	size_t n = 0;
	char *text = request_text(client, method, params, &n);
	int ret = text == NULL ? -ENOMEM : exchange(client, text, n, &answer);

	free(text);
	if (ret == 0) {
		ret = read_answer(answer, result, fault);
		json_decref(answer);
	}
	return ret == 0 || ret == -EREMOTEIO ? ret : call_error(client, method, ret, &fault->err);
}

int
lb_rpc_client_next(struct lb_rpc_client *client, json_t **params, struct lb_error *err)
{
	json_t *line = NULL;
	int ret;

	*params = NULL;
	while (*params == NULL) {
		ret = receive_line(client, WAIT_LONG);
		if (ret == 0)
			ret = take_line(client, &line);
		if (ret != 0)
			return call_error(client, "events", ret, err);
		if (json_object_get(line, "method") != NULL)
			*params = json_incref(json_object_get(line, "params"));
		json_decref(line);
	}
	return 0;
}
