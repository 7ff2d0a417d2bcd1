/* Reading flows from packets that end where they say, and who owns them. */

#include <stdlib.h>
#include <string.h>

#include <rte_ip.h>
#include <rte_tcp.h>
#include <rte_udp.h>

#include "flow.h"
#include "unit.h"

/* A packet in a block that ends with it, so that the address sanitizer sees who reads beyond. */
struct packet {
	struct rte_mbuf m;
	uint8_t *bytes;
	uint16_t len;
};

/* An IPv4 header without options and `l4` bytes of zeros behind it. */
static void
packet_begin(struct packet *packet, uint8_t protocol, uint16_t l4)
{
	struct rte_ipv4_hdr *ip;

	memset(packet, 0, sizeof(*packet));
	packet->len = (uint16_t)(sizeof(*ip) + l4);
	packet->bytes = calloc(1, packet->len);
	CU_ASSERT_PTR_NOT_NULL_FATAL(packet->bytes);
	ip = (struct rte_ipv4_hdr *)packet->bytes;
	ip->version_ihl = 0x45;
	ip->next_proto_id = protocol;
	ip->total_length = rte_cpu_to_be_16(packet->len);
	ip->src_addr = RTE_BE32(0xc0000201);
	ip->dst_addr = RTE_BE32(0x0a0100c8);
	packet->m.buf_addr = packet->bytes;
	packet->m.data_len = packet->len;
	packet->m.pkt_len = packet->len;
	lb_node_meta(&packet->m)->kind = LB_VIP_VIP;
}

static void
packet_end(struct packet *packet)
{
	free(packet->bytes);
}

/* A TCP packet of `l4` bytes whose header says that it has `words` words. */
static void
tcp_begin(struct packet *packet, uint16_t l4, uint8_t words, uint8_t flags)
{
	static const uint8_t ports[] = { 0x30, 0x39, 0x00, 0x50 }; /* 12345 to 80 */

	packet_begin(packet, IPPROTO_TCP, l4);
	if (l4 >= 4)
		memcpy(packet->bytes + 20, ports, 4);
	if (l4 >= 13)
		packet->bytes[20 + 12] = (uint8_t)(words << 4);
	if (l4 >= 14)
		packet->bytes[20 + 13] = flags;
}

static void
udp_begin(struct packet *packet, uint16_t l4, uint16_t length)
{
	static const uint8_t ports[] = { 0xd4, 0x31, 0x00, 0x35 }; /* 54321 to 53 */

	packet_begin(packet, IPPROTO_UDP, l4);
	if (l4 >= 4)
		memcpy(packet->bytes + 20, ports, 4);
	if (l4 >= 6) {
		packet->bytes[24] = (uint8_t)(length >> 8);
		packet->bytes[25] = (uint8_t)length;
	}
}

static void
tcp_packet_has_its_key_and_event(void)
{
	struct packet packet;
	struct lb_conn_key key;

	tcp_begin(&packet, 20, 5, 0x02);
	CU_ASSERT_TRUE(flow_is_whole(&packet.m));
	key = flow_key(&packet.m);
	CU_ASSERT_EQUAL(key.client, RTE_BE32(0xc0000201));
	CU_ASSERT_EQUAL(key.client_port, RTE_BE16(12345));
	CU_ASSERT_EQUAL(key.other, RTE_BE32(0x0a0100c8));
	CU_ASSERT_EQUAL(key.other_port, RTE_BE16(80));
	CU_ASSERT_EQUAL(key.protocol, 6);
	CU_ASSERT_EQUAL(key.direction, LB_FWD_REQUEST);
	CU_ASSERT_EQUAL(flow_event(&packet.m), LB_CONN_EVENT_SYN);
	packet_end(&packet);
}

/* What is sent to no VIP can only be an answer: its client is who gets it. */
static void
answers_key_has_the_client_first(void)
{
	struct packet packet;
	struct lb_conn_key key;

	udp_begin(&packet, 8, 8);
	lb_node_meta(&packet.m)->kind = LB_VIP_NONE;
	CU_ASSERT_TRUE(flow_is_whole(&packet.m));
	key = flow_key(&packet.m);
	CU_ASSERT_EQUAL(key.client, RTE_BE32(0x0a0100c8));
	CU_ASSERT_EQUAL(key.client_port, RTE_BE16(53));
	CU_ASSERT_EQUAL(key.other, RTE_BE32(0xc0000201));
	CU_ASSERT_EQUAL(key.other_port, RTE_BE16(54321));
	CU_ASSERT_EQUAL(key.direction, LB_FWD_REPLY);
	packet_end(&packet);
}

static void
udp_packet_has_its_key_and_no_event(void)
{
	struct packet packet;
	struct lb_conn_key key;

	udp_begin(&packet, 8, 8);
	CU_ASSERT_TRUE(flow_is_whole(&packet.m));
	key = flow_key(&packet.m);
	CU_ASSERT_EQUAL(key.client_port, RTE_BE16(54321));
	CU_ASSERT_EQUAL(key.other_port, RTE_BE16(53));
	CU_ASSERT_EQUAL(key.protocol, 17);
	CU_ASSERT_EQUAL(flow_event(&packet.m), LB_CONN_EVENT_NONE);
	packet_end(&packet);
}

