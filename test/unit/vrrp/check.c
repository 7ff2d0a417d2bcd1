/* Instances that cannot work are refused before they start. */

#include <errno.h>

#include "lb_vrrp_conf.h"
#include "wire.h"

#define MTU 1500

static struct lb_addr addrs[LB_VRRP_ADDRS + 1];

static struct lb_vrrp_conf
ip4(void)
{
	for (uint32_t i = 0; i < RTE_DIM(addrs); i++)
		addrs[i] = lb_addr_ip4(rte_cpu_to_be_32(0x0a090100 + i));
	return (struct lb_vrrp_conf){
		.version = 3,
		.vrid = 51,
		.priority = 100,
		.interval_us = 1000000,
		.source = wire_addr("10.9.0.1"),
		.addrs = addrs,
		.n_addrs = 2,
	};
}

static struct lb_vrrp_conf
ip6(void)
{
	struct lb_vrrp_conf conf = ip4();

	for (uint32_t i = 0; i < RTE_DIM(addrs); i++)
		addrs[i] = wire_addr("fd09::100");
	addrs[0] = wire_addr("fe80::5e:100");
	conf.source = wire_addr("fe80::1");
	return conf;
}

static void
works(const struct lb_vrrp_conf *conf, uint16_t mtu)
{
	struct lb_error err = { 0 };

	CU_ASSERT_EQUAL(lb_vrrp_conf_check(conf, mtu, &err), 0);
	CU_ASSERT_EQUAL(err.code, 0);
}

static void
refused(const struct lb_vrrp_conf *conf, uint16_t mtu, int code, const char *sentence)
{
	struct lb_error err = { 0 };

	CU_ASSERT_EQUAL(lb_vrrp_conf_check(conf, mtu, &err), -code);
	CU_ASSERT_STRING_EQUAL(err.text, sentence);
}

static void
v10_ip6_needs_a_link_local_address_in_front(void)
{
	static const uint8_t expected[] = { 0xfe, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x5e, 0x01,
		0x00 };
	struct lb_vrrp_conf conf = ip6();
	uint8_t out[40];

	works(&conf, MTU);
	CU_ASSERT_EQUAL(lb_vrrp_write(out, &conf, &conf.source, 100), sizeof(out));
	CU_ASSERT_EQUAL(memcmp(out + 8, expected, sizeof(expected)), 0);
	addrs[0] = wire_addr("fd09::100");
	addrs[1] = wire_addr("fe80::5e:100");
	refused(&conf, MTU, EINVAL,
		"the first address is fd09::100, which is not link-local; put one of fe80::/10 "
		"first");
	conf.n_addrs = 1;
	refused(&conf, MTU, EINVAL,
		"the first address is fd09::100, which is not link-local; put one of fe80::/10 "
		"first");
}

static void
instance_without_address_is_refused(void)
{
	struct lb_vrrp_conf conf = ip4();

	works(&conf, MTU);
	conf.n_addrs = 0;
	refused(&conf, MTU, EINVAL, "no address; list at least one");
}

static void
more_addresses_than_an_advert_counts_are_refused(void)
{
	struct lb_vrrp_conf conf = ip4();

	conf.n_addrs = 255;
	works(&conf, MTU);
	conf.n_addrs = 256;
	refused(&conf, MTU, EINVAL,
		"256 addresses, but an advert lists at most 255; list the others as excluded");
}

/* 20 + 8 + 4 x 255 = 1048 and 40 + 8 + 16 x 91 = 1504 bytes. */
static void
advert_longer_than_the_mtu_is_refused(void)
{
	struct lb_vrrp_conf conf = ip4();

	conf.n_addrs = 255;
	works(&conf, 1048);
	refused(&conf, 1047, EMSGSIZE,
		"an advert of 255 addresses has 1048 bytes, the port's MTU is 1047; list some as "
		"excluded");
	conf = ip6();
	conf.n_addrs = 91;
	works(&conf, 1504);
	refused(&conf, MTU, EMSGSIZE,
		"an advert of 91 addresses has 1504 bytes, the port's MTU is 1500; list some as "
		"excluded");
	conf = ip4();
	conf.version = 2;
	works(&conf, 20 + 16 + 8);
	refused(&conf, 20 + 16 + 7, EMSGSIZE,
		"an advert of 2 addresses has 44 bytes, the port's MTU is 43; list some as "
		"excluded");
}

