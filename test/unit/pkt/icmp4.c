/* ICMP told apart, answered, and made. The packets were made with scapy. */

#include "lb_icmp4.h"
#include "packet.h"

#include <errno.h>

#include <rte_ip.h>

/* 10.1.0.1 pings 10.1.0.100: DF, TOS 4, TTL 61, 7 bytes of data; and its answer. */
static const uint8_t ping[] = { 0x45, 0x04, 0x00, 0x23, 0x43, 0x21, 0x40, 0x00, 0x3d, 0x01, 0xe6,
	0x4e, 0x0a, 0x01, 0x00, 0x01, 0x0a, 0x01, 0x00, 0x64, 0x08, 0x00, 0x72, 0x70, 0x12, 0x34,
	0x00, 0x07, 0x70, 0x6f, 0x6c, 0x6c, 0x75, 0x78, 0x21 };
static const uint8_t pong[] = { 0x45, 0x04, 0x00, 0x23, 0x43, 0x21, 0x40, 0x00, 0x40, 0x01, 0xe3,
	0x4e, 0x0a, 0x01, 0x00, 0x64, 0x0a, 0x01, 0x00, 0x01, 0x00, 0x00, 0x7a, 0x70, 0x12, 0x34,
	0x00, 0x07, 0x70, 0x6f, 0x6c, 0x6c, 0x75, 0x78, 0x21 };

/* The same with options, identifier 0, sequence 0, no data: the answer is all zeros but its sum. */
static const uint8_t bare[] = { 0x47, 0x00, 0x00, 0x24, 0x00, 0x01, 0x00, 0x00, 0x01, 0x01, 0x98,
	0x6b, 0x0a, 0x01, 0x00, 0x01, 0x0a, 0x01, 0x00, 0x64, 0x07, 0x07, 0x04, 0x00, 0x00, 0x00,
	0x00, 0x00, 0x08, 0x00, 0xf7, 0xff, 0x00, 0x00, 0x00, 0x00 };
static const uint8_t bare_reply[] = { 0x47, 0x00, 0x00, 0x24, 0x00, 0x01, 0x00, 0x00, 0x40, 0x01,
	0x59, 0x6b, 0x0a, 0x01, 0x00, 0x64, 0x0a, 0x01, 0x00, 0x01, 0x07, 0x07, 0x04, 0x00, 0x00,
	0x00, 0x00, 0x00, 0x00, 0x00, 0xff, 0xff, 0x00, 0x00, 0x00, 0x00 };

/* UDP from 192.0.2.7 with TTL 1; errors about it from 10.1.0.11. */
static const uint8_t udp[] = { 0x45, 0x00, 0x00, 0x21, 0x00, 0x77, 0x40, 0x00, 0x01, 0x11, 0xac,
	0xe9, 0xc0, 0x00, 0x02, 0x07, 0x0a, 0x01, 0x00, 0x64, 0x0f, 0xa0, 0x00, 0x35, 0x00, 0x0d,
	0xf9, 0xcb, 0x61, 0x62, 0x63, 0x64, 0x65 };
static const uint8_t expired[] = { 0x45, 0xc0, 0x00, 0x3d, 0x00, 0x00, 0x00, 0x00, 0x40, 0x01, 0xad,
	0xed, 0x0a, 0x01, 0x00, 0x0b, 0xc0, 0x00, 0x02, 0x07, 0x0b, 0x00, 0xc1, 0x8a, 0x00, 0x00,
	0x00, 0x00, 0x45, 0x00, 0x00, 0x21, 0x00, 0x77, 0x40, 0x00, 0x01, 0x11, 0xac, 0xe9, 0xc0,
	0x00, 0x02, 0x07, 0x0a, 0x01, 0x00, 0x64, 0x0f, 0xa0, 0x00, 0x35, 0x00, 0x0d, 0xf9, 0xcb,
	0x61, 0x62, 0x63, 0x64, 0x65 };
static const uint8_t too_big[] = { 0x45, 0xc0, 0x00, 0x3d, 0x00, 0x00, 0x00, 0x00, 0x40, 0x01, 0xad,
	0xed, 0x0a, 0x01, 0x00, 0x0b, 0xc0, 0x00, 0x02, 0x07, 0x03, 0x04, 0xc3, 0xbe, 0x00, 0x00,
	0x05, 0xc8, 0x45, 0x00, 0x00, 0x21, 0x00, 0x77, 0x40, 0x00, 0x01, 0x11, 0xac, 0xe9, 0xc0,
	0x00, 0x02, 0x07, 0x0a, 0x01, 0x00, 0x64, 0x0f, 0xa0, 0x00, 0x35, 0x00, 0x0d, 0xf9, 0xcb,
	0x61, 0x62, 0x63, 0x64, 0x65 };

