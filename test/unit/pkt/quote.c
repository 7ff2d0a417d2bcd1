/*
 * Packets that ICMP errors quote, read and translated. The packets were made with scapy: client
 * 192.0.2.7:40000, VIP 10.1.0.100:80, server 10.2.0.21:8080, director 10.2.0.11 and 10.1.0.11, and
 * 198.51.100.1, a router.
 */

#include "lb_icmp4.h"
#include "lb_icmp4_quote.h"
#include "packet.h"
#include "seal.h"

#include <rte_ip.h>

/* Fragmentation needed, MTU 1400, about a reply of TCP: whole TCP header quoted. */
static const uint8_t tcp_from_client[] = { 0x45, 0xc0, 0x00, 0x44, 0x00, 0x09, 0x00, 0x00, 0x3c,
	0x01, 0x49, 0x57, 0xc6, 0x33, 0x64, 0x01, 0x0a, 0x01, 0x00, 0x64, 0x03, 0x04, 0xc9, 0x1e,
	0x00, 0x00, 0x05, 0x78, 0x45, 0x00, 0x00, 0x32, 0x00, 0x05, 0x40, 0x00, 0x3d, 0x06, 0x71,
	0x55, 0x0a, 0x01, 0x00, 0x64, 0xc0, 0x00, 0x02, 0x07, 0x00, 0x50, 0x9c, 0x40, 0x00, 0x00,
	0x00, 0x07, 0x00, 0x00, 0x00, 0x09, 0x50, 0x10, 0x20, 0x00, 0x21, 0xb4, 0x00, 0x00 };
static const uint8_t tcp_to_server[] = { 0x45, 0xc0, 0x00, 0x44, 0x00, 0x09, 0x00, 0x00, 0x3c, 0x01,
	0x49, 0xa5, 0xc6, 0x33, 0x64, 0x01, 0x0a, 0x02, 0x00, 0x15, 0x03, 0x04, 0xc8, 0xd0, 0x00,
	0x00, 0x05, 0x78, 0x45, 0x00, 0x00, 0x32, 0x00, 0x05, 0x40, 0x00, 0x3d, 0x06, 0x71, 0xa3,
	0x0a, 0x02, 0x00, 0x15, 0xc0, 0x00, 0x02, 0x07, 0x1f, 0x90, 0x9c, 0x40, 0x00, 0x00, 0x00,
	0x07, 0x00, 0x00, 0x00, 0x09, 0x50, 0x10, 0x20, 0x00, 0x02, 0xc2, 0x00, 0x00 };

/* Time exceeded about the same: 8 bytes behind the IP header quoted. */
static const uint8_t short_from_client[] = { 0x45, 0xc0, 0x00, 0x38, 0x00, 0x09, 0x00, 0x00, 0x3c,
	0x01, 0xb1, 0x90, 0xc0, 0x00, 0x02, 0x07, 0x0a, 0x01, 0x00, 0x64, 0x0b, 0x00, 0x58, 0x68,
	0x00, 0x00, 0x00, 0x00, 0x45, 0x00, 0x00, 0x32, 0x00, 0x05, 0x40, 0x00, 0x3d, 0x06, 0x71,
	0x55, 0x0a, 0x01, 0x00, 0x64, 0xc0, 0x00, 0x02, 0x07, 0x00, 0x50, 0x9c, 0x40, 0x00, 0x00,
	0x00, 0x07 };
static const uint8_t short_to_server[] = { 0x45, 0xc0, 0x00, 0x38, 0x00, 0x09, 0x00, 0x00, 0x3c,
	0x01, 0xb1, 0xde, 0xc0, 0x00, 0x02, 0x07, 0x0a, 0x02, 0x00, 0x15, 0x0b, 0x00, 0x39, 0x28,
	0x00, 0x00, 0x00, 0x00, 0x45, 0x00, 0x00, 0x32, 0x00, 0x05, 0x40, 0x00, 0x3d, 0x06, 0x71,
	0xa3, 0x0a, 0x02, 0x00, 0x15, 0xc0, 0x00, 0x02, 0x07, 0x1f, 0x90, 0x9c, 0x40, 0x00, 0x00,
	0x00, 0x07 };

