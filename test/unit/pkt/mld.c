/* MLD reports and queries, and echo replies. The frames were made with scapy. */

#include "lb_mld.h"

#include <errno.h>

#include "hex.h"
#include "lb_icmp6.h"
#include "packet.h"

/* fe80::ff:fe00:1 joins ff02::1:ff5e:100 and leaves ff02::12. */
static const char report[] = "33330000001602000000000186dd6000000000380001fe800000000000000000"
			     "00fffe000001ff0200000000000000000000000000163a000502000001008f00"
			     "6e800000000204000000ff0200000000000000000001ff5e010003000000ff02"
			     "0000000000000000000000000012";

/* Queries of version 1 and 2 for all groups, and of version 2 for one group with a long delay. */
static const char query1[] = "33330000000102000000000186dd6000000000200001fe800000000000000000"
			     "000000000001ff0200000000000000000000000000013a000502000001008200"
			     "7c3f03e8000000000000000000000000000000000000";
static const char query2[] = "33330000000102000000000186dd6000000000240001fe800000000000000000"
			     "000000000001ff0200000000000000000000000000013a000502000001008200"
			     "5913271000000000000000000000000000000000000000000000";
static const char query_group[] = "33330000000102000000000186dd6000000000240001fe800000000000000000"
				  "000000000001ff0200000000000000000000000000013a000502000001008200"
				  "f10a90030000ff02000000000000000000000000001200000000";

/* An echo request with traffic class and flow label, and its reply. */
static const char request[] = "00005e00023302000000000186dd6030004d000f3afffd010000000000000000"
			      "000000000001fd0100000000000000000000005e01008000c4bb4c420001706f"
			      "6c6c757821";
static const char reply[] = "02000000000100005e00023386dd60000000000f3a40fd010000000000000000"
			    "0000005e0100fd0100000000000000000000000000018100c3bb4c420001706f"
			    "6c6c757821";

#define ETHER 14
#define HOP_BY_HOP (ETHER + 40)

static struct lb_addr
addr(const char *text)
{
	struct lb_addr parsed;

	CU_ASSERT_EQUAL(lb_addr_parse(text, &parsed), 0);
	return parsed;
}

static void
report_has_the_bytes_of_the_wire(void)
{
	static const struct rte_ether_addr mac = { { 2, 0, 0, 0, 0, 1 } };
	const struct lb_mld_record records[] = {
		{ LB_MLD_JOINS, addr("ff02::1:ff5e:100") },
		{ LB_MLD_LEAVES, addr("ff02::12") },
	};
	struct lb_addr from = addr("fe80::ff:fe00:1");
	uint8_t *out = malloc(strlen(report) / 2);

	CU_ASSERT_EQUAL_FATAL(lb_mld_frame(out, &mac, &from, records, 2), strlen(report) / 2);
	CU_ASSERT_TRUE(hex_equal(out, strlen(report) / 2, report));
	free(out);
}

static int
parse_changed(const char *text, size_t at, uint8_t value, struct lb_mld_query *query)
{
	size_t n;
	uint8_t *frame = hex_bytes(text, &n);
	int rc;

	if (at != 0)
		frame[at] = value;
	rc = lb_mld_parse(frame + ETHER, n - ETHER, query);
	free(frame);
	return rc;
}

static void
queries_of_both_versions_are_read(void)
{
	struct lb_addr any = addr("::"), vrrp = addr("ff02::12");
	struct lb_mld_query query;

	CU_ASSERT_EQUAL_FATAL(parse_changed(query1, 0, 0, &query), 0);
	CU_ASSERT_TRUE(lb_addr_equal(&query.group, &any));
	CU_ASSERT_EQUAL(query.delay_ms, 1000);
	CU_ASSERT_EQUAL_FATAL(parse_changed(query2, 0, 0, &query), 0);
	CU_ASSERT_TRUE(lb_addr_equal(&query.group, &any));
	CU_ASSERT_EQUAL(query.delay_ms, 10000);
	CU_ASSERT_EQUAL_FATAL(parse_changed(query_group, 0, 0, &query), 0);
	CU_ASSERT_TRUE(lb_addr_equal(&query.group, &vrrp));
	/* 0x9003: exponent 1, mantissa 3. */
	CU_ASSERT_EQUAL(query.delay_ms, 0x1003 << 4);
}

