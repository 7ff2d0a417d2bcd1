/*
 * Network address translation through the whole graph, both ways. Frames in hexadecimal were
 * written by scapy: what goes in, and what has to come out, with checksums that scapy made anew.
 */

#include "harness.h"

#include "director.h"
#include "unit.h"

#define SERVER "{ address = \"10.2.0.21\"; port = "

static const char one_server[] =
	"{ name = \"web\"; address = \"10.1.0.200\"; port = 80; forward = \"nat\";"
	"  servers = ( " SERVER "8080; } ); },"
	"{ name = \"dns\"; address = \"10.1.0.200\"; port = 53; protocol = \"udp\";"
	"  forward = \"nat\"; servers = ( " SERVER "5300; } ); }";

static const struct graph_setup one = { .services = one_server };

/* A datagram of the server of the dns service to a client. */
static struct frame
answer(uint32_t client, uint16_t client_port, size_t payload)
{
	struct frame_flow flow = {
		.from = SERVER_IP(0), .from_port = 5300, .to = client, .to_port = client_port
	};
	struct frame frame = frame_udp(&flow, payload);

	return frame_from_server(&frame, 0);
}

/* The same as the client is to get it: from the VIP. */
static struct frame
answered(uint32_t client, uint16_t client_port, size_t payload, uint64_t mac)
{
	struct frame_flow flow = {
		.from = VIP, .from_port = 53, .to = client, .to_port = client_port
	};
	struct frame frame = frame_udp(&flow, payload);

	return frame_sent(&frame, WAN_MAC, mac);
}

static void
set_df(struct frame *frame)
{
	frame_put16(frame, FRAME_IP_FRAGMENT, FRAME_IP_DF);
	frame_seal(frame);
}

static void
set_ttl(struct frame *frame, uint8_t ttl)
{
	frame->bytes[FRAME_IP_TTL] = ttl;
	frame_seal(frame);
}

static void
tcp_is_translated_both_ways(void)
{
	struct frame in =
		frame_hex("024c4200000102000001000108004500003c1234400040065bbdc00002020a01"
			  "00c89c4000500102030400000000a0022000ba970000020405b40402080a0000"
			  "00070000000001030307");
	struct frame out =
		frame_hex("020000020015024c4200000208004500003c123440003f065d6fc00002020a02"
			  "00159c401f900102030400000000a00220009c090000020405b40402080a0000"
			  "00070000000001030307");
	struct frame back =
		frame_hex("024c4200000202000002001508004500003c0000400040066ea30a020015c000"
			  "02021f909c40a0b0c0d001020305a012fe885bee0000020405b40402080a0000"
			  "00070000000001030307");
	struct frame home =
		frame_hex("020000010001024c4200000108004500003c000040003f066ef10a0100c8c000"
			  "020200509c40a0b0c0d001020305a012fe887a7c0000020405b40402080a0000"
			  "00070000000001030307");

	graph_boot_met(&one);
	graph_send(WAN, &in);
	GRAPH_EXPECT(LAN, TYPE_IP4, &out);
	GRAPH_SILENT(WAN, TYPE_IP4);
	graph_send(LAN, &back);
	GRAPH_EXPECT(WAN, TYPE_IP4, &home);
	GRAPH_SILENT(LAN, TYPE_IP4);
	CU_ASSERT_EQUAL(graph_connections(), 1);
	graph_end();
}

/* With TOS and an option in the headers, and the least TTL that is forwarded. */
static void
udp_is_translated_both_ways_with_its_header_options(void)
{
	struct frame in =
		frame_hex("024c42000001020000010001080046b8002e0007000002115631c00002020a01"
			  "00c89404000014e9003500164f4b77687920697320706f6c6c75783f");
	struct frame out =
		frame_hex("020000020015024c42000002080046b8002e00070000011157e3c00002020a02"
			  "00159404000014e914b400163b7e77687920697320706f6c6c75783f");
	struct frame back =
		frame_hex("024c4200000202000002001508004603002600090000ff115a9d0a020015c000"
			  "02029404000014b414e9000ecb1561207477696e");
	struct frame home =
		frame_hex("020000010001024c4200000108004603002600090000fe115aeb0a0100c8c000"
			  "020294040000003514e9000edee261207477696e");

	graph_boot_met(&one);
	graph_send(WAN, &in);
	GRAPH_EXPECT(LAN, TYPE_IP4, &out);
	graph_send(LAN, &back);
	GRAPH_EXPECT(WAN, TYPE_IP4, &home);
	graph_end();
}

