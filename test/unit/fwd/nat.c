/*
 * NAT both ways: the bytes of the wire, and random packets against whole computations. The packets
 * were made with scapy: client 192.0.2.7:40000, VIP 10.1.0.100:80, server 10.2.0.21:8080.
 */

#include <errno.h>

#include "lb_fwd.h"
#include "packet.h"
#include "seal.h"

/* TCP with 5 bytes of data, and 6 in the answer. */
static const uint8_t tcp_asked[] = { 0x45, 0x00, 0x00, 0x2d, 0x12, 0x34, 0x40, 0x00, 0x3f, 0x06,
	0x5d, 0x2b, 0xc0, 0x00, 0x02, 0x07, 0x0a, 0x01, 0x00, 0x64, 0x9c, 0x40, 0x00, 0x50, 0x11,
	0x22, 0x33, 0x44, 0x55, 0x66, 0x77, 0x88, 0x50, 0x18, 0x01, 0xf5, 0x69, 0x1b, 0x00, 0x00,
	0x47, 0x45, 0x54, 0x20, 0x2f };
static const uint8_t tcp_sent[] = { 0x45, 0x00, 0x00, 0x2d, 0x12, 0x34, 0x40, 0x00, 0x3f, 0x06,
	0x5d, 0x79, 0xc0, 0x00, 0x02, 0x07, 0x0a, 0x02, 0x00, 0x15, 0x9c, 0x40, 0x1f, 0x90, 0x11,
	0x22, 0x33, 0x44, 0x55, 0x66, 0x77, 0x88, 0x50, 0x18, 0x01, 0xf5, 0x4a, 0x29, 0x00, 0x00,
	0x47, 0x45, 0x54, 0x20, 0x2f };
static const uint8_t tcp_answered[] = { 0x45, 0x00, 0x00, 0x2e, 0x12, 0x34, 0x40, 0x00, 0x3f, 0x06,
	0x5d, 0x78, 0x0a, 0x02, 0x00, 0x15, 0xc0, 0x00, 0x02, 0x07, 0x1f, 0x90, 0x9c, 0x40, 0x11,
	0x22, 0x33, 0x44, 0x55, 0x66, 0x77, 0x88, 0x50, 0x18, 0x01, 0xf5, 0x62, 0xf2, 0x00, 0x00,
	0x32, 0x30, 0x30, 0x20, 0x4f, 0x4b };
static const uint8_t tcp_returned[] = { 0x45, 0x00, 0x00, 0x2e, 0x12, 0x34, 0x40, 0x00, 0x3f, 0x06,
	0x5d, 0x2a, 0x0a, 0x01, 0x00, 0x64, 0xc0, 0x00, 0x02, 0x07, 0x00, 0x50, 0x9c, 0x40, 0x11,
	0x22, 0x33, 0x44, 0x55, 0x66, 0x77, 0x88, 0x50, 0x18, 0x01, 0xf5, 0x81, 0xe4, 0x00, 0x00,
	0x32, 0x30, 0x30, 0x20, 0x4f, 0x4b };

/* SYN with options in the IP header (router alert) and in TCP's. */
static const uint8_t syn_asked[] = { 0x47, 0x00, 0x00, 0x38, 0x12, 0x34, 0x40, 0x00, 0x3f, 0x06,
	0xc5, 0x1a, 0xc0, 0x00, 0x02, 0x07, 0x0a, 0x01, 0x00, 0x64, 0x94, 0x04, 0x00, 0x00, 0x01,
	0x01, 0x01, 0x00, 0x9c, 0x40, 0x00, 0x50, 0x00, 0x00, 0x00, 0x01, 0x00, 0x00, 0x00, 0x00,
	0x70, 0x02, 0x20, 0x00, 0xfb, 0x1a, 0x00, 0x00, 0x02, 0x04, 0x05, 0xb4, 0x01, 0x03, 0x03,
	0x07 };
static const uint8_t syn_sent[] = { 0x47, 0x00, 0x00, 0x38, 0x12, 0x34, 0x40, 0x00, 0x3f, 0x06,
	0xc5, 0x68, 0xc0, 0x00, 0x02, 0x07, 0x0a, 0x02, 0x00, 0x15, 0x94, 0x04, 0x00, 0x00, 0x01,
	0x01, 0x01, 0x00, 0x9c, 0x40, 0x1f, 0x90, 0x00, 0x00, 0x00, 0x01, 0x00, 0x00, 0x00, 0x00,
	0x70, 0x02, 0x20, 0x00, 0xdc, 0x28, 0x00, 0x00, 0x02, 0x04, 0x05, 0xb4, 0x01, 0x03, 0x03,
	0x07 };

