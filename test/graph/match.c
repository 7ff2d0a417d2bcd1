/*
 * Services that match sets of destinations: several VIPs and ports as one service, and transparent
 * ones, whose packets are for hosts behind the director.
 */

#include "harness.h"

#include <string.h>

#include "unit.h"

#define SERVERS_TEXT                                                                               \
	"  servers = ( { address = \"10.2.0.21\"; }, { address = \"10.2.0.22\"; },"                \
	"              { address = \"10.2.0.23\"; } );"
#define CACHES(more)                                                                               \
	"{ name = \"caches\"; scheduler = \"rr\"; " more                                           \
	"  match = ( { address = \"203.0.113.0/24\"; port = 80; } ); " SERVERS_TEXT " }"
#define SHOP                                                                                       \
	"{ name = \"shop\"; scheduler = \"rr\"; persistence_ms = 60000;"                           \
	"  match = ( { address = \"10.1.0.200\"; port = 80; },"                                    \
	"            { address = \"10.1.0.202\"; port = \"443-444\"; protocol = \"any\"; } );"     \
	"  " SERVERS_TEXT " }"

#define ORIGIN IP(203, 0, 113, 9)
#define OTHER_VIP IP(10, 1, 0, 202)

static struct frame
packet(uint32_t client, uint16_t client_port, uint32_t to, uint16_t port, uint8_t flags)
{
	struct frame_flow flow = { client, to, client_port, port };

	return frame_tcp(&flow, flags, 0);
}

static uint32_t
send_packet(const struct frame *in)
{
	struct frame out = { 0 };

	graph_send(WAN, in);
	return graph_take(LAN, TYPE_IP4, &out) ? graph_server(&out) : SERVERS;
}

static void
client_has_one_server_for_all_of_a_shop(void)
{
	struct frame in;

	graph_boot_met(&(struct graph_setup){
		.services = SHOP, .vips = "\"10.1.0.200\", \"10.1.0.202\"", .workers = 3 });
	for (uint32_t client = 0; client < 20; client++) {
		uint32_t server;

		in = packet(CLIENT_IP(client), 40000, VIP, 80, TCP_SYN);
		server = send_packet(&in);
		CU_ASSERT_TRUE(server < SERVERS);
		in = packet(CLIENT_IP(client), 40001, OTHER_VIP, 443, TCP_SYN);
		CU_ASSERT_EQUAL(send_packet(&in), server);
		in = packet(CLIENT_IP(client), 40002, OTHER_VIP, 444, TCP_SYN);
		CU_ASSERT_EQUAL(send_packet(&in), server);
	}
	in = packet(CLIENT_IP(0), 40003, VIP, 443, TCP_SYN);
	CU_ASSERT_EQUAL(send_packet(&in), SERVERS);
	CU_ASSERT_EQUAL(graph_count("drop_svc_none"), 1);
	graph_end();
}

static void
transparent_service_takes_what_is_for_others(void)
{
	struct frame syn = packet(CLIENT_IP(0), 40000, ORIGIN, 80, TCP_SYN), routed;

	graph_boot_met(&(struct graph_setup){ .services = CACHES("") });
	graph_send(WAN, &syn);
	routed = frame_routed(&syn, SERVER_MAC(0));
	GRAPH_EXPECT(LAN, TYPE_IP4, &routed);
	syn = packet(CLIENT_IP(0), 40000, ORIGIN, 80, TCP_ACK);
	CU_ASSERT_EQUAL(send_packet(&syn), 0);
	syn = packet(CLIENT_IP(0), 40001, ORIGIN, 80, TCP_SYN);
	CU_ASSERT_EQUAL(send_packet(&syn), 1);
	CU_ASSERT_EQUAL(graph_connections(), 2);
	graph_end();
}