/* Port unreachable about a request of UDP, with options and all of its data. */
static const uint8_t udp_from_server[] = { 0x45, 0xc0, 0x00, 0x45, 0x00, 0x09, 0x00, 0x00, 0x3c,
	0x01, 0xb1, 0xd1, 0x0a, 0x02, 0x00, 0x15, 0xc0, 0x00, 0x02, 0x07, 0x03, 0x03, 0xc9, 0x39,
	0x00, 0x00, 0x00, 0x00, 0x47, 0x00, 0x00, 0x29, 0x00, 0x06, 0x00, 0x00, 0x3e, 0x11, 0x18,
	0x9b, 0xc0, 0x00, 0x02, 0x07, 0x0a, 0x02, 0x00, 0x15, 0x94, 0x04, 0x00, 0x00, 0x01, 0x01,
	0x01, 0x00, 0x9c, 0x40, 0x1f, 0x90, 0x00, 0x0d, 0x4e, 0x1e, 0x61, 0x62, 0x63, 0x64, 0x65 };
static const uint8_t udp_to_client[] = { 0x45, 0xc0, 0x00, 0x45, 0x00, 0x09, 0x00, 0x00, 0x3c, 0x01,
	0xb1, 0x83, 0x0a, 0x01, 0x00, 0x64, 0xc0, 0x00, 0x02, 0x07, 0x03, 0x03, 0xc9, 0x87, 0x00,
	0x00, 0x00, 0x00, 0x47, 0x00, 0x00, 0x29, 0x00, 0x06, 0x00, 0x00, 0x3e, 0x11, 0x18, 0x4d,
	0xc0, 0x00, 0x02, 0x07, 0x0a, 0x01, 0x00, 0x64, 0x94, 0x04, 0x00, 0x00, 0x01, 0x01, 0x01,
	0x00, 0x9c, 0x40, 0x00, 0x50, 0x00, 0x0d, 0x6d, 0x10, 0x61, 0x62, 0x63, 0x64, 0x65 };

/* The same about UDP without a checksum, without its data. */
static const uint8_t bare_from_server[] = { 0x45, 0xc0, 0x00, 0x38, 0x00, 0x09, 0x00, 0x00, 0x3c,
	0x01, 0xb1, 0xde, 0x0a, 0x02, 0x00, 0x15, 0xc0, 0x00, 0x02, 0x07, 0x03, 0x03, 0x41, 0x1f,
	0x00, 0x00, 0x00, 0x00, 0x45, 0x00, 0x00, 0x21, 0x00, 0x06, 0x00, 0x00, 0x3e, 0x11, 0xb0,
	0xa8, 0xc0, 0x00, 0x02, 0x07, 0x0a, 0x02, 0x00, 0x15, 0x9c, 0x40, 0x1f, 0x90, 0x00, 0x0d,
	0x00, 0x00 };
static const uint8_t bare_to_client[] = { 0x45, 0xc0, 0x00, 0x38, 0x00, 0x09, 0x00, 0x00, 0x3c,
	0x01, 0xb1, 0x90, 0x0a, 0x01, 0x00, 0x64, 0xc0, 0x00, 0x02, 0x07, 0x03, 0x03, 0x60, 0x5f,
	0x00, 0x00, 0x00, 0x00, 0x45, 0x00, 0x00, 0x21, 0x00, 0x06, 0x00, 0x00, 0x3e, 0x11, 0xb0,
	0x5a, 0xc0, 0x00, 0x02, 0x07, 0x0a, 0x01, 0x00, 0x64, 0x9c, 0x40, 0x00, 0x50, 0x00, 0x0d,
	0x00, 0x00 };

/* Host unreachable from a router, with options, about a SYN: 15 of 20 bytes of TCP. */
static const uint8_t odd_from_server[] = { 0x47, 0x00, 0x00, 0x47, 0x00, 0x09, 0x00, 0x00, 0x3c,
	0x01, 0xfa, 0x6b, 0xc6, 0x33, 0x64, 0x01, 0xc0, 0x00, 0x02, 0x07, 0x94, 0x04, 0x00, 0x00,
	0x01, 0x01, 0x01, 0x00, 0x03, 0x01, 0xd1, 0x24, 0x00, 0x00, 0x00, 0x00, 0x45, 0x00, 0x00,
	0x28, 0x00, 0x06, 0x40, 0x00, 0x3e, 0x06, 0x70, 0xac, 0xc0, 0x00, 0x02, 0x07, 0x0a, 0x02,
	0x00, 0x15, 0x9c, 0x40, 0x1f, 0x90, 0x00, 0x00, 0x00, 0x07, 0x00, 0x00, 0x00, 0x00, 0x50,
	0x02, 0x20 };
