/*
 * Who sends what no server will take is told: a reset for TCP, port unreachable for UDP; and what
 * else may become of packets of unknown flows.
 */

#include "harness.h"

#include <string.h>

#include "lb_conf.h"
#include "unit.h"

#define SERVICES(protocol, weight, more)                                                           \
	"{ name = \"web\"; address = \"10.1.0.200\"; port = 80; protocol = \"" protocol "\";" more \
	"  servers = ( { address = \"10.2.0.21\"; weight = " weight "; },"                         \
	"              { address = \"10.2.0.22\"; weight = " weight "; } ); }"

#define FRAME_TCP_FLAGS (FRAME_L4 + 13)

static struct frame
packet(uint32_t client, uint8_t flags)
{
	struct frame_flow flow = frame_flow(client, 80);

	return frame_tcp(&flow, flags, 10);
}

/* The director answers with 40 bytes from the VIP, and TCP's flags are these. */
static void
expect_reset(const struct frame *about, uint8_t flags)
{
	struct frame out = { 0 };

	CU_ASSERT_TRUE(graph_take(WAN, TYPE_IP4, &out));
	CU_ASSERT_EQUAL(frame_get_mac(&out, 0), ROUTER_MAC);
	CU_ASSERT_EQUAL(frame_get16(&out, FRAME_IP_LENGTH), 40);
	CU_ASSERT_EQUAL(frame_get32(&out, FRAME_IP_SOURCE), VIP);
	CU_ASSERT_EQUAL(
		frame_get32(&out, FRAME_IP_SOURCE + 4), frame_get32(about, FRAME_IP_SOURCE));
	CU_ASSERT_EQUAL(frame_get16(&out, FRAME_L4), 80);
	CU_ASSERT_EQUAL(frame_get16(&out, FRAME_L4 + 2), frame_get16(about, FRAME_L4));
	CU_ASSERT_EQUAL(out.bytes[FRAME_TCP_FLAGS], flags);
}

static void
unknown_flow_is_reset(void)
{
	struct frame in = packet(0, TCP_ACK);

	graph_boot_met(&(struct graph_setup){ .workers = 3 });
	graph_send(WAN, &in);
	expect_reset(&in, TCP_RST);
	GRAPH_SILENT(LAN, TYPE_IP4);
	CU_ASSERT_EQUAL(graph_count("reject_conn_unknown"), 1);
	CU_ASSERT_EQUAL(graph_connections(), 0);
	graph_end();
}

static void
unknown_flow_is_dropped_where_that_is_wanted(void)
{
	struct frame in = packet(0, TCP_ACK);

	graph_boot_met(
		&(struct graph_setup){ .services = SERVICES("tcp", "1", "unknown = \"drop\";") });
	graph_send(WAN, &in);
	GRAPH_SILENT(WAN, TYPE_IP4);
	GRAPH_SILENT(LAN, TYPE_IP4);
	CU_ASSERT_EQUAL(graph_count("drop_conn_unknown"), 1);
	graph_end();
}

static void
service_without_a_server_resets_and_says_unreachable(void)
{
	struct frame_flow flow = frame_flow(0, 80);
	struct frame tcp = packet(0, TCP_SYN), udp = frame_udp(&flow, 8), out = { 0 };

	graph_boot_met(&(struct graph_setup){ .services = SERVICES("tcp", "0", "") });
	graph_send(WAN, &tcp);
	expect_reset(&tcp, TCP_RST | TCP_ACK);
	CU_ASSERT_EQUAL(graph_count("reject_sched_none"), 1);
	graph_end();

	graph_boot_met(&(struct graph_setup){ .services = SERVICES("udp", "0", "") });
	graph_send(WAN, &udp);
	CU_ASSERT_TRUE(graph_take(WAN, TYPE_IP4, &out));
	CU_ASSERT_EQUAL(out.bytes[FRAME_IP_PROTOCOL], 1);
	CU_ASSERT_EQUAL(out.bytes[FRAME_L4], ICMP_UNREACHABLE);
	CU_ASSERT_EQUAL(out.bytes[FRAME_L4 + 1], 3);
	CU_ASSERT_EQUAL(graph_count("reject_sched_none"), 1);
	graph_end();
}

/* What the present director chose for a SYN, one without its memory chooses for any packet. */
static void
director_without_memory_goes_on_with_the_same_servers(void)
{
	static const char services[] = SERVICES("tcp", "1",
		"scheduler = \"mh\";"
		"unknown = \"schedule\";");
	uint32_t servers[32], seen = 0;
	struct frame out = { 0 };

	graph_boot_met(&(struct graph_setup){ .services = services });
	for (uint32_t i = 0; i < 32; i++) {
		struct frame in = packet(i, TCP_SYN);

		graph_send(WAN, &in);
		CU_ASSERT_TRUE(graph_take(LAN, TYPE_IP4, &out));
		servers[i] = graph_server(&out);
		seen |= 1U << servers[i];
	}
	CU_ASSERT_EQUAL(seen, 3);
	graph_end();

	graph_boot_met(&(struct graph_setup){ .services = services });
	for (uint32_t i = 0; i < 32; i++) {
		struct frame in = packet(i, TCP_ACK), routed;

		graph_send(WAN, &in);
		routed = frame_routed(&in, SERVER_MAC(servers[i]));
		GRAPH_EXPECT(LAN, TYPE_IP4, &routed);
	}
	CU_ASSERT_EQUAL(graph_connections(), 0);
	graph_end();
}

/* More in one walk than a burst of any node. */
static void
burst_without_entries_passes_whole(void)
{
	static const char services[] = SERVICES("tcp", "1",
		"scheduler = \"sh\";"
		"unknown = \"schedule\";");
	uint32_t n = 400;

	graph_boot_met(&(struct graph_setup){ .services = services });
	for (int round = 0; round < 3; round++) {
		for (uint32_t i = 0; i < n; i++) {
			struct frame in = packet(i, TCP_ACK);

			graph_put(WAN, 0, &in);
		}
		graph_settle();
		CU_ASSERT_EQUAL(graph_drain(LAN, TYPE_IP4), n);
	}
	CU_ASSERT_EQUAL(graph_connections(), 0);
	graph_end();
}

/* Answers of the server need the entry. */
static void
nat_enters_what_it_goes_on_with(void)
{
	static const char services[] = SERVICES("tcp", "1",
		"scheduler = \"mh\"; forward = \"nat\";"
		"unknown = \"schedule\";");
	struct frame in = packet(0, TCP_ACK);

	graph_boot_met(&(struct graph_setup){ .services = services });
	graph_send(WAN, &in);
	CU_ASSERT_EQUAL(graph_drain(LAN, TYPE_IP4), 1);
	CU_ASSERT_EQUAL(graph_connections(), 1);
	graph_end();
}

static const struct unit_test tests[] = {
	UNIT_TEST(unknown_flow_is_reset),
	UNIT_TEST(unknown_flow_is_dropped_where_that_is_wanted),
	UNIT_TEST(service_without_a_server_resets_and_says_unreachable),
	UNIT_TEST(director_without_memory_goes_on_with_the_same_servers),
	UNIT_TEST(burst_without_entries_passes_whole),
	UNIT_TEST(nat_enters_what_it_goes_on_with),
	UNIT_END,
};

const struct unit_suite graph_reject = { "reject", tests };