static void
queries_that_the_rfc_wants_dropped_are_refused(void)
{
	struct lb_mld_query query;
	size_t n;
	uint8_t *frame = hex_bytes(query2, &n);

	for (size_t len = 0; len < n - ETHER; len++) {
		uint8_t *copy = malloc(len);

		memcpy(copy, frame + ETHER, len);
		CU_ASSERT_EQUAL(lb_mld_parse(copy, len, &query), -EINVAL);
		free(copy);
	}
	free(frame);
	CU_ASSERT_EQUAL(parse_changed(query2, ETHER + 7, 2, &query), -EINVAL); /* hop limit */
	CU_ASSERT_EQUAL(parse_changed(query2, ETHER + 8, 0xfd, &query), -EINVAL);
	CU_ASSERT_EQUAL(parse_changed(query2, HOP_BY_HOP + 2, 1, &query), -EINVAL); /* no alert */
	CU_ASSERT_EQUAL(parse_changed(query2, HOP_BY_HOP + 2, 0xc2, &query), -EINVAL);
	CU_ASSERT_EQUAL(parse_changed(query2, HOP_BY_HOP + 3, 5, &query), -EINVAL);
	CU_ASSERT_EQUAL(parse_changed(query2, HOP_BY_HOP + 1, 20, &query), -EINVAL);
	CU_ASSERT_EQUAL(parse_changed(query2, HOP_BY_HOP + 12, 1, &query), -EINVAL);
}

static enum lb_icmp6_kind
kind_of(const char *text, size_t at, uint8_t value)
{
	struct lb_ip6_upper upper;
	enum lb_icmp6_kind kind;
	struct rte_mbuf m;
	size_t n;
	uint8_t *frame = hex_bytes(text, &n);
	void *block;

	if (at != 0)
		frame[at] = value;
	block = packet_init(&m, frame + ETHER, (uint16_t)(n - ETHER), 0);
	CU_ASSERT_TRUE(lb_ip6_find_upper(rte_pktmbuf_mtod(&m, void *), &upper));
	CU_ASSERT_EQUAL(upper.protocol, IPPROTO_ICMPV6);
	kind = lb_icmp6_kind(&m, &upper);
	free(block);
	free(frame);
	return kind;
}

static void
messages_are_told_apart(void)
{
	CU_ASSERT_EQUAL(kind_of(request, 0, 0), LB_ICMP6_IS_ECHO);
	CU_ASSERT_EQUAL(kind_of(query1, 0, 0), LB_ICMP6_IS_MLD);
	CU_ASSERT_EQUAL(kind_of(report, 0, 0), LB_ICMP6_IS_OTHER);
	CU_ASSERT_EQUAL(kind_of(reply, 0, 0), LB_ICMP6_IS_OTHER);
	CU_ASSERT_EQUAL(kind_of(request, ETHER + 40 + 8, 0), LB_ICMP6_IS_CORRUPT);
	CU_ASSERT_EQUAL(kind_of(request, ETHER + 5, 7), LB_ICMP6_IS_TRUNCATED);
}

static void
echo_is_answered_from_the_address_that_was_asked(void)
{
	struct rte_mbuf m;
	size_t n;
	uint8_t *frame = hex_bytes(request, &n);
	void *block = packet_init(&m, frame + ETHER, (uint16_t)(n - ETHER), 0);

	lb_icmp6_echo_reply(&m);
	CU_ASSERT_TRUE(hex_equal(
		rte_pktmbuf_mtod(&m, void *), rte_pktmbuf_data_len(&m), reply + 2 * ETHER));
	free(block);
	free(frame);
}

static const struct unit_test tests[] = {
	UNIT_TEST(report_has_the_bytes_of_the_wire),
	UNIT_TEST(queries_of_both_versions_are_read),
	UNIT_TEST(queries_that_the_rfc_wants_dropped_are_refused),
	UNIT_TEST(messages_are_told_apart),
	UNIT_TEST(echo_is_answered_from_the_address_that_was_asked),
	UNIT_END,
};

const struct unit_suite unit_pkt_mld = { "mld", tests };