static const uint8_t odd_to_client[] = { 0x47, 0x00, 0x00, 0x47, 0x00, 0x09, 0x00, 0x00, 0x3c, 0x01,
	0x1a, 0x3c, 0x0a, 0x01, 0x00, 0x64, 0xc0, 0x00, 0x02, 0x07, 0x94, 0x04, 0x00, 0x00, 0x01,
	0x01, 0x01, 0x00, 0x03, 0x01, 0xf0, 0x64, 0x00, 0x00, 0x00, 0x00, 0x45, 0x00, 0x00, 0x28,
	0x00, 0x06, 0x40, 0x00, 0x3e, 0x06, 0x70, 0x5e, 0xc0, 0x00, 0x02, 0x07, 0x0a, 0x01, 0x00,
	0x64, 0x9c, 0x40, 0x00, 0x50, 0x00, 0x00, 0x00, 0x07, 0x00, 0x00, 0x00, 0x00, 0x50, 0x02,
	0x20 };

/* Fragmentation needed, MTU 1400, about our tunnel; and what the client is to be told. */
static const uint8_t tunnel_too_big[] = { 0x45, 0xc0, 0x00, 0x4c, 0x00, 0x09, 0x00, 0x00, 0x3c,
	0x01, 0x49, 0xa7, 0xc6, 0x33, 0x64, 0x01, 0x0a, 0x02, 0x00, 0x0b, 0x03, 0x04, 0x5a, 0xec,
	0x00, 0x00, 0x05, 0x78, 0x45, 0x00, 0x00, 0x50, 0x00, 0x00, 0x40, 0x00, 0x3e, 0x04, 0x28,
	0x87, 0x0a, 0x02, 0x00, 0x0b, 0x0a, 0x02, 0x00, 0x15, 0x45, 0x00, 0x00, 0x3c, 0x00, 0x06,
	0x40, 0x00, 0x3e, 0x06, 0x70, 0x4a, 0xc0, 0x00, 0x02, 0x07, 0x0a, 0x01, 0x00, 0x64, 0x9c,
	0x40, 0x00, 0x50, 0x00, 0x00, 0x00, 0x07 };

static const uint8_t client_told[] = { 0x45, 0xc0, 0x00, 0x38, 0x00, 0x00, 0x00, 0x00, 0x40, 0x01,
	0xad, 0xf2, 0x0a, 0x01, 0x00, 0x0b, 0xc0, 0x00, 0x02, 0x07, 0x03, 0x04, 0x5b, 0x00, 0x00,
	0x00, 0x05, 0x64, 0x45, 0x00, 0x00, 0x3c, 0x00, 0x06, 0x40, 0x00, 0x3e, 0x06, 0x70, 0x4a,
	0xc0, 0x00, 0x02, 0x07, 0x0a, 0x01, 0x00, 0x64, 0x9c, 0x40, 0x00, 0x50, 0x00, 0x00, 0x00,
	0x07 };

/* Host unreachable about an echo reply. */
static const uint8_t echo_quoted[] = { 0x45, 0xc0, 0x00, 0x38, 0x00, 0x09, 0x00, 0x00, 0x3c, 0x01,
	0x49, 0x63, 0xc6, 0x33, 0x64, 0x01, 0x0a, 0x01, 0x00, 0x64, 0x03, 0x01, 0xfc, 0xfe, 0x00,
	0x00, 0x00, 0x00, 0x45, 0x00, 0x00, 0x1c, 0x00, 0x01, 0x00, 0x00, 0x40, 0x01, 0xae, 0x74,
	0x0a, 0x01, 0x00, 0x64, 0xc0, 0x00, 0x02, 0x07, 0x00, 0x00, 0xff, 0xfc, 0x00, 0x01, 0x00,
	0x02 };