/* 10.1.0.1 reports to 10.1.0.100: port unreachable. */
static const uint8_t unreachable[] = { 0x45, 0x00, 0x00, 0x3d, 0x00, 0x01, 0x00, 0x00, 0x40, 0x01,
	0x66, 0x59, 0x0a, 0x01, 0x00, 0x01, 0x0a, 0x01, 0x00, 0x64, 0x03, 0x03, 0xc9, 0x87, 0x00,
	0x00, 0x00, 0x00, 0x45, 0x00, 0x00, 0x21, 0x00, 0x77, 0x40, 0x00, 0x01, 0x11, 0xac, 0xe9,
	0xc0, 0x00, 0x02, 0x07, 0x0a, 0x01, 0x00, 0x64, 0x0f, 0xa0, 0x00, 0x35, 0x00, 0x0d, 0xf9,
	0xcb, 0x61, 0x62, 0x63, 0x64, 0x65 };

/* First 28 bytes of 1500 of UDP (payload 0, 1, 2 ... modulo 256), and of the error about it. */
static const uint8_t big[] = { 0x45, 0x00, 0x05, 0xdc, 0x00, 0x09, 0x00, 0x00, 0x09, 0x11, 0xdf,
	0x9c, 0xc0, 0x00, 0x02, 0x07, 0x0a, 0x01, 0x00, 0x64, 0x00, 0x01, 0x00, 0x02, 0x05, 0xc8,
	0xa2, 0x8c };
static const uint8_t host_unreachable[] = { 0x45, 0xc0, 0x02, 0x40, 0x00, 0x00, 0x00, 0x00, 0x40,
	0x01, 0xab, 0xea, 0x0a, 0x01, 0x00, 0x0b, 0xc0, 0x00, 0x02, 0x07, 0x03, 0x01, 0xc8, 0x17,
	0x00, 0x00, 0x00, 0x00 };

#define REPORTER RTE_BE32(0x0a01000b)
#define HEADROOM 128

static enum lb_icmp4_kind
kind(const uint8_t *bytes, uint16_t len)
{
	struct rte_mbuf m;
	void *block = packet_init(&m, bytes, len, 0);
	enum lb_icmp4_kind found = lb_icmp4_kind(&m);

	free(block);
	return found;
}

static bool
may_answer(const uint8_t *bytes, uint16_t len)
{
	struct rte_mbuf m;
	void *block = packet_init(&m, bytes, len, 0);
	bool may = lb_icmp4_may_answer(&m);

	free(block);
	return may;
}

/* Make it another message with a right checksum. */
static void
set_type_and_code(uint8_t *packet, uint8_t type, uint8_t code)
{
	uint32_t sum = 0;

	packet[20] = type;
	packet[21] = code;
	packet[22] = packet[23] = 0;
	for (int i = 20; i < packet[3]; i++)
		sum += i % 2 == 0 ? (uint32_t)packet[i] << 8 : packet[i];
	sum = (sum & 0xffff) + (sum >> 16);
	sum = ~((sum & 0xffff) + (sum >> 16));
	packet[22] = (uint8_t)(sum >> 8);
	packet[23] = (uint8_t)sum;
}

static void
messages_are_told_apart(void)
{
	static const uint8_t errors[] = { 3, 4, 5, 11, 12 };
	uint8_t packet[sizeof(ping)];

	CU_ASSERT_EQUAL(kind(ping, sizeof(ping)), LB_ICMP4_IS_ECHO);
	CU_ASSERT_EQUAL(kind(bare, sizeof(bare)), LB_ICMP4_IS_ECHO);
	CU_ASSERT_EQUAL(kind(pong, sizeof(pong)), LB_ICMP4_IS_OTHER);
	CU_ASSERT_EQUAL(kind(unreachable, sizeof(unreachable)), LB_ICMP4_IS_ERROR);
	memcpy(packet, ping, sizeof(ping));
	for (unsigned int type = 0; type < 256; type++) {
		enum lb_icmp4_kind want = type == 8 ? LB_ICMP4_IS_ECHO : LB_ICMP4_IS_OTHER;

		if (memchr(errors, (int)type, sizeof(errors)) != NULL)
			want = LB_ICMP4_IS_ERROR;
		set_type_and_code(packet, (uint8_t)type, 0);
		CU_ASSERT_EQUAL(kind(packet, sizeof(packet)), want);
	}
	set_type_and_code(packet, 8, 1);
	CU_ASSERT_EQUAL(kind(packet, sizeof(packet)), LB_ICMP4_IS_OTHER);
}

