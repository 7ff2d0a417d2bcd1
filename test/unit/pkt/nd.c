/* Neighbor Discovery read and written. The frames were made with scapy. */

#include "lb_nd.h"

#include <errno.h>

#include "hex.h"
#include "lb_ip6.h"

/* 02:00:00:00:00:01 at fd01::1 asks who has fd01::5e:100. */
static const char question[] = "3333ff5e010002000000000186dd6000000000203afffd010000000000000000"
			       "000000000001ff0200000000000000000001ff5e010087007add00000000fd01"
			       "00000000000000000000005e01000101020000000001";

/* The same with a nonce (RFC 3971) before the MAC. */
static const char with_nonce[] = "3333ff5e010002000000000186dd6000000000283afffd010000000000000000"
				 "000000000001ff0200000000000000000001ff5e0100870063c800000000fd01"
				 "00000000000000000000005e01000e010102030405060101020000000001";

/* It asks for a group; it tries the address out; the same with a MAC; the same to one host. */
static const char for_group[] = "3333ff5e010002000000000186dd6000000000203afffd010000000000000000"
				"000000000001ff0200000000000000000001ff5e010087007a3900000000ff02"
				"00000000000000000000000000010101020000000001";
static const char trial[] = "3333ff5e010002000000000186dd6000000000183aff00000000000000000000"
			    "000000000000ff0200000000000000000001ff5e010087007aea00000000fd01"
			    "00000000000000000000005e0100";
static const char trial_with_mac[] =
	"3333ff5e010002000000000186dd6000000000203aff00000000000000000000"
	"000000000000ff0200000000000000000001ff5e0100870077e000000000fd01"
	"00000000000000000000005e01000101020000000001";
static const char trial_of_one[] =
	"00005e00023302000000000186dd6000000000183aff00000000000000000000"
	"000000000000fd0100000000000000000000005e010087007bed00000000fd01"
	"00000000000000000000005e0100";

/* 00:00:5e:00:02:33 answers; without MAC; to all; to all as if that were an answer. */
static const char answer[] = "02000000000100005e00023386dd6000000000203afffd010000000000000000"
			     "0000005e0100fd0100000000000000000000000000018800bbad60000000fd01"
			     "00000000000000000000005e0100020100005e000233";
static const char bare_answer[] = "02000000000100005e00023386dd6000000000183afffd010000000000000000"
				  "0000005e0100fd01000000000000000000000000000188003dea40000000fd01"
				  "00000000000000000000005e0100";
static const char announcement[] =
	"33330000000100005e00023386dd6000000000203afffd010000000000000000"
	"0000005e0100ff020000000000000000000000000001880079aca0000000fd01"
	"00000000000000000000005e0100020100005e000233";
static const char answer_to_all[] =
	"33330000000100005e00023386dd6000000000203afffd010000000000000000"
	"0000005e0100ff0200000000000000000000000000018800b9ac60000000fd01"
	"00000000000000000000005e0100020100005e000233";

#define ETHER 14
#define ICMP (ETHER + 40)
#define OPTION (ICMP + 24)

static const struct rte_ether_addr asker = { { 0x02, 0x00, 0x00, 0x00, 0x00, 0x01 } };
static const struct rte_ether_addr owner = { { 0x00, 0x00, 0x5e, 0x00, 0x02, 0x33 } };
static const struct rte_ether_addr all = { { 0x33, 0x33, 0x00, 0x00, 0x00, 0x01 } };
static const struct rte_ether_addr group_mac = { { 0x33, 0x33, 0xff, 0x5e, 0x01, 0x00 } };

static struct lb_addr
addr(const char *text)
{
	struct lb_addr parsed;

	CU_ASSERT_EQUAL(lb_addr_parse(text, &parsed), 0);
	return parsed;
}

static int
is_addr(const struct lb_addr *a, const char *text)
{
	struct lb_addr b = addr(text);

	return lb_addr_equal(a, &b);
}

static int
parse(const char *text, struct lb_nd *nd)
{
	size_t n;
	uint8_t *frame = hex_bytes(text, &n);
	int rc = lb_nd_parse(frame + ETHER, n - ETHER, nd);

	free(frame);
	return rc;
}