/* UDP with 7 bytes of data; in the answer 8, and options in the IP header. */
static const uint8_t udp_asked[] = { 0x45, 0xb8, 0x00, 0x23, 0x00, 0x4d, 0x00, 0x00, 0x3f, 0x11,
	0xae, 0x59, 0xc0, 0x00, 0x02, 0x07, 0x0a, 0x01, 0x00, 0x64, 0x9c, 0x40, 0x00, 0x50, 0x00,
	0x0f, 0x05, 0xa6, 0x61, 0x62, 0x63, 0x64, 0x65, 0x66, 0x67 };
static const uint8_t udp_sent[] = { 0x45, 0xb8, 0x00, 0x23, 0x00, 0x4d, 0x00, 0x00, 0x3f, 0x11,
	0xae, 0xa7, 0xc0, 0x00, 0x02, 0x07, 0x0a, 0x02, 0x00, 0x15, 0x9c, 0x40, 0x1f, 0x90, 0x00,
	0x0f, 0xe6, 0xb3, 0x61, 0x62, 0x63, 0x64, 0x65, 0x66, 0x67 };
static const uint8_t udp_answered[] = { 0x47, 0xb8, 0x00, 0x2c, 0x00, 0x4d, 0x00, 0x00, 0x3f, 0x11,
	0x16, 0x99, 0x0a, 0x02, 0x00, 0x15, 0xc0, 0x00, 0x02, 0x07, 0x94, 0x04, 0x00, 0x00, 0x01,
	0x01, 0x01, 0x00, 0x1f, 0x90, 0x9c, 0x40, 0x00, 0x10, 0xe2, 0x4d, 0x68, 0x67, 0x66, 0x65,
	0x64, 0x63, 0x62, 0x61 };
static const uint8_t udp_returned[] = { 0x47, 0xb8, 0x00, 0x2c, 0x00, 0x4d, 0x00, 0x00, 0x3f, 0x11,
	0x16, 0x4b, 0x0a, 0x01, 0x00, 0x64, 0xc0, 0x00, 0x02, 0x07, 0x94, 0x04, 0x00, 0x00, 0x01,
	0x01, 0x01, 0x00, 0x00, 0x50, 0x9c, 0x40, 0x00, 0x10, 0x01, 0x40, 0x68, 0x67, 0x66, 0x65,
	0x64, 0x63, 0x62, 0x61 };

/* UDP without a checksum. */
static const uint8_t bare_asked[] = { 0x45, 0xb8, 0x00, 0x1c, 0x00, 0x4d, 0x00, 0x00, 0x3f, 0x11,
	0xae, 0x60, 0xc0, 0x00, 0x02, 0x07, 0x0a, 0x01, 0x00, 0x64, 0x9c, 0x40, 0x00, 0x50, 0x00,
	0x08, 0x00, 0x00 };
static const uint8_t bare_sent[] = { 0x45, 0xb8, 0x00, 0x1c, 0x00, 0x4d, 0x00, 0x00, 0x3f, 0x11,
	0xae, 0xae, 0xc0, 0x00, 0x02, 0x07, 0x0a, 0x02, 0x00, 0x15, 0x9c, 0x40, 0x1f, 0x90, 0x00,
	0x08, 0x00, 0x00 };
static const uint8_t bare_answered[] = { 0x45, 0xb8, 0x00, 0x1d, 0x00, 0x4d, 0x00, 0x00, 0x3f, 0x11,
	0xae, 0xad, 0x0a, 0x02, 0x00, 0x15, 0xc0, 0x00, 0x02, 0x07, 0x1f, 0x90, 0x9c, 0x40, 0x00,
	0x09, 0x00, 0x00, 0x78 };
static const uint8_t bare_returned[] = { 0x45, 0xb8, 0x00, 0x1d, 0x00, 0x4d, 0x00, 0x00, 0x3f, 0x11,
	0xae, 0x5f, 0x0a, 0x01, 0x00, 0x64, 0xc0, 0x00, 0x02, 0x07, 0x00, 0x50, 0x9c, 0x40, 0x00,
	0x09, 0x00, 0x00, 0x78 };

static const struct lb_fwd_target target = {
	.client = RTE_BE32(0xc0000207),
	.vip = RTE_BE32(0x0a010064),
	.server = RTE_BE32(0x0a020015),
	.client_port = RTE_BE16(40000),
	.vip_port = RTE_BE16(80),
	.server_port = RTE_BE16(8080),
};

static const struct lb_fwd_ops *
nat(void)
{
	int at = lb_fwd_find(lb_fwd_table, "nat");

	CU_ASSERT_TRUE_FATAL(at >= 0);
	return lb_fwd_table[at];
}

