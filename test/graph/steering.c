/*
 * Three workers: a flow belongs to one of them, whatever queue its packets come in by. That one
 * alone has the connection, and it sees the packets of a queue in their order.
 */

#include "harness.h"

#include "director.h"
#include "unit.h"

#define WORKERS 3

static const struct graph_setup three = { .workers = WORKERS };

static void
send_by(uint16_t queue, const struct frame *frame)
{
	graph_put(WAN, queue, frame);
	graph_settle();
}

/* The worker that has the connection; WORKERS: not exactly one has. */
static uint32_t
owner_of(const struct frame *frame)
{
	uint32_t owner = WORKERS, owners = 0;

	for (uint32_t w = 0; w < WORKERS; w++) {
		if (graph_conn(w, frame) == NULL)
			continue;
		owner = w;
		owners++;
	}
	return owners == 1 ? owner : WORKERS;
}

static void
a_flow_goes_to_one_server_whatever_queue_receives_it(void)
{
	graph_boot_met(&three);
	for (uint32_t i = 0; i < 60; i++) {
		struct frame_flow flow = frame_flow(i, 80);
		struct frame syn = frame_tcp(&flow, TCP_SYN, 0), out = { 0 };
		uint32_t owner;

		send_by((uint16_t)(i % WORKERS), &syn);
		CU_ASSERT_TRUE(graph_take(LAN, TYPE_IP4, &out));
		owner = owner_of(&syn);
		CU_ASSERT_NOT_EQUAL(owner, WORKERS);
		for (uint16_t queue = 0; queue < WORKERS; queue++) {
			struct frame ack = frame_tcp(&flow, TCP_ACK, queue);
			struct frame expected = frame_routed(&ack, SERVER_MAC(graph_server(&out)));

			send_by(queue, &ack);
			GRAPH_EXPECT(LAN, TYPE_IP4, &expected);
			CU_ASSERT_EQUAL(owner_of(&ack), owner);
		}
	}
	CU_ASSERT_EQUAL(graph_connections(), 60);
	graph_end();
}

static void
flows_spread_over_workers_and_servers(void)
{
	struct director *director = graph_boot_met(&three);
	uint32_t got[SERVERS + 1] = { 0 };
	struct frame out;

	for (uint32_t i = 0; i < 600; i++) {
		struct frame_flow flow = frame_flow(i, 53);
		struct frame in = frame_udp(&flow, 0);

		graph_put(WAN, 0, &in);
	}
	graph_settle();
	while (graph_take(LAN, TYPE_IP4, &out))
		got[graph_server(&out)]++;
	CU_ASSERT_EQUAL(got[SERVERS], 0);
	for (uint32_t s = 0; s < SERVERS; s++)
		CU_ASSERT_TRUE(got[s] >= 190 && got[s] <= 210);
	CU_ASSERT_EQUAL(graph_connections(), 600);
	for (uint32_t w = 0; w < WORKERS; w++)
		CU_ASSERT_TRUE(lb_conn_get_stats(director->workers[w]->env.conns)->entries > 150);
	CU_ASSERT_EQUAL(graph_count("steer"), graph_count("steer_rx"));
	CU_ASSERT_TRUE(graph_count("steer") > 300 && graph_count("steer") < 500);
	graph_end();
}

/* Many flows in one queue, their packets mixed: each flow leaves in the order in which it came. */
static void
order_within_a_flow_is_kept(void)
{
	enum {
		FLOWS = 9,
		ROUNDS = 40
	};
	uint32_t seen[FLOWS] = { 0 };
	struct frame out;

	graph_boot_met(&three);
	for (uint32_t round = 0; round < ROUNDS; round++) {
		for (uint32_t i = 0; i < FLOWS; i++) {
			struct frame_flow flow = frame_flow(4 * i, 53);
			struct frame in = frame_udp(&flow, round);

			graph_put(WAN, 1, &in);
		}
	}
	graph_settle();
	while (graph_take(LAN, TYPE_IP4, &out)) {
		uint32_t flow = frame_get32(&out, FRAME_IP_SOURCE) - CLIENT_IP(0);

		CU_ASSERT_TRUE_FATAL(flow < FLOWS);
		CU_ASSERT_EQUAL(frame_get16(&out, FRAME_L4 + 4), 8 + seen[flow]);
		seen[flow]++;
	}
	for (uint32_t i = 0; i < FLOWS; i++)
		CU_ASSERT_EQUAL(seen[i], ROUNDS);
	graph_end();
}

static void
what_has_no_flow_is_answered_by_whoever_receives_it(void)
{
	struct frame ping = frame_icmp(CLIENT_IP(0), VIP, ICMP_ECHO, 8);
	struct frame arp = frame_arp(ARP_REQUEST, BROADCAST_MAC, ROUTER_MAC, ROUTER_IP, 0, VIP);

	graph_boot_met(&three);
	for (uint16_t queue = 0; queue < WORKERS; queue++) {
		send_by(queue, &ping);
		CU_ASSERT_EQUAL(graph_drain(WAN, TYPE_IP4), 1);
		send_by(queue, &arp);
		CU_ASSERT_EQUAL(graph_drain(WAN, TYPE_ARP), 1);
	}
	CU_ASSERT_EQUAL(graph_count("steer"), 0);
	graph_end();
}