static void
message_without_its_header_is_truncated(void)
{
	uint8_t packet[sizeof(ping)];

	memcpy(packet, ping, sizeof(ping));
	for (uint8_t total = 20; total < 28; total++) {
		packet[3] = total;
		CU_ASSERT_EQUAL(kind(packet, sizeof(packet)), LB_ICMP4_IS_TRUNCATED);
	}
	for (uint16_t len = 0; len < sizeof(ping); len++)
		CU_ASSERT_EQUAL(kind(ping, len), LB_ICMP4_IS_TRUNCATED);
}

static void
checksum_is_over_the_ip_length_not_the_frame(void)
{
	uint8_t packet[60];

	memset(packet, 0xa5, sizeof(packet));
	memcpy(packet, ping, sizeof(ping));
	CU_ASSERT_EQUAL(kind(packet, sizeof(packet)), LB_ICMP4_IS_ECHO);
	for (size_t at = 20; at < sizeof(ping); at++) {
		packet[at] ^= 0x10;
		CU_ASSERT_EQUAL(kind(packet, sizeof(packet)), LB_ICMP4_IS_CORRUPT);
		packet[at] ^= 0x10;
	}
	memset(packet + 20, 0, sizeof(packet) - 20);
	CU_ASSERT_EQUAL(kind(packet, sizeof(packet)), LB_ICMP4_IS_CORRUPT);
}

static void
echo_reply_has_the_bytes_of_the_wire(void)
{
	struct rte_mbuf m;
	void *block = packet_init(&m, ping, sizeof(ping), 0);

	lb_icmp4_echo_reply(&m);
	CU_ASSERT_EQUAL(m.data_len, sizeof(pong));
	CU_ASSERT_EQUAL(memcmp(rte_pktmbuf_mtod(&m, void *), pong, sizeof(pong)), 0);
	free(block);
	block = packet_init(&m, bare, sizeof(bare), 0);
	lb_icmp4_echo_reply(&m);
	CU_ASSERT_EQUAL(memcmp(rte_pktmbuf_mtod(&m, void *), bare_reply, sizeof(bare_reply)), 0);
	free(block);
}

static void
errors_are_sent_about_ordinary_packets(void)
{
	uint8_t packet[sizeof(udp)];

	CU_ASSERT_TRUE(may_answer(udp, sizeof(udp)));
	CU_ASSERT_TRUE(may_answer(ping, sizeof(ping)));
	memcpy(packet, udp, sizeof(udp));
	packet[6] = 0x20; /* the first fragment */
	CU_ASSERT_TRUE(may_answer(packet, sizeof(packet)));
}

static void
errors_are_not_sent_about_errors_groups_and_later_fragments(void)
{
	uint8_t packet[sizeof(udp)];

	CU_ASSERT_FALSE(may_answer(unreachable, sizeof(unreachable)));
	CU_ASSERT_FALSE(may_answer(unreachable, 20));
	memcpy(packet, udp, sizeof(udp));
	packet[7] = 1; /* offset 8 */
	CU_ASSERT_FALSE(may_answer(packet, sizeof(packet)));
	memcpy(packet, udp, sizeof(udp));
	packet[16] = 224;
	CU_ASSERT_FALSE(may_answer(packet, sizeof(packet)));
	memset(packet + 16, 0xff, 4);
	CU_ASSERT_FALSE(may_answer(packet, sizeof(packet)));
	memcpy(packet, udp, sizeof(udp));
	packet[12] = 127;
	CU_ASSERT_FALSE(may_answer(packet, sizeof(packet)));
}

static void
make(struct rte_mbuf *m, uint8_t type, uint8_t code, uint16_t mtu)
{
	const struct lb_icmp4_error error = { type, code, mtu, REPORTER };

	CU_ASSERT_EQUAL_FATAL(lb_icmp4_make_error(m, &error), 0);
}

