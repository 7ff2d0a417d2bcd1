/* Incremental checksums against whole computations, and the corners of one's complement. */

#include "lb_checksum.h"
#include "lb_ip4.h"
#include "seal.h"
#include "unit.h"

#include <string.h>

#include <rte_common.h>

static const uint16_t corners[] = { 0, 1, 0x00ff, 0x0100, 0x7fff, 0x8000, 0xfeff, 0xfffe, 0xffff };

/* RFC 1624 section 4: the example that equation 2 gets wrong. */
static void
example_of_the_rfc_holds(void)
{
	CU_ASSERT_EQUAL(lb_checksum_replace16(RTE_BE16(0xdd2f), RTE_BE16(0x5555), RTE_BE16(0x3285)),
		RTE_BE16(0x0000));
}

/* Checksum of three words, as it stands in a packet. */
static rte_be16_t
whole(uint32_t a, uint32_t b, uint32_t c)
{
	return rte_cpu_to_be_16(seal_sum(a + b + c));
}

/* Data that is nothing but zeros has two checksums; no packet is. */
static void
replaced_word_has_the_checksum_of_a_whole_computation(void)
{
	for (size_t f = 0; f < RTE_DIM(corners); f++)
		for (size_t t = 0; t < RTE_DIM(corners); t++)
			for (uint32_t rest = 1; rest < 65536; rest++) {
				rte_be16_t from = rte_cpu_to_be_16(corners[f]);
				rte_be16_t to = rte_cpu_to_be_16(corners[t]);
				rte_be16_t was = whole(rest, corners[f], 0);

				if (lb_checksum_replace16(was, from, to) ==
					whole(rest, corners[t], 0))
					continue;
				CU_FAIL("not the checksum of the changed words");
				return;
			}
}

static void
replaced_address_has_the_checksum_of_a_whole_computation(void)
{
	uint32_t state = 1;

	for (int i = 0; i < 2000000; i++) {
		uint32_t rest = seal_random(&state) % 65535 + 1;
		uint32_t from = seal_random(&state), to = seal_random(&state);

		if (i % 2 != 0)
			from = (uint32_t)corners[from % RTE_DIM(corners)] << 16 |
			       corners[to % RTE_DIM(corners)];
		if (lb_checksum_replace32(whole(rest, from >> 16, from & 0xffff),
			    rte_cpu_to_be_32(from),
			    rte_cpu_to_be_32(to)) == whole(rest, to >> 16, to & 0xffff))
			continue;
		CU_FAIL("not the checksum of the changed words");
		return;
	}
}

static void
lowered_ttl_agrees_for_every_ttl_and_checksum(void)
{
	struct rte_ipv4_hdr ip = { .next_proto_id = 17 };

	for (uint32_t n = 1u << 16; n < 256u << 16; n++) {
		rte_be16_t from = rte_cpu_to_be_16((uint16_t)(n >> 16 << 8 | 17));
		rte_be16_t to = rte_cpu_to_be_16((uint16_t)(((n >> 16) - 1) << 8 | 17));

		ip.time_to_live = (uint8_t)(n >> 16);
		ip.hdr_checksum = (uint16_t)n;
		lb_ip4_lower_ttl(&ip);
		if (ip.hdr_checksum == lb_checksum_replace16((uint16_t)n, from, to))
			continue;
		CU_FAIL("the two disagree");
		return;
	}
}

static const struct lb_checksum_end end = {
	.from = RTE_BE32(0x0a010064),
	.to = RTE_BE32(0x0a020015),
	.from_port = RTE_BE16(80),
	.to_port = RTE_BE16(8080),
};

static void
udp_without_a_checksum_gets_none(void)
{
	CU_ASSERT_EQUAL(lb_checksum_replace_udp(0, &end), 0);
}

/* The ends differ by 0x1ef2. */
static void
udp_checksum_that_comes_out_as_zero_is_all_ones(void)
{
	CU_ASSERT_EQUAL(lb_checksum_replace_tcp(RTE_BE16(0x1ef2), &end), RTE_BE16(0x0000));
	CU_ASSERT_EQUAL(lb_checksum_replace_udp(RTE_BE16(0x1ef2), &end), RTE_BE16(0xffff));
}

/* All ones stand for zero, and ~0x1ef2 is what follows zero. */
static void
udp_checksum_of_all_ones_is_mended_as_zero(void)
{
	CU_ASSERT_EQUAL(lb_checksum_replace_tcp(RTE_BE16(0x0000), &end), RTE_BE16(0xe10d));
	CU_ASSERT_EQUAL(lb_checksum_replace_udp(RTE_BE16(0xffff), &end), RTE_BE16(0xe10d));
}

static const struct unit_test tests[] = {
	UNIT_TEST(example_of_the_rfc_holds),
	UNIT_TEST(replaced_word_has_the_checksum_of_a_whole_computation),
	UNIT_TEST(replaced_address_has_the_checksum_of_a_whole_computation),
	UNIT_TEST(lowered_ttl_agrees_for_every_ttl_and_checksum),
	UNIT_TEST(udp_without_a_checksum_gets_none),
	UNIT_TEST(udp_checksum_that_comes_out_as_zero_is_all_ones),
	UNIT_TEST(udp_checksum_of_all_ones_is_mended_as_zero),
	UNIT_END,
};

const struct unit_suite unit_pkt_checksum = { "checksum", tests };
