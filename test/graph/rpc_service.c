/* What the management socket says of services and servers, by real packets. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rpc_bed.h"
#include "unit.h"

/* A server with a limit and one without. */
#define SERVICES                                                                                   \
	"{ name = \"web\"; address = \"10.1.0.200\"; port = 80; scheduler = \"fo\"; servers = ("   \
	" { address = \"10.2.0.21\"; weight = 9; upper = 4; lower = 2; },"                         \
	" { address = \"10.2.0.22\"; } ); }"

static void
begin(void)
{
	bed_begin(&(struct graph_setup){ .services = SERVICES });
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

static const struct unit_test tests[] = {
	UNIT_TEST(server_with_as_many_connections_as_it_may_have_is_overloaded),
	UNIT_END,
};

const struct unit_suite graph_rpc_service = { "rpc_service", tests };