static void
error_has_the_bytes_of_the_wire(void)
{
	struct rte_mbuf m;
	void *block = packet_init(&m, udp, sizeof(udp), HEADROOM);

	make(&m, LB_ICMP4_TIME_EXCEEDED, 0, 0);
	CU_ASSERT_EQUAL_FATAL(m.data_len, sizeof(expired));
	CU_ASSERT_EQUAL(m.pkt_len, sizeof(expired));
	CU_ASSERT_EQUAL(memcmp(rte_pktmbuf_mtod(&m, void *), expired, sizeof(expired)), 0);
	free(block);
	block = packet_init(&m, udp, sizeof(udp), 28);
	make(&m, LB_ICMP4_UNREACHABLE, LB_ICMP4_FRAG_NEEDED, 1480);
	CU_ASSERT_EQUAL_FATAL(m.data_len, sizeof(too_big));
	CU_ASSERT_EQUAL(memcmp(rte_pktmbuf_mtod(&m, void *), too_big, sizeof(too_big)), 0);
	free(block);
}

static void
error_quotes_no_padding_of_the_frame(void)
{
	uint8_t padded[60];
	struct rte_mbuf m;
	void *block;

	memset(padded, 0xa5, sizeof(padded));
	memcpy(padded, udp, sizeof(udp));
	block = packet_init(&m, padded, sizeof(padded), HEADROOM);
	make(&m, LB_ICMP4_TIME_EXCEEDED, 0, 0);
	CU_ASSERT_EQUAL_FATAL(m.data_len, sizeof(expired));
	CU_ASSERT_EQUAL(memcmp(rte_pktmbuf_mtod(&m, void *), expired, sizeof(expired)), 0);
	free(block);
}

static void
error_is_at_most_576_bytes(void)
{
	uint8_t packet[1500];
	struct rte_mbuf m;
	void *block;

	memcpy(packet, big, sizeof(big));
	for (size_t i = sizeof(big); i < sizeof(packet); i++)
		packet[i] = (uint8_t)(i - sizeof(big));
	block = packet_init(&m, packet, sizeof(packet), HEADROOM);
	make(&m, LB_ICMP4_UNREACHABLE, LB_ICMP4_HOST, 0);
	CU_ASSERT_EQUAL_FATAL(m.data_len, 576);
	CU_ASSERT_EQUAL(m.pkt_len, 576);
	CU_ASSERT_EQUAL(memcmp(rte_pktmbuf_mtod(&m, void *), host_unreachable, 28), 0);
	CU_ASSERT_EQUAL(memcmp(rte_pktmbuf_mtod_offset(&m, void *, 28), packet, 548), 0);
	CU_ASSERT_EQUAL(kind(rte_pktmbuf_mtod(&m, uint8_t *), 576), LB_ICMP4_IS_ERROR);
	free(block);
}

static void
without_headroom_nothing_changes(void)
{
	const struct lb_icmp4_error error = { LB_ICMP4_TIME_EXCEEDED, 0, 0, REPORTER };
	struct rte_mbuf m;
	void *block = packet_init(&m, udp, sizeof(udp), 27);

	CU_ASSERT_EQUAL(lb_icmp4_make_error(&m, &error), -ENOSPC);
	CU_ASSERT_EQUAL(m.data_len, sizeof(udp));
	CU_ASSERT_EQUAL(m.pkt_len, sizeof(udp));
	CU_ASSERT_EQUAL(m.data_off, 27);
	CU_ASSERT_EQUAL(memcmp(rte_pktmbuf_mtod(&m, void *), udp, sizeof(udp)), 0);
	free(block);
}

static const struct unit_test tests[] = {
	UNIT_TEST(messages_are_told_apart),
	UNIT_TEST(message_without_its_header_is_truncated),
	UNIT_TEST(checksum_is_over_the_ip_length_not_the_frame),
	UNIT_TEST(echo_reply_has_the_bytes_of_the_wire),
	UNIT_TEST(errors_are_sent_about_ordinary_packets),
	UNIT_TEST(errors_are_not_sent_about_errors_groups_and_later_fragments),
	UNIT_TEST(error_has_the_bytes_of_the_wire),
	UNIT_TEST(error_quotes_no_padding_of_the_frame),
	UNIT_TEST(error_is_at_most_576_bytes),
	UNIT_TEST(without_headroom_nothing_changes),
	UNIT_END,
};

const struct unit_suite unit_pkt_icmp4 = { "icmp4", tests };
