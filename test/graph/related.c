/*
 * ICMP errors about flows, from either side, through the whole graph. Frames in hexadecimal were
 * written by scapy: what goes in, and what has to come out.
 */

#include "harness.h"

#include <string.h>

#include "director.h"
#include "unit.h"

/* The client of the frames below, his port for tcp and udp, and a router on the servers' side. */
#define CLIENT IP(192, 0, 2, 2)
#define TCP_PORT 40000
#define UDP_PORT 5353
#define INNER_ROUTER IP(10, 2, 0, 99)

#define SERVICES(forward, web, dns)                                                                \
	"{ name = \"web\"; address = \"10.1.0.200\"; port = 80; forward = \"" forward "\";"        \
	"  servers = ( { address = \"10.2.0.21\"; port = " web "; } ); },"                         \
	"{ name = \"dns\"; address = \"10.1.0.200\"; port = 53; protocol = \"udp\";"               \
	"  forward = \"" forward "\"; servers = ( { address = \"10.2.0.21\"; port = " dns          \
	"; } ); }"

static const char by_dr[] = SERVICES("dr", "80", "53");
static const char by_tun[] = SERVICES("tun", "80", "53");
static const char by_nat[] = SERVICES("nat", "8080", "5300");

/* A director that has a flow of the client for each service. */
static void
boot(const char *services, const char *transit)
{
	struct frame_flow web = { CLIENT, VIP, TCP_PORT, 80 }, dns = { CLIENT, VIP, UDP_PORT, 53 };
	struct frame syn = frame_tcp(&web, TCP_SYN, 0), question = frame_udp(&dns, 0);

	graph_boot_met(&(struct graph_setup){ .services = services, .transit = transit });
	graph_send(WAN, &syn);
	graph_send(WAN, &question);
	CU_ASSERT_EQUAL(graph_drain(LAN, TYPE_IP4), 2);
}

/* One frame goes in; this one comes out, and no other. */
static void
expect(enum graph_port from, const struct frame *in, enum graph_port to, const struct frame *out)
{
	graph_send(from, in);
	GRAPH_EXPECT(to, TYPE_IP4, out);
	GRAPH_SILENT(WAN, TYPE_IP4);
	GRAPH_SILENT(LAN, TYPE_IP4);
}

static void
expect_drop(enum graph_port from, const struct frame *in, const char *node)
{
	uint64_t before = graph_count(node);

	graph_send(from, in);
	GRAPH_SILENT(WAN, TYPE_IP4);
	GRAPH_SILENT(LAN, TYPE_IP4);
	CU_ASSERT_EQUAL(graph_count(node), before + 1);
}

static void
a_clients_error_goes_on_as_it_is_by_dr(void)
{
	struct frame in =
		frame_hex("024c42000001020000010001080045c00038077700003c012fbccb0071090a01"
			  "00c803045b6a000005004500053c000340003d066bee0a0100c8c00002020050"
			  "9c4000000001");
	struct frame out =
		frame_hex("020000020015024c42000002080045c00038077700003b0130bccb0071090a01"
			  "00c803045b6a000005004500053c000340003d066bee0a0100c8c00002020050"
			  "9c4000000001");

	boot(by_dr, NULL);
	expect(WAN, &in, LAN, &out);
	graph_end();
}

/* The identification is the director's choice; where it stands in the checksum, RFC 1624 has it. */
static void
a_clients_error_goes_on_in_the_tunnel_by_tun(void)
{
	struct frame in =
		frame_hex("024c42000001020000010001080045c00038077700003c012fbccb0071090a01"
			  "00c803045b6a000005004500053c000340003d066bee0a0100c8c00002020050"
			  "9c4000000001");
	struct frame expected =
		frame_hex("020000020015024c42000002080045c0004cabcd00003b04befd0a02000b0a02"
			  "001545c00038077700003b0130bccb0071090a0100c803045b6a000005004500"
			  "053c000340003d066bee0a0100c8c000020200509c4000000001");
	struct frame out = { 0 };

	boot(by_tun, NULL);
	graph_send(WAN, &in);
	CU_ASSERT_TRUE(graph_take(LAN, TYPE_IP4, &out));
	frame_put16(&expected, FRAME_IP + 4, frame_get16(&out, FRAME_IP + 4));
	frame_seal(&expected);
	CU_ASSERT_TRUE(frame_equal(&out, &expected));
	graph_end();
}

