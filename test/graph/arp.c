/*
 * ARP through the graph and the control loop. Frames in hexadecimal were written by scapy.
 */

#include "harness.h"

#include "director.h"
#include "unit.h"

static const char one_server[] = "{ name = \"web\"; address = \"10.1.0.200\"; port = 80;"
				 "  servers = ( { address = \"10.2.0.21\"; } ); }";

static void
start_announces_vips_and_addresses_and_asks_for_servers_and_gateways(void)
{
	struct frame vip =
		frame_hex("ffffffffffff024c4200000108060001080006040001024c420000010a0100c8"
			  "024c420000010a0100c8");
	struct frame wan =
		frame_hex("ffffffffffff024c4200000108060001080006040001024c420000010a01000b"
			  "024c420000010a01000b");
	struct frame lan =
		frame_hex("ffffffffffff024c4200000208060001080006040001024c420000020a02000b"
			  "024c420000020a02000b");
	struct frame router =
		frame_hex("ffffffffffff024c4200000108060001080006040001024c420000010a01000b"
			  "0000000000000a010001");
	struct frame server =
		frame_hex("ffffffffffff024c4200000208060001080006040001024c420000020a02000b"
			  "0000000000000a020015");

	graph_boot(&(struct graph_setup){ .services = one_server });
	graph_settle();
	GRAPH_EXPECT(WAN, TYPE_ARP, &vip);
	GRAPH_EXPECT(WAN, TYPE_ARP, &wan);
	GRAPH_EXPECT(WAN, TYPE_ARP, &router);
	GRAPH_SILENT(WAN, TYPE_ARP);
	GRAPH_EXPECT(LAN, TYPE_ARP, &lan);
	GRAPH_EXPECT(LAN, TYPE_ARP, &server);
	GRAPH_SILENT(LAN, TYPE_ARP);
	graph_end();
}

static void
a_request_for_a_vip_is_answered(void)
{
	struct frame in =
		frame_hex("ffffffffffff020000010001080600010800060400010200000100010a010001"
			  "0000000000000a0100c8");
	struct frame out =
		frame_hex("020000010001024c4200000108060001080006040002024c420000010a0100c8"
			  "0200000100010a010001");

	graph_boot_met(&(struct graph_setup){ 0 });
	graph_send(WAN, &in);
	GRAPH_EXPECT(WAN, TYPE_ARP, &out);
	GRAPH_SILENT(WAN, TYPE_ARP);
	CU_ASSERT_EQUAL(graph_count("punt_arp_vip"), 1);
	graph_end();
}

/* The request comes padded, as from a real port. */
static void
a_request_for_the_address_of_a_port_is_answered(void)
{
	struct frame in =
		frame_hex("ffffffffffff020000020015080600010800060400010200000200150a020015"
			  "0000000000000a02000b000000000000000000000000000000000000");
	struct frame out =
		frame_hex("020000020015024c4200000208060001080006040002024c420000020a02000b"
			  "0200000200150a020015");

	graph_boot_met(&(struct graph_setup){ 0 });
	graph_send(LAN, &in);
	GRAPH_EXPECT(LAN, TYPE_ARP, &out);
	GRAPH_SILENT(LAN, TYPE_ARP);
	graph_end();
}

static void
ask_and_hear_nothing(enum graph_port port, uint32_t target)
{
	struct frame in = frame_arp(ARP_REQUEST, BROADCAST_MAC, NEAR_MAC,
		port == WAN ? NEAR_IP : SERVER_IP(9), 0, target);

	graph_send(port, &in);
	GRAPH_SILENT(WAN, TYPE_ARP);
	GRAPH_SILENT(LAN, TYPE_ARP);
}

static void
other_addresses_and_other_ports_are_not_answered(void)
{
	graph_boot_met(&(struct graph_setup){ 0 });
	ask_and_hear_nothing(WAN, IP(10, 1, 0, 201));
	ask_and_hear_nothing(WAN, ROUTER_IP);
	ask_and_hear_nothing(WAN, LAN_IP);
	ask_and_hear_nothing(LAN, VIP);
	ask_and_hear_nothing(LAN, WAN_IP);
	CU_ASSERT_EQUAL(graph_count("drop_arp_not_ours"), 5);
	graph_end();
}

static void
a_vip_that_is_not_served_is_not_answered(void)
{
	struct frame in = frame_arp(ARP_REQUEST, BROADCAST_MAC, NEAR_MAC, NEAR_IP, 0, VIP);

	graph_boot_met(&(struct graph_setup){ 0 });
	lb_vip_set_active(LB_VIP_STATIC, false, 0);
	graph_send(WAN, &in);
	GRAPH_SILENT(WAN, TYPE_ARP);
	CU_ASSERT_EQUAL(graph_count("drop_vip_backup"), 1);
	lb_vip_set_active(LB_VIP_STATIC, true, UINT64_MAX);
	graph_send(WAN, &in);
	CU_ASSERT_EQUAL(graph_drain(WAN, TYPE_ARP), 1);
	graph_end();
}

static void
a_reply_is_not_answered(void)
{
	struct frame in = frame_arp(ARP_REPLY, WAN_MAC, NEAR_MAC, NEAR_IP, WAN_MAC, WAN_IP);

	graph_boot_met(&(struct graph_setup){ 0 });
	graph_send(WAN, &in);
	GRAPH_SILENT(WAN, TYPE_ARP);
	graph_end();
}

static void
a_servers_new_mac_moves_its_flows_at_once(void)
{
	struct frame_flow flow = frame_flow(0, 80);
	struct frame in = frame_tcp(&flow, TCP_SYN, 0), out;

	graph_boot_met(&(struct graph_setup){ .services = one_server });
	graph_send(WAN, &in);
	out = frame_routed(&in, SERVER_MAC(0));
	GRAPH_EXPECT(LAN, TYPE_IP4, &out);
	graph_announce(LAN, NEAR_MAC, SERVER_IP(0));
	in = frame_tcp(&flow, TCP_ACK, 10);
	graph_send(WAN, &in);
	out = frame_routed(&in, NEAR_MAC);
	GRAPH_EXPECT(LAN, TYPE_IP4, &out);
	graph_end();
}

/* A server's address announced on another port is another neighbour. */
static void
a_server_cannot_be_taken_over_from_another_port(void)
{
	struct frame_flow flow = frame_flow(0, 80);
	struct frame in = frame_tcp(&flow, TCP_SYN, 0), out;

	graph_boot_met(&(struct graph_setup){ .services = one_server });
	graph_announce(WAN, NEAR_MAC, SERVER_IP(0));
	graph_send(WAN, &in);
	out = frame_routed(&in, SERVER_MAC(0));
	GRAPH_EXPECT(LAN, TYPE_IP4, &out);
	graph_end();
}

static const struct unit_test tests[] = {
	UNIT_TEST(start_announces_vips_and_addresses_and_asks_for_servers_and_gateways),
	UNIT_TEST(a_request_for_a_vip_is_answered),
	UNIT_TEST(a_request_for_the_address_of_a_port_is_answered),
	UNIT_TEST(other_addresses_and_other_ports_are_not_answered),
	UNIT_TEST(a_vip_that_is_not_served_is_not_answered),
	UNIT_TEST(a_reply_is_not_answered),
	UNIT_TEST(a_servers_new_mac_moves_its_flows_at_once),
	UNIT_TEST(a_server_cannot_be_taken_over_from_another_port),
	UNIT_END,
};

const struct unit_suite graph_arp = { "arp", tests };
