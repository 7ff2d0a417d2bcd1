/*
 * ICMP: echo to our addresses, and errors about packets that cannot be forwarded. Frames in
 * hexadecimal were written by scapy.
 */

#include "harness.h"

#include <string.h>

#include "director.h"
#include "lb_clock.h"
#include "unit.h"

/* Limits as the documentation has them: errors a second, fragmentation needed a second and client.
 */
#define ERRORS 1000
#define FRAG_NEEDED 10

static void
echo_to_a_vip_is_answered(void)
{
	struct frame in =
		frame_hex("024c4200000102000001000108004500003c007700003701b680c00002010a01"
			  "00c8080001114c4200096162636465666768696a6b6c6d6e6f70717273747576"
			  "77616263646566676869");
	struct frame out =
		frame_hex("020000010001024c4200000108004500003c007700004001ad800a0100c8c000"
			  "0201000009114c4200096162636465666768696a6b6c6d6e6f70717273747576"
			  "77616263646566676869");

	graph_boot_met(&(struct graph_setup){ 0 });
	graph_send(WAN, &in);
	GRAPH_EXPECT(WAN, TYPE_IP4, &out);
	GRAPH_SILENT(WAN, TYPE_IP4);
	GRAPH_SILENT(LAN, TYPE_IP4);
	graph_end();
}

static void
echo_to_the_address_of_a_port_is_answered(void)
{
	struct frame in =
		frame_hex("024c4200000102000001003208004500003c007700000301a30c0a0100320a01"
			  "000b080001114c4200096162636465666768696a6b6c6d6e6f70717273747576"
			  "77616263646566676869");
	struct frame out =
		frame_hex("020000010032024c4200000108004500003c007700004001660c0a01000b0a01"
			  "0032000009114c4200096162636465666768696a6b6c6d6e6f70717273747576"
			  "77616263646566676869");

	graph_boot_met(&(struct graph_setup){ 0 });
	graph_send(WAN, &in);
	graph_announce(WAN, NEAR_MAC, NEAR_IP);
	CU_ASSERT_TRUE(graph_wait(WAN, TYPE_IP4, &in, 1000));
	CU_ASSERT_TRUE(frame_equal(&in, &out));
	graph_end();
}

static void
ttl_that_ends_here_is_reported_from_the_ports_address(void)
{
	struct frame in =
		frame_hex("024c42000001020000010001080045000028123400000106dad2c00002010a01"
			  "00c89c40005001020304000000005002200022820000");
	struct frame out =
		frame_hex("020000010001024c42000001080045c00044000000004001adec0a01000bc000"
			  "02010b00c1e40000000045000028123400000106dad2c00002010a0100c89c40"
			  "005001020304000000005002200022820000");

	graph_boot_met(&(struct graph_setup){ 0 });
	graph_send(WAN, &in);
	GRAPH_EXPECT(WAN, TYPE_IP4, &out);
	GRAPH_SILENT(LAN, TYPE_IP4);
	graph_end();
}

/* A datagram of 1401 bytes that may not be cut, for a link of 1400. */
static void
too_big_for_the_next_link_is_reported_with_its_mtu(void)
{
	struct frame in =
		frame_hex("024c420000010200000100010800450005791234400040115676c00002010a01"
			  "00c814e900350565c868");
	struct frame out =
		frame_hex("020000010001024c42000001080045c00240000000004001abf00a01000bc000"
			  "02010304ba3d00000578450005791234400040115676c00002010a0100c814e9"
			  "00350565c868");

	memset(&in.bytes[in.len], 'x', 1373);
	in.len += 1373;
	memset(&out.bytes[out.len], 'x', 520);
	out.len += 520;
	CU_ASSERT_EQUAL(out.len, 14 + 576);
	graph_boot_met(&(struct graph_setup){ 0 });
	graph_send(WAN, &in);
	GRAPH_EXPECT(WAN, TYPE_IP4, &out);
	GRAPH_SILENT(LAN, TYPE_IP4);
	graph_end();
}

static void
what_just_fits_is_forwarded(void)
{
	struct frame_flow flow = frame_flow(0, 53);
	struct frame in = frame_udp(&flow, LAN_MTU - 28), out = { 0 };

	frame_put16(&in, FRAME_IP_FRAGMENT, FRAME_IP_DF);
	frame_seal(&in);
	graph_boot_met(&(struct graph_setup){ 0 });
	graph_send(WAN, &in);
	CU_ASSERT_TRUE(graph_take(LAN, TYPE_IP4, &out));
	CU_ASSERT_EQUAL(out.len, 14 + LAN_MTU);
	GRAPH_SILENT(WAN, TYPE_IP4);
	graph_end();
}

