/* Adverts read: what the golden ones say, and every way in which a packet alone can be wrong. */

#include "wire.h"

static const struct wire *const golden[] = { &wire_v2, &wire_v3, &wire_v3_plain, &wire_v3_ip6 };

static void
golden_adverts_say_what_was_sent(void)
{
	static const uint64_t intervals[] = { 1000000, 100000, 100000, 100000 };
	struct wire_copy copy;

	for (size_t i = 0; i < RTE_DIM(golden); i++) {
		struct lb_addr src = wire_addr(golden[i]->src);

		CU_ASSERT_EQUAL_FATAL(wire_read(golden[i], &copy), LB_VRRP_TAKEN);
		CU_ASSERT_EQUAL(copy.advert.version, i == 0 ? 2 : 3);
		CU_ASSERT_EQUAL(copy.advert.vrid, 51);
		CU_ASSERT_EQUAL(copy.advert.priority, 150);
		CU_ASSERT_EQUAL(copy.advert.count, 2);
		CU_ASSERT_EQUAL(copy.advert.interval_us, intervals[i]);
		CU_ASSERT_TRUE(lb_addr_equal(&copy.advert.sender, &src));
		wire_free(&copy);
	}
}

static void
addresses_come_in_the_order_of_the_wire(void)
{
	static const char *const expected[][2] = { { "10.9.0.100", "10.9.0.101" },
		{ "10.9.0.100", "10.9.0.101" }, { "10.9.0.100", "10.9.0.101" },
		{ "fe80::5e:100", "fd09::100" } };
	struct wire_copy copy;

	for (size_t i = 0; i < RTE_DIM(golden); i++) {
		CU_ASSERT_EQUAL_FATAL(wire_read(golden[i], &copy), LB_VRRP_TAKEN);
		for (uint8_t n = 0; n < 2; n++) {
			struct lb_addr addr = lb_vrrp_advert_addr(&copy.advert, n);
			struct lb_addr wanted = wire_addr(expected[i][n]);

			CU_ASSERT_TRUE(lb_addr_equal(&addr, &wanted));
		}
		wire_free(&copy);
	}
}

static void
v15_multicast_that_lost_ttl_is_refused(void)
{
	for (size_t i = 0; i < RTE_DIM(golden); i++) {
		struct wire wire = *golden[i];

		for (unsigned int ttl = 0; ttl < 255; ttl++) {
			wire.ttl = (uint8_t)ttl;
			CU_ASSERT_EQUAL(wire_refusal(&wire), LB_VRRP_BAD_TTL);
		}
	}
}

static void
version_that_does_not_exist_is_refused(void)
{
	for (unsigned int version = 0; version < 16; version++) {
		struct wire wire4 = wire_with(&wire_v3, 0, (uint8_t)(version << 4 | 1));
		struct wire wire6 = wire_with(&wire_v3_ip6, 0, (uint8_t)(version << 4 | 1));

		if (version != 2 && version != 3)
			CU_ASSERT_EQUAL(wire_refusal(&wire4), LB_VRRP_BAD_VERSION);
		if (version != 3)
			CU_ASSERT_EQUAL(wire_refusal(&wire6), LB_VRRP_BAD_VERSION);
	}
}

static void
v18_type_other_than_advertisement_is_refused(void)
{
	for (uint8_t type = 0; type < 16; type++) {
		struct wire wire2 = wire_with(&wire_v2, 0, 0x20 | type);
		struct wire wire3 = wire_with(&wire_v3, 0, 0x30 | type);

		if (type == 1)
			continue;
		CU_ASSERT_EQUAL(wire_refusal(&wire2), LB_VRRP_BAD_TYPE);
		CU_ASSERT_EQUAL(wire_refusal(&wire3), LB_VRRP_BAD_TYPE);
	}
}

static void
message_cut_anywhere_is_refused(void)
{
	struct wire_copy copy;

	for (size_t i = 0; i < RTE_DIM(golden); i++)
		for (uint16_t len = 0; len < golden[i]->len; len++) {
			CU_ASSERT_EQUAL(wire_read_part(golden[i], len, &copy), LB_VRRP_BAD_LENGTH);
			wire_free(&copy);
		}
}