/* Other ports, other networks, and what a cache itself asks. */
static void
what_does_not_match_goes_its_way(void)
{
	struct frame in = packet(CLIENT_IP(0), 40000, ORIGIN, 81, TCP_SYN);

	graph_boot_met(&(struct graph_setup){ .services = CACHES(""), .transit = "route" });
	graph_send(WAN, &in);
	GRAPH_SILENT(LAN, TYPE_IP4);
	CU_ASSERT_EQUAL(graph_drain(WAN, TYPE_IP4), 1);
	in = packet(CLIENT_IP(0), 40000, IP(203, 0, 114, 9), 80, TCP_SYN);
	graph_send(WAN, &in);
	CU_ASSERT_EQUAL(graph_drain(WAN, TYPE_IP4), 1);
	in = packet(SERVER_IP(0), 40000, ORIGIN, 80, TCP_SYN);
	in = frame_from_server(&in, 0);
	graph_send(LAN, &in);
	CU_ASSERT_EQUAL(graph_drain(WAN, TYPE_IP4), 1);
	GRAPH_SILENT(LAN, TYPE_IP4);
	CU_ASSERT_EQUAL(graph_connections(), 0);
	graph_end();
}

/* The port stays that of the packet, and answers come from where the client asked. */
static void
nat_answers_come_from_the_matched_address(void)
{
	struct frame in = packet(CLIENT_IP(0), 40000, ORIGIN, 80, TCP_SYN), out = { 0 }, answer;
	uint32_t server;

	graph_boot_met(
		&(struct graph_setup){ .services = CACHES("forward = \"nat\";"), .workers = 3 });
	graph_send(WAN, &in);
	CU_ASSERT_TRUE(graph_take(LAN, TYPE_IP4, &out));
	server = graph_server(&out);
	CU_ASSERT_TRUE_FATAL(server < SERVERS);
	CU_ASSERT_EQUAL(frame_get32(&out, FRAME_IP_SOURCE + 4), SERVER_IP(server));
	CU_ASSERT_EQUAL(frame_get16(&out, FRAME_L4 + 2), 80);
	answer = packet(SERVER_IP(server), 80, CLIENT_IP(0), 40000, TCP_SYN | TCP_ACK);
	answer = frame_from_server(&answer, server);
	graph_send(LAN, &answer);
	CU_ASSERT_TRUE(graph_take(WAN, TYPE_IP4, &out));
	CU_ASSERT_EQUAL(frame_get32(&out, FRAME_IP_SOURCE), ORIGIN);
	CU_ASSERT_EQUAL(frame_get32(&out, FRAME_IP_SOURCE + 4), CLIENT_IP(0));
	graph_end();
}

/* A router on the way to the client tells the origin, whose answer a cache gave, of its MTU. */
static void
error_about_an_answer_finds_its_cache(void)
{
	struct frame in = packet(CLIENT_IP(0), 40000, ORIGIN, 80, TCP_SYN);
	struct frame about = packet(ORIGIN, 80, CLIENT_IP(0), 40000, TCP_ACK), error, routed;
	uint32_t server;

	error = frame_error(
		ROUTER_IP, ORIGIN, ICMP_UNREACHABLE, ICMP_FRAG_NEEDED, 1280, &about, 28);
	graph_boot_met(&(struct graph_setup){ .services = CACHES(""), .workers = 3 });
	server = send_packet(&in);
	CU_ASSERT_TRUE_FATAL(server < SERVERS);
	graph_send(WAN, &error);
	routed = frame_routed(&error, SERVER_MAC(server));
	GRAPH_EXPECT(LAN, TYPE_IP4, &routed);
	graph_end();
}

static void
packet_too_short_for_ports_is_nobody_s(void)
{
	struct frame in = packet(CLIENT_IP(0), 40000, ORIGIN, 80, TCP_SYN);

	frame_put16(&in, FRAME_IP_LENGTH, 22);
	frame_seal(&in);
	graph_boot_met(&(struct graph_setup){ .services = CACHES("") });
	graph_send(WAN, &in);
	GRAPH_SILENT(LAN, TYPE_IP4);
	CU_ASSERT_EQUAL(graph_connections(), 0);
	graph_end();
}

static const struct unit_test tests[] = {
	UNIT_TEST(client_has_one_server_for_all_of_a_shop),
	UNIT_TEST(transparent_service_takes_what_is_for_others),
	UNIT_TEST(what_does_not_match_goes_its_way),
	UNIT_TEST(nat_answers_come_from_the_matched_address),
	UNIT_TEST(error_about_an_answer_finds_its_cache),
	UNIT_TEST(packet_too_short_for_ports_is_nobody_s),
	UNIT_END,
};

const struct unit_suite graph_match = { "match", tests };