/* With as much quoted as RFC 792 asks for, and with as much as RFC 1812 allows. */
static void
a_clients_error_is_translated_for_the_server_by_nat(void)
{
	struct frame in =
		frame_hex("024c42000001020000010001080045c00038077700003c012fbccb0071090a01"
			  "00c803045b6a000005004500053c000340003d066bee0a0100c8c00002020050"
			  "9c4000000001");
	struct frame out =
		frame_hex("020000020015024c42000002080045c00038077700003b01316ecb0071090a02"
			  "001503043c2a000005004500053c000340003d066ca00a020015c00002021f90"
			  "9c4000000001");
	struct frame long_in =
		frame_hex("024c42000001020000010001080045c00240077700003c012db4cb0071090a01"
			  "00c803042450000005004500053c000340003d066bee0a0100c8c00002020050"
			  "9c400000000100000002501020003f8000007878787878787878787878787878"
			  "7878787878787878787878787878787878787878787878787878787878787878"
			  "7878787878787878787878787878787878787878787878787878787878787878"
			  "7878787878787878787878787878787878787878787878787878787878787878"
			  "7878787878787878787878787878787878787878787878787878787878787878"
			  "7878787878787878787878787878787878787878787878787878787878787878"
			  "7878787878787878787878787878787878787878787878787878787878787878"
			  "7878787878787878787878787878787878787878787878787878787878787878"
			  "7878787878787878787878787878787878787878787878787878787878787878"
			  "7878787878787878787878787878787878787878787878787878787878787878"
			  "7878787878787878787878787878787878787878787878787878787878787878"
			  "7878787878787878787878787878787878787878787878787878787878787878"
			  "7878787878787878787878787878787878787878787878787878787878787878"
			  "7878787878787878787878787878787878787878787878787878787878787878"
			  "7878787878787878787878787878787878787878787878787878787878787878"
			  "7878787878787878787878787878787878787878787878787878787878787878"
			  "7878787878787878787878787878");
	struct frame long_out =
		frame_hex("020000020015024c42000002080045c00240077700003b012f66cb0071090a02"
			  "00150304239e000005004500053c000340003d066ca00a020015c00002021f90"
			  "9c4000000001000000025010200020f200007878787878787878787878787878"
			  "7878787878787878787878787878787878787878787878787878787878787878"
			  "7878787878787878787878787878787878787878787878787878787878787878"
			  "7878787878787878787878787878787878787878787878787878787878787878"
			  "7878787878787878787878787878787878787878787878787878787878787878"
			  "7878787878787878787878787878787878787878787878787878787878787878"
			  "7878787878787878787878787878787878787878787878787878787878787878"
			  "7878787878787878787878787878787878787878787878787878787878787878"
			  "7878787878787878787878787878787878787878787878787878787878787878"
			  "7878787878787878787878787878787878787878787878787878787878787878"
			  "7878787878787878787878787878787878787878787878787878787878787878"
			  "7878787878787878787878787878787878787878787878787878787878787878"
			  "7878787878787878787878787878787878787878787878787878787878787878"
			  "7878787878787878787878787878787878787878787878787878787878787878"
			  "7878787878787878787878787878787878787878787878787878787878787878"
			  "7878787878787878787878787878787878787878787878787878787878787878"
			  "7878787878787878787878787878");

	boot(by_nat, NULL);
	expect(WAN, &in, LAN, &out);
	expect(WAN, &long_in, LAN, &long_out);
	graph_end();
}

