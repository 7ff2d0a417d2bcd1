/*
 * What is for others and of no flow of ours: servers behind NAT have the director as gateway. By
 * `transit` it is dropped, or routed with nothing changed but the TTL.
 */

#include "harness.h"

#include "director.h"
#include "unit.h"

static const struct graph_setup routing = { .transit = "route" };

/* A packet of server 0 to somebody, from a port that is no service's. */
static struct frame
outgoing(uint32_t to, size_t payload)
{
	struct frame_flow flow = { SERVER_IP(0), to, 40123, 443 };
	struct frame frame = frame_tcp(&flow, TCP_SYN, payload);

	return frame_from_server(&frame, 0);
}

static void
by_default_it_is_dropped(void)
{
	struct frame in = outgoing(CLIENT_IP(7), 0);

	graph_boot_met(&(struct graph_setup){ 0 });
	graph_send(LAN, &in);
	GRAPH_SILENT(WAN, TYPE_IP4);
	GRAPH_SILENT(LAN, TYPE_IP4);
	CU_ASSERT_EQUAL(graph_count("drop_ip4_not_ours"), 1);
	graph_end();
}

static void
routed_packets_change_but_in_their_ttl(void)
{
	struct frame ping = frame_icmp(SERVER_IP(0), CLIENT_IP(7), ICMP_ECHO, 56);
	struct frame part = outgoing(CLIENT_IP(7), 64), gre = outgoing(CLIENT_IP(7), 11);
	struct frame in[] = { outgoing(CLIENT_IP(7), 33), frame_from_server(&ping, 0), part, gre };

	frame_put16(&in[2], FRAME_IP_FRAGMENT, 0x2000);
	frame_seal(&in[2]);
	in[3].bytes[FRAME_IP_PROTOCOL] = 47;
	frame_seal(&in[3]);
	graph_boot_met(&routing);
	for (size_t i = 0; i < RTE_DIM(in); i++) {
		struct frame out = frame_sent(&in[i], WAN_MAC, ROUTER_MAC);

		graph_send(LAN, &in[i]);
		GRAPH_EXPECT(WAN, TYPE_IP4, &out);
		GRAPH_SILENT(LAN, TYPE_IP4);
	}
	CU_ASSERT_EQUAL(graph_connections(), 0);
	graph_end();
}

/* From the outside to a server, which has been heard; and between two servers by one port. */
static void
the_way_in_is_open_too(void)
{
	struct frame_flow flow = { CLIENT_IP(0), SERVER_IP(1), 40000, 22 };
	struct frame in = frame_tcp(&flow, TCP_SYN, 0);
	struct frame out = frame_routed(&in, SERVER_MAC(1));

	graph_boot_met(&routing);
	graph_send(WAN, &in);
	GRAPH_EXPECT(LAN, TYPE_IP4, &out);
	in = outgoing(SERVER_IP(2), 0);
	out = frame_routed(&in, SERVER_MAC(2));
	graph_send(LAN, &in);
	GRAPH_EXPECT(LAN, TYPE_IP4, &out);
	graph_end();
}

static void
what_cannot_be_routed_is_reported_to_its_sender(void)
{
	struct frame big = outgoing(CLIENT_IP(7), 1500 - 39), dying = outgoing(CLIENT_IP(7), 0);
	struct frame told = { 0 };

	frame_put16(&big, FRAME_IP_FRAGMENT, FRAME_IP_DF);
	frame_seal(&big);
	dying.bytes[FRAME_IP_TTL] = 1;
	frame_seal(&dying);
	graph_boot_met(&routing);
	graph_send(LAN, &big);
	CU_ASSERT_TRUE(graph_take(LAN, TYPE_IP4, &told));
	CU_ASSERT_EQUAL(frame_get32(&told, FRAME_IP_SOURCE), LAN_IP);
	CU_ASSERT_EQUAL(frame_get16(&told, FRAME_L4), ICMP_UNREACHABLE << 8 | ICMP_FRAG_NEEDED);
	CU_ASSERT_EQUAL(frame_get16(&told, FRAME_L4 + 6), 1500);
	graph_send(LAN, &dying);
	CU_ASSERT_TRUE(graph_take(LAN, TYPE_IP4, &told));
	CU_ASSERT_EQUAL(frame_get32(&told, FRAME_IP_SOURCE), LAN_IP);
	CU_ASSERT_EQUAL(frame_get16(&told, FRAME_L4), ICMP_TIME_EXCEEDED << 8);
	GRAPH_SILENT(WAN, TYPE_IP4);

	frame_put16(&big, FRAME_IP_FRAGMENT, 0);
	frame_seal(&big);
	graph_send(LAN, &big);
	GRAPH_SILENT(LAN, TYPE_IP4);
	CU_ASSERT_EQUAL(graph_count("drop_fwd_size"), 1);
	graph_end();
}

static void
groups_and_frames_to_all_are_not_routed(void)
{
	struct frame group = outgoing(IP(239, 1, 2, 3), 0), all = outgoing(CLIENT_IP(7), 0);
	struct frame local = outgoing(IP(255, 255, 255, 255), 0);

	frame_put_mac(&all, 0, BROADCAST_MAC);
	graph_boot_met(&routing);
	graph_send(LAN, &group);
	graph_send(LAN, &local);
	graph_send(LAN, &all);
	GRAPH_SILENT(WAN, TYPE_IP4);
	GRAPH_SILENT(LAN, TYPE_IP4);
	CU_ASSERT_EQUAL(graph_count("drop_ip4_not_ours"), 2);
	CU_ASSERT_EQUAL(graph_count("drop_eth_group"), 1);
	graph_end();
}

static void
what_no_route_leads_to_is_dropped_by_name(void)
{
	struct frame in = outgoing(CLIENT_IP(7), 0);

	graph_boot_met(&(struct graph_setup){ .transit = "route", .routes = "" });
	graph_send(LAN, &in);
	CU_ASSERT_EQUAL(graph_count("drop_route_none"), 1);
	graph_end();
}

static const struct unit_test tests[] = {
	UNIT_TEST(by_default_it_is_dropped),
	UNIT_TEST(routed_packets_change_but_in_their_ttl),
	UNIT_TEST(the_way_in_is_open_too),
	UNIT_TEST(what_cannot_be_routed_is_reported_to_its_sender),
	UNIT_TEST(groups_and_frames_to_all_are_not_routed),
	UNIT_TEST(what_no_route_leads_to_is_dropped_by_name),
	UNIT_END,
};

const struct unit_suite graph_transit = { "transit", tests };