static void
udp_without_a_checksum_gets_none(void)
{
	struct frame in =
		frame_hex("024c42000001020000010001080045000020000700004011adfbc00002020a01"
			  "00c814ea0035000c00006e6f6e65");
	struct frame out =
		frame_hex("020000020015024c42000002080045000020000700003f11afadc00002020a02"
			  "001514ea14b4000c00006e6f6e65");
	struct frame back =
		frame_hex("024c42000002020000020015080045000020000800004011aeac0a020015c000"
			  "020214b414ea000c00006e6f6e65");
	struct frame home =
		frame_hex("020000010001024c42000001080045000020000800003f11aefa0a0100c8c000"
			  "0202003514ea000c00006e6f6e65");

	graph_boot_met(&one);
	graph_send(WAN, &in);
	GRAPH_EXPECT(LAN, TYPE_IP4, &out);
	graph_send(LAN, &back);
	GRAPH_EXPECT(WAN, TYPE_IP4, &home);
	graph_end();
}

/* The reply waits, translated, until the client has said where it is. */
static void
a_client_on_the_link_is_asked_for_once_there_is_a_reply(void)
{
	struct frame_flow flow = { .from = NEAR_IP, .from_port = 40000, .to = VIP, .to_port = 53 };
	struct frame in = frame_udp(&flow, 10), back = answer(NEAR_IP, 40000, 20), asked = { 0 };
	struct frame home = answered(NEAR_IP, 40000, 20, NEAR_MAC);

	graph_boot_met(&one);
	graph_send(WAN, &in);
	CU_ASSERT_EQUAL(graph_drain(LAN, TYPE_IP4), 1);
	graph_send(LAN, &back);
	CU_ASSERT_TRUE(graph_wait(WAN, TYPE_ARP, &asked, 1000));
	CU_ASSERT_EQUAL(frame_get32(&asked, 38), NEAR_IP);
	GRAPH_SILENT(WAN, TYPE_IP4);
	graph_announce(WAN, NEAR_MAC, NEAR_IP);
	CU_ASSERT_TRUE(graph_wait(WAN, TYPE_IP4, &asked, 1000));
	CU_ASSERT_TRUE(frame_equal(&asked, &home));
	graph_send(LAN, &back);
	GRAPH_EXPECT(WAN, TYPE_IP4, &home);
	graph_end();
}

static void
a_reply_whose_ttl_ends_here_is_reported_to_the_server(void)
{
	struct frame_flow flow = {
		.from = IP(192, 0, 2, 2), .from_port = 5353, .to = VIP, .to_port = 53
	};
	struct frame in = frame_udp(&flow, 0);
	struct frame back =
		frame_hex("024c42000002020000020015080045000020000800000111edac0a020015c000"
			  "020214b414e9000c29596c617465");
	struct frame told =
		frame_hex("020000020015024c42000002080045c0003c00000000400165de0a02000b0a02"
			  "00150b00c1360000000045000020000800000111edac0a020015c000020214b4"
			  "14e9000c29596c617465");

	graph_boot_met(&one);
	graph_send(WAN, &in);
	graph_drain(LAN, TYPE_IP4);
	graph_send(LAN, &back);
	GRAPH_EXPECT(LAN, TYPE_IP4, &told);
	GRAPH_SILENT(WAN, TYPE_IP4);
	graph_end();
}

