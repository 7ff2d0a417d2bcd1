/* Adverts judged by the instance that they are for, and what people are told of a refusal. */

#include "wire.h"

static struct lb_addr addrs[2];
static struct lb_addr peer;

/* The other router's instance: it hears what 10.9.0.1 sends. */
static struct lb_vrrp_conf
receiver(uint8_t version, uint64_t interval_us)
{
	addrs[0] = wire_addr("10.9.0.100");
	addrs[1] = wire_addr("10.9.0.101");
	return (struct lb_vrrp_conf){
		.version = version,
		.vrid = 51,
		.priority = 100,
		.interval_us = interval_us,
		.source = wire_addr("10.9.0.2"),
		.mac = { { 0x00, 0x00, 0x5e, 0x00, 0x01, 0x33 } },
		.addrs = addrs,
		.n_addrs = 2,
	};
}

static struct lb_vrrp_conf
unicast_receiver(void)
{
	struct lb_vrrp_conf conf = receiver(3, 100000);

	peer = wire_addr("10.9.0.1");
	conf.peers = &peer;
	conf.n_peers = 1;
	conf.ttl_min = 255;
	conf.ttl_max = 255;
	return conf;
}

static struct wire
unicast_wire(void)
{
	struct wire wire = wire_v3;

	wire.dst = "10.9.0.2";
	wire_fix(&wire);
	return wire;
}

/* The verdict; the sentence is checked for what it must contain, NULL: nothing. */
static enum lb_vrrp_refusal
admit(const struct lb_vrrp_conf *conf, const struct wire *wire, const char *part)
{
	char text[LB_VRRP_TEXT];
	struct wire_copy copy;
	enum lb_vrrp_refusal refusal;

	CU_ASSERT_EQUAL_FATAL(wire_read(wire, &copy), LB_VRRP_TAKEN);
	refusal = lb_vrrp_admit(conf, &copy.packet, &copy.advert);
	if (part != NULL)
		CU_ASSERT_PTR_NOT_NULL(
			strstr(lb_vrrp_explain(refusal, &copy.packet, conf, text), part));
	wire_free(&copy);
	return refusal;
}

static void
golden_adverts_are_taken(void)
{
	struct lb_vrrp_conf conf = receiver(3, 100000);

	CU_ASSERT_EQUAL(admit(&conf, &wire_v3, NULL), LB_VRRP_TAKEN);
	CU_ASSERT_EQUAL(admit(&conf, &wire_v3_plain, NULL), LB_VRRP_TAKEN);
	conf = receiver(2, 1000000);
	CU_ASSERT_EQUAL(admit(&conf, &wire_v2, NULL), LB_VRRP_TAKEN);
}

static void
unicast_ttl_must_be_in_its_range(void)
{
	struct lb_vrrp_conf conf = unicast_receiver();
	struct wire wire = unicast_wire();

	CU_ASSERT_EQUAL(admit(&conf, &wire, NULL), LB_VRRP_TAKEN);
	wire.ttl = 254;
	CU_ASSERT_EQUAL(admit(&conf, &wire, "TTL 254 is not in 255 to 255"), LB_VRRP_BAD_TTL);
	conf.ttl_min = 64;
	CU_ASSERT_EQUAL(admit(&conf, &wire, NULL), LB_VRRP_TAKEN);
	wire.ttl = 63;
	CU_ASSERT_EQUAL(admit(&conf, &wire, NULL), LB_VRRP_BAD_TTL);
	wire.ttl = 255;
	conf.ttl_max = 254;
	CU_ASSERT_EQUAL(admit(&conf, &wire, NULL), LB_VRRP_BAD_TTL);
}

static void
v17_version_that_is_not_ours_is_refused(void)
{
	struct lb_vrrp_conf conf = receiver(2, 1000000);

	CU_ASSERT_EQUAL(admit(&conf, &wire_v3, "version is 3, ours is 2"), LB_VRRP_OTHER_VERSION);
	conf = receiver(3, 100000);
	CU_ASSERT_EQUAL(admit(&conf, &wire_v2, "version is 2, ours is 3"), LB_VRRP_OTHER_VERSION);
	for (uint8_t version = 0; version < 16; version++) {
		struct wire wire = wire_with(&wire_v3, 0, (uint8_t)(version << 4 | 1));

		if (version != 2 && version != 3)
			CU_ASSERT_EQUAL(wire_refusal(&wire), LB_VRRP_BAD_VERSION);
	}
}

