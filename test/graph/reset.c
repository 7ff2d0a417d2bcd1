/*
 * Connections of a server are reset: the next packet of each is answered, to the client and, under
 * NAT, to the server.
 */

#include "harness.h"

#include <string.h>

#include "director.h"
#include "lb_worker_reset.h"
#include "unit.h"

#define FRAME_TCP_SEQ (FRAME_L4 + 4)
#define FRAME_TCP_ACK_NUMBER (FRAME_L4 + 8)
#define FRAME_TCP_FLAGS (FRAME_L4 + 13)

#define SERVICES(protocol, forward)                                                                \
	"{ name = \"web\"; address = \"10.1.0.200\"; port = 80; scheduler = \"rr\"; protocol "     \
	"= \"" protocol "\"; forward = \"" forward "\";"                                           \
	"  servers = ( { address = \"10.2.0.21\"; }, { address = \"10.2.0.22\"; } ); }"

static struct director *director;

static void
begin(uint32_t workers, const char *services)
{
	director =
		graph_boot_met(&(struct graph_setup){ .workers = workers, .services = services });
}

static struct frame
packet(uint32_t client, uint8_t flags)
{
	struct frame_flow flow = frame_flow(client, 80);
	struct frame frame = frame_tcp(&flow, flags, 10);

	frame_put32(&frame, FRAME_TCP_SEQ, 0x1000 + client);
	frame_put32(&frame, FRAME_TCP_ACK_NUMBER, 0xabc00000 + client);
	return frame;
}

/* A packet of server `server` on the flow of a client. */
static struct frame
answer(uint32_t client, uint32_t server)
{
	struct frame_flow flow = frame_flow(client, 80);
	struct frame_flow back = {
		.from = SERVER_IP(server),
		.from_port = 80,
		.to = flow.from,
		.to_port = flow.from_port,
	};
	struct frame frame = frame_tcp(&back, TCP_ACK, 20);

	frame_put32(&frame, FRAME_TCP_SEQ, 0x5e000 + client);
	frame_put32(&frame, FRAME_TCP_ACK_NUMBER, 0xdef00000 + client);
	return frame_from_server(&frame, server);
}

/* Open n flows; those with an even number have server 0. With one worker, that is. */
static void
open_flows(uint32_t n)
{
	for (uint32_t i = 0; i < n; i++) {
		struct frame syn = packet(i, TCP_SYN), ack = packet(i, TCP_ACK);

		graph_send(WAN, &syn);
		graph_send(WAN, &ack);
	}
	graph_drain(LAN, TYPE_IP4);
}

/* Reset all connections of a server of the service; returns how many there were. */
static uint64_t
reset_server(uint32_t server)
{
	static uint64_t slots[LB_SCHED_SLOTS / 64];
	struct lb_worker_reset resets[3];
	struct lb_endpoint at = { lb_addr_ip4(rte_cpu_to_be_32(SERVER_IP(server))),
		rte_cpu_to_be_16(80) };
	uint32_t slot = lb_slots_lookup(director->slots, "web", &at);
	uint64_t n = 0;

	CU_ASSERT_NOT_EQUAL_FATAL(slot, LB_SLOT_NONE);
	memset(slots, 0, sizeof(slots));
	slots[slot / 64] |= UINT64_C(1) << (slot % 64);
	for (uint32_t w = 0; w < director->workers_n; w++) {
		lb_worker_reset_init(&resets[w], slots);
		CU_ASSERT_EQUAL_FATAL(lb_worker_post(director->workers[w], &resets[w].message), 0);
	}
	for (uint32_t w = 0; w < director->workers_n; w++) {
		while (!lb_worker_is_done(&resets[w].message))
			graph_turn();
		n += resets[w].n;
	}
	return n;
}

static struct lb_conn_stats
sums(void)
{
	struct lb_conn_stats sum = { 0 };

	for (uint32_t w = 0; w < director->workers_n; w++) {
		const struct lb_conn_stats *of = lb_conn_get_stats(director->workers[w]->env.conns);

		sum.reset[LB_FWD_REQUEST] += of->reset[LB_FWD_REQUEST];
		sum.reset[LB_FWD_REPLY] += of->reset[LB_FWD_REPLY];
		sum.reset_silent += of->reset_silent;
	}
	return sum;
}

/* The next packet out of a port is a reset of 40 bytes with this number and these flags. */
static void
expect_flags(enum graph_port port, uint32_t from, uint32_t to, uint32_t seq, uint8_t flags)
{
	struct frame out = { 0 };

	CU_ASSERT_TRUE(graph_take(port, TYPE_IP4, &out));
	CU_ASSERT_EQUAL(frame_get16(&out, FRAME_IP_LENGTH), 40);
	CU_ASSERT_EQUAL(frame_get32(&out, FRAME_IP_SOURCE), from);
	CU_ASSERT_EQUAL(frame_get32(&out, FRAME_IP_SOURCE + 4), to);
	CU_ASSERT_EQUAL(frame_get16(&out, port == WAN ? FRAME_L4 : FRAME_L4 + 2), 80);
	CU_ASSERT_EQUAL(out.bytes[FRAME_TCP_FLAGS], flags);
	CU_ASSERT_EQUAL(frame_get32(&out, FRAME_TCP_SEQ), seq);
}

