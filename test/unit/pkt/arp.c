/* ARP read and written. The frames were made with scapy. */

#include "lb_arp.h"
#include "unit.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* 02:00:00:00:00:01 asks all who has 10.1.0.100, tell 10.1.0.1. */
static const uint8_t request[] = { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x02, 0x00, 0x00, 0x00, 0x00,
	0x01, 0x08, 0x06, 0x00, 0x01, 0x08, 0x00, 0x06, 0x04, 0x00, 0x01, 0x02, 0x00, 0x00, 0x00,
	0x00, 0x01, 0x0a, 0x01, 0x00, 0x01, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x0a, 0x01, 0x00,
	0x64 };

/* 00:00:5e:00:01:33 answers it. */
static const uint8_t reply[] = { 0x02, 0x00, 0x00, 0x00, 0x00, 0x01, 0x00, 0x00, 0x5e, 0x00, 0x01,
	0x33, 0x08, 0x06, 0x00, 0x01, 0x08, 0x00, 0x06, 0x04, 0x00, 0x02, 0x00, 0x00, 0x5e, 0x00,
	0x01, 0x33, 0x0a, 0x01, 0x00, 0x64, 0x02, 0x00, 0x00, 0x00, 0x00, 0x01, 0x0a, 0x01, 0x00,
	0x01 };

#define BODY (sizeof(struct rte_ether_hdr))
#define BODY_LEN (sizeof(request) - BODY)

static const struct rte_ether_addr asker = { { 0x02, 0x00, 0x00, 0x00, 0x00, 0x01 } };
static const struct rte_ether_addr owner = { { 0x00, 0x00, 0x5e, 0x00, 0x01, 0x33 } };

/* Parse a copy that ends where len says. */
static int
parse(const uint8_t *body, size_t len, struct lb_arp *arp)
{
	uint8_t *copy = malloc(len);
	int rc;

	memcpy(copy, body, len);
	rc = lb_arp_parse(copy, len, arp);
	free(copy);
	return rc;
}

static void
request_and_reply_are_read(void)
{
	struct lb_arp arp;

	CU_ASSERT_EQUAL_FATAL(parse(request + BODY, BODY_LEN, &arp), 0);
	CU_ASSERT_EQUAL(arp.op, 1);
	CU_ASSERT_EQUAL(memcmp(&arp.sender_mac, &asker, 6), 0);
	CU_ASSERT_TRUE(rte_is_zero_ether_addr(&arp.target_mac));
	CU_ASSERT_EQUAL(arp.sender_ip, rte_cpu_to_be_32(0x0a010001));
	CU_ASSERT_EQUAL(arp.target_ip, rte_cpu_to_be_32(0x0a010064));

	CU_ASSERT_EQUAL_FATAL(parse(reply + BODY, BODY_LEN, &arp), 0);
	CU_ASSERT_EQUAL(arp.op, 2);
	CU_ASSERT_EQUAL(memcmp(&arp.sender_mac, &owner, 6), 0);
	CU_ASSERT_EQUAL(memcmp(&arp.target_mac, &asker, 6), 0);
	CU_ASSERT_EQUAL(arp.sender_ip, rte_cpu_to_be_32(0x0a010064));
	CU_ASSERT_EQUAL(arp.target_ip, rte_cpu_to_be_32(0x0a010001));
}

static void
padding_behind_it_is_ignored(void)
{
	uint8_t padded[46] = { 0 };
	struct lb_arp arp;

	memcpy(padded, request + BODY, BODY_LEN);
	memset(padded + BODY_LEN, 0xa5, sizeof(padded) - BODY_LEN);
	CU_ASSERT_EQUAL(parse(padded, sizeof(padded), &arp), 0);
	CU_ASSERT_EQUAL(arp.target_ip, rte_cpu_to_be_32(0x0a010064));
}

static void
truncated_is_refused(void)
{
	struct lb_arp arp;

	for (size_t len = 0; len < BODY_LEN; len++)
		CU_ASSERT_EQUAL(parse(request + BODY, len, &arp), -EINVAL);
}

static void
what_is_not_ip4_over_ethernet_is_refused(void)
{
	/* Hardware 6, protocol IPv6, lengths 8 and 16, operations 0, 3 and 257. */
	static const struct {
		size_t at;
		uint8_t value;
	} faults[] = { { 1, 6 }, { 0, 1 }, { 2, 0x86 }, { 3, 0xdd }, { 4, 8 }, { 5, 16 }, { 7, 0 },
		{ 7, 3 }, { 6, 1 } };
	uint8_t body[BODY_LEN];
	struct lb_arp arp;

	for (size_t i = 0; i < RTE_DIM(faults); i++) {
		memcpy(body, request + BODY, sizeof(body));
		body[faults[i].at] = faults[i].value;
		CU_ASSERT_EQUAL(parse(body, sizeof(body), &arp), -EINVAL);
	}
}

static void
sender_mac_that_no_station_has_is_refused(void)
{
	uint8_t body[BODY_LEN];
	struct lb_arp arp;

	memcpy(body, request + BODY, sizeof(body));
	memset(body + 8, 0, 6);
	CU_ASSERT_EQUAL(parse(body, sizeof(body), &arp), -EINVAL);
	memset(body + 8, 0xff, 6);
	CU_ASSERT_EQUAL(parse(body, sizeof(body), &arp), -EINVAL);
	body[8] = 0x01;
	CU_ASSERT_EQUAL(parse(body, sizeof(body), &arp), -EINVAL);
}

static void
frame_has_the_bytes_of_the_wire(void)
{
	static const struct rte_ether_addr all = { { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff } };
	struct lb_arp arp = {
		.op = RTE_ARP_OP_REQUEST,
		.sender_mac = asker,
		.sender_ip = rte_cpu_to_be_32(0x0a010001),
		.target_ip = rte_cpu_to_be_32(0x0a010064),
	};
	uint8_t *out = malloc(LB_ARP_FRAME);

	CU_ASSERT_EQUAL_FATAL(sizeof(request), LB_ARP_FRAME);
	lb_arp_frame(out, &all, &asker, &arp);
	CU_ASSERT_EQUAL(memcmp(out, request, sizeof(request)), 0);
	arp = (struct lb_arp){
		.op = RTE_ARP_OP_REPLY,
		.sender_mac = owner,
		.target_mac = asker,
		.sender_ip = rte_cpu_to_be_32(0x0a010064),
		.target_ip = rte_cpu_to_be_32(0x0a010001),
	};
	lb_arp_frame(out, &asker, &owner, &arp);
	CU_ASSERT_EQUAL(memcmp(out, reply, sizeof(reply)), 0);
	free(out);
}

static const struct unit_test tests[] = {
	UNIT_TEST(request_and_reply_are_read),
	UNIT_TEST(padding_behind_it_is_ignored),
	UNIT_TEST(truncated_is_refused),
	UNIT_TEST(what_is_not_ip4_over_ethernet_is_refused),
	UNIT_TEST(sender_mac_that_no_station_has_is_refused),
	UNIT_TEST(frame_has_the_bytes_of_the_wire),
	UNIT_END,
};

const struct unit_suite unit_pkt_arp = { "arp", tests };