static void
both_versions_are_taken_and_the_interval_is_learned(void)
{
	struct lb_vrrp_conf conf = receiver(3, 100000);
	struct wire slow = wire_with(&wire_v2, 5, 2);
	struct wire_copy copy;

	conf.both_versions = true;
	CU_ASSERT_EQUAL(admit(&conf, &wire_v3, NULL), LB_VRRP_TAKEN);
	wire_read(&wire_v2, &copy);
	CU_ASSERT_EQUAL(lb_vrrp_admit(&conf, &copy.packet, &copy.advert), LB_VRRP_TAKEN);
	CU_ASSERT_FALSE(copy.advert.other_interval);
	wire_free(&copy);
	wire_read(&slow, &copy);
	CU_ASSERT_EQUAL(lb_vrrp_admit(&conf, &copy.packet, &copy.advert), LB_VRRP_TAKEN);
	CU_ASSERT_TRUE(copy.advert.other_interval);
	CU_ASSERT_EQUAL(copy.advert.interval_us, 2000000);
	wire_free(&copy);
}

static void
v23_vrid_of_nobody_here_is_refused(void)
{
	struct lb_vrrp_conf conf = receiver(3, 100000);

	conf.vrid = 52;
	CU_ASSERT_EQUAL(admit(&conf, &wire_v3, "VRID 51 from 10.9.0.1"), LB_VRRP_OTHER_VRID);
	conf.vrid = 51;
	CU_ASSERT_EQUAL(admit(&conf, &wire_v3_ip6, NULL), LB_VRRP_OTHER_VRID);
}

static void
interval_differs_version_2_refuses_and_version_3_notes_it(void)
{
	struct lb_vrrp_conf conf = receiver(2, 2000000);
	struct wire_copy copy;

	CU_ASSERT_EQUAL(
		admit(&conf, &wire_v2, "interval is 1 s, ours is 2 s"), LB_VRRP_OTHER_INTERVAL);
	conf = receiver(3, 1000000);
	wire_read(&wire_v3, &copy);
	CU_ASSERT_EQUAL(lb_vrrp_admit(&conf, &copy.packet, &copy.advert), LB_VRRP_TAKEN);
	CU_ASSERT_TRUE(copy.advert.other_interval);
	conf = receiver(3, 100000);
	CU_ASSERT_EQUAL(lb_vrrp_admit(&conf, &copy.packet, &copy.advert), LB_VRRP_TAKEN);
	CU_ASSERT_FALSE(copy.advert.other_interval);
	wire_free(&copy);
}

/* Whether the advert with these last bytes of its addresses is noted to differ from ours. */
static bool
other_addrs(uint8_t first, uint8_t second)
{
	struct lb_vrrp_conf conf = receiver(3, 100000);
	struct wire wire = wire_with(&wire_v3, 11, first);
	struct wire_copy copy;

	wire = wire_with(&wire, 15, second);
	CU_ASSERT_EQUAL_FATAL(wire_read(&wire, &copy), LB_VRRP_TAKEN);
	CU_ASSERT_EQUAL(lb_vrrp_admit(&conf, &copy.packet, &copy.advert), LB_VRRP_TAKEN);
	wire_free(&copy);
	conf.strict_addrs = true;
	CU_ASSERT_EQUAL(admit(&conf, &wire, NULL),
		copy.advert.other_addrs ? LB_VRRP_OTHER_ADDRS : LB_VRRP_TAKEN);
	return copy.advert.other_addrs;
}

static void
other_addresses_are_noted_or_with_strict_addrs_refused(void)
{
	struct lb_vrrp_conf conf = receiver(3, 100000);

	CU_ASSERT_FALSE(other_addrs(100, 101));
	CU_ASSERT_TRUE(other_addrs(100, 102));
	CU_ASSERT_TRUE(other_addrs(102, 101));
	CU_ASSERT_TRUE(other_addrs(100, 100));
	CU_ASSERT_TRUE(other_addrs(101, 101));
	conf.strict_addrs = true;
	conf.n_addrs = 1;
	CU_ASSERT_EQUAL(admit(&conf, &wire_v3, "lists other addresses"), LB_VRRP_OTHER_ADDRS);
}

