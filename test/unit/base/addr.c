/* Addresses and prefixes, read, compared and written. */

#include "lb_addr.h"
#include "unit.h"

#include <errno.h>
#include <string.h>

static struct lb_prefix
prefix(const char *text)
{
	struct lb_prefix p = { 0 };

	CU_ASSERT_EQUAL_FATAL(lb_prefix_parse(text, &p), 0);
	return p;
}

static struct lb_addr
addr(const char *text)
{
	struct lb_addr a;

	CU_ASSERT_EQUAL_FATAL(lb_addr_parse(text, &a), 0);
	return a;
}

static void
text_is_read_and_written_back(void)
{
	static const char *const texts[] = { "10.1.0.11/24", "fd01::11/64", "0.0.0.0/0", "::/0",
		"255.255.255.255/32" };
	char out[LB_ADDR_TEXT];

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		struct lb_prefix p = prefix(texts[i]);

		CU_ASSERT_STRING_EQUAL(lb_prefix_text(&p, out), texts[i]);
	}
}

static void
endpoint_of_ip6_has_brackets(void)
{
	struct lb_endpoint e = { .addr = addr("fd01::100"), .port = rte_cpu_to_be_16(53) };
	char out[LB_ADDR_TEXT];

	CU_ASSERT_STRING_EQUAL(lb_endpoint_text(&e, out), "[fd01::100]:53");
	e.addr = addr("10.1.0.100");
	CU_ASSERT_STRING_EQUAL(lb_endpoint_text(&e, out), "10.1.0.100:53");
}

static void
what_is_no_prefix_is_refused(void)
{
	static const char *const texts[] = {
		"", "/", "10.1.0.1", "10.1.0.1/", "10.1.0.1/33", "10.1.0.1/-1", "10.1.0.1/24x",
		"10.1.0/24", "fd01::1/129", "10.1.0.1/0024", "10.1.0.1/ 8",
		"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/8"
	};
	struct lb_prefix p;

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		CU_ASSERT_EQUAL(lb_prefix_parse(texts[i], &p), -EINVAL);
}

static void
prefix_contains_its_network_only(void)
{
	struct lb_prefix p = prefix("10.1.7.11/22");
	struct lb_addr in = addr("10.1.4.0"), last = addr("10.1.7.255"), out = addr("10.1.8.0");
	struct lb_addr other = addr("fd01::1");
	struct lb_prefix all = prefix("0.0.0.0/0"), one = prefix("10.1.4.0/32");

	CU_ASSERT_TRUE(lb_prefix_contains(&p, &in));
	CU_ASSERT_TRUE(lb_prefix_contains(&p, &last));
	CU_ASSERT_FALSE(lb_prefix_contains(&p, &out));
	CU_ASSERT_FALSE(lb_prefix_contains(&all, &other));
	CU_ASSERT_TRUE(lb_prefix_contains(&all, &out));
	CU_ASSERT_TRUE(lb_prefix_contains(&one, &in));
	CU_ASSERT_FALSE(lb_prefix_contains(&one, &last));
}

static void
overlap_works_both_ways(void)
{
	struct lb_prefix wide = prefix("10.0.0.0/8"), narrow = prefix("10.1.0.0/16");
	struct lb_prefix apart = prefix("11.0.0.0/8");

	CU_ASSERT_TRUE(lb_prefix_overlaps(&wide, &narrow));
	CU_ASSERT_TRUE(lb_prefix_overlaps(&narrow, &wide));
	CU_ASSERT_FALSE(lb_prefix_overlaps(&wide, &apart));
}

static void
comparison_is_unsigned(void)
{
	struct lb_addr low = addr("10.0.0.9"), high = addr("10.0.0.200"), v6 = addr("::1");

	CU_ASSERT_TRUE(lb_addr_compare(&low, &high) < 0);
	CU_ASSERT_TRUE(lb_addr_compare(&high, &low) > 0);
	CU_ASSERT_TRUE(lb_addr_compare(&high, &v6) < 0);
	CU_ASSERT_EQUAL(lb_addr_compare(&low, &low), 0);
	CU_ASSERT_FALSE(lb_addr_equal(&low, &high));
}

static void
special_addresses_belong_to_no_host(void)
{
	static const char *const special[] = { "0.0.0.0", "0.1.2.3", "127.0.0.1", "224.0.0.18",
		"239.255.255.255", "255.255.255.255", "::", "::1", "ff02::12" };
	static const char *const hosts[] = { "10.0.0.1", "1.0.0.0", "223.255.255.255", "240.0.0.1",
		"::2", "fe80::1", "fd01::1" };

	for (size_t i = 0; i < sizeof(special) / sizeof(special[0]); i++) {
		struct lb_addr a = addr(special[i]);

		CU_ASSERT_TRUE(lb_addr_is_special(&a));
	}
	for (size_t i = 0; i < sizeof(hosts) / sizeof(hosts[0]); i++) {
		struct lb_addr a = addr(hosts[i]);

		CU_ASSERT_FALSE(lb_addr_is_special(&a));
	}
}

static void
link_local_is_fe80_10_alone(void)
{
	static const char *const good[] = { "fe80::1", "fe80::", "febf:ffff::1", "fe80:1::1" };
	static const char *const bad[] = { "fec0::1", "fe7f::1", "ff02::1", "fd01::1", "::1",
		"::", "254.128.0.1" };
	struct lb_addr a;

	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		CU_ASSERT_EQUAL_FATAL(lb_addr_parse(good[i], &a), 0);
		CU_ASSERT_TRUE(lb_addr_is_link_local(&a));
	}
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		CU_ASSERT_EQUAL_FATAL(lb_addr_parse(bad[i], &a), 0);
		CU_ASSERT_FALSE(lb_addr_is_link_local(&a));
	}
}

static const struct unit_test tests[] = {
	UNIT_TEST(text_is_read_and_written_back),
	UNIT_TEST(endpoint_of_ip6_has_brackets),
	UNIT_TEST(what_is_no_prefix_is_refused),
	UNIT_TEST(prefix_contains_its_network_only),
	UNIT_TEST(overlap_works_both_ways),
	UNIT_TEST(comparison_is_unsigned),
	UNIT_TEST(special_addresses_belong_to_no_host),
	UNIT_TEST(link_local_is_fe80_10_alone),
	UNIT_END,
};

const struct unit_suite unit_base_addr = { "addr", tests };