static void
count_beyond_the_length_is_refused(void)
{
	for (size_t i = 0; i < RTE_DIM(golden); i++)
		for (unsigned int count = 3; count < 256; count++) {
			struct wire wire = wire_with(golden[i], 3, (uint8_t)count);

			CU_ASSERT_EQUAL(wire_refusal(&wire), LB_VRRP_BAD_LENGTH);
		}
}

static void
v19_message_that_is_too_short_is_refused(void)
{
	message_cut_anywhere_is_refused();
	count_beyond_the_length_is_refused();
}

/* The frame of version 3 with one address is padded: 14 + 20 + 12 bytes are less than 60. */
static void
v20_padding_of_the_frame_is_not_looked_at(void)
{
	struct wire wire = wire_v3;
	struct wire_copy copy;

	wire.bytes[3] = 1;
	wire.len = 12;
	wire_fix(&wire);
	memset(wire.bytes + 12, 0xa5, sizeof(wire.bytes) - 12);
	wire_read_part(&wire, sizeof(wire.bytes), &copy);
	copy.packet.len = 12;
	CU_ASSERT_EQUAL(lb_vrrp_read(&copy.packet, &copy.advert), LB_VRRP_TAKEN);
	CU_ASSERT_EQUAL(copy.advert.count, 1);
	wire_free(&copy);
}

static void
flipped_bit_in_any_byte_is_refused(void)
{
	for (size_t i = 0; i < RTE_DIM(golden); i++)
		for (uint16_t bit = 0; bit < 8 * golden[i]->len; bit++) {
			struct wire wire = *golden[i];
			enum lb_vrrp_refusal refusal;

			wire.bytes[bit / 8] ^= (uint8_t)(1 << bit % 8);
			refusal = wire_refusal(&wire);
			if (bit / 8 == 0 || bit / 8 == 3)
				CU_ASSERT_NOT_EQUAL(refusal, LB_VRRP_TAKEN)
			else
				CU_ASSERT_EQUAL(refusal, LB_VRRP_BAD_CHECKSUM);
		}
}

static void
addresses_of_the_packet_are_in_the_pseudo_header(void)
{
	struct wire wire = wire_v3;

	wire.src = "10.9.0.2";
	CU_ASSERT_EQUAL(wire_refusal(&wire), LB_VRRP_BAD_CHECKSUM);
	wire = wire_v3_ip6;
	wire.src = "fe80::7c7d:efff:fecb:ad1d";
	CU_ASSERT_EQUAL(wire_refusal(&wire), LB_VRRP_BAD_CHECKSUM);
	wire = wire_v3_plain;
	wire.src = "10.9.0.2";
	CU_ASSERT_EQUAL(wire_refusal(&wire), LB_VRRP_TAKEN);
}

static void
v21_wrong_checksum_is_refused(void)
{
	flipped_bit_in_any_byte_is_refused();
	addresses_of_the_packet_are_in_the_pseudo_header();
}

static void
form_of_the_checksum_is_told(void)
{
	struct wire_copy copy;

	CU_ASSERT_EQUAL(wire_read(&wire_v3, &copy), LB_VRRP_TAKEN);
	CU_ASSERT_EQUAL(copy.advert.sum, LB_VRRP_SUM_RFC5798);
	wire_free(&copy);
	CU_ASSERT_EQUAL(wire_read(&wire_v3_plain, &copy), LB_VRRP_TAKEN);
	CU_ASSERT_EQUAL(copy.advert.sum, LB_VRRP_SUM_RFC9568);
	wire_free(&copy);
}

static void
v24_count_of_0_is_refused(void)
{
	for (size_t i = 0; i < RTE_DIM(golden); i++) {
		struct wire wire = *golden[i];

		wire.bytes[3] = 0;
		wire_fix(&wire);
		CU_ASSERT_EQUAL(wire_refusal(&wire), LB_VRRP_BAD_COUNT);
		wire.len = i == 0 ? 16 : 8;
		wire_fix(&wire);
		CU_ASSERT_EQUAL(wire_refusal(&wire), LB_VRRP_BAD_COUNT);
	}
}

static void
v25_first_ip6_address_must_be_link_local(void)
{
	struct wire wire = wire_with(&wire_v3_ip6, 9, 0x40);

	CU_ASSERT_EQUAL(wire_refusal(&wire), LB_VRRP_BAD_LINK_LOCAL);
	wire = wire_with(&wire_v3_ip6, 8, 0xfd);
	CU_ASSERT_EQUAL(wire_refusal(&wire), LB_VRRP_BAD_LINK_LOCAL);
	wire = wire_with(&wire_v3_ip6, 9, 0xbf);
	CU_ASSERT_EQUAL(wire_refusal(&wire), LB_VRRP_TAKEN);
}

