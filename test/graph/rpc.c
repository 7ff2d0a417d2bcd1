/*
 * What the management socket says of a director with three workers: lists, counts and flushes.
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lb_clock.h"
#include "rpc_bed.h"
#include "unit.h"

#define WORKERS 3

static void
begin(uint32_t connections)
{
	bed_begin(&(struct graph_setup){ .workers = WORKERS, .connections = connections });
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
		part = bed_call("connection.list", params);
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
	bed_end();
}

static void
filters_mean_what_fits_all_of_them(void)
{
	begin(4096);
	open_flows(30, 80);
	open_flows(20, 53);
	CU_ASSERT_EQUAL(bed_number("connection.count", "{}", "connections"), 50);
	CU_ASSERT_EQUAL(bed_number("connection.count", "{\"service\":\"dns\"}", "connections"), 20);
	CU_ASSERT_EQUAL(bed_number("connection.count", "{\"service\":\"udp:10.1.0.200:53\"}",
				"connections"),
		20);
	CU_ASSERT_EQUAL(
		bed_number("connection.count", "{\"client\":\"203.0.113.9\"}", "connections"), 0);
	CU_ASSERT_EQUAL(
		bed_number("connection.count", "{\"server\":\"10.2.0.21:80\"}", "connections") +
			bed_number("connection.count", "{\"server\":\"10.2.0.22:80\"}",
				"connections") +
			bed_number(
				"connection.count", "{\"server\":\"10.2.0.23:80\"}", "connections"),
		30);
	CU_ASSERT_EQUAL(bed_number("connection.count",
				"{\"service\":\"dns\",\"server\":\"10.2.0.21:80\"}", "connections"),
		0);
	bed_end();
}

static void
a_flush_ends_what_is_meant_and_nothing_else(void)
{
	begin(4096);
	open_flows(300, 80);
	open_flows(20, 53);
	CU_ASSERT_EQUAL(bed_number("connection.flush", "{\"service\":\"web\"}", "flushed"), 300);
	CU_ASSERT_EQUAL(graph_connections(), 20);
	CU_ASSERT_EQUAL(bed_number("connection.flush", "{\"service\":\"web\"}", "flushed"), 0);
	bed_end();
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
	bed_ask("connection.count", "{}");
	while ((json = bed_answer()) == NULL) {
		graph_put(WAN, 0, &ack);
		bed_turn_all();
		bed_turn_all();
		passed += graph_take(LAN, TYPE_IP4, &out);
	}
	CU_ASSERT_TRUE(passed > 60000 / WORKERS / 256 / 2);
	json_decref(json);
	bed_end();
}

/* Ask, while workers do not turn. */
static void
expect_stalled(const char *method)
{
	const json_t *data;
	json_t *json;

	bed_ask(method, "{}");
	json = bed_await(bed_turn_control);
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
	CU_ASSERT_EQUAL(bed_number("connection.count", "{}", "connections"), 10);
	bed_end();
}

static void
a_call_that_waits_ends_with_the_director(void)
{
	begin(4096);
	bed_ask("connection.count", "{}");
	bed_ask("neigh.list", "{}");
	for (int i = 0; i < 10; i++)
		bed_turn_control();
	bed_end();
}

static void
a_long_list_comes_in_parts_of_any_length(void)
{
	json_t *two, *rest, *all;
	char params[64];

	begin(4096);
	all = bed_call("nodes.list", "{\"limit\":1000}");
	two = bed_call("nodes.list", "{\"limit\":2}");
	snprintf(params, sizeof(params), "{\"limit\":1000,\"cursor\":\"%s\"}",
		json_string_value(json_object_get(two, "cursor")));
	rest = bed_call("nodes.list", params);
	CU_ASSERT_TRUE(json_is_null(json_object_get(all, "cursor")));
	CU_ASSERT_EQUAL(json_array_size(json_object_get(two, "items")), 2);
	CU_ASSERT_EQUAL(json_array_size(json_object_get(rest, "items")) + 2,
		json_array_size(json_object_get(all, "items")));
	json_decref(all);
	json_decref(two);
	json_decref(rest);
	bed_end();
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