/* It is the answer to a packet that acknowledged up to this number. */
static void
expect_reset(enum graph_port port, uint32_t from, uint32_t to, uint32_t seq)
{
	expect_flags(port, from, to, seq, TCP_RST);
}

static void
the_next_packet_of_the_client_is_answered_by_a_reset(void)
{
	struct frame first = packet(0, TCP_ACK), other = packet(1, TCP_ACK), expected;

	begin(1, SERVICES("tcp", "dr"));
	open_flows(10);
	CU_ASSERT_EQUAL(reset_server(0), 5);
	CU_ASSERT_EQUAL(reset_server(0), 0);
	CU_ASSERT_EQUAL(graph_connections(), 10);
	graph_send(WAN, &first);
	expect_reset(WAN, VIP, CLIENT_IP(0), 0xabc00000);
	GRAPH_SILENT(LAN, TYPE_IP4);
	CU_ASSERT_EQUAL(graph_connections(), 9);
	CU_ASSERT_EQUAL(sums().reset[LB_FWD_REQUEST], 1);
	graph_send(WAN, &other);
	expected = frame_routed(&other, SERVER_MAC(1));
	GRAPH_EXPECT(LAN, TYPE_IP4, &expected);
	graph_end();
}

static void
under_nat_the_server_is_told_too(void)
{
	struct frame request = packet(0, TCP_ACK), reply = answer(0, 0);

	begin(1, SERVICES("tcp", "nat"));
	open_flows(1);
	CU_ASSERT_EQUAL(reset_server(0), 1);
	graph_send(WAN, &request);
	expect_reset(WAN, VIP, CLIENT_IP(0), 0xabc00000);
	CU_ASSERT_EQUAL(graph_connections(), 1);
	graph_send(LAN, &reply);
	expect_reset(LAN, CLIENT_IP(0), SERVER_IP(0), 0xdef00000);
	GRAPH_SILENT(WAN, TYPE_IP4);
	CU_ASSERT_EQUAL(graph_connections(), 0);
	CU_ASSERT_EQUAL(sums().reset[LB_FWD_REQUEST], 1);
	CU_ASSERT_EQUAL(sums().reset[LB_FWD_REPLY], 1);
	graph_end();
}

/* A client that only waits is not left waiting; whether it took the reset is not known. */
static void
what_the_server_sends_tells_both(void)
{
	struct frame reply = answer(0, 0), request = packet(0, TCP_ACK);

	begin(1, SERVICES("tcp", "nat"));
	open_flows(1);
	CU_ASSERT_EQUAL(reset_server(0), 1);
	for (int i = 0; i < 2; i++) {
		graph_put(LAN, 0, &reply);
		graph_settle();
		expect_reset(LAN, CLIENT_IP(0), SERVER_IP(0), 0xdef00000);
		expect_flags(WAN, VIP, CLIENT_IP(0), 0x5e000, TCP_RST | TCP_ACK);
	}
	CU_ASSERT_EQUAL(graph_connections(), 1);
	graph_send(WAN, &request);
	expect_reset(WAN, VIP, CLIENT_IP(0), 0xabc00000);
	GRAPH_SILENT(LAN, TYPE_IP4);
	CU_ASSERT_EQUAL(graph_connections(), 0);
	CU_ASSERT_EQUAL(sums().reset[LB_FWD_REQUEST], 3);
	CU_ASSERT_EQUAL(sums().reset[LB_FWD_REPLY], 2);
	graph_end();
}

/* All buffers are taken when the server's packet is walked. */
static void
without_a_buffer_the_server_is_told_all_the_same(void)
{
	struct frame reply = answer(0, 0);
	struct rte_mbuf *taken = NULL, *m;

	begin(1, SERVICES("tcp", "nat"));
	open_flows(1);
	CU_ASSERT_EQUAL(reset_server(0), 1);
	graph_put(LAN, 0, &reply);
	while ((m = rte_pktmbuf_alloc(director->pool)) != NULL) {
		m->next = taken;
		taken = m;
	}
	graph_walk(0);
	for (; (m = taken) != NULL; rte_pktmbuf_free_seg(m)) {
		taken = m->next;
		m->next = NULL;
	}
	graph_settle();
	expect_reset(LAN, CLIENT_IP(0), SERVER_IP(0), 0xdef00000);
	GRAPH_SILENT(WAN, TYPE_IP4);
	CU_ASSERT_EQUAL(sums().reset[LB_FWD_REQUEST], 0);
	CU_ASSERT_EQUAL(sums().reset[LB_FWD_REPLY], 1);
	graph_end();
}