#define CLIENT RTE_BE32(0xc0000207)
#define VIP RTE_BE32(0x0a010064)
#define SERVER RTE_BE32(0x0a020015)
#define PORT_VIP RTE_BE16(80)
#define PORT_SERVER RTE_BE16(8080)

static enum lb_icmp4_quote_fault
read_quote(const uint8_t *bytes, uint16_t len, struct lb_icmp4_quote *quote)
{
	struct rte_mbuf m;
	void *block = packet_init(&m, bytes, len, 0);
	enum lb_icmp4_quote_fault fault;

	CU_ASSERT_EQUAL(lb_icmp4_kind(&m), LB_ICMP4_IS_ERROR);
	fault = lb_icmp4_quote_read(&m, quote);
	free(block);
	return fault;
}

/* Translate in m what is quoted there, towards the server or the client. */
static void
translate(struct rte_mbuf *m, bool to_server)
{
	struct lb_icmp4_quote quote;

	CU_ASSERT_EQUAL_FATAL(lb_icmp4_quote_read(m, &quote), LB_ICMP4_QUOTE_OK);
	if (to_server)
		lb_icmp4_quote_to_server(m, &quote, SERVER, PORT_SERVER);
	else
		lb_icmp4_quote_to_client(m, &quote, VIP, PORT_VIP);
}

static bool
becomes(bool to_server, const uint8_t *before, const uint8_t *after, uint16_t len)
{
	struct rte_mbuf m;
	void *block = packet_init(&m, before, len, 0);
	bool same;

	translate(&m, to_server);
	same = m.data_len == len && memcmp(block, after, len) == 0;
	free(block);
	return same;
}

static void
quoted_reply_is_read(void)
{
	struct lb_icmp4_quote q;

	CU_ASSERT_EQUAL(
		read_quote(tcp_from_client, sizeof(tcp_from_client), &q), LB_ICMP4_QUOTE_OK);
	CU_ASSERT_EQUAL(q.type, LB_ICMP4_UNREACHABLE);
	CU_ASSERT_EQUAL(q.code, LB_ICMP4_FRAG_NEEDED);
	CU_ASSERT_EQUAL(q.mtu, 1400);
	CU_ASSERT_EQUAL(q.offset, 28);
	CU_ASSERT_EQUAL(q.header, 20);
	CU_ASSERT_EQUAL(q.quoted, 40);
	CU_ASSERT_EQUAL(q.protocol, IPPROTO_TCP);
	CU_ASSERT_TRUE(q.df);
	CU_ASSERT_TRUE(q.has_ports);
	CU_ASSERT_EQUAL(q.src, VIP);
	CU_ASSERT_EQUAL(q.dst, CLIENT);
	CU_ASSERT_EQUAL(q.src_port, PORT_VIP);
	CU_ASSERT_EQUAL(q.dst_port, RTE_BE16(40000));
	CU_ASSERT_FALSE(lb_icmp4_quote_is_tunnel(&q));
}

static void
quoted_request_with_options_is_read(void)
{
	struct lb_icmp4_quote q;

	CU_ASSERT_EQUAL(
		read_quote(udp_from_server, sizeof(udp_from_server), &q), LB_ICMP4_QUOTE_OK);
	CU_ASSERT_EQUAL(q.type, LB_ICMP4_UNREACHABLE);
	CU_ASSERT_EQUAL(q.code, LB_ICMP4_PORT);
	CU_ASSERT_EQUAL(q.mtu, 0);
	CU_ASSERT_EQUAL(q.offset, 28);
	CU_ASSERT_EQUAL(q.header, 28);
	CU_ASSERT_EQUAL(q.quoted, 41);
	CU_ASSERT_EQUAL(q.protocol, IPPROTO_UDP);
	CU_ASSERT_FALSE(q.df);
	CU_ASSERT_TRUE(q.has_ports);
	CU_ASSERT_EQUAL(q.src, CLIENT);
	CU_ASSERT_EQUAL(q.dst, SERVER);
	CU_ASSERT_EQUAL(q.src_port, RTE_BE16(40000));
	CU_ASSERT_EQUAL(q.dst_port, PORT_SERVER);
	CU_ASSERT_EQUAL(
		read_quote(odd_from_server, sizeof(odd_from_server), &q), LB_ICMP4_QUOTE_OK);
	CU_ASSERT_EQUAL(q.offset, 36);
}

