/*
 * A flood of first packets, four times what the table holds: established connections go on, the
 * oldest half-open ones make room, all is counted, and status says so. Or more of them in a tick
 * than are entered.
 */

#include "harness.h"

#include <string.h>

#include "lb_clock.h"
#include "lb_conf.h"
#include "lb_node.h"
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

/* Time stands still, and in this tick the budget has been used up by others. */
static void
exhaust_budget(void)
{
	struct lb_node_budget *budget = &graph_env(0)->budget;

	lb_clock.scale = 0;
	*budget = (struct lb_node_budget){ .entered = { LB_NODE_BUDGET_TICK } };
}

/* The budget suffices again, but the flood is not over yet; or it is. */
static void
relieve_budget(bool flooded)
{
	struct lb_node_budget *budget = &graph_env(0)->budget;

	budget->entered[LB_NODE_BUDGET_FIRST] = 0;
	budget->flooded = flooded;
}

static void
flows_beyond_the_budget_go_by_hash_until_their_client_answers(void)
{
	uint32_t server_of[KNOWN], used = 0;

	bed_begin(&(struct graph_setup){ .connections = TABLE });
	exhaust_budget();
	for (uint32_t i = 0; i < KNOWN; i++) {
		server_of[i] = send_packet(i, TCP_SYN);
		CU_ASSERT_TRUE_FATAL(server_of[i] < SERVERS);
		CU_ASSERT_EQUAL(send_packet(i, TCP_SYN), server_of[i]);
		used |= 1U << server_of[i];
	}
	CU_ASSERT_TRUE((used & (used - 1)) != 0);
	CU_ASSERT_EQUAL(graph_connections(), 0);
	CU_ASSERT_EQUAL(graph_env(0)->budget.passed, 2 * KNOWN);
	graph_pause(1100);
	expect_defence("hashing");

	CU_ASSERT_EQUAL(send_packet(0, TCP_FIN | TCP_ACK), server_of[0]);
	CU_ASSERT_EQUAL(graph_connections(), 0);
	for (uint32_t i = 0; i < KNOWN; i++)
		CU_ASSERT_EQUAL(send_packet(i, TCP_ACK), server_of[i]);
	CU_ASSERT_EQUAL(graph_connections(), KNOWN);
	relieve_budget(false);
	for (uint32_t i = 0; i < KNOWN; i++)
		CU_ASSERT_EQUAL(send_packet(i, TCP_ACK), server_of[i]);
	bed_end();
}

/* So a first packet that is sent again goes where it went, whether it was entered or not. */
static void
flows_within_the_budget_of_a_flood_go_by_the_same_hash(void)
{
	bed_begin(&(struct graph_setup){ .connections = TABLE });
	for (uint32_t i = 0; i < KNOWN; i++) {
		uint32_t server;

		exhaust_budget();
		server = send_packet(i, TCP_SYN);
		relieve_budget(true);
		CU_ASSERT_EQUAL(send_packet(i, TCP_SYN), server);
		CU_ASSERT_EQUAL(graph_connections(), i + 1);
	}
	bed_end();
}

static void
flow_by_nat_is_entered_in_a_flood(void)
{
	struct frame_flow at = frame_flow(1, 90);
	struct frame in = frame_tcp(&at, TCP_SYN, 0), out;

	bed_begin(&(struct graph_setup){ .connections = TABLE });
	exhaust_budget();
	graph_send(WAN, &in);
	CU_ASSERT_TRUE(graph_take(LAN, TYPE_IP4, &out));
	CU_ASSERT_EQUAL(graph_connections(), 1);
	CU_ASSERT_EQUAL(graph_env(0)->budget.passed, 0);
	bed_end();
}

/* Its clients stay where their templates say, which no hash knows. */
static void
unknown_flow_of_a_persistent_service_is_reset_in_a_flood(void)
{
	bed_begin(&(struct graph_setup){
		.connections = TABLE,
		.services =
			"{ name = \"web\"; address = \"10.1.0.200\"; port = 80;"
			"  persistence_ms = 60000; servers = ( { address = \"10.2.0.21\"; } ); }",
	});
	exhaust_budget();
	relieve_budget(true);
	CU_ASSERT_EQUAL(send_packet(1, TCP_ACK), SERVERS);
	CU_ASSERT_EQUAL(graph_count("reject_conn_unknown"), 1);
	bed_end();
}

/* What comes out of nowhere is refused as ever once the flood is over. */
static void
unknown_flow_is_reset_after_the_flood(void)
{
	uint64_t before;

	bed_begin(&(struct graph_setup){ .connections = TABLE });
	exhaust_budget();
	send_packet(1, TCP_SYN);
	relieve_budget(false);
	before = graph_count("reject_conn_unknown");
	CU_ASSERT_EQUAL(send_packet(2, TCP_ACK), SERVERS);
	CU_ASSERT_EQUAL(graph_count("reject_conn_unknown"), before + 1);
	bed_end();
}

static const struct unit_test tests[] = {
	UNIT_TEST(established_connections_go_on),
	UNIT_TEST(flows_beyond_the_budget_go_by_hash_until_their_client_answers),
	UNIT_TEST(flows_within_the_budget_of_a_flood_go_by_the_same_hash),
	UNIT_TEST(flow_by_nat_is_entered_in_a_flood),
	UNIT_TEST(unknown_flow_of_a_persistent_service_is_reset_in_a_flood),
	UNIT_TEST(unknown_flow_is_reset_after_the_flood),
	UNIT_END,
};

const struct unit_suite graph_flood = { "flood", tests };