/* All in one walk: two packets of a flow, then the SYN of the next one from the same port. */
static void
a_burst_of_one_flow_ends_it_once(void)
{
	struct frame ack = packet(0, TCP_ACK), syn = packet(0, TCP_SYN);

	begin(1, SERVICES("tcp", "dr"));
	open_flows(1);
	reset_server(0);
	for (int i = 0; i < 3; i++)
		graph_put(WAN, 0, &ack);
	graph_settle();
	expect_reset(WAN, VIP, CLIENT_IP(0), 0xabc00000);
	GRAPH_SILENT(WAN, TYPE_IP4);
	CU_ASSERT_EQUAL(graph_count("drop_conn_reset"), 2);
	open_flows(1); /* server 1's */
	CU_ASSERT_EQUAL(reset_server(1), 1);
	for (int i = 0; i < 2; i++) {
		graph_put(WAN, 0, &ack);
		graph_put(WAN, 0, &syn);
	}
	graph_settle();
	CU_ASSERT_EQUAL(graph_connections(), 1);
	CU_ASSERT_EQUAL(sums().reset_silent + sums().reset[LB_FWD_REQUEST], 2);
	graph_end();
}

static void
a_new_flow_from_the_same_port_goes_to_a_server(void)
{
	struct frame syn = packet(0, TCP_SYN), out = { 0 };

	begin(1, SERVICES("tcp", "dr"));
	open_flows(1);
	reset_server(0);
	graph_send(WAN, &syn);
	GRAPH_SILENT(WAN, TYPE_IP4);
	CU_ASSERT_TRUE(graph_take(LAN, TYPE_IP4, &out));
	CU_ASSERT_EQUAL(graph_server(&out), 1);
	CU_ASSERT_EQUAL(graph_connections(), 1);
	CU_ASSERT_EQUAL(sums().reset_silent, 1);
	graph_end();
}

/* A reset is answered by nothing, and an error about the flow changes nothing. */
static void
resets_and_errors_of_the_client_are_not_answered(void)
{
	struct frame rst = packet(0, TCP_RST), ack = packet(0, TCP_ACK);
	struct frame error = frame_error(CLIENT_IP(0), VIP, ICMP_UNREACHABLE, 3, 0, &ack, 28),
		     quoted;

	begin(1, SERVICES("tcp", "dr"));
	open_flows(1);
	reset_server(0);
	quoted = answer(0, 0);
	frame_put32(&quoted, FRAME_IP_SOURCE, VIP);
	frame_seal(&quoted);
	error = frame_error(CLIENT_IP(0), VIP, ICMP_UNREACHABLE, 3, 0, &quoted, 28);
	graph_send(WAN, &error);
	graph_send(WAN, &rst);
	GRAPH_SILENT(WAN, TYPE_IP4);
	GRAPH_SILENT(LAN, TYPE_IP4);
	CU_ASSERT_EQUAL(graph_count("drop_conn_reset"), 2);
	CU_ASSERT_EQUAL(graph_connections(), 1);
	graph_end();
}

static void
flows_of_udp_end_at_once(void)
{
	begin(1, SERVICES("udp", "dr"));
	for (uint32_t i = 0; i < 6; i++) {
		struct frame_flow flow = frame_flow(i, 80);
		struct frame in = frame_udp(&flow, 8);

		graph_send(WAN, &in);
	}
	graph_drain(LAN, TYPE_IP4);
	CU_ASSERT_EQUAL(reset_server(0), 3);
	CU_ASSERT_EQUAL(graph_connections(), 3);
	CU_ASSERT_EQUAL(sums().reset_silent, 3);
	graph_end();
}

static void
each_worker_resets_its_own(void)
{
	uint64_t n, answered = 0;

	begin(3, SERVICES("tcp", "dr"));
	open_flows(300);
	n = reset_server(0);
	CU_ASSERT_TRUE(n > 100 && n < 200);
	for (uint32_t i = 0; i < 300; i++) {
		struct frame ack = packet(i, TCP_ACK);

		graph_send(WAN, &ack);
		answered += graph_drain(WAN, TYPE_IP4);
	}
	CU_ASSERT_EQUAL(answered, n);
	CU_ASSERT_EQUAL(sums().reset[LB_FWD_REQUEST], n);
	CU_ASSERT_EQUAL(graph_drain(LAN, TYPE_IP4), 300 - n);
	CU_ASSERT_EQUAL(graph_connections(), 300 - n);
	graph_end();
}

static const struct unit_test tests[] = {
	UNIT_TEST(the_next_packet_of_the_client_is_answered_by_a_reset),
	UNIT_TEST(under_nat_the_server_is_told_too),
	UNIT_TEST(what_the_server_sends_tells_both),
	UNIT_TEST(without_a_buffer_the_server_is_told_all_the_same),
	UNIT_TEST(a_burst_of_one_flow_ends_it_once),
	UNIT_TEST(a_new_flow_from_the_same_port_goes_to_a_server),
	UNIT_TEST(resets_and_errors_of_the_client_are_not_answered),
	UNIT_TEST(flows_of_udp_end_at_once),
	UNIT_TEST(each_worker_resets_its_own),
	UNIT_END,
};

const struct unit_suite graph_reset = { "reset", tests };