static void
quoted_icmp_has_no_ports(void)
{
	struct lb_icmp4_quote q;

	CU_ASSERT_EQUAL(read_quote(echo_quoted, sizeof(echo_quoted), &q), LB_ICMP4_QUOTE_OK);
	CU_ASSERT_FALSE(q.has_ports);
	CU_ASSERT_EQUAL(q.src_port, 0);
	CU_ASSERT_EQUAL(q.dst_port, 0);
	CU_ASSERT_FALSE(lb_icmp4_quote_is_tunnel(&q));
}

/* A quote may be padded and have extensions behind it (RFC 4884): they are not the packet. */
static void
quote_ends_where_the_packet_ended(void)
{
	uint8_t padded[sizeof(udp_from_server) + 91] = { 0 };
	struct lb_icmp4_quote q;

	memcpy(padded, udp_from_server, sizeof(udp_from_server));
	padded[3] = sizeof(padded);
	seal(padded);
	CU_ASSERT_EQUAL(read_quote(padded, sizeof(padded), &q), LB_ICMP4_QUOTE_OK);
	CU_ASSERT_EQUAL(q.quoted, 41);
}

static void
error_about_a_reply_goes_to_the_server(void)
{
	CU_ASSERT_TRUE(becomes(true, tcp_from_client, tcp_to_server, sizeof(tcp_to_server)));
	CU_ASSERT_TRUE(becomes(true, short_from_client, short_to_server, sizeof(short_to_server)));
}

static void
error_about_a_request_goes_to_the_client_from_the_vip(void)
{
	CU_ASSERT_TRUE(becomes(false, udp_from_server, udp_to_client, sizeof(udp_to_client)));
	CU_ASSERT_TRUE(becomes(false, bare_from_server, bare_to_client, sizeof(bare_to_client)));
	CU_ASSERT_TRUE(becomes(false, odd_from_server, odd_to_client, sizeof(odd_to_client)));
}

static void
both_ways_are_each_others_opposite(void)
{
	struct rte_mbuf m;
	struct lb_icmp4_quote q;
	void *block = packet_init(&m, tcp_from_client, sizeof(tcp_from_client), 0);

	translate(&m, true);
	CU_ASSERT_EQUAL(lb_icmp4_quote_read(&m, &q), LB_ICMP4_QUOTE_OK);
	lb_icmp4_quote_to_server(&m, &q, VIP, PORT_VIP);
	CU_ASSERT_EQUAL(memcmp(block, tcp_from_client, sizeof(tcp_from_client)), 0);
	free(block);
}

/* Change a byte of a copy, seal the error around it, and read. */
static enum lb_icmp4_quote_fault
with_byte(size_t at, uint8_t value)
{
	uint8_t packet[sizeof(tcp_from_client)];
	struct lb_icmp4_quote q;

	memcpy(packet, tcp_from_client, sizeof(packet));
	packet[at] = value;
	seal(packet);
	return read_quote(packet, sizeof(packet), &q);
}

static void
only_errors_about_flows_are_taken(void)
{
	CU_ASSERT_EQUAL(with_byte(20, LB_ICMP4_UNREACHABLE), LB_ICMP4_QUOTE_OK);
	CU_ASSERT_EQUAL(with_byte(20, LB_ICMP4_SOURCE_QUENCH), LB_ICMP4_QUOTE_OK);
	CU_ASSERT_EQUAL(with_byte(20, LB_ICMP4_TIME_EXCEEDED), LB_ICMP4_QUOTE_OK);
	CU_ASSERT_EQUAL(with_byte(20, LB_ICMP4_REDIRECT), LB_ICMP4_QUOTE_TYPE);
	CU_ASSERT_EQUAL(with_byte(20, LB_ICMP4_PARAMETER), LB_ICMP4_QUOTE_TYPE);
}

static void
quoted_header_that_is_none_is_refused(void)
{
	for (unsigned int vhl = 0; vhl < 256; vhl++) {
		enum lb_icmp4_quote_fault want = LB_ICMP4_QUOTE_HEADER;

		if (vhl >= 0x45 && vhl <= 0x48) /* 8 bytes behind 32 of 40 */
			want = LB_ICMP4_QUOTE_OK;
		else if (vhl == 0x49 || vhl == 0x4a) /* the packet had them, the quote has not */
			want = LB_ICMP4_QUOTE_TRUNCATED;
		CU_ASSERT_EQUAL(with_byte(28, (uint8_t)vhl), want);
	}
	for (unsigned int total = 0; total < 256; total++)
		CU_ASSERT_EQUAL(with_byte(31, (uint8_t)total),
			total < 28 ? LB_ICMP4_QUOTE_HEADER : LB_ICMP4_QUOTE_OK);
}