static void
v28_authentication_must_be_ours(void)
{
	struct lb_vrrp_conf conf = receiver(2, 1000000);
	struct wire other = wire_with(&wire_v2_password, 23, '3'),
		    unknown = wire_with(&wire_v2, 4, 2);
	struct wire data = wire_with(&wire_v2, 16, 's');

	CU_ASSERT_EQUAL(admit(&conf, &wire_v2_password, "type is 1, ours is 0; use auth_pass"),
		LB_VRRP_OTHER_AUTH);
	CU_ASSERT_EQUAL(admit(&conf, &unknown, "type is 2, ours is 0"), LB_VRRP_OTHER_AUTH);
	CU_ASSERT_EQUAL(admit(&conf, &data, NULL), LB_VRRP_TAKEN);
	memcpy(conf.password, "s3cret12", 8);
	CU_ASSERT_EQUAL(admit(&conf, &wire_v2_password, NULL), LB_VRRP_TAKEN);
	CU_ASSERT_EQUAL(admit(&conf, &other, "its password is not ours"), LB_VRRP_OTHER_AUTH);
	CU_ASSERT_EQUAL(admit(&conf, &wire_v2, "type is 0, ours is 1"), LB_VRRP_OTHER_AUTH);
}

static void
version_3_beside_has_no_password(void)
{
	struct lb_vrrp_conf conf = receiver(3, 100000);

	conf.both_versions = true;
	memcpy(conf.password, "s3cret12", 8);
	CU_ASSERT_EQUAL(admit(&conf, &wire_v3, NULL), LB_VRRP_TAKEN);
	CU_ASSERT_EQUAL(admit(&conf, &wire_v2_password, NULL), LB_VRRP_TAKEN);
	CU_ASSERT_EQUAL(admit(&conf, &wire_v2, NULL), LB_VRRP_OTHER_AUTH);
}

static void
order_of_addresses_does_not_matter(void)
{
	CU_ASSERT_FALSE(other_addrs(101, 100));
}

static void
v31_own_adverts_looped_back_are_ignored(void)
{
	struct lb_vrrp_conf conf = receiver(3, 100000);

	conf.source = wire_addr("10.9.0.1");
	CU_ASSERT_EQUAL(admit(&conf, &wire_v3, "we sent it ourselves"), LB_VRRP_OWN);
	conf.mac.addr_bytes[0] = 0x02;
	CU_ASSERT_EQUAL(admit(&conf, &wire_v3, NULL), LB_VRRP_TAKEN);
	conf = receiver(3, 100000);
	CU_ASSERT_EQUAL(admit(&conf, &wire_v3, NULL), LB_VRRP_TAKEN);
}

static void
v32_unicast_from_who_is_no_peer_is_refused(void)
{
	struct lb_vrrp_conf conf = unicast_receiver();
	struct wire wire = unicast_wire();

	peer = wire_addr("10.9.0.3");
	CU_ASSERT_EQUAL(admit(&conf, &wire, "the sender is no peer"), LB_VRRP_OTHER_SENDER);
}

static void
v33_multicast_to_unicast_and_the_reverse_are_refused(void)
{
	struct lb_vrrp_conf unicast = unicast_receiver();
	struct lb_vrrp_conf multicast = receiver(3, 100000);
	struct wire wire = unicast_wire();

	CU_ASSERT_EQUAL(admit(&unicast, &wire_v3, "sent to 224.0.0.18, we use unicast"),
		LB_VRRP_OTHER_DEST);
	CU_ASSERT_EQUAL(
		admit(&multicast, &wire, "sent to 10.9.0.2, we use multicast"), LB_VRRP_OTHER_DEST);
	wire.dst = "10.9.0.7";
	wire_fix(&wire);
	CU_ASSERT_EQUAL(admit(&unicast, &wire, NULL), LB_VRRP_OTHER_DEST);
}

/* The sentence that a refusal by the packet alone gets. */
static void
sentence_is(const struct wire *wire, uint16_t len, const char *expected)
{
	char text[LB_VRRP_TEXT];
	struct wire_copy copy;
	enum lb_vrrp_refusal refusal = wire_read_part(wire, len, &copy);

	CU_ASSERT_STRING_EQUAL(lb_vrrp_explain(refusal, &copy.packet, NULL, text), expected);
	wire_free(&copy);
}

