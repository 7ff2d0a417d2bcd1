/*
 * Adverts written: byte by byte what keepalived 2.2.7 sends for the same instance. IP headers were
 * made by a program of another language.
 */

#include "wire.h"

#define ETHER 14
#define IP 20

static struct lb_addr addrs4[LB_VRRP_ADDRS];
static struct lb_addr addrs6[2];

static struct lb_vrrp_conf
conf_ip4(uint8_t version, uint64_t interval_us)
{
	addrs4[0] = wire_addr("10.9.0.100");
	addrs4[1] = wire_addr("10.9.0.101");
	return (struct lb_vrrp_conf){
		.version = version,
		.vrid = 51,
		.priority = 150,
		.interval_us = interval_us,
		.source = wire_addr("10.9.0.1"),
		.mac = { { 0x00, 0x00, 0x5e, 0x00, 0x01, 0x33 } },
		.addrs = addrs4,
		.n_addrs = 2,
	};
}

/* The message has these bytes, and no byte behind them is written. */
static void
message_is(const struct lb_vrrp_conf *conf, const char *to, const struct wire *wire)
{
	struct lb_addr dst = wire_addr(to);
	uint8_t *out = malloc(wire->len);

	memset(out, 0xa5, wire->len);
	CU_ASSERT_EQUAL(lb_vrrp_size(conf->version, conf->source.family, conf->n_addrs), wire->len);
	CU_ASSERT_EQUAL(lb_vrrp_write(out, conf, &dst, 150), wire->len);
	CU_ASSERT_EQUAL(memcmp(out, wire->bytes, wire->len), 0);
	free(out);
}

/* The frame is this Ethernet header, this IP header and this message. */
static void
frame_is(const struct lb_vrrp_conf *conf, const struct lb_vrrp_dest *to, const uint8_t *head,
	const struct wire *wire)
{
	size_t size = ETHER + IP + wire->len;
	uint8_t *out = malloc(size);

	memset(out, 0xa5, size);
	CU_ASSERT_EQUAL(lb_vrrp_frame4(out, conf, to, 150), size);
	CU_ASSERT_EQUAL(memcmp(out, head, ETHER + IP), 0);
	CU_ASSERT_EQUAL(memcmp(out + ETHER + IP, wire->bytes, wire->len), 0);
	free(out);
}

static void
v01_ip4_advert_goes_to_the_group_with_ttl_255(void)
{
	static const uint8_t head3[] = { 0x01, 0x00, 0x5e, 0x00, 0x00, 0x12, 0x00, 0x00, 0x5e, 0x00,
		0x01, 0x33, 0x08, 0x00, 0x45, 0xc0, 0x00, 0x24, 0x00, 0x00, 0x40, 0x00, 0xff, 0x70,
		0x90, 0x8d, 0x0a, 0x09, 0x00, 0x01, 0xe0, 0x00, 0x00, 0x12 };
	static const uint8_t head2[] = { 0x01, 0x00, 0x5e, 0x00, 0x00, 0x12, 0x00, 0x00, 0x5e, 0x00,
		0x01, 0x33, 0x08, 0x00, 0x45, 0xc0, 0x00, 0x2c, 0x00, 0x00, 0x40, 0x00, 0xff, 0x70,
		0x90, 0x85, 0x0a, 0x09, 0x00, 0x01, 0xe0, 0x00, 0x00, 0x12 };
	const struct lb_vrrp_dest group = lb_vrrp_group(AF_INET);
	struct lb_vrrp_conf conf = conf_ip4(3, 100000);

	conf.mac = lb_vrrp_mac(AF_INET, 51);
	frame_is(&conf, &group, head3, &wire_v3);
	conf = conf_ip4(2, 1000000);
	frame_is(&conf, &group, head2, &wire_v2);
}

static void
v02_ip6_advert_goes_to_the_group_with_hop_limit_255(void)
{
	static const uint8_t head[] = { 0x33, 0x33, 0x00, 0x00, 0x00, 0x12, 0x00, 0x00, 0x5e, 0x00,
		0x02, 0x33, 0x86, 0xdd, 0x6c, 0x00, 0x00, 0x00, 0x00, 0x28, 0x70, 0xff, 0xfe, 0x80,
		0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x7c, 0x7d, 0xef, 0xff, 0xfe, 0xcb, 0xad, 0x1c,
		0xff, 0x02, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
		0x00, 0x12 };
	const struct lb_vrrp_dest group = lb_vrrp_group(AF_INET6);
	struct lb_vrrp_conf conf = conf_ip4(3, 100000);
	uint8_t *out = malloc(sizeof(head) + wire_v3_ip6.len);

	addrs6[0] = wire_addr("fe80::5e:100");
	addrs6[1] = wire_addr("fd09::100");
	conf.source = wire_addr(wire_v3_ip6.src);
	conf.addrs = addrs6;
	conf.mac = lb_vrrp_mac(AF_INET6, 51);
	CU_ASSERT_EQUAL(lb_vrrp_frame(out, &conf, &group, 150), sizeof(head) + wire_v3_ip6.len);
	CU_ASSERT_EQUAL(memcmp(out, head, sizeof(head)), 0);
	CU_ASSERT_EQUAL(memcmp(out + sizeof(head), wire_v3_ip6.bytes, wire_v3_ip6.len), 0);
	free(out);
}

