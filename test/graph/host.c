/*
 * The host beside the director: what the kernel gets of a port in which it has a part, by which
 * class, and what of its own frames goes out.
 */

#include "harness.h"

#include "director.h"
#include "kernel.h"
#include "unit.h"

/* Frames of the kernel that a turn sends. */
#define BUDGET 32

#define SSH 22
#define FRAGMENT_FIRST 0x2000

static struct director *
boot_with_kernel(const struct graph_setup *setup)
{
	struct director *director = graph_boot_met(setup);

	kernel_attach(director, WAN);
	return director;
}

static struct frame
login(uint32_t i, uint32_t to)
{
	struct frame_flow flow = { CLIENT_IP(i), to, (uint16_t)(40000 + i), SSH };

	return frame_tcp(&flow, TCP_SYN, 0);
}

static struct frame
as_protocol(struct frame frame, uint8_t protocol)
{
	frame.bytes[FRAME_IP_PROTOCOL] = protocol;
	frame_seal(&frame);
	return frame;
}

static struct frame
as_fragment(struct frame frame)
{
	frame_put16(&frame, FRAME_IP_FRAGMENT, FRAGMENT_FIRST);
	frame_seal(&frame);
	return frame;
}

/* What the kernel sends by the wan port. */
static struct frame
from_kernel(uint32_t source, size_t payload)
{
	struct frame_flow flow = { source, CLIENT_IP(0), SSH, 40000 };
	struct frame frame = frame_tcp(&flow, TCP_ACK, payload);

	frame_put_mac(&frame, 0, ROUTER_MAC);
	frame_put_mac(&frame, 6, WAN_MAC);
	return frame;
}

static void
packets_for_a_ports_address_go_to_the_kernel_as_they_came(void)
{
	struct frame_flow flow = { CLIENT_IP(0), WAN_IP, 40000, 123 };
	struct frame in[] = { login(0, WAN_IP), frame_udp(&flow, 33),
		as_protocol(login(0, WAN_IP), 47), as_fragment(login(0, WAN_IP)) };

	boot_with_kernel(&(struct graph_setup){ 0 });
	for (size_t i = 0; i < RTE_DIM(in); i++) {
		graph_send(WAN, &in[i]);
		KERNEL_EXPECT(WAN, &in[i]);
		CU_ASSERT_EQUAL(graph_count("punt_host"), i + 1);
	}
	KERNEL_SILENT(WAN);
	GRAPH_SILENT(WAN, TYPE_IP4);
	CU_ASSERT_EQUAL(graph_connections(), 0);
	graph_end();
}

static void
any_worker_may_have_received_them(void)
{
	boot_with_kernel(&(struct graph_setup){ .workers = 3 });
	for (uint16_t i = 0; i < 30; i++) {
		struct frame in = login(i, WAN_IP);

		graph_put(WAN, i % 3, &in);
		graph_settle();
		KERNEL_EXPECT(WAN, &in);
	}
	CU_ASSERT_EQUAL(graph_count("punt_host"), 30);
	CU_ASSERT_TRUE(graph_count("steer") > 0);
	graph_end();
}

static void
servers_have_a_class_of_their_own(void)
{
	struct frame_flow flow = { SERVER_IP(1), LAN_IP, 80, 40000 };
	struct frame tcp = frame_tcp(&flow, TCP_SYN | TCP_ACK, 0);
	struct frame echo = frame_icmp(SERVER_IP(1), LAN_IP, ICMP_ECHO_REPLY, 8);

	kernel_attach(graph_boot_met(&(struct graph_setup){ 0 }), LAN);
	tcp = frame_from_server(&tcp, 1);
	echo = frame_from_server(&echo, 1);
	graph_send(LAN, &tcp);
	KERNEL_EXPECT(LAN, &tcp);
	graph_send(LAN, &echo);
	KERNEL_EXPECT(LAN, &echo);
	CU_ASSERT_EQUAL(graph_count("punt_check"), 2);
	CU_ASSERT_EQUAL(graph_count("punt_host") + graph_count("punt_icmp"), 0);
	graph_end();
}

