/*
 * IP in IP through the whole graph. Frames in hexadecimal were written by scapy: what goes in, and
 * what has to come out.
 */

#include "harness.h"

#include <string.h>

#include "director.h"
#include "unit.h"

#define PROTOCOL_IPIP 4

/* The header in front of the packet. */
#define OUTER 20

static const char one_server[] =
	"{ name = \"web\"; address = \"10.1.0.200\"; port = 80; forward = \"tun\";"
	"  servers = ( { address = \"10.2.0.21\"; } ); },"
	"{ name = \"dns\"; address = \"10.1.0.200\"; port = 53; protocol = \"udp\";"
	"  forward = \"tun\"; servers = ( { address = \"10.2.0.21\"; } ); }";

static const struct graph_setup one = { .services = one_server };

static void
one_goes_in_and_one_comes_out(enum graph_port port, const struct frame *in, const struct frame *out)
{
	graph_send(WAN, in);
	GRAPH_EXPECT(port, TYPE_IP4, out);
	GRAPH_SILENT(WAN, TYPE_IP4);
	GRAPH_SILENT(LAN, TYPE_IP4);
}

static void
a_request_is_wrapped_with_its_ttl_tos_and_df(void)
{
	struct frame in =
		frame_hex("024c42000001020000010001080045b8003c1234400040065b05c00002020a01"
			  "00c89c4000500102030400000000a0022000ba970000020405b40402080a0000"
			  "00070000000001030307");
	struct frame out =
		frame_hex("020000020015024c42000002080045b80050000040003f0426cf0a02000b0a02"
			  "001545b8003c123440003f065c05c00002020a0100c89c400050010203040000"
			  "0000a0022000ba970000020405b40402080a000000070000000001030307");

	graph_boot_met(&one);
	one_goes_in_and_one_comes_out(LAN, &in, &out);
	graph_end();
}

/* Congestion that was met before is told inside only; the least TTL that is forwarded. */
static void
congestion_experienced_stays_inside(void)
{
	struct frame in =
		frame_hex("024c420000010200000100010800452b003c1234400002069992c00002020a01"
			  "00c89c4000500102030400000000a0022000ba970000020405b40402080a0000"
			  "00070000000001030307");
	struct frame out =
		frame_hex("020000020015024c420000020800452a0050000040000104655d0a02000b0a02"
			  "0015452b003c1234400001069a92c00002020a0100c89c400050010203040000"
			  "0000a0022000ba970000020405b40402080a000000070000000001030307");

	graph_boot_met(&one);
	one_goes_in_and_one_comes_out(LAN, &in, &out);
	graph_end();
}

static void
a_server_behind_a_router_is_reached_by_it(void)
{
	static const char far[] =
		"{ name = \"web\"; address = \"10.1.0.200\"; port = 80; forward = \"tun\";"
		"  servers = ( { address = \"198.51.100.7\"; } ); }";
	struct frame in =
		frame_hex("024c4200000102000001000108004501003c1234400040065bbcc00002020a01"
			  "00c89c4000500102030400000000a0022000ba970000020405b40402080a0000"
			  "00070000000001030307");
	struct frame out =
		frame_hex("020000010001024c42000001080045010050000040003f0407630a01000bc633"
			  "64074501003c123440003f065cbcc00002020a0100c89c400050010203040000"
			  "0000a0022000ba970000020405b40402080a000000070000000001030307");

	graph_boot_met(&(struct graph_setup){ .services = far });
	one_goes_in_and_one_comes_out(WAN, &in, &out);
	graph_end();
}

/* What server 0 is to get: the packet as routed, and a header that carries this identification. */
static struct frame
wrapped(const struct frame *in, uint16_t id)
{
	struct frame out = frame_routed(in, SERVER_MAC(0));

	memmove(&out.bytes[FRAME_IP + OUTER], &out.bytes[FRAME_IP], out.len - FRAME_IP);
	out.len += OUTER;
	frame_put16(&out, FRAME_IP_LENGTH, (uint16_t)(out.len - FRAME_IP));
	frame_put16(&out, FRAME_IP + 4, id);
	out.bytes[FRAME_IP_PROTOCOL] = PROTOCOL_IPIP;
	frame_put32(&out, FRAME_IP_SOURCE, LAN_IP);
	frame_put32(&out, FRAME_IP_SOURCE + 4, SERVER_IP(0));
	frame_seal(&out);
	return out;
}