/* What the sender is told about a packet that he sent: type, code, MTU, and the packet itself. */
static void
expect_error(enum graph_port port, uint32_t from, uint32_t type_code_mtu, const struct frame *about)
{
	struct frame told = { 0 };

	CU_ASSERT_TRUE(graph_take(port, TYPE_IP4, &told));
	CU_ASSERT_EQUAL(frame_get32(&told, FRAME_IP_SOURCE), from);
	CU_ASSERT_EQUAL(
		frame_get32(&told, FRAME_IP_SOURCE + 4), frame_get32(about, FRAME_IP_SOURCE));
	CU_ASSERT_EQUAL(
		(uint32_t)frame_get16(&told, FRAME_L4) << 16 | frame_get16(&told, FRAME_L4 + 6),
		type_code_mtu);
	for (size_t i = 0; i < 28; i++)
		CU_ASSERT_EQUAL(told.bytes[FRAME_L4 + 8 + i], about->bytes[FRAME_IP + i]);
}

#define ERROR(type, code, mtu) ((uint32_t)(type) << 24 | (uint32_t)(code) << 16 | (mtu))

/* The error is about the packet as it was sent, not as it would have been translated. */
static void
requests_and_replies_that_do_not_fit_are_reported_with_the_mtu_of_their_way(void)
{
	struct frame_flow flow = frame_flow(0, 53);
	struct frame in = frame_udp(&flow, LAN_MTU - 27), dying = frame_udp(&flow, 0);
	struct frame back = answer(flow.from, flow.from_port, 1500 - 27);

	set_df(&in);
	set_df(&back);
	set_ttl(&dying, 1);
	graph_boot_met(&one);
	graph_send(WAN, &in);
	expect_error(WAN, WAN_IP, ERROR(ICMP_UNREACHABLE, ICMP_FRAG_NEEDED, LAN_MTU), &in);
	graph_send(WAN, &dying);
	expect_error(WAN, WAN_IP, ERROR(ICMP_TIME_EXCEEDED, 0, 0), &dying);
	graph_send(LAN, &back);
	expect_error(LAN, LAN_IP, ERROR(ICMP_UNREACHABLE, ICMP_FRAG_NEEDED, 1500), &back);
	GRAPH_SILENT(WAN, TYPE_IP4);
	GRAPH_SILENT(LAN, TYPE_IP4);
	graph_end();
}

static void
what_just_fits_passes_both_ways(void)
{
	struct frame_flow flow = frame_flow(0, 53);
	struct frame in = frame_udp(&flow, LAN_MTU - 28), out = { 0 };
	struct frame back = answer(flow.from, flow.from_port, 1500 - 28);
	struct frame home = answered(flow.from, flow.from_port, 1500 - 28, ROUTER_MAC);

	set_df(&in);
	set_df(&back);
	set_df(&home);
	graph_boot_met(&one);
	graph_send(WAN, &in);
	CU_ASSERT_TRUE(graph_take(LAN, TYPE_IP4, &out));
	CU_ASSERT_EQUAL(out.len, FRAME_IP + LAN_MTU);
	graph_send(LAN, &back);
	GRAPH_EXPECT(WAN, TYPE_IP4, &home);
	graph_end();
}

static void
a_handshake_is_seen_from_both_sides(void)
{
	struct frame_flow flow = frame_flow(0, 80);
	struct frame_flow reverse = {
		.from = SERVER_IP(0), .from_port = 8080, .to = flow.from, .to_port = flow.from_port
	};
	struct frame syn = frame_tcp(&flow, TCP_SYN, 0), ack = frame_tcp(&flow, TCP_ACK, 0);
	struct frame both = frame_tcp(&reverse, TCP_SYN | TCP_ACK, 0);
	struct frame fin = frame_tcp(&reverse, TCP_FIN | TCP_ACK, 0);

	both = frame_from_server(&both, 0);
	fin = frame_from_server(&fin, 0);
	graph_boot_met(&one);
	graph_send(WAN, &syn);
	CU_ASSERT_PTR_NOT_NULL_FATAL(graph_conn(0, &syn));
	CU_ASSERT_EQUAL(graph_conn(0, &syn)->state, LB_CONN_SR);
	graph_send(LAN, &both);
	CU_ASSERT_EQUAL(graph_conn(0, &syn)->state, LB_CONN_SR);
	graph_send(WAN, &ack);
	CU_ASSERT_EQUAL(graph_conn(0, &syn)->state, LB_CONN_ES);
	graph_send(LAN, &fin);
	CU_ASSERT_EQUAL(graph_conn(0, &syn)->state, LB_CONN_FW);
	CU_ASSERT_EQUAL(graph_drain(LAN, TYPE_IP4), 2);
	CU_ASSERT_EQUAL(graph_drain(WAN, TYPE_IP4), 2);
	graph_end();
}