/* Whether one packet becomes the other on its way. */
static bool
becomes(enum lb_fwd_direction way, const struct lb_fwd_target *to, const uint8_t *before,
	const uint8_t *after, uint16_t len)
{
	struct rte_mbuf m, *mbufs[] = { &m };
	void *block = packet_init(&m, before, len, 0);
	bool same;

	(way == LB_FWD_REQUEST ? nat()->rewrite : nat()->restore)(mbufs, &to, 1);
	same = m.data_len == len && memcmp(rte_pktmbuf_mtod(&m, void *), after, len) == 0;
	free(block);
	return same;
}

static void
packets_pass_the_director_both_ways_unlengthened(void)
{
	CU_ASSERT_EQUAL(nat()->overhead, 0);
	CU_ASSERT_FALSE(nat()->one_way);
}

static void
request_gets_the_address_and_port_of_the_server(void)
{
	const enum lb_fwd_direction way = LB_FWD_REQUEST;

	CU_ASSERT_TRUE(becomes(way, &target, tcp_asked, tcp_sent, sizeof(tcp_sent)));
	CU_ASSERT_TRUE(becomes(way, &target, syn_asked, syn_sent, sizeof(syn_sent)));
	CU_ASSERT_TRUE(becomes(way, &target, udp_asked, udp_sent, sizeof(udp_sent)));
}

static void
reply_gets_the_address_and_port_of_the_vip(void)
{
	const enum lb_fwd_direction way = LB_FWD_REPLY;

	CU_ASSERT_TRUE(becomes(way, &target, tcp_answered, tcp_returned, sizeof(tcp_returned)));
	CU_ASSERT_TRUE(becomes(way, &target, udp_answered, udp_returned, sizeof(udp_returned)));
}

static void
udp_without_a_checksum_stays_without(void)
{
	CU_ASSERT_TRUE(becomes(LB_FWD_REQUEST, &target, bare_asked, bare_sent, sizeof(bare_sent)));
	CU_ASSERT_TRUE(becomes(
		LB_FWD_REPLY, &target, bare_answered, bare_returned, sizeof(bare_returned)));
}

static void
each_packet_of_a_burst_goes_to_its_own_server(void)
{
	struct lb_fwd_target other = target;
	const struct lb_fwd_target *targets[] = { &target, &other };
	struct rte_mbuf m[2], *mbufs[] = { &m[0], &m[1] };
	void *first = packet_init(&m[0], tcp_asked, sizeof(tcp_asked), 0);
	void *second = packet_init(&m[1], udp_asked, sizeof(udp_asked), 0);
	uint8_t want[sizeof(udp_asked)];

	other.server = RTE_BE32(0x0a020016);
	other.server_port = RTE_BE16(81);
	memcpy(want, udp_asked, sizeof(want));
	memcpy(want + 16, "\x0a\x02\x00\x16", 4);
	want[23] = 81;
	seal(want);
	nat()->rewrite(mbufs, targets, 2);
	CU_ASSERT_EQUAL(memcmp(first, tcp_sent, sizeof(tcp_sent)), 0);
	CU_ASSERT_EQUAL(memcmp(second, want, sizeof(want)), 0);
	free(first);
	free(second);
}

/* The checksum of what was sent broken must not look right after the director. */
static void
broken_checksum_stays_broken(void)
{
	uint8_t before[sizeof(tcp_asked)], after[sizeof(tcp_sent)];

	memcpy(before, tcp_asked, sizeof(before));
	memcpy(after, tcp_sent, sizeof(after));
	before[sizeof(before) - 1] ^= 0x40;
	after[sizeof(after) - 1] ^= 0x40;
	CU_ASSERT_TRUE(becomes(LB_FWD_REQUEST, &target, before, after, sizeof(after)));
}

/* A packet of any options, payload and protocol; returns its length. */
static uint16_t
random_packet(uint8_t *packet, uint32_t *state)
{
	size_t header = 20 + seal_random(state) % 11 * 4;
	bool tcp = seal_random(state) % 2 == 0;
	size_t total = header + (tcp ? 20 : 8) + seal_random(state) % 64;

	for (size_t i = 0; i < total; i++)
		packet[i] = (uint8_t)(seal_random(state) >> 11);
	packet[0] = (uint8_t)(0x40 | header / 4);
	packet[2] = 0;
	packet[3] = (uint8_t)total;
	packet[9] = tcp ? 6 : 17;
	seal(packet);
	return (uint16_t)total;
}

static struct lb_fwd_target
random_target(uint32_t *state)
{
	uint32_t ports = seal_random(state);

	return (struct lb_fwd_target){
		.vip = seal_random(state),
		.server = seal_random(state),
		.vip_port = (rte_be16_t)ports,
		.server_port = (rte_be16_t)(ports >> 16),
	};
}