static void
only_first_fragments_are_taken(void)
{
	CU_ASSERT_EQUAL(with_byte(34, 0x20), LB_ICMP4_QUOTE_OK); /* more to come */
	CU_ASSERT_EQUAL(with_byte(35, 0x01), LB_ICMP4_QUOTE_FRAGMENT);
	CU_ASSERT_EQUAL(with_byte(34, 0x10), LB_ICMP4_QUOTE_FRAGMENT);
}

static void
error_to_another_than_the_sender_is_foreign(void)
{
	CU_ASSERT_EQUAL(with_byte(19, 0x65), LB_ICMP4_QUOTE_FOREIGN);
	CU_ASSERT_EQUAL(with_byte(43, 0x65), LB_ICMP4_QUOTE_FOREIGN);
	CU_ASSERT_EQUAL(with_byte(47, 0x65), LB_ICMP4_QUOTE_OK);
}

/* Cut an error to a quote of n bytes, with its own checksums right. */
static uint16_t
cut(uint8_t *packet, const uint8_t *from, uint16_t n)
{
	size_t len = seal_header(from) + 8 + n;

	memcpy(packet, from, len);
	packet[3] = (uint8_t)len;
	seal(packet);
	return (uint16_t)len;
}

static void
quote_without_eight_bytes_behind_the_header_is_truncated(void)
{
	uint8_t packet[sizeof(udp_from_server)];
	struct lb_icmp4_quote q;

	for (uint16_t n = 0; n <= 40; n++)
		CU_ASSERT_EQUAL(read_quote(packet, cut(packet, tcp_from_client, n), &q),
			n < 28 ? LB_ICMP4_QUOTE_TRUNCATED : LB_ICMP4_QUOTE_OK);
	for (uint16_t n = 0; n <= 41; n++)
		CU_ASSERT_EQUAL(read_quote(packet, cut(packet, udp_from_server, n), &q),
			n < 36 ? LB_ICMP4_QUOTE_TRUNCATED : LB_ICMP4_QUOTE_OK);
}

/* TCP's checksum lies 16 bytes behind its header's start; half of it cannot be mended. */
static void
checksum_is_mended_where_it_is_quoted(void)
{
	uint8_t before[sizeof(tcp_from_client)], after[sizeof(tcp_from_client)];

	for (uint16_t n = 28; n <= 40; n++) {
		uint16_t len = cut(before, tcp_from_client, n);

		cut(after, tcp_to_server, n);
		if (n == 37) {
			after[64] = before[64];
			seal(after);
		}
		CU_ASSERT_TRUE(becomes(true, before, after, len));
	}
}

/* An error around a whole random packet; returns its length. */
static uint16_t
random_error(uint8_t *packet, uint32_t *state)
{
	size_t header = 20 + seal_random(state) % 11 * 4;
	bool tcp = seal_random(state) % 2 == 0;
	size_t total = header + (tcp ? 20 : 8) + seal_random(state) % 64;

	for (size_t i = 0; i < 28 + total; i++)
		packet[i] = (uint8_t)(seal_random(state) >> 11);
	packet[0] = 0x45;
	packet[2] = packet[30] = 0;
	packet[3] = (uint8_t)(28 + total);
	packet[9] = 1;
	packet[20] = 3;
	packet[28] = (uint8_t)(0x40 | header / 4);
	packet[31] = (uint8_t)total;
	packet[34] &= 0xe0;
	packet[35] = 0;
	packet[37] = tcp ? 6 : 17;
	memcpy(packet + 16, packet + 40, 4);
	seal(packet + 28);
	seal(packet);
	return (uint16_t)(28 + total);
}