static void
v05_version_3_header_has_its_fields_and_the_interval_in_twelve_bits(void)
{
	static const struct {
		uint32_t cs;
		uint8_t bytes[2];
	} intervals[] = { { 1, { 0x00, 0x01 } }, { 255, { 0x00, 0xff } }, { 256, { 0x01, 0x00 } },
		{ 4095, { 0x0f, 0xff } } };
	struct lb_vrrp_conf conf = conf_ip4(3, 100000);
	uint8_t out[16];

	message_is(&conf, "224.0.0.18", &wire_v3);
	for (size_t i = 0; i < RTE_DIM(intervals); i++) {
		const uint8_t expected[] = { 0x31, 0xff, 0x01, 0x02, intervals[i].bytes[0],
			intervals[i].bytes[1] };

		conf.vrid = 255;
		conf.interval_us = (uint64_t)intervals[i].cs * 10000;
		lb_vrrp_write(out, &conf, &conf.source, 1);
		CU_ASSERT_EQUAL(memcmp(out, expected, sizeof(expected)), 0);
	}
}

static void
v06_version_2_header_has_its_fields_and_ends_with_8_zero_bytes(void)
{
	static const uint8_t expected[] = { 0x21, 0x01, 0xfe, 0x02, 0x00, 0xff };
	static const uint8_t addresses[] = { 0x0a, 0x09, 0x00, 0x64, 0x0a, 0x09, 0x00, 0x65, 0, 0,
		0, 0, 0, 0, 0, 0 };
	struct lb_vrrp_conf conf = conf_ip4(2, 255000000);
	uint8_t out[24];

	conf.vrid = 1;
	memset(out, 0xa5, sizeof(out));
	CU_ASSERT_EQUAL(lb_vrrp_write(out, &conf, &conf.source, 254), 24);
	CU_ASSERT_EQUAL(memcmp(out, expected, sizeof(expected)), 0);
	CU_ASSERT_EQUAL(memcmp(out + 8, addresses, sizeof(addresses)), 0);
}

/* Whatever form version 3 has: 33ee. */
static void
v07_version_2_checksum_is_the_golden_one(void)
{
	struct lb_vrrp_conf conf = conf_ip4(2, 1000000);

	message_is(&conf, "224.0.0.18", &wire_v2);
	conf.sum = LB_VRRP_SUM_RFC9568;
	message_is(&conf, "224.0.0.18", &wire_v2);
}

/* 3948 with a pseudo-header, in which is where it goes, and 23e5 without. */
static void
v08_version_3_checksum_is_the_golden_one_in_both_forms(void)
{
	struct lb_vrrp_conf conf = conf_ip4(3, 100000);
	struct wire unicast = wire_v3;

	message_is(&conf, "224.0.0.18", &wire_v3);
	unicast.bytes[6] = 0x0f;
	unicast.bytes[7] = 0x50;
	message_is(&conf, "10.9.0.2", &unicast);
	conf.sum = LB_VRRP_SUM_RFC9568;
	message_is(&conf, "224.0.0.18", &wire_v3_plain);
	message_is(&conf, "10.9.0.2", &wire_v3_plain);
}

static void
v09_ip6_checksum_is_the_golden_one(void)
{
	struct lb_vrrp_conf conf = conf_ip4(3, 100000);

	addrs6[0] = wire_addr("fe80::5e:100");
	addrs6[1] = wire_addr("fd09::100");
	conf.source = wire_addr("fe80::7c7d:efff:fecb:ad1c");
	conf.addrs = addrs6;
	message_is(&conf, "ff02::12", &wire_v3_ip6);
	conf.sum = LB_VRRP_SUM_RFC9568;
	message_is(&conf, "ff02::12", &wire_v3_ip6);
}

static void
password_is_the_golden_one(void)
{
	struct lb_vrrp_conf conf = conf_ip4(2, 1000000);

	memcpy(conf.password, "s3cret12", 8);
	message_is(&conf, "224.0.0.18", &wire_v2_password);
}

/* At 100 ms, which version 2 cannot say. */
static void
both_versions_say_the_same_in_each(void)
{
	struct lb_vrrp_conf conf = conf_ip4(3, 100000), v2;

	conf.both_versions = true;
	v2 = lb_vrrp_conf_v2(&conf);
	message_is(&conf, "224.0.0.18", &wire_v3);
	message_is(&v2, "224.0.0.18", &wire_v2);
}

