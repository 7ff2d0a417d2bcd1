/*
 * Servers that NAT may not choose: the client itself, whose answer would not come back to us, and a
 * server that the client's address and port already have a flow to, by another VIP.
 */

#include "harness.h"

#include "director.h"
#include "unit.h"

#define OTHER_VIP IP(10, 1, 0, 202)
#define VIPS "\"10.1.0.200\", \"10.1.0.202\""

/* Both services lead to the same servers and ports. */
#define SERVICE(name, vip, servers)                                                                \
	"{ name = \"" name "\"; address = \"" vip "\"; port = 80; forward = \"nat\";"              \
	"  scheduler = \"rr\"; servers = ( " servers " ); }"
#define SERVICES(servers)                                                                          \
	SERVICE("one", "10.1.0.200", servers) "," SERVICE("other", "10.1.0.202", servers)
#define FIRST "{ address = \"10.2.0.21\"; port = 8080; }"
#define SECOND "{ address = \"10.2.0.22\"; port = 8080; }"

static const struct graph_setup single = { .services = SERVICES(FIRST), .vips = VIPS };
static const struct graph_setup pair = { .services = SERVICES(FIRST ", " SECOND), .vips = VIPS };

/* A packet of flow i to a VIP. */
static struct frame
packet(uint32_t i, uint32_t vip, uint8_t flags)
{
	struct frame_flow flow = frame_flow(i, 80);

	flow.to = vip;
	return frame_tcp(&flow, flags, 0);
}

/* Send it; the server that it goes to, SERVERS: none. */
static uint32_t
send_to_server(const struct frame *in)
{
	struct frame out = { 0 };

	graph_send(WAN, in);
	return graph_take(LAN, TYPE_IP4, &out) ? graph_server(&out) : SERVERS;
}

/* Each worker's rr begins at the first server for each service. */
static void
the_same_client_port_by_two_vips_goes_to_two_servers(void)
{
	struct frame a = packet(0, VIP, TCP_SYN), b = packet(0, OTHER_VIP, TCP_SYN);

	graph_boot_met(&pair);
	CU_ASSERT_EQUAL(send_to_server(&a), 0);
	CU_ASSERT_EQUAL(send_to_server(&b), 1);
	a = packet(0, VIP, TCP_ACK);
	b = packet(0, OTHER_VIP, TCP_ACK);
	CU_ASSERT_EQUAL(send_to_server(&a), 0);
	CU_ASSERT_EQUAL(send_to_server(&b), 1);
	CU_ASSERT_EQUAL(graph_connections(), 2);
	graph_end();
}

static void
without_another_server_the_second_flow_is_dropped_by_name(void)
{
	struct frame a = packet(0, VIP, TCP_SYN), b = packet(0, OTHER_VIP, TCP_SYN);
	struct frame c = packet(1, OTHER_VIP, TCP_SYN);

	graph_boot_met(&single);
	CU_ASSERT_EQUAL(send_to_server(&a), 0);
	CU_ASSERT_EQUAL(send_to_server(&b), SERVERS);
	CU_ASSERT_EQUAL(graph_count("drop_nat_collision"), 1);
	CU_ASSERT_EQUAL(send_to_server(&c), 0);
	CU_ASSERT_EQUAL(send_to_server(&a), 0);
	CU_ASSERT_EQUAL(graph_connections(), 2);
	graph_end();
}

/* The server's answer then belongs to the new flow, and comes from its VIP. */
static void
a_closing_flow_gives_way(void)
{
	struct frame_flow reverse = { SERVER_IP(0), CLIENT_IP(0), 8080, 40000 };
	struct frame a = packet(0, VIP, TCP_SYN), ack = packet(0, VIP, TCP_ACK);
	struct frame rst = packet(0, VIP, TCP_RST);
	struct frame b = packet(0, OTHER_VIP, TCP_SYN), out = { 0 };
	struct frame answer = frame_tcp(&reverse, TCP_SYN | TCP_ACK, 0);

	answer = frame_from_server(&answer, 0);
	graph_boot_met(&single);
	CU_ASSERT_EQUAL(send_to_server(&a), 0);
	CU_ASSERT_EQUAL(send_to_server(&ack), 0);
	CU_ASSERT_EQUAL(send_to_server(&rst), 0);
	CU_ASSERT_EQUAL(send_to_server(&b), 0);
	CU_ASSERT_EQUAL(graph_connections(), 1);
	CU_ASSERT_PTR_NULL(graph_conn(0, &a));
	graph_send(LAN, &answer);
	CU_ASSERT_TRUE(graph_take(WAN, TYPE_IP4, &out));
	CU_ASSERT_EQUAL(frame_get32(&out, FRAME_IP_SOURCE), OTHER_VIP);
	graph_end();
}

/* A SYN of server 0 to the VIP, from a port of its own. */
static struct frame
own_request(uint16_t port)
{
	struct frame_flow flow = { SERVER_IP(0), VIP, port, 80 };
	struct frame frame = frame_tcp(&flow, TCP_SYN, 0);

	return frame_from_server(&frame, 0);
}

static void
a_server_that_is_a_client_goes_to_the_others(void)
{
	graph_boot_met(&pair);
	for (uint16_t i = 0; i < 10; i++) {
		struct frame in = own_request((uint16_t)(40000 + i)), out = { 0 };

		graph_send(LAN, &in);
		CU_ASSERT_TRUE(graph_take(LAN, TYPE_IP4, &out));
		CU_ASSERT_EQUAL(graph_server(&out), 1);
	}
	CU_ASSERT_EQUAL(graph_connections(), 10);
	graph_end();
}

static void
a_server_alone_gets_nothing_from_itself(void)
{
	struct frame in = own_request(40000);

	graph_boot_met(&single);
	graph_send(LAN, &in);
	GRAPH_SILENT(LAN, TYPE_IP4);
	CU_ASSERT_EQUAL(graph_count("drop_nat_self"), 1);
	CU_ASSERT_EQUAL(graph_connections(), 0);
	graph_end();
}

/* By its weight the scheduler would choose the client itself many times in a row. */
static void
a_light_server_is_found_behind_a_heavy_one(void)
{
	static const char weights[] =
		"{ name = \"one\"; address = \"10.1.0.200\"; port = 80; forward = \"nat\";"
		"  scheduler = \"wrr\"; servers = ("
		"  { address = \"10.2.0.21\"; port = 8080; weight = 50; },"
		"  { address = \"10.2.0.23\"; port = 8080; weight = 0; },"
		"  { address = \"10.2.0.22\"; port = 8080; weight = 1; } ); }";
	struct frame in = own_request(40000), out = { 0 };

	graph_boot_met(&(struct graph_setup){ .services = weights });
	graph_send(LAN, &in);
	CU_ASSERT_TRUE(graph_take(LAN, TYPE_IP4, &out));
	CU_ASSERT_EQUAL(graph_server(&out), 1);
	graph_end();
}

static const struct unit_test tests[] = {
	UNIT_TEST(the_same_client_port_by_two_vips_goes_to_two_servers),
	UNIT_TEST(without_another_server_the_second_flow_is_dropped_by_name),
	UNIT_TEST(a_closing_flow_gives_way),
	UNIT_TEST(a_server_that_is_a_client_goes_to_the_others),
	UNIT_TEST(a_server_alone_gets_nothing_from_itself),
	UNIT_TEST(a_light_server_is_found_behind_a_heavy_one),
	UNIT_END,
};

const struct unit_suite graph_nat_choice = { "nat_choice", tests };
