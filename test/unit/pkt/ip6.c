/* IPv6 headers, and the addresses of groups. Expected addresses are those of RFC 4291 and 2464. */

#include "lb_ip6.h"

#include <stdlib.h>

#include "unit.h"

/* A header with a payload of 8 bytes. */
static const uint8_t packet[48] = { 0x60, [5] = 8, 59, 64, [8] = 0xfd, 1, [23] = 1, [24] = 0xfd,
	1, [39] = 2 };

static enum lb_ip6_fault
check(const uint8_t *bytes, uint16_t len)
{
	uint8_t *copy = malloc(len);
	enum lb_ip6_fault fault;

	memcpy(copy, bytes, len);
	fault = lb_ip6_check(copy, len);
	free(copy);
	return fault;
}

static enum lb_ip6_fault
check_source(const char *text)
{
	uint8_t bytes[sizeof(packet)];
	struct lb_addr source;

	memcpy(bytes, packet, sizeof(bytes));
	CU_ASSERT_EQUAL(lb_addr_parse(text, &source), 0);
	memcpy(bytes + 8, source.bytes, 16);
	return check(bytes, sizeof(bytes));
}

static void
headers_are_judged(void)
{
	uint8_t other[sizeof(packet)];

	CU_ASSERT_EQUAL(check(packet, sizeof(packet)), LB_IP6_OK);
	for (uint16_t len = 0; len < sizeof(packet); len++)
		CU_ASSERT_EQUAL(check(packet, len), LB_IP6_TRUNCATED);
	memcpy(other, packet, sizeof(other));
	other[0] = 0x45;
	CU_ASSERT_EQUAL(check(other, sizeof(other)), LB_IP6_VERSION);
}

static void
sources_that_no_host_has_are_refused(void)
{
	CU_ASSERT_EQUAL(check_source("ff02::1"), LB_IP6_SOURCE);
	CU_ASSERT_EQUAL(check_source("::1"), LB_IP6_SOURCE);
	CU_ASSERT_EQUAL(check_source("::"), LB_IP6_OK);
	CU_ASSERT_EQUAL(check_source("fe80::1"), LB_IP6_OK);
}

static void
other_extension_headers_are_named_and_not_read(void)
{
	static const uint8_t others[] = { 43, 44, 60, 51, 135 };
	uint8_t bytes[sizeof(packet)];
	struct lb_ip6_upper upper;

	for (size_t i = 0; i < sizeof(others); i++) {
		memcpy(bytes, packet, sizeof(bytes));
		bytes[6] = others[i];
		CU_ASSERT_TRUE(lb_ip6_find_upper((const void *)bytes, &upper));
		CU_ASSERT_EQUAL(upper.protocol, others[i]);
		CU_ASSERT_EQUAL(upper.offset, 40);
		CU_ASSERT_EQUAL(upper.len, 8);
	}
}

/* A hop-by-hop header that ends the packet, with these options. */
static bool
find_behind(const uint8_t options[6], struct lb_ip6_upper *upper)
{
	uint8_t *bytes = malloc(sizeof(packet));
	bool found;

	memcpy(bytes, packet, sizeof(packet));
	bytes[6] = 0;
	bytes[40] = 58;
	bytes[41] = 0;
	memcpy(bytes + 42, options, 6);
	found = lb_ip6_find_upper((const void *)bytes, upper);
	free(bytes);
	return found;
}

static void
hop_by_hop_options_are_read(void)
{
	struct lb_ip6_upper upper;

	CU_ASSERT_TRUE(find_behind((uint8_t[]){ 5, 2, 0, 0, 1, 0 }, &upper));
	CU_ASSERT_TRUE(upper.router_alert);
	CU_ASSERT_EQUAL(upper.protocol, 58);
	CU_ASSERT_EQUAL(upper.offset, 48);
	CU_ASSERT_EQUAL(upper.len, 0);
	CU_ASSERT_TRUE(find_behind((uint8_t[]){ 0, 0, 0, 0, 0, 0 }, &upper));
	CU_ASSERT_FALSE(upper.router_alert);
	CU_ASSERT_TRUE(find_behind((uint8_t[]){ 0x3e, 4, 0, 0, 0, 0 }, &upper));
	CU_ASSERT_FALSE(find_behind((uint8_t[]){ 0x7e, 4, 0, 0, 0, 0 }, &upper));
	CU_ASSERT_FALSE(find_behind((uint8_t[]){ 1, 5, 0, 0, 0, 0 }, &upper));
	CU_ASSERT_FALSE(find_behind((uint8_t[]){ 0, 0, 0, 0, 0, 1 }, &upper));
}

static void
expect_text(const struct lb_addr *addr, const char *expected)
{
	char text[LB_ADDR_TEXT];

	CU_ASSERT_STRING_EQUAL(lb_addr_text(addr, text), expected);
}

static void
groups_and_their_macs_are_those_of_the_rfcs(void)
{
	static const struct rte_ether_addr expected = { { 0x33, 0x33, 0xff, 0x0e, 0x8c, 0x6c } };
	struct lb_addr addr, group;
	struct rte_ether_addr mac;

	CU_ASSERT_EQUAL(lb_addr_parse("4037::01:800:200e:8c6c", &addr), 0);
	group = lb_ip6_solicited(&addr);
	expect_text(&group, "ff02::1:ff0e:8c6c");
	CU_ASSERT_TRUE(lb_ip6_is_solicited(group.bytes));
	CU_ASSERT_FALSE(lb_ip6_is_solicited(lb_ip6_all_nodes.bytes));
	mac = lb_ip6_group_mac(&group);
	CU_ASSERT_TRUE(rte_is_same_ether_addr(&mac, &expected));
	expect_text(&lb_ip6_all_nodes, "ff02::1");
	expect_text(&lb_ip6_all_mld, "ff02::16");
}

static void
mac_makes_a_link_local_address(void)
{
	static const struct rte_ether_addr mac = { { 0x34, 0x56, 0x78, 0x9a, 0xbc, 0xde } };
	struct lb_addr addr = lb_ip6_link_local(&mac);

	expect_text(&addr, "fe80::3656:78ff:fe9a:bcde");
	CU_ASSERT_TRUE(lb_ip6_is_link_local(addr.bytes));
}

static const struct unit_test tests[] = {
	UNIT_TEST(headers_are_judged),
	UNIT_TEST(sources_that_no_host_has_are_refused),
	UNIT_TEST(other_extension_headers_are_named_and_not_read),
	UNIT_TEST(hop_by_hop_options_are_read),
	UNIT_TEST(groups_and_their_macs_are_those_of_the_rfcs),
	UNIT_TEST(mac_makes_a_link_local_address),
	UNIT_END,
};

const struct unit_suite unit_pkt_ip6 = { "ip6", tests };