static void
a_servers_port_unreachable_reaches_the_client_as_from_the_vip(void)
{
	struct frame in =
		frame_hex("024c42000002020000020015080045c0004a077700004001a6630a020015c000"
			  "02020303c93d000000004600002e000700003e111b9bc00002020a0200159404"
			  "000014e914b400163b7e77687920697320706f6c6c75783f");
	struct frame out =
		frame_hex("020000010001024c42000001080045c0004a077700003f01a6b10a0100c8c000"
			  "02020303c9ef000000004600002e000700003e111ae9c00002020a0100c89404"
			  "000014e9003500164f4b77687920697320706f6c6c75783f");

	boot(by_nat, NULL);
	expect(LAN, &in, WAN, &out);
	graph_end();
}

static void
so_does_the_error_of_a_router_before_the_server(void)
{
	struct frame in =
		frame_hex("024c42000002020000020015080045c0003c077700004001a6230a020063c000"
			  "02020b00ee810000000045000020000700000111edadc00002020a02001514e9"
			  "14b4000c00006e6f6e65");
	struct frame out =
		frame_hex("020000010001024c42000001080045c0003c077700003f01a6bf0a0100c8c000"
			  "02020b0003010000000045000020000700000111ecfbc00002020a0100c814e9"
			  "0035000c00006e6f6e65");

	boot(by_nat, NULL);
	expect(LAN, &in, WAN, &out);
	graph_end();
}

/* The client hears it from us, about the packet that he sent, with the tunnel's header taken off.
 */
static void
an_error_about_our_tunnel_is_told_to_the_client(void)
{
	struct frame in =
		frame_hex("024c42000002020000020015080045c000800777000040015dd50a0200630a02"
			  "000b0304c4f50000051445000064000040003f0427730a02000b0a0200154500"
			  "0050123440003f065ca9c00002020a0100c89c40005000000001000000025010"
			  "2000a8d000007979797979797979797979797979797979797979797979797979"
			  "7979797979797979797979797979");
	struct frame out =
		frame_hex("020000010001024c42000001080045c0006c000000004001adc30a01000bc000"
			  "02020304c5090000050045000050123440003f065ca9c00002020a0100c89c40"
			  "0050000000010000000250102000a8d000007979797979797979797979797979"
			  "7979797979797979797979797979797979797979797979797979");
	struct frame host_in =
		frame_hex("024c42000002020000020015080045c0004c0777000040015e090a0200630a02"
			  "000b0301606d0000000045000064000040003f0427730a02000b0a0200154500"
			  "0050123440003f065ca9c00002020a0100c89c40005000000001");
	struct frame host_out =
		frame_hex("020000010001024c42000001080045c00038000000004001adf70a01000bc000"
			  "02020301606d0000000045000050123440003f065ca9c00002020a0100c89c40"
			  "005000000001");

	boot(by_tun, NULL);
	expect(LAN, &in, WAN, &out);
	expect(LAN, &host_in, WAN, &host_out);
	graph_end();
}

/* A packet in a tunnel of ours to server 0, as a router sees it. */
static struct frame
tunnel(const struct frame *inner)
{
	struct frame outer = *inner;

	memmove(&outer.bytes[FRAME_IP + 20], &outer.bytes[FRAME_IP], inner->len - FRAME_IP);
	outer.len += 20;
	frame_put16(&outer, FRAME_IP_LENGTH, (uint16_t)(outer.len - FRAME_IP));
	outer.bytes[FRAME_IP_PROTOCOL] = 4;
	frame_put32(&outer, FRAME_IP_SOURCE, LAN_IP);
	frame_put32(&outer, FRAME_IP_SOURCE + 4, SERVER_IP(0));
	frame_seal(&outer);
	return outer;
}

/*
 * The client let his packet be cut, so he need not know; an MTU that leaves no room for a packet is
 * a lie; and nobody sends through our tunnels but to a VIP.
 */