/* It answers echo requests itself, as its own settings say; errors are about its own packets. */
static void
kernel_gets_the_icmp_of_its_address(void)
{
	struct frame_flow flow = { WAN_IP, CLIENT_IP(0), SSH, 40000 };
	struct frame own = frame_tcp(&flow, TCP_ACK, 0);
	struct frame in[] = { frame_icmp(CLIENT_IP(0), WAN_IP, ICMP_ECHO, 56),
		frame_icmp(CLIENT_IP(0), WAN_IP, ICMP_ECHO_REPLY, 56),
		frame_error(
			CLIENT_IP(0), WAN_IP, ICMP_UNREACHABLE, ICMP_FRAG_NEEDED, 1400, &own, 28) };

	boot_with_kernel(&(struct graph_setup){ 0 });
	for (size_t i = 0; i < RTE_DIM(in); i++) {
		graph_send(WAN, &in[i]);
		KERNEL_EXPECT(WAN, &in[i]);
		CU_ASSERT_EQUAL(graph_count("punt_icmp"), i + 1);
	}
	GRAPH_SILENT(WAN, TYPE_IP4);
	graph_end();
}

static void
nothing_for_a_vip_goes_to_the_kernel(void)
{
	struct frame_flow flow = { CLIENT_IP(0), VIP, 40000, SSH };
	struct frame in[] = { login(0, VIP), frame_udp(&flow, 33), as_protocol(login(0, VIP), 47),
		as_fragment(login(0, VIP)), frame_icmp(CLIENT_IP(0), VIP, ICMP_ECHO, 56),
		frame_icmp(CLIENT_IP(0), VIP, ICMP_ECHO_REPLY, 56) };

	boot_with_kernel(&(struct graph_setup){ 0 });
	for (size_t i = 0; i < RTE_DIM(in); i++)
		graph_send(WAN, &in[i]);
	KERNEL_SILENT(WAN);
	CU_ASSERT_EQUAL(graph_drain(WAN, TYPE_IP4), 1); /* the answer to the echo request */
	CU_ASSERT_EQUAL(graph_count("host_tx"), 0);
	graph_end();
}

/* An address belongs to the host, so any port with the kernel may bring packets for it. */
static void
port_that_they_came_by_decides(void)
{
	struct frame by_wan = login(0, LAN_IP), by_lan = login(0, LAN_IP);

	by_lan = frame_from_server(&by_lan, 0);
	boot_with_kernel(&(struct graph_setup){ 0 });
	graph_send(LAN, &by_lan);
	CU_ASSERT_EQUAL(graph_count("drop_host_none"), 1);
	KERNEL_SILENT(WAN);
	graph_send(WAN, &by_wan);
	KERNEL_EXPECT(WAN, &by_wan);
	graph_end();
}

static void
transit_host_gives_it_other_peoples_packets(void)
{
	struct frame_flow flow = { SERVER_IP(0), CLIENT_IP(7), 40123, 443 };
	struct frame out = frame_tcp(&flow, TCP_SYN, 0), group;
	struct director *director;

	out = frame_from_server(&out, 0);
	flow.to = IP(239, 1, 2, 3);
	group = frame_tcp(&flow, TCP_SYN, 0);
	group = frame_from_server(&group, 0);
	director = graph_boot_met(&(struct graph_setup){ 0 });
	kernel_attach(director, LAN);
	atomic_store(&director->transit, LB_NODE_TRANSIT_HOST);
	graph_send(LAN, &out);
	KERNEL_EXPECT(LAN, &out);
	CU_ASSERT_EQUAL(graph_count("punt_host"), 1);
	graph_send(LAN, &group);
	KERNEL_SILENT(LAN);
	CU_ASSERT_EQUAL(graph_count("drop_ip4_not_ours"), 1);
	GRAPH_SILENT(WAN, TYPE_IP4);
	graph_end();
}

