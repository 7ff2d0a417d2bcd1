/*
 * Direct routing through the whole graph. Frames in hexadecimal were written by scapy: what goes
 * in, and what has to come out.
 */

#include "harness.h"

#include "director.h"
#include "unit.h"

static const char one_server[] =
	"{ name = \"web\"; address = \"10.1.0.200\"; port = 80;"
	"  servers = ( { address = \"10.2.0.21\"; } ); },"
	"{ name = \"dns\"; address = \"10.1.0.200\"; port = 53; protocol = \"udp\";"
	"  servers = ( { address = \"10.2.0.21\"; } ); }";

static void
syn_leaves_with_the_servers_mac_and_nothing_else_changed(void)
{
	static const struct graph_setup setup = { .services = one_server };
	struct frame in =
		frame_hex("024c4200000102000001000108004500003c1234400040065bbec00002010a01"
			  "00c89c4000500102030400000000a0022000ba980000020405b40402080a0000"
			  "00070000000001030307");
	struct frame out =
		frame_hex("020000020015024c4200000208004500003c123440003f065cbec00002010a01"
			  "00c89c4000500102030400000000a0022000ba980000020405b40402080a0000"
			  "00070000000001030307");

	graph_boot_met(&setup);
	graph_send(WAN, &in);
	GRAPH_EXPECT(LAN, TYPE_IP4, &out);
	GRAPH_SILENT(LAN, TYPE_IP4);
	GRAPH_SILENT(WAN, TYPE_IP4);
	graph_end();
}

/* With TOS, an option in the header, no DF, and the least TTL that is forwarded. */
static void
udp_leaves_with_its_header_options(void)
{
	static const struct graph_setup setup = { .services = one_server };
	struct frame in =
		frame_hex("024c42000001020000010001080046b8002e0000000002115639c00002010a01"
			  "00c89404000014e900350016594c77686f20697320706f6c6c75783f");
	struct frame out =
		frame_hex("020000020015024c42000002080046b8002e0000000001115739c00002010a01"
			  "00c89404000014e900350016594c77686f20697320706f6c6c75783f");

	graph_boot_met(&setup);
	graph_send(WAN, &in);
	GRAPH_EXPECT(LAN, TYPE_IP4, &out);
	graph_end();
}

static void
padding_of_short_frames_is_trimmed(void)
{
	struct frame_flow flow = frame_flow(0, 80);
	struct frame in = frame_tcp(&flow, TCP_SYN, 0), out;

	CU_ASSERT_EQUAL(in.len, 54);
	for (in.len = 54; in.len < 60; in.len++)
		in.bytes[in.len] = 0xee;
	graph_boot_met(&(struct graph_setup){ .services = one_server });
	graph_send(WAN, &in);
	out = frame_routed(&in, SERVER_MAC(0));
	CU_ASSERT_EQUAL(out.len, 54);
	GRAPH_EXPECT(LAN, TYPE_IP4, &out);
	graph_end();
}

static void
later_packets_of_a_flow_go_to_its_server(void)
{
	uint32_t chosen[12];

	graph_boot_met(&(struct graph_setup){ 0 });
	for (int round = 0; round < 3; round++) {
		for (uint32_t i = 0; i < 12; i++) {
			struct frame_flow flow = frame_flow(i, 80);
			struct frame in = frame_tcp(
				&flow, round == 0 ? TCP_SYN : TCP_ACK, (size_t)round * 100);
			struct frame out = { 0 }, expected;

			graph_send(WAN, &in);
			CU_ASSERT_TRUE(graph_take(LAN, TYPE_IP4, &out));
			if (round == 0)
				chosen[i] = graph_server(&out);
			expected = frame_routed(&in, SERVER_MAC(chosen[i]));
			CU_ASSERT_TRUE(frame_equal(&out, &expected));
		}
	}
	CU_ASSERT_EQUAL(graph_connections(), 12);
	CU_ASSERT_EQUAL(graph_count("conn_new"), 12);
	graph_end();
}