static void
of_errors_about_our_tunnel_only_those_that_help_are_told(void)
{
	struct frame_flow flow = { CLIENT, VIP, TCP_PORT, 80 }, foreign = { CLIENT, NEAR_IP, 1, 2 };
	struct frame inner = frame_tcp(&flow, TCP_ACK, 100), outer = tunnel(&inner), in;

	boot(by_tun, NULL);
	in = frame_error(
		INNER_ROUTER, LAN_IP, ICMP_UNREACHABLE, ICMP_FRAG_NEEDED, 1300, &outer, 80);
	in = frame_from_server(&in, 1);
	expect_drop(LAN, &in, "drop_icmp4_unknown");

	frame_put16(&inner, FRAME_IP_FRAGMENT, FRAME_IP_DF);
	frame_seal(&inner);
	outer = tunnel(&inner);
	in = frame_error(INNER_ROUTER, LAN_IP, ICMP_UNREACHABLE, ICMP_FRAG_NEEDED, 87, &outer, 80);
	in = frame_from_server(&in, 1);
	expect_drop(LAN, &in, "drop_icmp4_unknown");

	inner = frame_tcp(&foreign, TCP_ACK, 100);
	outer = tunnel(&inner);
	in = frame_error(INNER_ROUTER, LAN_IP, ICMP_UNREACHABLE, 1, 0, &outer, 80);
	in = frame_from_server(&in, 1);
	expect_drop(LAN, &in, "drop_icmp4_unknown");

	in = frame_error(INNER_ROUTER, LAN_IP, ICMP_UNREACHABLE, 1, 0, &outer, 47);
	in = frame_from_server(&in, 1);
	expect_drop(LAN, &in, "drop_icmp4_quote");
	graph_end();
}

/* To a VIP or to us, and to somebody else: that is other people's traffic. */
static void
errors_about_no_flow_end_by_name_or_in_transit(void)
{
	struct frame_flow answer = { VIP, CLIENT, 80, TCP_PORT + 1 };
	struct frame_flow own = { WAN_IP, CLIENT, 80, TCP_PORT };
	struct frame_flow request = { CLIENT, SERVER_IP(0), UDP_PORT + 1, 5300 };
	struct frame about = frame_tcp(&answer, TCP_ACK, 0), in, out;

	boot(by_nat, "route");
	in = frame_error(ROUTER_IP, VIP, ICMP_UNREACHABLE, 1, 0, &about, 28);
	expect_drop(WAN, &in, "drop_icmp4_unknown");
	about = frame_tcp(&own, TCP_ACK, 0);
	in = frame_error(ROUTER_IP, WAN_IP, ICMP_UNREACHABLE, 1, 0, &about, 28);
	expect_drop(WAN, &in, "drop_icmp4_unknown");
	about = frame_udp(&request, 0);
	in = frame_error(SERVER_IP(0), CLIENT, ICMP_UNREACHABLE, 3, 0, &about, 28);
	in = frame_from_server(&in, 0);
	out = frame_sent(&in, WAN_MAC, ROUTER_MAC);
	expect(LAN, &in, WAN, &out);
	graph_end();
}

/* Who is told has to have sent what the error is about. */
static void
an_error_to_another_than_the_sender_is_not_believed(void)
{
	struct frame_flow answer = { VIP, CLIENT, 80, TCP_PORT };
	struct frame_flow request = { CLIENT, SERVER_IP(0), UDP_PORT, 5300 };
	struct frame about = frame_udp(&request, 0), in;

	boot(by_nat, NULL);
	in = frame_error(ROUTER_IP, VIP, ICMP_UNREACHABLE, 1, 0, &about, 28);
	expect_drop(WAN, &in, "drop_icmp4_quote");
	about = frame_tcp(&answer, TCP_ACK, 0);
	in = frame_error(ROUTER_IP, WAN_IP, ICMP_UNREACHABLE, 1, 0, &about, 28);
	expect_drop(WAN, &in, "drop_icmp4_quote");
	in = frame_error(SERVER_IP(0), NEAR_IP, ICMP_UNREACHABLE, 3, 0, &about, 28);
	in = frame_from_server(&in, 0);
	expect_drop(LAN, &in, "drop_ip4_not_ours");
	graph_end();
}