static void
count_is_the_number_of_addresses_listed(void)
{
	struct lb_vrrp_conf conf = conf_ip4(3, 100000);
	uint8_t *out = malloc(8 + 4 * 255);

	for (uint32_t i = 0; i < LB_VRRP_ADDRS; i++)
		addrs4[i] = lb_addr_ip4(rte_cpu_to_be_32(0x0a090100 + i));
	conf.n_addrs = LB_VRRP_ADDRS;
	CU_ASSERT_EQUAL(lb_vrrp_write(out, &conf, &conf.source, 150), 8 + 4 * 255);
	CU_ASSERT_EQUAL(out[3], 255);
	for (uint32_t i = 0; i < LB_VRRP_ADDRS; i++) {
		const uint8_t expected[] = { 0x0a, 0x09, 0x01, (uint8_t)i };

		CU_ASSERT_EQUAL(memcmp(out + 8 + 4 * i, expected, 4), 0);
	}
	conf.n_addrs = 1;
	CU_ASSERT_EQUAL(lb_vrrp_write(out, &conf, &conf.source, 150), 12);
	CU_ASSERT_EQUAL(out[3], 1);
	free(out);
}

static void
unicast_frame_from_the_port_s_mac_goes_to_the_peer(void)
{
	static const uint8_t head[] = { 0x02, 0x00, 0x00, 0x00, 0x00, 0x02, 0x02, 0x00, 0x00, 0x00,
		0x00, 0x01, 0x08, 0x00, 0x45, 0xc0, 0x00, 0x24, 0x00, 0x00, 0x40, 0x00, 0xff, 0x70,
		0x66, 0x95, 0x0a, 0x09, 0x00, 0x01, 0x0a, 0x09, 0x00, 0x02 };
	struct lb_vrrp_conf conf = conf_ip4(3, 100000);
	const struct lb_vrrp_dest peer = {
		.addr = wire_addr("10.9.0.2"),
		.mac = { { 0x02, 0x00, 0x00, 0x00, 0x00, 0x02 } },
	};

	conf.sum = LB_VRRP_SUM_RFC9568;
	conf.mac = (struct rte_ether_addr){ { 0x02, 0x00, 0x00, 0x00, 0x00, 0x01 } };
	frame_is(&conf, &peer, head, &wire_v3_plain);
}

static void
longest_frame_fits_what_is_promised(void)
{
	const struct lb_vrrp_dest group = lb_vrrp_group(AF_INET);
	struct lb_vrrp_conf conf = conf_ip4(2, 1000000);
	uint8_t *out = malloc(14 + 20 + 16 + 4 * 255);

	conf.n_addrs = LB_VRRP_ADDRS;
	CU_ASSERT_EQUAL(LB_VRRP_FRAME4_MAX, 14 + 20 + 16 + 4 * 255);
	CU_ASSERT_EQUAL(lb_vrrp_frame4(out, &conf, &group, 150), 14 + 20 + 16 + 4 * 255);
	CU_ASSERT_EQUAL(lb_vrrp_size(3, AF_INET6, 255), LB_VRRP_MESSAGE_MAX);
	CU_ASSERT_EQUAL(LB_VRRP_FRAME_MAX, 14 + 40 + 8 + 16 * 255);
	free(out);
}

static void
group_and_virtual_mac_are_those_of_the_family(void)
{
	static const uint8_t mac6[] = { 0x33, 0x33, 0x00, 0x00, 0x00, 0x12 };
	static const uint8_t virtual6[] = { 0x00, 0x00, 0x5e, 0x00, 0x02, 0xff };
	const struct lb_vrrp_dest group = lb_vrrp_group(AF_INET6);
	const struct lb_addr all = wire_addr("ff02::12");
	const struct rte_ether_addr mac = lb_vrrp_mac(AF_INET6, 255);

	CU_ASSERT_TRUE(lb_addr_equal(&group.addr, &all));
	CU_ASSERT_EQUAL(memcmp(&group.mac, mac6, 6), 0);
	CU_ASSERT_EQUAL(memcmp(&mac, virtual6, 6), 0);
}

static const struct unit_test tests[] = {
	UNIT_TEST(v01_ip4_advert_goes_to_the_group_with_ttl_255),
	UNIT_TEST(v02_ip6_advert_goes_to_the_group_with_hop_limit_255),
	UNIT_TEST(v05_version_3_header_has_its_fields_and_the_interval_in_twelve_bits),
	UNIT_TEST(v06_version_2_header_has_its_fields_and_ends_with_8_zero_bytes),
	UNIT_TEST(v07_version_2_checksum_is_the_golden_one),
	UNIT_TEST(v08_version_3_checksum_is_the_golden_one_in_both_forms),
	UNIT_TEST(v09_ip6_checksum_is_the_golden_one),
	UNIT_TEST(password_is_the_golden_one),
	UNIT_TEST(both_versions_say_the_same_in_each),
	UNIT_TEST(count_is_the_number_of_addresses_listed),
	UNIT_TEST(unicast_frame_from_the_port_s_mac_goes_to_the_peer),
	UNIT_TEST(longest_frame_fits_what_is_promised),
	UNIT_TEST(group_and_virtual_mac_are_those_of_the_family),
	UNIT_END,
};

const struct unit_suite unit_vrrp_write = { "write", tests };