static void
frames_to_a_virtual_mac_reach_it_by_the_ports_own(void)
{
	const struct rte_ether_addr virtual = { { 0x00, 0x00, 0x5e, 0x00, 0x01, 0x33 } };
	struct director *director = boot_with_kernel(&(struct graph_setup){ 0 });
	struct frame in = login(0, WAN_IP), expected = in;

	CU_ASSERT_EQUAL(lb_netif_filter_add(director->ports[WAN], &virtual), 0);
	frame_put_mac(&in, 0, UINT64_C(0x00005e000133));
	graph_send(WAN, &in);
	KERNEL_EXPECT(WAN, &expected);
	graph_end();
}

static void
kernel_learns_neighbours_from_answers_and_announcements(void)
{
	struct frame answer = frame_arp(ARP_REPLY, WAN_MAC, ROUTER_MAC, ROUTER_IP, WAN_MAC, WAN_IP);
	struct frame announced =
		frame_arp(ARP_REQUEST, BROADCAST_MAC, NEAR_MAC, NEAR_IP, NEAR_MAC, NEAR_IP);
	struct frame question =
		frame_arp(ARP_REQUEST, BROADCAST_MAC, ROUTER_MAC, ROUTER_IP, 0, WAN_IP);
	struct frame to_vip = frame_arp(ARP_REPLY, WAN_MAC, ROUTER_MAC, ROUTER_IP, WAN_MAC, VIP);

	boot_with_kernel(&(struct graph_setup){ 0 });
	graph_send(WAN, &answer);
	KERNEL_EXPECT(WAN, &answer);
	graph_send(WAN, &announced);
	KERNEL_EXPECT(WAN, &announced);
	graph_drain(WAN, TYPE_ARP);
	graph_send(WAN, &question);
	graph_send(WAN, &to_vip);
	KERNEL_SILENT(WAN);
	CU_ASSERT_EQUAL(graph_drain(WAN, TYPE_ARP), 1); /* polluxd's answer */
	graph_end();
}

static void
frames_of_the_kernel_go_out_as_they_are(void)
{
	struct frame out[] = { from_kernel(WAN_IP, 0), from_kernel(WAN_IP, 1460),
		from_kernel(LAN_IP, 10) };
	struct frame question =
		frame_arp(ARP_REQUEST, BROADCAST_MAC, WAN_MAC, WAN_IP, 0, ROUTER_IP);
	struct director *director = boot_with_kernel(&(struct graph_setup){ 0 });

	for (size_t i = 0; i < RTE_DIM(out); i++) {
		kernel_send(WAN, &out[i]);
		graph_turn();
		GRAPH_EXPECT(WAN, TYPE_IP4, &out[i]);
	}
	kernel_send(WAN, &question);
	graph_turn();
	GRAPH_EXPECT(WAN, TYPE_ARP, &question);
	CU_ASSERT_EQUAL(director->host.ways[WAN].from_kernel, 4);
	CU_ASSERT_EQUAL(director->host.ways[WAN].withheld, 0);
	graph_end();
}

static void
answers_by_arp_and_packets_from_vips_stay_with_it(void)
{
	struct frame held[] = { from_kernel(VIP, 0),
		frame_arp(ARP_REPLY, ROUTER_MAC, WAN_MAC, WAN_IP, ROUTER_MAC, ROUTER_IP),
		frame_arp(ARP_REQUEST, BROADCAST_MAC, WAN_MAC, WAN_IP, WAN_MAC, WAN_IP),
		frame_arp(ARP_REQUEST, BROADCAST_MAC, WAN_MAC, VIP, 0, ROUTER_IP) };
	struct director *director = boot_with_kernel(&(struct graph_setup){ 0 });

	for (size_t i = 0; i < RTE_DIM(held); i++)
		kernel_send(WAN, &held[i]);
	graph_turn();
	GRAPH_SILENT(WAN, TYPE_IP4);
	CU_ASSERT_EQUAL(kernel_unread(WAN), 0);
	CU_ASSERT_EQUAL(director->host.ways[WAN].withheld, RTE_DIM(held));
	graph_end();
}