/* What translate() must make of it, without increments. */
static void
model(bool to_server, uint8_t *packet)
{
	const rte_be32_t addr = to_server ? SERVER : VIP;
	const rte_be16_t port = to_server ? PORT_SERVER : PORT_VIP;
	uint8_t *quoted = packet + 28;

	memcpy(packet + (to_server ? 16 : 12), &addr, 4);
	memcpy(quoted + (to_server ? 12 : 16), &addr, 4);
	memcpy(quoted + seal_header(quoted) + (to_server ? 0 : 2), &port, 2);
	seal(quoted);
	seal(packet);
}

static void
random_errors_have_the_checksums_of_a_whole_computation(void)
{
	uint8_t before[200], after[200];
	uint32_t state = 9;

	for (int i = 0; i < 200000; i++) {
		uint16_t len = random_error(before, &state);

		memcpy(after, before, len);
		model(i % 2 == 0, after);
		if (becomes(i % 2 == 0, before, after, len))
			continue;
		CU_FAIL("not the translated error");
		return;
	}
}

/* Nothing is read or written beyond the packet, and the error stays one, whatever is quoted. */
static void
random_quotes_do_no_harm(void)
{
	uint8_t whole[200], packet[200];
	uint32_t state = 11;

	for (int i = 0; i < 200000; i++) {
		uint16_t len = random_error(whole, &state);
		struct lb_icmp4_quote q, inside;
		struct rte_mbuf m;
		void *block;

		len = cut(packet, whole, (uint16_t)(seal_random(&state) % (len - 27u)));
		for (int n = 0; n < 4; n++)
			if (len > 28)
				packet[28 + seal_random(&state) % (len - 28u) % 24] =
					(uint8_t)seal_random(&state);
		seal(packet);
		block = packet_init(&m, packet, len, 0);
		if (lb_icmp4_quote_read(&m, &q) == LB_ICMP4_QUOTE_OK) {
			lb_icmp4_quote_read_tunnel(&m, &q, &inside);
			if (q.has_ports)
				lb_icmp4_quote_to_client(&m, &q, VIP, PORT_VIP);
		}
		if (lb_icmp4_kind(&m) != LB_ICMP4_IS_ERROR)
			CU_FAIL("no longer an error");
		free(block);
	}
}

static void
packet_in_our_tunnel_is_read(void)
{
	struct rte_mbuf m;
	void *block = packet_init(&m, tunnel_too_big, sizeof(tunnel_too_big), 0);
	struct lb_icmp4_quote tunnel, q;

	CU_ASSERT_EQUAL(lb_icmp4_quote_read(&m, &tunnel), LB_ICMP4_QUOTE_OK);
	CU_ASSERT_TRUE(lb_icmp4_quote_is_tunnel(&tunnel));
	CU_ASSERT_EQUAL(tunnel.src, RTE_BE32(0x0a02000b));
	CU_ASSERT_EQUAL(tunnel.dst, SERVER);
	CU_ASSERT_FALSE(tunnel.has_ports);
	CU_ASSERT_EQUAL(lb_icmp4_quote_read_tunnel(&m, &tunnel, &q), LB_ICMP4_QUOTE_OK);
	CU_ASSERT_EQUAL(q.type, LB_ICMP4_UNREACHABLE);
	CU_ASSERT_EQUAL(q.code, LB_ICMP4_FRAG_NEEDED);
	CU_ASSERT_EQUAL(q.mtu, 1400);
	CU_ASSERT_EQUAL(q.offset, 48);
	CU_ASSERT_EQUAL(q.header, 20);
	CU_ASSERT_EQUAL(q.quoted, 28);
	CU_ASSERT_EQUAL(q.protocol, IPPROTO_TCP);
	CU_ASSERT_TRUE(q.df);
	CU_ASSERT_EQUAL(q.src, CLIENT);
	CU_ASSERT_EQUAL(q.dst, VIP);
	CU_ASSERT_EQUAL(q.src_port, RTE_BE16(40000));
	CU_ASSERT_EQUAL(q.dst_port, PORT_VIP);
	free(block);
}

