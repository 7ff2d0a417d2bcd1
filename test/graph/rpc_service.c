/* What the management socket says of services and servers, by real packets. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "director.h"
#include "rpc_bed.h"
#include "unit.h"

/* A server with a limit and one without. */
#define SERVICES                                                                                   \
	"{ name = \"web\"; address = \"10.1.0.200\"; port = 80; scheduler = \"fo\"; servers = ("   \
	" { address = \"10.2.0.21\"; weight = 9; upper = 4; lower = 2; },"                         \
	" { address = \"10.2.0.22\"; } ); }"

static struct director *director;

static void
begin(void)
{
	director = bed_begin(&(struct graph_setup){ .services = SERVICES });
}

static void
open_flows(uint32_t from, uint32_t n)
{
	for (uint32_t i = 0; i < n; i++) {
		struct frame_flow flow = frame_flow(from + i, 80);
		struct frame first = frame_tcp(&flow, TCP_SYN, 0);

		graph_send(WAN, &first);
	}
	graph_drain(LAN, 0);
}

/* A number, or what is true or false, of server i as service.get has it. */
static json_int_t
of_server(size_t i, const char *key)
{
	json_t *service = bed_call("service.get", "{\"name\":\"web\"}");
	const json_t *server = json_array_get(json_object_get(service, "servers"), i);
	const json_t *value = json_object_get(server, key);
	json_int_t number =
		json_is_integer(value) ? json_integer_value(value) : json_is_true(value);

	CU_ASSERT_PTR_NOT_NULL(value);
	json_decref(service);
	return number;
}

static void
server_with_as_many_connections_as_it_may_have_is_overloaded(void)
{
	begin();
	CU_ASSERT_EQUAL(of_server(0, "upper"), 4);
	CU_ASSERT_EQUAL(of_server(0, "lower"), 2);
	CU_ASSERT_EQUAL(of_server(1, "upper"), 0);
	open_flows(0, 3);
	CU_ASSERT_EQUAL(of_server(0, "overloaded"), false);
	open_flows(3, 3);
	CU_ASSERT_EQUAL(of_server(0, "overloaded"), true);
	CU_ASSERT_EQUAL(of_server(0, "active") + of_server(0, "inactive"), 4);
	CU_ASSERT_EQUAL(of_server(1, "overloaded"), false);
	json_decref(bed_call("server.set",
		"{\"service\":\"web\",\"server\":\"10.2.0.21:80\",\"upper\":9,\"lower\":5}"));
	CU_ASSERT_EQUAL(of_server(0, "overloaded"), false);
	CU_ASSERT_EQUAL(of_server(0, "upper"), 9);
	CU_ASSERT_EQUAL(of_server(0, "weight"), 9);
	bed_end();
}

/* The same for the service; key2 NULL: of itself, else of its object key. */
static json_int_t
of_service(const char *key, const char *key2)
{
	json_t *service = bed_call("service.get", "{\"name\":\"web\"}");
	const json_t *value = json_object_get(service, key);
	json_int_t number;

	if (key2 != NULL)
		value = json_object_get(value, key2);
	CU_ASSERT_TRUE(json_is_integer(value));
	number = json_integer_value(value);
	json_decref(service);
	return number;
}

static void
service_has_the_sums_of_its_servers(void)
{
	static const char *const keys[] = { "active", "inactive", "connections", "packets_in",
		"packets_out", "bytes_in", "bytes_out" };

	begin();
	open_flows(0, 6);
	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
		CU_ASSERT_EQUAL(
			of_service(keys[i], NULL), of_server(0, keys[i]) + of_server(1, keys[i]));
	CU_ASSERT_EQUAL(of_service("connections", NULL), 6);
	CU_ASSERT_EQUAL(of_service("bytes_in", NULL), 6 * 40);
	bed_end();
}

/* 16 flows in a round of 2 seconds are 8 a second, of which the first step takes a quarter. */
static void
rates_follow_what_comes(void)
{
	begin();
	director->rates.due_ms = UINT64_MAX; /* rounds come when the test says so */
	lb_slots_rate_some(director->slots, 0, UINT32_MAX);
	open_flows(0, 16);
	CU_ASSERT_EQUAL(of_service("rate", "connections"), 0);
	lb_slots_rate_some(director->slots, 0, UINT32_MAX);
	CU_ASSERT_EQUAL(of_service("rate", "connections"), 2);
	CU_ASSERT_EQUAL(of_service("rate", "packets_in"), 2);
	CU_ASSERT_EQUAL(of_service("rate", "bytes_in"), 2 * 40);
	CU_ASSERT_EQUAL(of_service("rate", "packets_out"), 0);
	lb_slots_rate_some(director->slots, 0, UINT32_MAX);
	CU_ASSERT_EQUAL(of_service("rate", "bytes_in"), 60);
	bed_end();
}

static void
rounds_come_every_2_seconds_in_slices_of_a_millisecond(void)
{
	uint64_t now;

	begin();
	now = director->rates.round_ms; /* the round of the start is over */
	CU_ASSERT_EQUAL(director->rates.at, 0);
	CU_ASSERT_EQUAL(rates_run(director, now - 1), now);
	for (uint16_t i = 0; i < 600; i++) {
		struct lb_endpoint at = { .addr = lb_addr_ip4(1), .port = i };

		lb_slots_take(director->slots, "many", &at);
	}
	CU_ASSERT_EQUAL(rates_run(director, now), now + 1);
	CU_ASSERT_EQUAL(rates_run(director, now), now + 1);
	CU_ASSERT_EQUAL(rates_run(director, now + 3), now + 4);
	CU_ASSERT_EQUAL(rates_run(director, now + 4), now + 2000);
	CU_ASSERT_EQUAL(rates_run(director, now + 10000), now + 10001);
	CU_ASSERT_EQUAL(rates_run(director, now + 10001), now + 10002);
	CU_ASSERT_EQUAL(rates_run(director, now + 10002), now + 12002);
	bed_end();
}

static const struct unit_test tests[] = {
	UNIT_TEST(server_with_as_many_connections_as_it_may_have_is_overloaded),
	UNIT_TEST(service_has_the_sums_of_its_servers),
	UNIT_TEST(rates_follow_what_comes),
	UNIT_TEST(rounds_come_every_2_seconds_in_slices_of_a_millisecond),
	UNIT_END,
};

const struct unit_suite graph_rpc_service = { "rpc_service", tests };