/* Identifications tell the parts of two packets apart, should a router cut them. */
static void
packets_that_may_be_cut_have_identifications_that_differ(void)
{
	struct frame_flow flow = frame_flow(0, 53);
	uint16_t last = 0;

	graph_boot_met(&one);
	for (uint32_t i = 0; i < 100; i++) {
		struct frame in = frame_udp(&flow, i), out = { 0 }, expected;
		uint16_t id;

		graph_send(WAN, &in);
		CU_ASSERT_TRUE(graph_take(LAN, TYPE_IP4, &out));
		id = frame_get16(&out, FRAME_IP + 4);
		CU_ASSERT_TRUE(i == 0 || id == (uint16_t)(last + 1));
		last = id;
		expected = wrapped(&in, id);
		CU_ASSERT_TRUE(frame_equal(&out, &expected));
	}
	CU_ASSERT_EQUAL(graph_connections(), 1);
	graph_end();
}

static void
padding_of_short_frames_is_not_carried(void)
{
	struct frame_flow flow = frame_flow(0, 53);
	struct frame in = frame_udp(&flow, 0), expected;

	frame_put16(&in, FRAME_IP_FRAGMENT, FRAME_IP_DF);
	frame_seal(&in);
	expected = wrapped(&in, 0);
	CU_ASSERT_EQUAL(expected.len, FRAME_IP + 20 + 28);
	memset(&in.bytes[in.len], 0xee, 60 - in.len);
	in.len = 60;
	graph_boot_met(&one);
	one_goes_in_and_one_comes_out(LAN, &in, &expected);
	graph_end();
}

static void
the_mtu_is_less_by_the_outer_header(void)
{
	struct frame_flow flow = frame_flow(0, 53);
	struct frame fits = frame_udp(&flow, LAN_MTU - 48), big = frame_udp(&flow, LAN_MTU - 47);
	struct frame out, told = { 0 };

	frame_put16(&fits, FRAME_IP_FRAGMENT, FRAME_IP_DF);
	frame_seal(&fits);
	out = wrapped(&fits, 0);
	graph_boot_met(&one);
	one_goes_in_and_one_comes_out(LAN, &fits, &out);
	CU_ASSERT_EQUAL(out.len, FRAME_IP + LAN_MTU);

	graph_send(WAN, &big);
	GRAPH_SILENT(WAN, TYPE_IP4);
	CU_ASSERT_EQUAL(graph_count("drop_fwd_size"), 1);

	frame_put16(&big, FRAME_IP_FRAGMENT, FRAME_IP_DF);
	frame_seal(&big);
	graph_send(WAN, &big);
	CU_ASSERT_TRUE(graph_take(WAN, TYPE_IP4, &told));
	CU_ASSERT_EQUAL(frame_get32(&told, FRAME_IP_SOURCE), WAN_IP);
	CU_ASSERT_EQUAL(frame_get16(&told, FRAME_L4), ICMP_UNREACHABLE << 8 | ICMP_FRAG_NEEDED);
	CU_ASSERT_EQUAL(frame_get32(&told, FRAME_L4 + 4), LAN_MTU - 20);
	CU_ASSERT_EQUAL(memcmp(&told.bytes[FRAME_L4 + 8], &big.bytes[FRAME_IP], 548), 0);
	GRAPH_SILENT(LAN, TYPE_IP4);
	graph_end();
}

static void
a_ttl_that_ends_here_is_reported(void)
{
	struct frame_flow flow = frame_flow(0, 53);
	struct frame in = frame_udp(&flow, 0), told = { 0 };

	in.bytes[FRAME_IP_TTL] = 1;
	frame_seal(&in);
	graph_boot_met(&one);
	graph_send(WAN, &in);
	CU_ASSERT_TRUE(graph_take(WAN, TYPE_IP4, &told));
	CU_ASSERT_EQUAL(frame_get16(&told, FRAME_L4), ICMP_TIME_EXCEEDED << 8);
	GRAPH_SILENT(LAN, TYPE_IP4);
	graph_end();
}

static const struct unit_test tests[] = {
	UNIT_TEST(a_request_is_wrapped_with_its_ttl_tos_and_df),
	UNIT_TEST(congestion_experienced_stays_inside),
	UNIT_TEST(a_server_behind_a_router_is_reached_by_it),
	UNIT_TEST(packets_that_may_be_cut_have_identifications_that_differ),
	UNIT_TEST(padding_of_short_frames_is_not_carried),
	UNIT_TEST(the_mtu_is_less_by_the_outer_header),
	UNIT_TEST(a_ttl_that_ends_here_is_reported),
	UNIT_END,
};

const struct unit_suite graph_tun = { "tun", tests };