static void
address_of_the_other_family_is_refused(void)
{
	struct lb_vrrp_conf conf = ip4();

	addrs[1] = wire_addr("fd09::100");
	refused(&conf, MTU, EINVAL,
		"address fd09::100 is not of the instance's family; use an instance per family");
}

static void
version_vrid_and_priority_must_exist(void)
{
	struct lb_vrrp_conf conf = ip4();

	conf.version = 4;
	refused(&conf, MTU, EINVAL, "no VRRP version 4; use 3, or 2 for IPv4");
	conf.version = 3;
	conf.vrid = 0;
	refused(&conf, MTU, EINVAL, "no VRID 0; use one of 1 to 255");
	conf.vrid = 255;
	conf.priority = 0;
	refused(&conf, MTU, EINVAL, "priority 0 means that a router leaves; use one of 1 to 254");
	conf.priority = 255;
	works(&conf, MTU);
	conf = ip6();
	conf.version = 2;
	refused(&conf, MTU, EINVAL, "VRRP version 2 has no IPv6; use version 3");
}

static void
both_versions_are_version_3_over_ip4_with_room_for_2(void)
{
	struct lb_vrrp_conf conf = ip4();

	conf.both_versions = true;
	works(&conf, 20 + 16 + 8);
	refused(&conf, 20 + 16 + 7, EMSGSIZE,
		"an advert of 2 addresses has 44 bytes, the port's MTU is 43; list some as "
		"excluded");
	conf.version = 2;
	refused(&conf, MTU, EINVAL,
		"both versions are for version 3 with IPv4; leave them out here");
	conf = ip6();
	conf.both_versions = true;
	refused(&conf, MTU, EINVAL,
		"both versions are for version 3 with IPv4; leave them out here");
}

static void
password_is_for_version_2(void)
{
	struct lb_vrrp_conf conf = ip4();

	conf.password[0] = 'x';
	refused(&conf, MTU, EINVAL,
		"VRRP version 3 has no password; take auth_pass out, or use version 2");
	conf.both_versions = true;
	works(&conf, MTU);
	conf.both_versions = false;
	conf.version = 2;
	works(&conf, MTU);
}

static void
interval_must_be_one_that_adverts_can_say(void)
{
	static const uint64_t good3[] = { 10000, 20000, 40950000 };
	static const uint64_t bad3[] = { 0, 9999, 15000, 40960000, 1ull << 40 };
	static const uint64_t good2[] = { 1000000, 255000000 };
	static const uint64_t bad2[] = { 0, 10000, 1500000, 256000000 };
	struct lb_vrrp_conf conf = ip4();

	for (size_t i = 0; i < RTE_DIM(good3); i++) {
		conf.interval_us = good3[i];
		works(&conf, MTU);
	}
	for (size_t i = 0; i < RTE_DIM(bad3); i++) {
		conf.interval_us = bad3[i];
		CU_ASSERT_EQUAL(lb_vrrp_conf_check(&conf, MTU, NULL), -EINVAL);
	}
	conf.version = 2;
	for (size_t i = 0; i < RTE_DIM(good2); i++) {
		conf.interval_us = good2[i];
		works(&conf, MTU);
	}
	for (size_t i = 0; i < RTE_DIM(bad2); i++) {
		conf.interval_us = bad2[i];
		CU_ASSERT_EQUAL(lb_vrrp_conf_check(&conf, MTU, NULL), -EINVAL);
	}
	refused(&conf, MTU, EINVAL,
		"VRRP version 2 cannot say an interval of 256000 ms; use a multiple of 1000 up to "
		"255000");
	conf.version = 3;
	conf.interval_us = 15000;
	refused(&conf, MTU, EINVAL,
		"VRRP version 3 cannot say an interval of 15 ms; use a multiple of 10 up to 40950");
}

static const struct unit_test tests[] = {
	UNIT_TEST(v10_ip6_needs_a_link_local_address_in_front),
	UNIT_TEST(instance_without_address_is_refused),
	UNIT_TEST(more_addresses_than_an_advert_counts_are_refused),
	UNIT_TEST(advert_longer_than_the_mtu_is_refused),
	UNIT_TEST(address_of_the_other_family_is_refused),
	UNIT_TEST(version_vrid_and_priority_must_exist),
	UNIT_TEST(both_versions_are_version_3_over_ip4_with_room_for_2),
	UNIT_TEST(password_is_for_version_2),
	UNIT_TEST(interval_must_be_one_that_adverts_can_say),
	UNIT_END,
};

const struct unit_suite unit_vrrp_check = { "check", tests };