/* Translate by hand, in the way that needs no increments. */
static void
model(enum lb_fwd_direction way, const struct lb_fwd_target *to, uint8_t *packet)
{
	uint8_t *l4 = packet + seal_header(packet);

	memcpy(packet + (way == LB_FWD_REQUEST ? 16 : 12),
		way == LB_FWD_REQUEST ? &to->server : &to->vip, 4);
	memcpy(l4 + (way == LB_FWD_REQUEST ? 2 : 0),
		way == LB_FWD_REQUEST ? &to->server_port : &to->vip_port, 2);
	seal(packet);
}

static void
random_packets_have_the_checksums_of_a_whole_computation(void)
{
	uint8_t before[160], after[160];
	uint32_t state = 7;

	for (int i = 0; i < 200000; i++) {
		uint16_t len = random_packet(before, &state);
		struct lb_fwd_target to = random_target(&state);
		enum lb_fwd_direction way = i % 2 == 0 ? LB_FWD_REQUEST : LB_FWD_REPLY;

		memcpy(after, before, len);
		model(way, &to, after);
		if (becomes(way, &to, before, after, len))
			continue;
		CU_FAIL("not the translated packet");
		return;
	}
}

/* Two bytes of payload make the sum pass every value, so 0 and 0xffff too, before and after. */
static void
every_checksum_of_udp_is_mended(void)
{
	uint8_t before[sizeof(udp_asked)], after[sizeof(udp_asked)];
	unsigned int ones = 0;

	memcpy(before, udp_asked, sizeof(before));
	for (uint32_t word = 0; word < 65536; word++) {
		seal_put(before + 28, (uint16_t)word);
		seal(before);
		memcpy(after, before, sizeof(after));
		model(LB_FWD_REQUEST, &target, after);
		ones += before[26] == 0xff && before[27] == 0xff;
		ones += after[26] == 0xff && after[27] == 0xff;
		if (becomes(LB_FWD_REQUEST, &target, before, after, sizeof(after)))
			continue;
		CU_FAIL("not the translated packet");
		return;
	}
	CU_ASSERT_TRUE(ones >= 2);
}

static void
check_server(const char *service_addr, const char *addr, uint16_t port, bool on_link,
	const char *sentence)
{
	struct lb_fwd_server server = { .service = "web", .on_link = on_link };
	struct lb_error err = { 0 };

	CU_ASSERT_EQUAL_FATAL(lb_addr_parse(service_addr, &server.at.addr), 0);
	CU_ASSERT_EQUAL_FATAL(lb_addr_parse(addr, &server.server.addr), 0);
	server.at.port = RTE_BE16(80);
	server.server.port = rte_cpu_to_be_16(port);
	CU_ASSERT_EQUAL(nat()->check(&server, &err), sentence == NULL ? 0 : -EINVAL);
	CU_ASSERT_EQUAL(err.code, sentence == NULL ? 0 : EINVAL);
	CU_ASSERT_STRING_EQUAL(err.text, sentence == NULL ? "" : sentence);
}

static void
server_may_have_another_port_and_be_behind_a_router(void)
{
	check_server("10.1.0.100", "10.2.0.21", 80, true, NULL);
	check_server("10.1.0.100", "10.2.0.21", 8080, true, NULL);
	check_server("10.1.0.100", "192.0.2.21", 8080, false, NULL);
	check_server("fd01::100", "fd02::21", 8080, true, NULL);
}

static void
server_without_a_port_is_refused(void)
{
	check_server("10.1.0.100", "10.2.0.21", 0, true,
		"service \"web\": server 10.2.0.21:0: NAT needs a port to send to; set the one "
		"that the server listens on");
}

static void
server_of_the_other_family_is_refused(void)
{
	check_server("10.1.0.100", "fd02::21", 80, true,
		"service \"web\": server [fd02::21]:80: NAT cannot change the address family; "
		"give the server an IPv4 address");
	check_server("fd01::100", "10.2.0.21", 80, true,
		"service \"web\": server 10.2.0.21:80: NAT cannot change the address family; "
		"give the server an IPv6 address");
}

static const struct unit_test tests[] = {
	UNIT_TEST(packets_pass_the_director_both_ways_unlengthened),
	UNIT_TEST(request_gets_the_address_and_port_of_the_server),
	UNIT_TEST(reply_gets_the_address_and_port_of_the_vip),
	UNIT_TEST(udp_without_a_checksum_stays_without),
	UNIT_TEST(each_packet_of_a_burst_goes_to_its_own_server),
	UNIT_TEST(broken_checksum_stays_broken),
	UNIT_TEST(random_packets_have_the_checksums_of_a_whole_computation),
	UNIT_TEST(every_checksum_of_udp_is_mended),
	UNIT_TEST(server_may_have_another_port_and_be_behind_a_router),
	UNIT_TEST(server_without_a_port_is_refused),
	UNIT_TEST(server_of_the_other_family_is_refused),
	UNIT_END,
};

const struct unit_suite unit_fwd_nat = { "nat", tests };
