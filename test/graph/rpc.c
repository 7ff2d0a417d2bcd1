/*
 * What the management socket says of a director with three workers: a client that is a bare socket
 * asks, the director turns until the answer is there.
 */

#include "harness.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <jansson.h>

#include "director.h"
#include "lb_clock.h"
#include "rpc.h"
#include "unit.h"

#define WORKERS 3
#define PATIENCE_MS 60000
#define LINE (4 << 20)

/* The director that is asked, and who asks. */
static struct {
	struct director *director;
	struct lb_conf conf;
	char folder[32];
	char path[64];
	int client;
	char *line;
	size_t length;
} bed;

static void
turn_control(void)
{
	uv_run(lb_control_loop(bed.director->control), UV_RUN_NOWAIT);
}

static void
turn_all(void)
{
	graph_turn();
	turn_control();
}

static void
begin(uint32_t connections)
{
	struct graph_setup setup = { .workers = WORKERS, .connections = connections };
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	struct lb_error err = { 0 };

	bed.director = graph_boot_met(&setup);
	strcpy(bed.folder, "/tmp/pollux-graph-XXXXXX");
	CU_ASSERT_PTR_NOT_NULL_FATAL(mkdtemp(bed.folder));
	snprintf(bed.path, sizeof(bed.path), "%s/sock", bed.folder);
	bed.conf = *bed.director->conf;
	bed.conf.rpc_socket = bed.path;
	bed.director->conf = &bed.conf;
	CU_ASSERT_EQUAL_FATAL(rpc_start(bed.director, &err), 0);
	strcpy(address.sun_path, bed.path);
	bed.client = socket(AF_UNIX, SOCK_STREAM, 0);
	CU_ASSERT_EQUAL_FATAL(connect(bed.client, (struct sockaddr *)&address, sizeof(address)), 0);
	fcntl(bed.client, F_SETFL, O_NONBLOCK);
	bed.line = malloc(LINE);
	bed.length = 0;
}

static void
end(void)
{
	graph_end();
	close(bed.client);
	free(bed.line);
	CU_ASSERT_EQUAL(rmdir(bed.folder), 0);
}

static void
ask(const char *method, const char *params)
{
	char request[512];
	int n = snprintf(request, sizeof(request),
		"{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"%s\",\"params\":%s}\n", method, params);

	CU_ASSERT_EQUAL_FATAL(write(bed.client, request, (size_t)n), n);
}

/* The answer if it is there, or NULL. The caller frees it. */
static json_t *
answer(void)
{
	ssize_t n = read(bed.client, bed.line + bed.length, LINE - bed.length);
	json_t *json;

	if (n > 0)
		bed.length += (size_t)n;
	if (bed.length == 0 || bed.line[bed.length - 1] != '\n')
		return NULL;
	json = json_loadb(bed.line, bed.length, 0, NULL);
	bed.length = 0;
	return json;
}

static json_t *
await(void (*turn)(void))
{
	uint64_t deadline = lb_clock_ms() + PATIENCE_MS;
	json_t *json;

	while ((json = answer()) == NULL && lb_clock_ms() < deadline)
		turn();
	CU_ASSERT_PTR_NOT_NULL_FATAL(json);
	return json;
}

/* Ask, and return the result. */
static json_t *
call(const char *method, const char *params)
{
	json_t *whole, *result;

	ask(method, params);
	whole = await(turn_all);
	result = json_incref(json_object_get(whole, "result"));
	CU_ASSERT_PTR_NOT_NULL_FATAL(result);
	json_decref(whole);
	return result;
}

static json_int_t
number(const char *method, const char *params, const char *key)
{
	json_t *result = call(method, params);
	json_int_t n = json_integer_value(json_object_get(result, key));

	json_decref(result);
	return n;
}

static void
open_flows(uint32_t n, uint16_t port)
{
	for (uint32_t i = 0; i < n; i++) {
		struct frame_flow flow = frame_flow(i, port);
		struct frame first =
			port == 80 ? frame_tcp(&flow, TCP_SYN, 0) : frame_udp(&flow, 8);

		graph_send(WAN, &first);
	}
	graph_drain(LAN, 0);
}

/* Note the clients of a part; returns its cursor, or NULL at the end. */
static char *
note(const json_t *part, json_t *clients, json_int_t *workers)
{
	const json_t *cursor = json_object_get(part, "cursor"), *item;
	size_t i;

	json_array_foreach(json_object_get(part, "items"), i, item) {
		json_object_set_new(
			clients, json_string_value(json_object_get(item, "client")), json_true());
		*workers |= 1 << json_integer_value(json_object_get(item, "worker"));
	}
	return json_is_null(cursor) ? NULL : strdup(json_string_value(cursor));
}

static void
parts_of_a_list_are_all_connections_once(void)
{
	json_t *clients = json_object(), *part;
	json_int_t workers = 0;
	char *cursor = NULL, params[128];
	unsigned int parts = 0, items = 0;

	begin(4096);
	open_flows(250, 80);
	do {
		snprintf(params, sizeof(params), "{\"limit\":50%s%s%s}",
			cursor == NULL ? "" : ",\"cursor\":\"", cursor == NULL ? "" : cursor,
			cursor == NULL ? "" : "\"");
		free(cursor);
		part = call("connection.list", params);
		items += (unsigned int)json_array_size(json_object_get(part, "items"));
		cursor = note(part, clients, &workers);
		json_decref(part);
		parts++;
	} while (cursor != NULL && parts < 10);
	CU_ASSERT_EQUAL(parts, 5);
	CU_ASSERT_EQUAL(items, 250);
	CU_ASSERT_EQUAL(json_object_size(clients), 250);
	CU_ASSERT_EQUAL(workers, 7);
	json_decref(clients);
	free(cursor);
	end();
}