/* Limits count in whole seconds of the packet path's clock: begin at the start of one. */
static void
wait_for_a_new_second(void)
{
	uint32_t second = lb_clock_tick(rte_rdtsc()) / LB_TICKS_PER_SECOND;

	while (lb_clock_tick(rte_rdtsc()) / LB_TICKS_PER_SECOND == second)
		rte_pause();
}

static struct frame
dying(uint32_t client)
{
	struct frame_flow flow = frame_flow(client, 53);
	struct frame in = frame_udp(&flow, 0);

	in.bytes[FRAME_IP_TTL] = 1;
	frame_seal(&in);
	return in;
}

static struct frame
oversized(uint32_t client)
{
	struct frame_flow flow = frame_flow(client, 53);
	struct frame in = frame_udp(&flow, LAN_MTU);

	frame_put16(&in, FRAME_IP_FRAGMENT, FRAME_IP_DF);
	frame_seal(&in);
	return in;
}

static void
errors_are_limited_to_a_thousand_a_second(void)
{
	struct frame in = dying(0);
	uint32_t answers = 0;

	graph_boot_met(&(struct graph_setup){ 0 });
	wait_for_a_new_second();
	for (int i = 0; i < ERRORS + 5; i++) {
		graph_put(WAN, 0, &in);
		if (i % 32 == 31) {
			graph_settle();
			answers += graph_drain(WAN, TYPE_IP4);
		}
	}
	graph_settle();
	answers += graph_drain(WAN, TYPE_IP4);
	CU_ASSERT_EQUAL(answers, ERRORS);
	CU_ASSERT_EQUAL(graph_count("drop_icmp4_limit"), 5);
	graph_end();
}

static void
fragmentation_needed_is_limited_for_each_client(void)
{
	struct frame one = oversized(0), other = oversized(4);

	CU_ASSERT_NOT_EQUAL(
		frame_get32(&one, FRAME_IP_SOURCE), frame_get32(&other, FRAME_IP_SOURCE));
	graph_boot_met(&(struct graph_setup){ 0 });
	wait_for_a_new_second();
	for (int i = 0; i < FRAG_NEEDED + 3; i++)
		graph_put(WAN, 0, &one);
	graph_put(WAN, 0, &other);
	graph_settle();
	CU_ASSERT_EQUAL(graph_drain(WAN, TYPE_IP4), FRAG_NEEDED + 1);
	CU_ASSERT_EQUAL(graph_count("drop_icmp4_limit"), 3);
	graph_end();
}

static void
nothing_is_said_about_icmp_errors_and_fragments(void)
{
	struct frame error = frame_icmp(CLIENT_IP(0), VIP, ICMP_TIME_EXCEEDED, 28);
	struct frame first = dying(0), later = dying(0);

	error.bytes[FRAME_IP_TTL] = 1;
	frame_seal(&error);
	frame_put16(&first, FRAME_IP_FRAGMENT, 0x2000);
	frame_seal(&first);
	frame_put16(&later, FRAME_IP_FRAGMENT, 0x0010);
	frame_seal(&later);
	graph_boot_met(&(struct graph_setup){ 0 });
	graph_put(WAN, 0, &error);
	graph_put(WAN, 0, &first);
	graph_put(WAN, 0, &later);
	graph_settle();
	GRAPH_SILENT(WAN, TYPE_IP4);
	GRAPH_SILENT(LAN, TYPE_IP4);
	CU_ASSERT_EQUAL(graph_count("drop_icmp4_quote"), 1);
	CU_ASSERT_EQUAL(graph_count("drop_ip4_fragment"), 2);
	graph_end();
}

static const struct unit_test tests[] = {
	UNIT_TEST(echo_to_a_vip_is_answered),
	UNIT_TEST(echo_to_the_address_of_a_port_is_answered),
	UNIT_TEST(ttl_that_ends_here_is_reported_from_the_ports_address),
	UNIT_TEST(too_big_for_the_next_link_is_reported_with_its_mtu),
	UNIT_TEST(what_just_fits_is_forwarded),
	UNIT_TEST(errors_are_limited_to_a_thousand_a_second),
	UNIT_TEST(fragmentation_needed_is_limited_for_each_client),
	UNIT_TEST(nothing_is_said_about_icmp_errors_and_fragments),
	UNIT_END,
};

const struct unit_suite graph_icmp = { "icmp", tests };