/* Make the checksum right again: what was subtracted is added. */
static void
reseal(uint8_t *frame, size_t at, uint8_t from, uint8_t to)
{
	uint32_t sum = (uint16_t) ~(frame[ICMP + 2] << 8 | frame[ICMP + 3]);
	uint32_t shift = at % 2 == 0 ? 8 : 0;

	sum += (uint16_t) ~(uint16_t)(from << shift);
	sum += (uint16_t)(to << shift);
	while (sum > 0xffff)
		sum = (sum & 0xffff) + (sum >> 16);
	frame[ICMP + 2] = (uint8_t)(~sum >> 8);
	frame[ICMP + 3] = (uint8_t)~sum;
}

/* Parse a frame with one byte changed, whose checksum is right again if `sealed`. */
static int
parse_changed(const char *text, size_t at, uint8_t value, int sealed)
{
	struct lb_nd nd;
	size_t n;
	uint8_t *frame = hex_bytes(text, &n);
	int rc;

	if (sealed)
		reseal(frame, at, frame[at], value);
	frame[at] = value;
	rc = lb_nd_parse(frame + ETHER, n - ETHER, &nd);
	free(frame);
	return rc;
}

static void
question_and_answer_are_read(void)
{
	struct lb_nd nd;

	CU_ASSERT_EQUAL_FATAL(parse(question, &nd), 0);
	CU_ASSERT_EQUAL(nd.type, LB_ND_SOLICIT);
	CU_ASSERT_TRUE(is_addr(&nd.src, "fd01::1"));
	CU_ASSERT_TRUE(is_addr(&nd.dst, "ff02::1:ff5e:100"));
	CU_ASSERT_TRUE(is_addr(&nd.target, "fd01::5e:100"));
	CU_ASSERT_TRUE(nd.has_mac && rte_is_same_ether_addr(&nd.mac, &asker));
	CU_ASSERT_EQUAL_FATAL(parse(answer, &nd), 0);
	CU_ASSERT_EQUAL(nd.type, LB_ND_ADVERT);
	CU_ASSERT_TRUE(nd.solicited && nd.override && !nd.router);
	CU_ASSERT_TRUE(nd.has_mac && rte_is_same_ether_addr(&nd.mac, &owner));
	CU_ASSERT_EQUAL_FATAL(parse(announcement, &nd), 0);
	CU_ASSERT_TRUE(!nd.solicited && nd.override && nd.router);
	CU_ASSERT_EQUAL_FATAL(parse(bare_answer, &nd), 0);
	CU_ASSERT_TRUE(nd.solicited && !nd.override && !nd.has_mac);
}

static void
unknown_options_are_passed_over(void)
{
	struct lb_nd nd;

	CU_ASSERT_EQUAL_FATAL(parse(with_nonce, &nd), 0);
	CU_ASSERT_TRUE(nd.has_mac && rte_is_same_ether_addr(&nd.mac, &asker));
}

static void
host_without_address_may_try_one_out(void)
{
	struct lb_nd nd;

	CU_ASSERT_EQUAL_FATAL(parse(trial, &nd), 0);
	CU_ASSERT_TRUE(is_addr(&nd.src, "::"));
	CU_ASSERT_FALSE(nd.has_mac);
	CU_ASSERT_EQUAL(parse(trial_with_mac, &nd), -EINVAL);
	CU_ASSERT_EQUAL(parse(trial_of_one, &nd), -EINVAL);
}

static void
what_the_rfc_wants_dropped_is_refused(void)
{
	struct lb_nd nd;

	CU_ASSERT_EQUAL(parse(for_group, &nd), -EINVAL);
	CU_ASSERT_EQUAL(parse(answer_to_all, &nd), -EINVAL);
	CU_ASSERT_EQUAL(parse_changed(question, ETHER + 7, 254, 0), -EINVAL); /* hop limit */
	CU_ASSERT_EQUAL(parse_changed(question, ICMP + 1, 1, 1), -EINVAL);    /* code */
	CU_ASSERT_EQUAL(parse_changed(question, OPTION + 1, 0, 1), -EINVAL);
	CU_ASSERT_EQUAL(parse_changed(question, OPTION + 1, 2, 1), -EINVAL);
	CU_ASSERT_EQUAL(parse_changed(question, ICMP, 133, 1), -EINVAL);
	CU_ASSERT_EQUAL(parse_changed(question, ETHER + 6, 0, 0), -EINVAL); /* next header */
	CU_ASSERT_EQUAL(parse_changed(question, ETHER, 0x50, 0), -EINVAL);
	CU_ASSERT_EQUAL(parse_changed(answer, ICMP + 4, 0x20, 1), 0);
}