static void
requests_and_replies_stop_while_the_vip_is_anothers(void)
{
	struct frame_flow flow = frame_flow(0, 53);
	struct frame in = frame_udp(&flow, 8), back = answer(flow.from, flow.from_port, 9);

	graph_boot_met(&one);
	for (int round = 0; round < 2; round++) {
		graph_send(WAN, &in);
		graph_send(LAN, &back);
		CU_ASSERT_EQUAL(graph_drain(LAN, TYPE_IP4), 1);
		CU_ASSERT_EQUAL(graph_drain(WAN, TYPE_IP4), 1);
		lb_vip_set_active(LB_VIP_STATIC, false, 0);
		graph_send(WAN, &in);
		graph_send(LAN, &back);
		GRAPH_SILENT(LAN, TYPE_IP4);
		GRAPH_SILENT(WAN, TYPE_IP4);
		CU_ASSERT_EQUAL(graph_count("drop_vip_backup"), 2 * (uint64_t)(round + 1));
		lb_vip_set_active(LB_VIP_STATIC, true, UINT64_MAX);
	}
	CU_ASSERT_EQUAL(graph_connections(), 1);
	graph_end();
}

/* Requests come in and leave by the wan port, and so do the replies. */
static void
one_port_is_enough(void)
{
	static const char on_wan[] =
		"{ name = \"dns\"; address = \"10.1.0.200\"; port = 53; protocol = \"udp\";"
		"  forward = \"nat\"; servers = ( { address = \"10.1.0.50\"; port = 5300; } ); }";
	struct frame_flow flow = frame_flow(0, 53);
	struct frame_flow there = { flow.from, NEAR_IP, flow.from_port, 5300 };
	struct frame_flow reverse = { NEAR_IP, flow.from, 5300, flow.from_port };
	struct frame in = frame_udp(&flow, 8), out = frame_udp(&there, 8);
	struct frame back = frame_udp(&reverse, 9);
	struct frame home = answered(flow.from, flow.from_port, 9, ROUTER_MAC);

	out = frame_sent(&out, WAN_MAC, NEAR_MAC);
	frame_put_mac(&back, 6, NEAR_MAC);
	graph_boot_met(&(struct graph_setup){ .services = on_wan });
	graph_announce(WAN, NEAR_MAC, NEAR_IP);
	graph_send(WAN, &in);
	GRAPH_EXPECT(WAN, TYPE_IP4, &out);
	graph_send(WAN, &back);
	GRAPH_EXPECT(WAN, TYPE_IP4, &home);
	GRAPH_SILENT(LAN, TYPE_IP4);
	graph_end();
}

static const struct unit_test tests[] = {
	UNIT_TEST(tcp_is_translated_both_ways),
	UNIT_TEST(udp_is_translated_both_ways_with_its_header_options),
	UNIT_TEST(udp_without_a_checksum_gets_none),
	UNIT_TEST(a_client_on_the_link_is_asked_for_once_there_is_a_reply),
	UNIT_TEST(a_reply_whose_ttl_ends_here_is_reported_to_the_server),
	UNIT_TEST(requests_and_replies_that_do_not_fit_are_reported_with_the_mtu_of_their_way),
	UNIT_TEST(what_just_fits_passes_both_ways),
	UNIT_TEST(a_handshake_is_seen_from_both_sides),
	UNIT_TEST(requests_and_replies_stop_while_the_vip_is_anothers),
	UNIT_TEST(one_port_is_enough),
	UNIT_END,
};

const struct unit_suite graph_nat = { "nat", tests };