static void
tcp_shorter_than_its_header_is_not_read(void)
{
	struct packet packet;

	for (uint16_t len = 0; len <= 64; len++) {
		for (uint8_t words = 0; words < 16; words++) {
			tcp_begin(&packet, len, words, 0x02);
			CU_ASSERT_EQUAL(flow_is_whole(&packet.m), words >= 5 && len >= words * 4);
			packet_end(&packet);
		}
	}
}

static void
udp_whose_length_is_wrong_is_not_read(void)
{
	struct packet packet;

	for (uint16_t len = 0; len <= 20; len++) {
		for (uint16_t length = 0; length <= 24; length++) {
			udp_begin(&packet, len, length);
			CU_ASSERT_EQUAL(flow_is_whole(&packet.m), length >= 8 && length <= len);
			packet_end(&packet);
		}
	}
}

static void
options_of_ip_are_skipped(void)
{
	struct packet packet;
	struct lb_conn_key key;

	for (uint8_t options = 0; options <= 10; options++) {
		packet_begin(&packet, IPPROTO_UDP, (uint16_t)(options * 4 + 8));
		packet.bytes[0] = (uint8_t)(0x45 + options);
		packet.bytes[20 + options * 4 + 1] = 99;
		packet.bytes[20 + options * 4 + 5] = 8;
		CU_ASSERT_TRUE(flow_is_whole(&packet.m));
		key = flow_key(&packet.m);
		CU_ASSERT_EQUAL(key.client_port, RTE_BE16(99));
		packet_end(&packet);
	}
}

static void
options_that_leave_no_room_are_not_read(void)
{
	struct packet packet;

	for (uint16_t l4 = 40; l4 < 60; l4++) { /* 40 bytes of options, then less than TCP needs */
		packet_begin(&packet, IPPROTO_TCP, l4);
		packet.bytes[0] = 0x4f;
		CU_ASSERT_FALSE(flow_is_whole(&packet.m));
		packet_end(&packet);
	}
}

static void
only_a_plain_syn_opens(void)
{
	struct packet packet;

	for (uint8_t flags = 0; flags < 64; flags++) {
		/* FIN 1, SYN 2, RST 4, PSH 8, ACK 16, URG 32 */
		bool opens = flags == 2 || flags == 2 + 8 || flags == 2 + 32 || flags == 2 + 8 + 32;

		tcp_begin(&packet, 20, 5, flags);
		CU_ASSERT_EQUAL(flow_opens(&packet.m), opens);
		packet_end(&packet);
	}
}

static void
syn_that_offers_ecn_opens(void)
{
	struct packet packet;

	tcp_begin(&packet, 20, 5, 0xc2);
	CU_ASSERT_TRUE(flow_opens(&packet.m));
	packet_end(&packet);
}

static void
owner_is_one_of_the_workers_and_stays(void)
{
	for (uint32_t workers = 1; workers <= 64; workers++) {
		for (uint32_t i = 0; i < 1000; i++) {
			rte_be32_t client = rte_cpu_to_be_32(0x0a000000 + i * 7919);
			rte_be16_t port = rte_cpu_to_be_16((uint16_t)(1024 + i));
			uint32_t owner = flow_owner(client, port, workers);

			CU_ASSERT_TRUE(owner < workers);
			CU_ASSERT_EQUAL(flow_owner(client, port, workers), owner);
		}
	}
}

/* How far the busiest or idlest of three owners is from a third, in per cent of a third. */
static double
unevenness(uint32_t clients, uint32_t ports)
{
	double worst = 0, fair = (double)clients * ports / 3;
	uint32_t owned[3] = { 0 };

	for (uint32_t c = 0; c < clients; c++)
		for (uint32_t p = 0; p < ports; p++)
			owned[flow_owner(rte_cpu_to_be_32(0x0a010001 + c),
				rte_cpu_to_be_16((uint16_t)(32768 + p)), 3)]++;
	for (int w = 0; w < 3; w++) {
		double off = (owned[w] > fair ? owned[w] - fair : fair - owned[w]) / fair * 100;

		worst = off > worst ? off : worst;
	}
	return worst;
}

static void
flows_spread_over_three_workers(void)
{
	CU_ASSERT_TRUE(unevenness(1, 28232) < 5); /* one client, all its ephemeral ports */
	CU_ASSERT_TRUE(unevenness(250, 1) < 25);  /* a subnet, one port each */
	CU_ASSERT_TRUE(unevenness(250, 100) < 5);
}

static const struct unit_test tests[] = {
	UNIT_TEST(tcp_packet_has_its_key_and_event),
	UNIT_TEST(udp_packet_has_its_key_and_no_event),
	UNIT_TEST(answers_key_has_the_client_first),
	UNIT_TEST(tcp_shorter_than_its_header_is_not_read),
	UNIT_TEST(udp_whose_length_is_wrong_is_not_read),
	UNIT_TEST(options_of_ip_are_skipped),
	UNIT_TEST(options_that_leave_no_room_are_not_read),
	UNIT_TEST(only_a_plain_syn_opens),
	UNIT_TEST(syn_that_offers_ecn_opens),
	UNIT_TEST(owner_is_one_of_the_workers_and_stays),
	UNIT_TEST(flows_spread_over_three_workers),
	UNIT_END,
};

const struct unit_suite unit_node_flow = { "flow", tests };