static void
turn_sends_no_more_than_its_budget(void)
{
	struct frame out = from_kernel(WAN_IP, 0);
	struct director *director = boot_with_kernel(&(struct graph_setup){ 0 });

	for (int i = 0; i < 3 * BUDGET; i++)
		kernel_send(WAN, &out);
	graph_turn();
	CU_ASSERT_EQUAL(graph_drain(WAN, TYPE_IP4), BUDGET);
	director->host.ways[WAN].readable = true; /* as the loop finds it */
	graph_turn();
	CU_ASSERT_EQUAL(graph_drain(WAN, TYPE_IP4), BUDGET);
	CU_ASSERT_EQUAL(kernel_unread(WAN), BUDGET);
	graph_end();
}

static void
while_a_port_takes_no_frames_the_kernel_waits(void)
{
	struct frame out = from_kernel(WAN_IP, 0);
	struct director *director = boot_with_kernel(&(struct graph_setup){ 0 });

	for (int i = 0; i < GRAPH_RING + 5; i++)
		lb_control_tx_send(&director->tx, WAN, out.bytes, out.len);
	CU_ASSERT_EQUAL(director->tx.waiting, 5);
	kernel_send(WAN, &out);
	graph_turn();
	CU_ASSERT_EQUAL(kernel_unread(WAN), 1);
	graph_drain(WAN, 0);
	graph_turn();
	CU_ASSERT_EQUAL(director->tx.waiting, 0);
	director->host.ways[WAN].readable = true; /* as the loop finds it */
	graph_turn();
	CU_ASSERT_EQUAL(kernel_unread(WAN), 0);
	graph_end();
}

static void
kernel_has_the_addresses_of_the_port(void)
{
	struct director *director = boot_with_kernel(&(struct graph_setup){ 0 });

	CU_ASSERT_EQUAL(kernel_addresses(WAN), 1);
	host_link(director, WAN, true);
	CU_ASSERT_TRUE(kernel_has_link(WAN));
	host_link(director, WAN, false);
	CU_ASSERT_FALSE(kernel_has_link(WAN));
	graph_end();
}

static void
address_that_an_instance_owns_is_a_vip_and_none_of_the_kernels(void)
{
	struct director *director = graph_boot(&(struct graph_setup){
		.vrrp = "{ name = \"wan\"; port = \"wan\"; vrid = 51; interval_ms = 10;"
			"  priority = 255; addresses = [ \"10.1.0.11/24\" ]; }" });
	struct frame in = login(0, WAN_IP);

	kernel_attach(director, WAN);
	CU_ASSERT_EQUAL(kernel_addresses(WAN), 0);
	graph_send(WAN, &in);
	KERNEL_SILENT(WAN);
	graph_end();
}

static const struct unit_test tests[] = {
	UNIT_TEST(packets_for_a_ports_address_go_to_the_kernel_as_they_came),
	UNIT_TEST(any_worker_may_have_received_them),
	UNIT_TEST(servers_have_a_class_of_their_own),
	UNIT_TEST(kernel_gets_the_icmp_of_its_address),
	UNIT_TEST(nothing_for_a_vip_goes_to_the_kernel),
	UNIT_TEST(port_that_they_came_by_decides),
	UNIT_TEST(transit_host_gives_it_other_peoples_packets),
	UNIT_TEST(frames_to_a_virtual_mac_reach_it_by_the_ports_own),
	UNIT_TEST(kernel_learns_neighbours_from_answers_and_announcements),
	UNIT_TEST(frames_of_the_kernel_go_out_as_they_are),
	UNIT_TEST(answers_by_arp_and_packets_from_vips_stay_with_it),
	UNIT_TEST(turn_sends_no_more_than_its_budget),
	UNIT_TEST(while_a_port_takes_no_frames_the_kernel_waits),
	UNIT_TEST(kernel_has_the_addresses_of_the_port),
	UNIT_TEST(address_that_an_instance_owns_is_a_vip_and_none_of_the_kernels),
	UNIT_END,
};

const struct unit_suite graph_host = { "host", tests };