static void
filters_mean_what_fits_all_of_them(void)
{
	begin(4096);
	open_flows(30, 80);
	open_flows(20, 53);
	CU_ASSERT_EQUAL(number("connection.count", "{}", "connections"), 50);
	CU_ASSERT_EQUAL(number("connection.count", "{\"service\":\"dns\"}", "connections"), 20);
	CU_ASSERT_EQUAL(
		number("connection.count", "{\"service\":\"udp:10.1.0.200:53\"}", "connections"),
		20);
	CU_ASSERT_EQUAL(
		number("connection.count", "{\"client\":\"203.0.113.9\"}", "connections"), 0);
	CU_ASSERT_EQUAL(
		number("connection.count", "{\"server\":\"10.2.0.21:80\"}", "connections") +
			number("connection.count", "{\"server\":\"10.2.0.22:80\"}", "connections") +
			number("connection.count", "{\"server\":\"10.2.0.23:80\"}", "connections"),
		30);
	CU_ASSERT_EQUAL(number("connection.count",
				"{\"service\":\"dns\",\"server\":\"10.2.0.21:80\"}", "connections"),
		0);
	end();
}

static void
a_flush_ends_what_is_meant_and_nothing_else(void)
{
	begin(4096);
	open_flows(300, 80);
	open_flows(20, 53);
	CU_ASSERT_EQUAL(number("connection.flush", "{\"service\":\"web\"}", "flushed"), 300);
	CU_ASSERT_EQUAL(graph_connections(), 20);
	CU_ASSERT_EQUAL(number("connection.flush", "{\"service\":\"web\"}", "flushed"), 0);
	end();
}

/* A table of so many places is visited in many turns; a packet passes in the first of them. */
static void
packets_pass_while_a_table_is_visited(void)
{
	struct frame_flow flow = frame_flow(7, 80);
	struct frame syn = frame_tcp(&flow, TCP_SYN, 0), ack = frame_tcp(&flow, TCP_ACK, 0), out;
	unsigned int passed = 0;
	json_t *json;

	begin(60000);
	graph_send(WAN, &syn);
	graph_drain(LAN, 0);
	ask("connection.count", "{}");
	while ((json = answer()) == NULL) {
		graph_put(WAN, 0, &ack);
		turn_all();
		turn_all();
		passed += graph_take(LAN, TYPE_IP4, &out);
	}
	CU_ASSERT_TRUE(passed > 60000 / WORKERS / 256 / 2);
	json_decref(json);
	end();
}

/* Ask, while workers do not turn. */
static void
expect_stalled(const char *method)
{
	const json_t *data;
	json_t *json;

	ask(method, "{}");
	json = await(turn_control);
	data = json_object_get(json_object_get(json, "error"), "data");
	CU_ASSERT_STRING_EQUAL(json_string_value(json_object_get(data, "code")), "worker_stalled");
	json_decref(json);
}

static void
a_worker_that_does_not_turn_is_told(void)
{
	begin(4096);
	open_flows(10, 80);
	expect_stalled("connection.list");
	expect_stalled("connection.count");
	graph_pause(50);
	CU_ASSERT_EQUAL(number("connection.count", "{}", "connections"), 10);
	end();
}

static void
a_call_that_waits_ends_with_the_director(void)
{
	begin(4096);
	ask("connection.count", "{}");
	ask("neigh.list", "{}");
	for (int i = 0; i < 10; i++)
		turn_control();
	end();
}

static void
a_long_list_comes_in_parts_of_any_length(void)
{
	json_t *two, *rest, *all;
	char params[64];

	begin(4096);
	all = call("nodes.list", "{\"limit\":1000}");
	two = call("nodes.list", "{\"limit\":2}");
	snprintf(params, sizeof(params), "{\"limit\":1000,\"cursor\":\"%s\"}",
		json_string_value(json_object_get(two, "cursor")));
	rest = call("nodes.list", params);
	CU_ASSERT_TRUE(json_is_null(json_object_get(all, "cursor")));
	CU_ASSERT_EQUAL(json_array_size(json_object_get(two, "items")), 2);
	CU_ASSERT_EQUAL(json_array_size(json_object_get(rest, "items")) + 2,
		json_array_size(json_object_get(all, "items")));
	json_decref(all);
	json_decref(two);
	json_decref(rest);
	end();
}

static const struct unit_test tests[] = {
	UNIT_TEST(parts_of_a_list_are_all_connections_once),
	UNIT_TEST(filters_mean_what_fits_all_of_them),
	UNIT_TEST(a_flush_ends_what_is_meant_and_nothing_else),
	UNIT_TEST(packets_pass_while_a_table_is_visited),
	UNIT_TEST(a_worker_that_does_not_turn_is_told),
	UNIT_TEST(a_call_that_waits_ends_with_the_director),
	UNIT_TEST(a_long_list_comes_in_parts_of_any_length),
	UNIT_END,
};

const struct unit_suite graph_rpc = { "rpc", tests };
