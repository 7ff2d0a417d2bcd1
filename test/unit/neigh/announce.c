/* What is said on behalf of our own addresses. The frames were made with scapy. */

#include "hex.h"
#include "lb_announce.h"
#include "unit.h"

#include <string.h>

static const struct rte_ether_addr virtual_mac = { { 0x00, 0x00, 0x5e, 0x00, 0x01, 0x33 } };

/* 02:00:00:00:00:01 with 10.1.0.1 asked for 10.1.0.100, which is at the virtual MAC. */
static const uint8_t answer[] = { 0x02, 0x00, 0x00, 0x00, 0x00, 0x01, 0x00, 0x00, 0x5e, 0x00, 0x01,
	0x33, 0x08, 0x06, 0x00, 0x01, 0x08, 0x00, 0x06, 0x04, 0x00, 0x02, 0x00, 0x00, 0x5e, 0x00,
	0x01, 0x33, 0x0a, 0x01, 0x00, 0x64, 0x02, 0x00, 0x00, 0x00, 0x00, 0x01, 0x0a, 0x01, 0x00,
	0x01 };

/* 10.1.0.100 is at the virtual MAC (RFC 9568 section 6.4 with errata 7947 and 7949). */
static const uint8_t gratuitous[] = { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x00, 0x00, 0x5e, 0x00,
	0x01, 0x33, 0x08, 0x06, 0x00, 0x01, 0x08, 0x00, 0x06, 0x04, 0x00, 0x01, 0x00, 0x00, 0x5e,
	0x00, 0x01, 0x33, 0x0a, 0x01, 0x00, 0x64, 0x00, 0x00, 0x5e, 0x00, 0x01, 0x33, 0x0a, 0x01,
	0x00, 0x64 };

static void
answer_goes_to_who_asked(void)
{
	const struct lb_arp request = {
		.op = RTE_ARP_OP_REQUEST,
		.sender_mac = { { 0x02, 0, 0, 0, 0, 0x01 } },
		.sender_ip = RTE_BE32(0x0a010001),
		.target_ip = RTE_BE32(0x0a010064),
	};
	uint8_t out[LB_ARP_FRAME];

	lb_announce_answer(out, &request, &virtual_mac);
	CU_ASSERT_EQUAL_FATAL(sizeof(out), sizeof(answer));
	CU_ASSERT_EQUAL(memcmp(out, answer, sizeof(answer)), 0);
}

static void
gratuitous_arp_names_the_address_twice(void)
{
	uint8_t out[LB_ARP_FRAME];

	lb_announce_gratuitous(out, RTE_BE32(0x0a010064), &virtual_mac);
	CU_ASSERT_EQUAL_FATAL(sizeof(out), sizeof(gratuitous));
	CU_ASSERT_EQUAL(memcmp(out, gratuitous, sizeof(gratuitous)), 0);
}

/* fd01::1 asked for fd01::5e:100, which is at the virtual MAC. */
static const char answer6[] =
	"02000000000100005e00023386dd6000000000203afffd0100000000000000000000005e0100fd010000000000"
	"00"
	"00000000000000018800bbad60000000fd0100000000000000000000005e0100020100005e000233";

/* A router tells all nodes the same unasked. */
static const char unasked6[] =
	"33330000000100005e00023386dd6000000000203afffd0100000000000000000000005e0100ff020000000000"
	"00"
	"0000000000000001880079aca0000000fd0100000000000000000000005e0100020100005e000233";

static struct lb_nd
question6(const char *from)
{
	struct lb_nd nd = { .type = LB_ND_SOLICIT };

	CU_ASSERT_EQUAL(lb_addr_parse(from, &nd.src), 0);
	CU_ASSERT_EQUAL(lb_addr_parse("fd01::5e:100", &nd.target), 0);
	return nd;
}

static const struct rte_ether_addr asker = { { 0x02, 0, 0, 0, 0, 0x01 } };
static const struct lb_announce_owner host = { { { 0x00, 0x00, 0x5e, 0x00, 0x02, 0x33 } }, false };
static const struct lb_announce_owner router = { { { 0x00, 0x00, 0x5e, 0x00, 0x02, 0x33 } }, true };

static void
question_about_an_ip6_address_is_answered_to_who_asked(void)
{
	struct lb_nd question = question6("fd01::1");
	uint8_t out[LB_ND_FRAME];

	lb_announce_answer6(out, &question, &asker, &host);
	CU_ASSERT_TRUE(hex_equal(out, sizeof(out), answer6));
}

static void
host_without_address_is_answered_like_all(void)
{
	struct lb_nd question = question6("::");
	uint8_t out[LB_ND_FRAME];

	lb_announce_answer6(out, &question, &asker, &router);
	CU_ASSERT_TRUE(hex_equal(out, sizeof(out), unasked6));
}

static void
unasked_advertisement_goes_to_all_nodes(void)
{
	struct lb_nd question = question6("::");
	uint8_t out[LB_ND_FRAME];

	lb_announce_unasked6(out, &question.target, &router);
	CU_ASSERT_TRUE(hex_equal(out, sizeof(out), unasked6));
}

static const struct unit_test tests[] = {
	UNIT_TEST(answer_goes_to_who_asked),
	UNIT_TEST(gratuitous_arp_names_the_address_twice),
	UNIT_TEST(question_about_an_ip6_address_is_answered_to_who_asked),
	UNIT_TEST(host_without_address_is_answered_like_all),
	UNIT_TEST(unasked_advertisement_goes_to_all_nodes),
	UNIT_END,
};

const struct unit_suite unit_neigh_announce = { "announce", tests };
