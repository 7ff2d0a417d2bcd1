/* IPv4 headers checked and changed. The headers were made with scapy, or by hand where it cannot.
 */

#include "lb_addr.h"
#include "lb_ip4.h"
#include "unit.h"

#include <stdlib.h>
#include <string.h>

/* 192.0.2.7 to 10.1.0.100, UDP, 33 bytes, DF, TTL 1. */
static const uint8_t udp[] = { 0x45, 0x00, 0x00, 0x21, 0x00, 0x77, 0x40, 0x00, 0x01, 0x11, 0xac,
	0xe9, 0xc0, 0x00, 0x02, 0x07, 0x0a, 0x01, 0x00, 0x64, 0x0f, 0xa0, 0x00, 0x35, 0x00, 0x0d,
	0xf9, 0xcb, 0x61, 0x62, 0x63, 0x64, 0x65 };

/* A header of 28 bytes: 8 of options. */
static const uint8_t options[] = { 0x47, 0x00, 0x00, 0x24, 0x00, 0x01, 0x00, 0x00, 0x01, 0x01, 0x98,
	0x6b, 0x0a, 0x01, 0x00, 0x01, 0x0a, 0x01, 0x00, 0x64, 0x07, 0x07, 0x04, 0x00, 0x00, 0x00,
	0x00, 0x00, 0x08, 0x00, 0xf7, 0xff, 0x00, 0x00, 0x00, 0x00 };

/* The header checksum as RFC 791 describes it, word by word. */
static uint16_t
model_sum(const uint8_t *header)
{
	uint32_t sum = 0;

	for (int i = 0; i < (header[0] & 15) * 4; i += 2)
		if (i != 10)
			sum += (uint32_t)(header[i] << 8 | header[i + 1]);
	while (sum > 0xffff)
		sum = (sum & 0xffff) + (sum >> 16);
	return (uint16_t)~sum;
}

static void
model_seal(uint8_t *header)
{
	uint16_t sum = model_sum(header);

	header[10] = (uint8_t)(sum >> 8);
	header[11] = (uint8_t)sum;
}

/* Check a copy that ends where len says. */
static enum lb_ip4_fault
check(const uint8_t *bytes, uint16_t len)
{
	uint8_t *copy = malloc(len);
	enum lb_ip4_fault fault;

	memcpy(copy, bytes, len);
	fault = lb_ip4_check(copy, len);
	free(copy);
	return fault;
}

static void
right_header_passes(void)
{
	uint8_t padded[60] = { 0 };

	CU_ASSERT_EQUAL(check(udp, sizeof(udp)), LB_IP4_OK);
	CU_ASSERT_EQUAL(check(options, sizeof(options)), LB_IP4_OK);
	memcpy(padded, udp, sizeof(udp));
	CU_ASSERT_EQUAL(check(padded, sizeof(padded)), LB_IP4_OK);
}

static void
fewer_bytes_than_it_says_is_truncated(void)
{
	uint8_t packet[sizeof(udp)];

	for (uint16_t len = 0; len < sizeof(udp); len++)
		CU_ASSERT_EQUAL(check(udp, len), LB_IP4_TRUNCATED);
	for (uint16_t len = 0; len < sizeof(options); len++)
		CU_ASSERT_EQUAL(check(options, len), LB_IP4_TRUNCATED);
	memcpy(packet, udp, sizeof(udp));
	packet[0] = 0x4f; /* 60 bytes of header, which is looked for first */
	packet[3] = 20;
	CU_ASSERT_EQUAL(check(packet, sizeof(packet)), LB_IP4_TRUNCATED);
}

static void
lengths_that_contradict_are_a_header_fault(void)
{
	uint8_t packet[sizeof(udp)];

	memcpy(packet, udp, sizeof(udp));
	packet[0] = 0x44; /* 16 bytes of header */
	model_seal(packet);
	CU_ASSERT_EQUAL(check(packet, sizeof(packet)), LB_IP4_HEADER);
	packet[0] = 0x40;
	CU_ASSERT_EQUAL(check(packet, sizeof(packet)), LB_IP4_HEADER);
	packet[0] = 0x45;
	packet[3] = 19; /* less than the header */
	model_seal(packet);
	CU_ASSERT_EQUAL(check(packet, sizeof(packet)), LB_IP4_HEADER);
	packet[3] = 20; /* nothing but the header */
	model_seal(packet);
	CU_ASSERT_EQUAL(check(packet, sizeof(packet)), LB_IP4_OK);
}

static void
any_other_version_is_named(void)
{
	uint8_t packet[sizeof(udp)];

	memcpy(packet, udp, sizeof(udp));
	for (int version = 0; version < 16; version++) {
		packet[0] = (uint8_t)(version << 4 | 5);
		model_seal(packet);
		CU_ASSERT_EQUAL(
			check(packet, sizeof(packet)), version == 4 ? LB_IP4_OK : LB_IP4_VERSION);
	}
}

