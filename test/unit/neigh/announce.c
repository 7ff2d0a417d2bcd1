/* ARP on behalf of our own addresses. The frames were made with scapy. */

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

static const struct unit_test tests[] = {
	UNIT_TEST(answer_goes_to_who_asked),
	UNIT_TEST(gratuitous_arp_names_the_address_twice),
	UNIT_END,
};

const struct unit_suite unit_neigh_announce = { "announce", tests };