static void
client_can_be_told_about_our_tunnel(void)
{
	struct rte_mbuf m;
	void *block = packet_init(&m, tunnel_too_big, sizeof(tunnel_too_big), 0);
	struct lb_icmp4_quote tunnel, q;
	struct lb_icmp4_error error;

	CU_ASSERT_EQUAL(lb_icmp4_quote_read(&m, &tunnel), LB_ICMP4_QUOTE_OK);
	CU_ASSERT_EQUAL_FATAL(lb_icmp4_quote_read_tunnel(&m, &tunnel, &q), LB_ICMP4_QUOTE_OK);
	error = (struct lb_icmp4_error){ q.type, q.code, q.mtu - 20, RTE_BE32(0x0a01000b) };
	rte_pktmbuf_adj(&m, q.offset);
	CU_ASSERT_TRUE(lb_icmp4_may_answer(&m));
	CU_ASSERT_EQUAL(lb_icmp4_make_error(&m, &error), 0);
	CU_ASSERT_EQUAL_FATAL(m.data_len, sizeof(client_told));
	CU_ASSERT_EQUAL(memcmp(rte_pktmbuf_mtod(&m, void *), client_told, sizeof(client_told)), 0);
	free(block);
}

static void
tunnel_is_read_as_strictly(void)
{
	static const struct {
		size_t at;
		uint8_t value;
		enum lb_icmp4_quote_fault want;
	} cases[] = {
		{ 48, 0x44, LB_ICMP4_QUOTE_HEADER },
		{ 48, 0x65, LB_ICMP4_QUOTE_HEADER },
		{ 48, 0x46, LB_ICMP4_QUOTE_TRUNCATED },
		{ 51, 27, LB_ICMP4_QUOTE_HEADER },
		{ 55, 1, LB_ICMP4_QUOTE_FRAGMENT },
		{ 31, 47, LB_ICMP4_QUOTE_TRUNCATED }, /* the tunnel's packet ended before */
		{ 31, 48, LB_ICMP4_QUOTE_OK },
	};
	struct lb_icmp4_quote tunnel, q;
	struct rte_mbuf m;

	for (size_t i = 0; i < RTE_DIM(cases); i++) {
		uint8_t *block = packet_init(&m, tunnel_too_big, sizeof(tunnel_too_big), 0);

		block[cases[i].at] = cases[i].value;
		CU_ASSERT_EQUAL(lb_icmp4_quote_read(&m, &tunnel), LB_ICMP4_QUOTE_OK);
		CU_ASSERT_EQUAL(lb_icmp4_quote_read_tunnel(&m, &tunnel, &q), cases[i].want);
		free(block);
	}
	for (uint16_t n = 28; n < 48; n++) {
		uint8_t packet[sizeof(tunnel_too_big)];
		void *block = packet_init(&m, packet, cut(packet, tunnel_too_big, n), 0);

		CU_ASSERT_EQUAL(lb_icmp4_quote_read(&m, &tunnel), LB_ICMP4_QUOTE_OK);
		CU_ASSERT_EQUAL(
			lb_icmp4_quote_read_tunnel(&m, &tunnel, &q), LB_ICMP4_QUOTE_TRUNCATED);
		free(block);
	}
}

static const struct unit_test tests[] = {
	UNIT_TEST(quoted_reply_is_read),
	UNIT_TEST(quoted_request_with_options_is_read),
	UNIT_TEST(quoted_icmp_has_no_ports),
	UNIT_TEST(quote_ends_where_the_packet_ended),
	UNIT_TEST(error_about_a_reply_goes_to_the_server),
	UNIT_TEST(error_about_a_request_goes_to_the_client_from_the_vip),
	UNIT_TEST(both_ways_are_each_others_opposite),
	UNIT_TEST(only_errors_about_flows_are_taken),
	UNIT_TEST(quoted_header_that_is_none_is_refused),
	UNIT_TEST(only_first_fragments_are_taken),
	UNIT_TEST(error_to_another_than_the_sender_is_foreign),
	UNIT_TEST(quote_without_eight_bytes_behind_the_header_is_truncated),
	UNIT_TEST(checksum_is_mended_where_it_is_quoted),
	UNIT_TEST(random_errors_have_the_checksums_of_a_whole_computation),
	UNIT_TEST(random_quotes_do_no_harm),
	UNIT_TEST(packet_in_our_tunnel_is_read),
	UNIT_TEST(client_can_be_told_about_our_tunnel),
	UNIT_TEST(tunnel_is_read_as_strictly),
	UNIT_END,
};

const struct unit_suite unit_pkt_quote = { "quote", tests };