static void
refusals_are_explained(void)
{
	struct wire wire = wire_v3;

	sentence_is(
		&wire_v3, 0, "advert of VRID 0 from 10.9.0.1: 0 bytes are too few for 0 addresses");
	sentence_is(&wire_v3, 15,
		"advert of VRID 51 from 10.9.0.1: 15 bytes are too few for 2 addresses");
	wire.ttl = 254;
	sentence_is(&wire, 16,
		"advert of VRID 51 from 10.9.0.1: TTL is 254, must be 255; it came through a "
		"router");
	wire = wire_with(&wire_v3, 0, 0x41);
	sentence_is(&wire, 16,
		"advert of VRID 51 from 10.9.0.1: there is no version 4 for this family");
	wire = wire_with(&wire_v3, 0, 0x32);
	sentence_is(&wire, 16, "advert of VRID 51 from 10.9.0.1: type is 2, must be 1");
	wire = wire_v3;
	wire.bytes[2] = 151;
	sentence_is(&wire, 16, "advert of VRID 51 from 10.9.0.1: checksum 0x3948 is wrong");
	wire = wire_with(&wire_v3, 3, 0);
	sentence_is(&wire, 16, "advert of VRID 51 from 10.9.0.1: it lists no address");
	wire = wire_with(&wire_v3, 5, 0);
	sentence_is(&wire, 16, "advert of VRID 51 from 10.9.0.1: its interval is 0");
	wire = wire_with(&wire_v3_ip6, 8, 0xfd);
	sentence_is(&wire, 40,
		"advert of VRID 51 from fe80::7c7d:efff:fecb:ad1c: its first address is "
		"fd80::5e:100, must be link-local; change the order there");
}

/* Who is unicast allows TTLs for its peers, but not for the group. */
static void
ttl_to_the_group_is_explained_to_unicast_too(void)
{
	static const struct lb_addr neighbour = { .family = AF_INET };
	const struct lb_vrrp_conf unicast = {
		.peers = &neighbour, .n_peers = 1, .ttl_min = 1, .ttl_max = 255
	};
	struct wire wire = wire_v3;
	char text[LB_VRRP_TEXT];
	struct wire_copy copy;

	wire.ttl = 254;
	CU_ASSERT_EQUAL(wire_read_part(&wire, 16, &copy), LB_VRRP_BAD_TTL);
	lb_vrrp_explain(LB_VRRP_BAD_TTL, &copy.packet, &unicast, text);
	CU_ASSERT_PTR_NOT_NULL(strstr(text, "TTL is 254, must be 255"));
	wire_free(&copy);
}

static void
every_refusal_has_a_name_of_its_own(void)
{
	for (int a = 0; a < LB_VRRP_REFUSALS; a++) {
		CU_ASSERT_PTR_NOT_NULL_FATAL(lb_vrrp_refusal_name((enum lb_vrrp_refusal)a));
		for (int b = 0; b < a; b++)
			CU_ASSERT_STRING_NOT_EQUAL(lb_vrrp_refusal_name((enum lb_vrrp_refusal)a),
				lb_vrrp_refusal_name((enum lb_vrrp_refusal)b));
	}
	CU_ASSERT_STRING_EQUAL(lb_vrrp_refusal_name(LB_VRRP_BAD_CHECKSUM), "checksum");
	CU_ASSERT_STRING_EQUAL(lb_vrrp_refusal_name(LB_VRRP_OTHER_VRID), "other_vrid");
}

static const struct unit_test tests[] = {
	UNIT_TEST(golden_adverts_are_taken),
	UNIT_TEST(unicast_ttl_must_be_in_its_range),
	UNIT_TEST(v17_version_that_is_not_ours_is_refused),
	UNIT_TEST(both_versions_are_taken_and_the_interval_is_learned),
	UNIT_TEST(v23_vrid_of_nobody_here_is_refused),
	UNIT_TEST(interval_differs_version_2_refuses_and_version_3_notes_it),
	UNIT_TEST(v28_authentication_must_be_ours),
	UNIT_TEST(version_3_beside_has_no_password),
	UNIT_TEST(other_addresses_are_noted_or_with_strict_addrs_refused),
	UNIT_TEST(order_of_addresses_does_not_matter),
	UNIT_TEST(v31_own_adverts_looped_back_are_ignored),
	UNIT_TEST(v32_unicast_from_who_is_no_peer_is_refused),
	UNIT_TEST(v33_multicast_to_unicast_and_the_reverse_are_refused),
	UNIT_TEST(refusals_are_explained),
	UNIT_TEST(ttl_to_the_group_is_explained_to_unicast_too),
	UNIT_TEST(every_refusal_has_a_name_of_its_own),
	UNIT_END,
};

const struct unit_suite unit_vrrp_admit = { "admit", tests };
