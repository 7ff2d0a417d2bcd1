/*
 * A flood of first packets, four times what the table holds: established connections go on, the
 * oldest half-open ones make room, all is counted, and status says so.
 */

#include "harness.h"

#include <string.h>

#include "lb_conf.h"
#include "rpc_bed.h"
#include "unit.h"

#define TABLE 1024
#define KNOWN 100
#define FLOOD (4 * TABLE)

/* Send a packet of a flow; the server that it goes to, SERVERS: none. */
static uint32_t
send_packet(uint32_t flow, uint8_t flags)
{
	struct frame_flow at = frame_flow(flow, 80);
	struct frame in = frame_tcp(&at, flags, 0), out = { 0 };

	graph_send(WAN, &in);
	return graph_take(LAN, TYPE_IP4, &out) ? graph_server(&out) : SERVERS;
}

/* What status says of the worker. */
static void
expect_defence(const char *expected)
{
	json_t *status = bed_call("status", "{}");
	const json_t *worker = json_array_get(json_object_get(status, "workers"), 0);

	CU_ASSERT_STRING_EQUAL(json_string_value(json_object_get(worker, "defence")), expected);
	json_decref(status);
}

static void
established_connections_go_on(void)
{
	uint32_t server_of[KNOWN];

	bed_begin(&(struct graph_setup){ .connections = TABLE });
	for (uint32_t i = 0; i < KNOWN; i++) {
		server_of[i] = send_packet(i, TCP_SYN);
		CU_ASSERT_TRUE(server_of[i] < SERVERS);
		send_packet(i, TCP_ACK);
	}
	graph_pause(1100);
	for (uint32_t i = 0; i < KNOWN; i++)
		send_packet(i, TCP_ACK);
	expect_defence("off");

	for (uint32_t i = 0; i < FLOOD; i++) {
		CU_ASSERT_TRUE(send_packet(KNOWN + i, TCP_SYN) < SERVERS);
		if (i % 16 == 0)
			CU_ASSERT_EQUAL(send_packet(i % KNOWN, TCP_ACK), server_of[i % KNOWN]);
	}
	CU_ASSERT_EQUAL(graph_connections(), TABLE);
	CU_ASSERT_EQUAL(bed_number("connection.count", "{}", "connections"), TABLE);
	for (uint32_t i = 0; i < KNOWN; i++)
		CU_ASSERT_EQUAL(send_packet(i, TCP_ACK), server_of[i]);
	graph_pause(1100);
	expect_defence("evicting");
	bed_end();
}

static const struct unit_test tests[] = {
	UNIT_TEST(established_connections_go_on),
	UNIT_END,
};

const struct unit_suite graph_flood = { "flood", tests };
