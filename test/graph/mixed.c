/* Servers of one service that are reached in different ways: by DR, by NAT and by a tunnel. */

#include "harness.h"

#include "director.h"
#include "unit.h"

#define PROTOCOL_IPIP 4
#define TUNNEL_INNER (FRAME_IP + 20)

/* Server 0 as the service, 1 by NAT to another port, 2 by a tunnel. */
#define SERVERS_OF(forward1)                                                                       \
	"{ name = \"web\"; address = \"10.1.0.200\"; port = 80; scheduler = \"rr\";"               \
	"  servers = ( { address = \"10.2.0.21\"; },"                                              \
	"    { address = \"10.2.0.22\"; " forward1 " },"                                           \
	"    { address = \"10.2.0.23\"; forward = \"tun\"; } ); }"

static const struct graph_setup mixed = {
	.services = SERVERS_OF("port = 8080; forward = \"nat\";"),
};

/* What leaves for a server of a flow's packet, which came by its method. */
static struct frame
sent(uint32_t flow, uint8_t flags)
{
	struct frame_flow of = frame_flow(flow, 80);
	struct frame in = frame_tcp(&of, flags, 0), out = { 0 };

	graph_send(WAN, &in);
	CU_ASSERT_TRUE(graph_take(LAN, TYPE_IP4, &out));
	return out;
}

static void
came_by_dr(const struct frame *out, uint32_t server)
{
	CU_ASSERT_EQUAL(frame_get_mac(out, 0), SERVER_MAC(server));
	CU_ASSERT_EQUAL(frame_get32(out, FRAME_IP_SOURCE + 4), VIP);
	CU_ASSERT_EQUAL(frame_get16(out, FRAME_L4 + 2), 80);
}

static void
came_by_nat(const struct frame *out, uint32_t server)
{
	CU_ASSERT_EQUAL(frame_get_mac(out, 0), SERVER_MAC(server));
	CU_ASSERT_EQUAL(frame_get32(out, FRAME_IP_SOURCE + 4), SERVER_IP(server));
	CU_ASSERT_EQUAL(frame_get16(out, FRAME_L4 + 2), 8080);
}

static void
came_by_tun(const struct frame *out, uint32_t server)
{
	CU_ASSERT_EQUAL(frame_get_mac(out, 0), SERVER_MAC(server));
	CU_ASSERT_EQUAL(out->bytes[FRAME_IP_PROTOCOL], PROTOCOL_IPIP);
	CU_ASSERT_EQUAL(frame_get32(out, FRAME_IP_SOURCE + 4), SERVER_IP(server));
	CU_ASSERT_EQUAL(frame_get32(out, TUNNEL_INNER + 16), VIP);
}

static void
each_server_of_a_service_has_its_own_method(void)
{
	struct frame out;

	graph_boot_met(&mixed);
	for (uint32_t i = 0; i < 6; i += 3) {
		out = sent(i, TCP_SYN);
		came_by_dr(&out, 0);
		out = sent(i + 1, TCP_SYN);
		came_by_nat(&out, 1);
		out = sent(i + 2, TCP_SYN);
		came_by_tun(&out, 2);
	}
	graph_end();
}

/* The answer of the server that is reached by NAT is the VIP's. */
static void
only_answers_of_the_nat_server_are_translated(void)
{
	struct frame_flow of = frame_flow(1, 80);
	struct frame back, home = { 0 };

	graph_boot_met(&mixed);
	for (uint32_t i = 0; i < 3; i++)
		sent(i, TCP_SYN);
	for (uint32_t i = 0; i < 2; i++) {
		struct frame_flow answer = {
			.from = SERVER_IP(i),
			.from_port = i == 1 ? 8080 : 80,
			.to = of.from,
			.to_port = of.from_port,
		};

		back = frame_tcp(&answer, TCP_SYN | TCP_ACK, 0);
		back = frame_from_server(&back, i);
		graph_send(LAN, &back);
	}
	CU_ASSERT_TRUE(graph_take(WAN, TYPE_IP4, &home));
	CU_ASSERT_EQUAL(frame_get32(&home, FRAME_IP_SOURCE), VIP);
	CU_ASSERT_EQUAL(frame_get16(&home, FRAME_L4), 80);
	GRAPH_SILENT(WAN, TYPE_IP4);
	graph_end();
}

static void
a_flow_keeps_the_method_that_it_began_with(void)
{
	struct frame out;
	struct lb_conf *conf;

	graph_boot_met(&mixed);
	for (uint32_t i = 0; i < 3; i++)
		sent(i, TCP_SYN);
	conf = graph_conf(SERVERS_OF("forward = \"tun\";"));
	graph_apply(conf);
	out = sent(1, TCP_ACK);
	came_by_nat(&out, 1);
	for (uint32_t i = 3; i < 5; i++)
		out = sent(i, TCP_SYN);
	came_by_tun(&out, 1);
	graph_end();
	lb_conf_destroy(conf);
}

static const struct unit_test tests[] = {
	UNIT_TEST(each_server_of_a_service_has_its_own_method),
	UNIT_TEST(only_answers_of_the_nat_server_are_translated),
	UNIT_TEST(a_flow_keeps_the_method_that_it_began_with),
	UNIT_END,
};

const struct unit_suite graph_mixed = { "mixed", tests };