static const struct graph_setup translating = {
	.workers = WORKERS,
	.lan_queues = WORKERS,
	.services =
		"{ name = \"dns\"; address = \"10.1.0.200\"; port = 53; protocol = \"udp\";"
		"  forward = \"nat\"; servers = ( { address = \"10.2.0.21\"; port = 5300; } ); }",
};

static void
send_back_by(uint16_t queue, const struct frame *frame)
{
	graph_put(LAN, queue, frame);
	graph_settle();
}

/* The owner is found by the client's side of the flow, which both directions have. */
static void
replies_of_nat_reach_the_owner_whatever_queue_receives_them(void)
{
	graph_boot_met(&translating);
	for (uint32_t i = 0; i < 60; i++) {
		struct frame_flow flow = frame_flow(i, 53);
		struct frame_flow reverse = { SERVER_IP(0), flow.from, 5300, flow.from_port };
		struct frame_flow answer = { VIP, flow.from, 53, flow.from_port };
		struct frame in = frame_udp(&flow, 0);

		send_by((uint16_t)(i % WORKERS), &in);
		CU_ASSERT_EQUAL(graph_drain(LAN, TYPE_IP4), 1);
		for (uint16_t queue = 0; queue < WORKERS; queue++) {
			struct frame back = frame_udp(&reverse, queue);
			struct frame home = frame_udp(&answer, queue);

			back = frame_from_server(&back, 0);
			home = frame_sent(&home, WAN_MAC, ROUTER_MAC);
			send_back_by(queue, &back);
			GRAPH_EXPECT(WAN, TYPE_IP4, &home);
		}
		CU_ASSERT_NOT_EQUAL(owner_of(&in), WORKERS);
	}
	CU_ASSERT_EQUAL(graph_connections(), 60);
	CU_ASSERT_TRUE(graph_count("steer") > 100);
	graph_end();
}

/* From the client's side and from the server's; the owner is found by what they quote. */
static void
icmp_errors_reach_the_owner_whatever_queue_receives_them(void)
{
	graph_boot_met(&translating);
	for (uint32_t i = 0; i < 30; i++) {
		struct frame_flow flow = frame_flow(i, 53);
		struct frame_flow there = { flow.from, SERVER_IP(0), flow.from_port, 5300 };
		struct frame_flow answer = { VIP, flow.from, 53, flow.from_port };
		struct frame in = frame_udp(&flow, 0);

		send_by(0, &in);
		CU_ASSERT_EQUAL(graph_drain(LAN, TYPE_IP4), 1);
		for (uint16_t queue = 0; queue < WORKERS; queue++) {
			struct frame about = frame_udp(&there, 0), out = { 0 };
			struct frame error = frame_error(
				SERVER_IP(0), flow.from, ICMP_UNREACHABLE, 3, 0, &about, 28);

			error = frame_from_server(&error, 0);
			send_back_by(queue, &error);
			CU_ASSERT_TRUE(graph_take(WAN, TYPE_IP4, &out));
			CU_ASSERT_EQUAL(frame_get32(&out, FRAME_IP_SOURCE), VIP);
			CU_ASSERT_EQUAL(frame_get32(&out, FRAME_IP_SOURCE + 4), flow.from);

			about = frame_udp(&answer, 0);
			error = frame_error(ROUTER_IP, VIP, ICMP_UNREACHABLE, 1, 0, &about, 28);
			send_by(queue, &error);
			CU_ASSERT_TRUE(graph_take(LAN, TYPE_IP4, &out));
			CU_ASSERT_EQUAL(frame_get32(&out, FRAME_IP_SOURCE + 4), SERVER_IP(0));
		}
	}
	CU_ASSERT_EQUAL(graph_count("drop_icmp4_unknown"), 0);
	CU_ASSERT_EQUAL(graph_count("drop_ip4_not_ours"), 0);
	graph_end();
}

static const struct unit_test tests[] = {
	UNIT_TEST(a_flow_goes_to_one_server_whatever_queue_receives_it),
	UNIT_TEST(flows_spread_over_workers_and_servers),
	UNIT_TEST(order_within_a_flow_is_kept),
	UNIT_TEST(what_has_no_flow_is_answered_by_whoever_receives_it),
	UNIT_TEST(replies_of_nat_reach_the_owner_whatever_queue_receives_them),
	UNIT_TEST(icmp_errors_reach_the_owner_whatever_queue_receives_them),
	UNIT_END,
};

const struct unit_suite graph_steering = { "steering", tests };