static void
errors_stop_while_the_vip_is_anothers(void)
{
	struct frame_flow answer = { VIP, CLIENT, 80, TCP_PORT };
	struct frame_flow request = { CLIENT, SERVER_IP(0), UDP_PORT, 5300 };
	struct frame about = frame_udp(&request, 0), in;

	boot(by_nat, NULL);
	lb_vip_set_active(LB_VIP_STATIC, false, 0);
	in = frame_error(SERVER_IP(0), CLIENT, ICMP_UNREACHABLE, 3, 0, &about, 28);
	in = frame_from_server(&in, 0);
	expect_drop(LAN, &in, "drop_vip_backup");
	about = frame_tcp(&answer, TCP_ACK, 0);
	in = frame_error(ROUTER_IP, VIP, ICMP_UNREACHABLE, 1, 0, &about, 28);
	expect_drop(WAN, &in, "drop_vip_backup");
	lb_vip_set_active(LB_VIP_STATIC, true, UINT64_MAX);
	graph_end();
}

/* Nothing is said about errors, so they end without a word, by each method and both ways. */
static void
an_error_whose_ttl_ends_here_goes_no_further(void)
{
	struct frame_flow answer = { VIP, CLIENT, 80, TCP_PORT };
	struct frame_flow request = { CLIENT, SERVER_IP(0), UDP_PORT, 5300 };
	static const char *const methods[] = { by_dr, by_tun, by_nat };
	struct frame about = frame_tcp(&answer, TCP_ACK, 0);
	struct frame in = frame_error(ROUTER_IP, VIP, ICMP_UNREACHABLE, 1, 0, &about, 28);

	in.bytes[FRAME_IP_TTL] = 1;
	frame_seal(&in);
	for (size_t i = 0; i < RTE_DIM(methods); i++) {
		boot(methods[i], NULL);
		expect_drop(WAN, &in, "drop_icmp4_silent");
		graph_end();
	}
	about = frame_udp(&request, 0);
	in = frame_error(SERVER_IP(0), CLIENT, ICMP_UNREACHABLE, 3, 0, &about, 28);
	in = frame_from_server(&in, 0);
	in.bytes[FRAME_IP_TTL] = 1;
	frame_seal(&in);
	boot(by_nat, NULL);
	expect_drop(LAN, &in, "drop_icmp4_silent");
	graph_end();
}

static void
an_error_that_does_not_fit_goes_no_further(void)
{
	struct frame_flow answer = { VIP, CLIENT, 80, TCP_PORT };
	struct frame about = frame_tcp(&answer, TCP_ACK, LAN_MTU), in;

	boot(by_nat, NULL);
	in = frame_error(ROUTER_IP, VIP, ICMP_UNREACHABLE, 1, 0, &about, LAN_MTU - 27);
	expect_drop(WAN, &in, "drop_fwd_size");
	in = frame_error(ROUTER_IP, VIP, ICMP_UNREACHABLE, 1, 0, &about, LAN_MTU - 28);
	graph_send(WAN, &in);
	CU_ASSERT_EQUAL(graph_drain(LAN, TYPE_IP4), 1);
	graph_end();
}

static const struct unit_test tests[] = {
	UNIT_TEST(a_clients_error_goes_on_as_it_is_by_dr),
	UNIT_TEST(a_clients_error_goes_on_in_the_tunnel_by_tun),
	UNIT_TEST(a_clients_error_is_translated_for_the_server_by_nat),
	UNIT_TEST(a_servers_port_unreachable_reaches_the_client_as_from_the_vip),
	UNIT_TEST(so_does_the_error_of_a_router_before_the_server),
	UNIT_TEST(an_error_about_our_tunnel_is_told_to_the_client),
	UNIT_TEST(of_errors_about_our_tunnel_only_those_that_help_are_told),
	UNIT_TEST(errors_about_no_flow_end_by_name_or_in_transit),
	UNIT_TEST(an_error_to_another_than_the_sender_is_not_believed),
	UNIT_TEST(errors_stop_while_the_vip_is_anothers),
	UNIT_TEST(an_error_whose_ttl_ends_here_goes_no_further),
	UNIT_TEST(an_error_that_does_not_fit_goes_no_further),
	UNIT_END,
};

const struct unit_suite graph_related = { "related", tests };