/* All in one burst: the flows are made while others of the burst wait. */
static void
round_robin_gives_each_server_the_same(void)
{
	uint32_t got[SERVERS + 1] = { 0 };
	struct frame out;

	graph_boot_met(&(struct graph_setup){ 0 });
	for (uint32_t i = 0; i < 30; i++) {
		struct frame_flow flow = frame_flow(i, i % 2 == 0 ? 80 : 53);
		struct frame in = i % 2 == 0 ? frame_tcp(&flow, TCP_SYN, 0) : frame_udp(&flow, 64);

		graph_put(WAN, 0, &in);
	}
	graph_settle();
	while (graph_take(LAN, TYPE_IP4, &out))
		got[graph_server(&out)]++;
	for (uint32_t i = 0; i < SERVERS; i++)
		CU_ASSERT_EQUAL(got[i], 10);
	CU_ASSERT_EQUAL(got[SERVERS], 0);
	graph_end();
}

/* The second SYN of a burst belongs to the connection that the first one makes. */
static void
a_flow_that_comes_twice_in_a_burst_is_one_flow(void)
{
	struct frame_flow flow = frame_flow(0, 80);
	struct frame in = frame_tcp(&flow, TCP_SYN, 0), a = { 0 }, b = { 0 };

	graph_boot_met(&(struct graph_setup){ 0 });
	graph_put(WAN, 0, &in);
	graph_put(WAN, 0, &in);
	graph_settle();
	CU_ASSERT_TRUE(graph_take(LAN, TYPE_IP4, &a));
	CU_ASSERT_TRUE(graph_take(LAN, TYPE_IP4, &b));
	CU_ASSERT_TRUE(frame_equal(&a, &b));
	CU_ASSERT_EQUAL(graph_connections(), 1);
	graph_end();
}

/*
 * The SYN behind it ends the closed flow that the late packet still belongs to, and makes no other;
 * the packet before both sees to it that conn_new runs before the late one is forwarded.
 */
static void
a_packet_whose_flow_ends_in_its_burst_still_goes_to_its_server(void)
{
	static const char no_server[] =
		"{ name = \"web\"; address = \"10.1.0.200\"; port = 80;"
		"  servers = ( { address = \"10.2.0.21\"; weight = 0; } ); }";
	struct frame_flow flow = frame_flow(0, 80), other = frame_flow(1, 80);
	struct frame syn = frame_tcp(&flow, TCP_SYN, 0), late = frame_tcp(&flow, TCP_ACK, 0);
	struct frame fin = frame_tcp(&flow, TCP_FIN, 0), first = frame_tcp(&other, TCP_SYN, 0);
	struct lb_conf *conf;

	graph_boot_met(&(struct graph_setup){ .services = one_server });
	graph_send(WAN, &syn);
	graph_send(WAN, &late);
	graph_send(WAN, &fin);
	CU_ASSERT_EQUAL(graph_drain(LAN, TYPE_IP4), 3);
	conf = graph_conf(no_server);
	graph_apply(conf);

	graph_put(WAN, 0, &first);
	graph_put(WAN, 0, &late);
	graph_put(WAN, 0, &syn);
	graph_settle();
	CU_ASSERT_EQUAL(graph_count("reject_sched_none"), 2);
	CU_ASSERT_EQUAL(graph_connections(), 0);
	late = frame_routed(&late, SERVER_MAC(0));
	GRAPH_EXPECT(LAN, TYPE_IP4, &late);
	GRAPH_SILENT(LAN, TYPE_IP4);
	graph_end();
	lb_conf_destroy(conf);
}

static void
own_and_shared_transmit_queues_are_both_in_use(void)
{
	struct director *director = graph_boot_met(&(struct graph_setup){ .workers = 3 });

	CU_ASSERT_FALSE(director->ports[WAN]->tx_shared);
	CU_ASSERT_EQUAL(director->ports[WAN]->tx_queues, 4);
	CU_ASSERT_TRUE(director->ports[LAN]->tx_shared);
	CU_ASSERT_EQUAL(director->ports[LAN]->tx_queues, 1);
	graph_end();
}

static const struct unit_test tests[] = {
	UNIT_TEST(syn_leaves_with_the_servers_mac_and_nothing_else_changed),
	UNIT_TEST(udp_leaves_with_its_header_options),
	UNIT_TEST(padding_of_short_frames_is_trimmed),
	UNIT_TEST(later_packets_of_a_flow_go_to_its_server),
	UNIT_TEST(round_robin_gives_each_server_the_same),
	UNIT_TEST(a_flow_that_comes_twice_in_a_burst_is_one_flow),
	UNIT_TEST(a_packet_whose_flow_ends_in_its_burst_still_goes_to_its_server),
	UNIT_TEST(own_and_shared_transmit_queues_are_both_in_use),
	UNIT_END,
};

const struct unit_suite graph_forward = { "forward", tests };