/* A group, and none. */
static void
mac_that_no_station_has_is_refused(void)
{
	CU_ASSERT_EQUAL(parse_changed(question, OPTION + 2, 3, 1), -EINVAL);
	CU_ASSERT_EQUAL(parse_changed(question, OPTION + 7, 0, 1), 0);
	CU_ASSERT_EQUAL(parse_changed(question, OPTION + 2, 2, 1), 0);
}

static void
any_wrong_byte_of_the_message_is_seen_by_the_checksum(void)
{
	size_t n = strlen(answer) / 2;

	for (size_t at = ETHER + 8; at < n; at++) {
		struct lb_nd nd;
		uint8_t *frame = hex_bytes(answer, &n);

		frame[at] ^= 0x10;
		CU_ASSERT_EQUAL(lb_nd_parse(frame + ETHER, n - ETHER, &nd), -EINVAL);
		free(frame);
	}
}

static void
truncated_is_refused(void)
{
	struct lb_nd nd;
	size_t n;
	uint8_t *frame = hex_bytes(question, &n);

	for (size_t len = 0; len < n - ETHER; len++) {
		uint8_t *copy = malloc(len);

		memcpy(copy, frame + ETHER, len);
		CU_ASSERT_EQUAL(lb_nd_parse(copy, len, &nd), -EINVAL);
		free(copy);
	}
	free(frame);
	/* The payload length ends within the target. */
	CU_ASSERT_EQUAL(parse_changed(question, ETHER + 5, 23, 0), -EINVAL);
}

static void
frames_have_the_bytes_of_the_wire(void)
{
	struct lb_nd nd = {
		.type = LB_ND_SOLICIT,
		.router = true, /* means nothing in a question */
		.mac = asker,
		.src = addr("fd01::1"),
		.dst = addr("ff02::1:ff5e:100"),
		.target = addr("fd01::5e:100"),
	};
	uint8_t *out = malloc(LB_ND_FRAME);

	lb_nd_frame(out, &group_mac, &asker, &nd);
	CU_ASSERT_TRUE(hex_equal(out, LB_ND_FRAME, question));
	nd = (struct lb_nd){
		.type = LB_ND_ADVERT,
		.solicited = true,
		.override = true,
		.mac = owner,
		.src = addr("fd01::5e:100"),
		.dst = addr("fd01::1"),
		.target = addr("fd01::5e:100"),
	};
	lb_nd_frame(out, &asker, &owner, &nd);
	CU_ASSERT_TRUE(hex_equal(out, LB_ND_FRAME, answer));
	nd.solicited = false;
	nd.router = true;
	nd.dst = lb_ip6_all_nodes;
	lb_nd_frame(out, &all, &owner, &nd);
	CU_ASSERT_TRUE(hex_equal(out, LB_ND_FRAME, announcement));
	free(out);
}

static const struct unit_test tests[] = {
	UNIT_TEST(question_and_answer_are_read),
	UNIT_TEST(unknown_options_are_passed_over),
	UNIT_TEST(host_without_address_may_try_one_out),
	UNIT_TEST(what_the_rfc_wants_dropped_is_refused),
	UNIT_TEST(mac_that_no_station_has_is_refused),
	UNIT_TEST(any_wrong_byte_of_the_message_is_seen_by_the_checksum),
	UNIT_TEST(truncated_is_refused),
	UNIT_TEST(frames_have_the_bytes_of_the_wire),
	UNIT_END,
};

const struct unit_suite unit_pkt_nd = { "nd", tests };