static void
every_flipped_bit_of_the_header_is_seen(void)
{
	uint8_t packet[sizeof(options)];

	for (size_t bit = 0; bit < 28 * 8; bit++) {
		memcpy(packet, options, sizeof(options));
		packet[bit / 8] ^= (uint8_t)(1 << bit % 8);
		CU_ASSERT_NOT_EQUAL(check(packet, sizeof(packet)), LB_IP4_OK);
	}
	memcpy(packet, options, sizeof(options));
	packet[8] ^= 1;
	CU_ASSERT_EQUAL(check(packet, sizeof(packet)), LB_IP4_CHECKSUM);
	packet[8] ^= 1;
	packet[27] ^= 1; /* in the options */
	CU_ASSERT_EQUAL(check(packet, sizeof(packet)), LB_IP4_CHECKSUM);
}

static void
source_that_no_host_has_is_named(void)
{
	static const uint32_t bad[] = { 0x00000000, 0x00ffffff, 0x7f000001, 0x7fffffff, 0xe0000012,
		0xefffffff, 0xffffffff };
	static const uint32_t good[] = { 0x01000000, 0x7effffff, 0x80000000, 0xdfffffff, 0xf0000001,
		0xfffffffe };
	uint8_t packet[sizeof(udp)];

	memcpy(packet, udp, sizeof(udp));
	for (size_t i = 0; i < RTE_DIM(bad); i++) {
		rte_be32_t source = rte_cpu_to_be_32(bad[i]);

		memcpy(packet + 12, &source, 4);
		model_seal(packet);
		CU_ASSERT_EQUAL(check(packet, sizeof(packet)), LB_IP4_SOURCE);
	}
	for (size_t i = 0; i < RTE_DIM(good); i++) {
		rte_be32_t source = rte_cpu_to_be_32(good[i]);

		memcpy(packet + 12, &source, 4);
		model_seal(packet);
		CU_ASSERT_EQUAL(check(packet, sizeof(packet)), LB_IP4_OK);
	}
}

static void
hosts_are_those_of_the_address_library(void)
{
	for (uint64_t host = 0; host <= UINT32_MAX; host += 0x3fff) {
		struct lb_addr addr = lb_addr_ip4(rte_cpu_to_be_32((uint32_t)host));

		if (lb_ip4_is_host(addr.ip4) == lb_addr_is_special(&addr))
			CU_FAIL("the two disagree");
	}
	CU_ASSERT_FALSE(lb_ip4_is_host(UINT32_MAX));
}

static void
fragments_are_told_from_whole_packets(void)
{
	struct rte_ipv4_hdr ip = { 0 };

	CU_ASSERT_FALSE(lb_ip4_is_fragment(&ip));
	ip.fragment_offset = rte_cpu_to_be_16(0x4000); /* DF */
	CU_ASSERT_FALSE(lb_ip4_is_fragment(&ip));
	ip.fragment_offset = rte_cpu_to_be_16(0x2000); /* first */
	CU_ASSERT_TRUE(lb_ip4_is_fragment(&ip));
	ip.fragment_offset = rte_cpu_to_be_16(0x0001); /* last */
	CU_ASSERT_TRUE(lb_ip4_is_fragment(&ip));
}

/* All TTLs, with every value that the other words can sum to: identification takes them all. */
static void
lowered_ttl_has_the_checksum_of_a_whole_computation(void)
{
	uint8_t header[20];

	memcpy(header, udp, sizeof(header));
	for (uint32_t n = 0; n < 255 * 65536u; n += 7) {
		header[8] = (uint8_t)(1 + n / 65536);
		header[4] = (uint8_t)(n >> 8);
		header[5] = (uint8_t)n;
		model_seal(header);
		lb_ip4_lower_ttl((struct rte_ipv4_hdr *)header);
		if (header[8] != n / 65536 || (header[10] << 8 | header[11]) != model_sum(header)) {
			CU_FAIL("not the checksum of the changed header");
			return;
		}
	}
}

static void
lowered_ttl_knows_the_corner_of_zero(void)
{
	uint8_t header[20];

	memcpy(header, udp, sizeof(header));
	header[10] = header[11] = 0;
	for (uint32_t id = 0; id < 65536; id++) {
		header[8] = 64;
		header[4] = (uint8_t)(id >> 8);
		header[5] = (uint8_t)id;
		if (model_sum(header) != 0xfeff)
			continue;
		header[10] = 0xfe;
		header[11] = 0xff;
		lb_ip4_lower_ttl((struct rte_ipv4_hdr *)header);
		CU_ASSERT_EQUAL(header[10] << 8 | header[11], 0x0000);
		return;
	}
	CU_FAIL("no header with the checksum 0xfeff");
}

static const struct unit_test tests[] = {
	UNIT_TEST(right_header_passes),
	UNIT_TEST(fewer_bytes_than_it_says_is_truncated),
	UNIT_TEST(lengths_that_contradict_are_a_header_fault),
	UNIT_TEST(any_other_version_is_named),
	UNIT_TEST(every_flipped_bit_of_the_header_is_seen),
	UNIT_TEST(source_that_no_host_has_is_named),
	UNIT_TEST(hosts_are_those_of_the_address_library),
	UNIT_TEST(fragments_are_told_from_whole_packets),
	UNIT_TEST(lowered_ttl_has_the_checksum_of_a_whole_computation),
	UNIT_TEST(lowered_ttl_knows_the_corner_of_zero),
	UNIT_END,
};

const struct unit_suite unit_pkt_ip4 = { "ip4", tests };