static void
v26_interval_of_0_is_refused(void)
{
	struct wire wire = wire_with(&wire_v3, 5, 0);

	CU_ASSERT_EQUAL(wire_refusal(&wire), LB_VRRP_BAD_INTERVAL);
	wire = wire_with(&wire, 4, 0xf0);
	CU_ASSERT_EQUAL(wire_refusal(&wire), LB_VRRP_BAD_INTERVAL);
	wire = wire_with(&wire_v3_ip6, 5, 0);
	CU_ASSERT_EQUAL(wire_refusal(&wire), LB_VRRP_BAD_INTERVAL);
	wire = wire_with(&wire_v2, 5, 0);
	CU_ASSERT_EQUAL(wire_refusal(&wire), LB_VRRP_BAD_INTERVAL);
}

static void
authentication_is_told(void)
{
	struct wire_copy copy;

	CU_ASSERT_EQUAL(wire_read(&wire_v2_password, &copy), LB_VRRP_TAKEN);
	CU_ASSERT_EQUAL(copy.advert.auth_type, 1);
	CU_ASSERT_EQUAL(memcmp(copy.advert.auth, "s3cret12", 8), 0);
	wire_free(&copy);
	CU_ASSERT_EQUAL(wire_read(&wire_v2, &copy), LB_VRRP_TAKEN);
	CU_ASSERT_EQUAL(copy.advert.auth_type, 0);
	wire_free(&copy);
}

static void
v30_reserved_bits_are_ignored(void)
{
	struct wire_copy copy;
	struct wire wire = wire_with(&wire_v3, 4, 0xf1);

	CU_ASSERT_EQUAL(wire_read(&wire, &copy), LB_VRRP_TAKEN);
	CU_ASSERT_EQUAL(copy.advert.interval_us, (256 + 10) * 10000);
	wire_free(&copy);
}

/* Whatever is in a packet, nobody reads beyond it, and what is taken is sane. */
static void
random_messages_are_read_within_their_bounds(void)
{
	uint64_t state = 0x853c49e6748fea9b;
	struct wire_copy copy;
	uint32_t taken = 0;

	for (uint32_t run = 0; run < 200000; run++) {
		struct wire wire = *golden[run % RTE_DIM(golden)];

		for (unsigned int i = 0; i < 3; i++) {
			state = state * 6364136223846793005 + 1442695040888963407;
			wire.bytes[(state >> 33) % 10] = (uint8_t)(state >> 56);
		}
		wire.len = (uint16_t)((state >> 20) % (wire.len + 1u));
		if (wire.len >= 8)
			wire_fix(&wire);
		if (wire_read(&wire, &copy) == LB_VRRP_TAKEN) {
			taken++;
			CU_ASSERT_TRUE(copy.advert.interval_us != 0 && copy.advert.count != 0);
			lb_vrrp_advert_addr(&copy.advert, copy.advert.count - 1);
		}
		wire_free(&copy);
	}
	CU_ASSERT_TRUE(taken > 100);
}

static const struct unit_test tests[] = {
	UNIT_TEST(golden_adverts_say_what_was_sent),
	UNIT_TEST(addresses_come_in_the_order_of_the_wire),
	UNIT_TEST(v15_multicast_that_lost_ttl_is_refused),
	UNIT_TEST(version_that_does_not_exist_is_refused),
	UNIT_TEST(v18_type_other_than_advertisement_is_refused),
	UNIT_TEST(v19_message_that_is_too_short_is_refused),
	UNIT_TEST(v20_padding_of_the_frame_is_not_looked_at),
	UNIT_TEST(v21_wrong_checksum_is_refused),
	UNIT_TEST(form_of_the_checksum_is_told),
	UNIT_TEST(v24_count_of_0_is_refused),
	UNIT_TEST(v25_first_ip6_address_must_be_link_local),
	UNIT_TEST(v26_interval_of_0_is_refused),
	UNIT_TEST(authentication_is_told),
	UNIT_TEST(v30_reserved_bits_are_ignored),
	UNIT_TEST(random_messages_are_read_within_their_bounds),
	UNIT_END,
};

const struct unit_suite unit_vrrp_read = { "read", tests };
