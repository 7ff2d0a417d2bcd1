/* Packets whose next hop is not known yet wait for it, and not for ever. */

#include "harness.h"

#include "lb_clock.h"
#include "unit.h"

#define HELD_MS 1000

static const char one_server[] =
	"{ name = \"dns\"; address = \"10.1.0.200\"; port = 53; protocol = \"udp\";"
	"  servers = ( { address = \"10.2.0.21\"; } ); }";

/* Packet number i of a flow; its payload tells it from the others. */
static struct frame
packet(uint32_t i)
{
	struct frame_flow flow = frame_flow(0, 53);

	return frame_udp(&flow, 20 + i);
}

static void
put_packets(uint32_t n)
{
	for (uint32_t i = 0; i < n; i++) {
		struct frame in = packet(i);

		graph_put(WAN, 0, &in);
	}
	graph_settle();
	GRAPH_SILENT(LAN, TYPE_IP4);
}

static void
expect_packets(uint32_t n)
{
	for (uint32_t i = 0; i < n; i++) {
		struct frame in = packet(i), expected = frame_routed(&in, SERVER_MAC(0));
		struct frame out = { 0 };

		CU_ASSERT_TRUE(graph_wait(LAN, TYPE_IP4, &out, HELD_MS));
		CU_ASSERT_TRUE(frame_equal(&out, &expected));
	}
	GRAPH_SILENT(LAN, TYPE_IP4);
}

static void
packets_wait_for_the_reply_and_leave_in_order(void)
{
	struct frame reply =
		frame_arp(ARP_REPLY, LAN_MAC, SERVER_MAC(0), SERVER_IP(0), LAN_MAC, LAN_IP);

	graph_boot(&(struct graph_setup){ .services = one_server });
	put_packets(8);
	graph_send(LAN, &reply);
	expect_packets(8);
	CU_ASSERT_EQUAL(graph_count("drop_neigh_hold_full"), 0);
	CU_ASSERT_EQUAL(graph_count("drop_neigh_unresolved"), 0);
	graph_end();
}

static void
more_than_eight_for_a_neighbour_are_dropped(void)
{
	graph_boot(&(struct graph_setup){ .services = one_server });
	put_packets(11);
	CU_ASSERT_EQUAL(graph_count("drop_neigh_hold_full"), 3);
	graph_announce(LAN, SERVER_MAC(0), SERVER_IP(0));
	expect_packets(8);
	graph_end();
}

static void
after_a_second_without_a_reply_they_are_dropped(void)
{
	uint64_t start;

	graph_boot(&(struct graph_setup){ .services = one_server });
	start = lb_clock_ms();
	put_packets(3);
	while (graph_count("drop_neigh_unresolved") == 0 && lb_clock_ms() < start + 3 * HELD_MS)
		graph_turn();
	CU_ASSERT_TRUE(lb_clock_ms() - start >= HELD_MS - 10);
	CU_ASSERT_TRUE(lb_clock_ms() - start < 2 * HELD_MS);
	CU_ASSERT_EQUAL(graph_count("drop_neigh_unresolved"), 3);
	graph_announce(LAN, SERVER_MAC(0), SERVER_IP(0));
	GRAPH_SILENT(LAN, TYPE_IP4);
	graph_end();
}

/* The server is asked for again each second, until it answers. */
static void
requests_are_repeated(void)
{
	struct frame request =
		frame_arp(ARP_REQUEST, BROADCAST_MAC, LAN_MAC, LAN_IP, 0, SERVER_IP(0));
	struct frame out = { 0 };
	uint64_t start;

	graph_boot(&(struct graph_setup){ .services = one_server });
	graph_settle();
	CU_ASSERT_EQUAL(graph_drain(LAN, TYPE_ARP), 2); /* the first, and our own announcement */
	start = lb_clock_ms();
	do { /* our announcement is repeated too */
		CU_ASSERT_TRUE(graph_wait(LAN, TYPE_ARP, &out, 3000));
	} while (frame_get32(&out, 38) == LAN_IP && lb_clock_ms() < start + 3000);
	CU_ASSERT_TRUE(frame_equal(&out, &request));
	CU_ASSERT_TRUE(lb_clock_ms() - start >= 900 && lb_clock_ms() - start < 2000);
	graph_end();
}

/* An answer to a client on the link, which nobody knows yet, is held while control asks. */
static void
a_client_on_the_link_is_asked_for_when_it_is_answered(void)
{
	struct frame ping = frame_icmp(NEAR_IP, VIP, ICMP_ECHO, 32), out = { 0 };
	struct frame request = frame_arp(ARP_REQUEST, BROADCAST_MAC, WAN_MAC, WAN_IP, 0, NEAR_IP);

	graph_boot_met(&(struct graph_setup){ 0 });
	frame_put_mac(&ping, 6, NEAR_MAC);
	graph_put(WAN, 0, &ping);
	graph_put(WAN, 0, &ping);
	graph_settle();
	GRAPH_EXPECT(WAN, TYPE_ARP, &request);
	GRAPH_SILENT(WAN, TYPE_ARP);
	ping = frame_arp(ARP_REPLY, WAN_MAC, NEAR_MAC, NEAR_IP, WAN_MAC, WAN_IP);
	graph_send(WAN, &ping);
	for (int i = 0; i < 2; i++) {
		CU_ASSERT_TRUE(graph_wait(WAN, TYPE_IP4, &out, HELD_MS));
		CU_ASSERT_EQUAL(frame_get_mac(&out, 0), NEAR_MAC);
		CU_ASSERT_EQUAL(out.bytes[FRAME_L4], ICMP_ECHO_REPLY);
	}
	GRAPH_SILENT(WAN, TYPE_IP4);
	graph_end();
}

static const struct unit_test tests[] = {
	UNIT_TEST(packets_wait_for_the_reply_and_leave_in_order),
	UNIT_TEST(more_than_eight_for_a_neighbour_are_dropped),
	UNIT_TEST(after_a_second_without_a_reply_they_are_dropped),
	UNIT_TEST(requests_are_repeated),
	UNIT_TEST(a_client_on_the_link_is_asked_for_when_it_is_answered),
	UNIT_END,
};

const struct unit_suite graph_hold = { "hold", tests };
