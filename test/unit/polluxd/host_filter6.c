/* What the kernel may send of IPv6 by a port: the frames were made with scapy. */

#include <stdlib.h>
#include <string.h>

#include "hex.h"
#include "host_filter.h"
#include "unit.h"

/* The port, fe80::11, asks for fe80::50. */
static const char question[] =
	"3333ff000050024c4200000186dd6000000000203afffe800000000000000000000000000011ff020000000000"
	"00"
	"00000001ff0000508700379f00000000fe8000000000000000000000000000500101024c42000001";

/* It tells fd01::50 where fd01::11 is. */
static const char answer[] =
	"020000010032024c4200000186dd6000000000203afffd010000000000000000000000000011fd010000000000"
	"00"
	"00000000000000508800d9de60000000fd0100000000000000000000000000110201024c42000001";

/* It answers a ping, from fd01::11; and the same from a VIP. */
static const char packet[] = "020000010032024c4200000186dd60000000000e3a40fd01000000000000000000000"
			     "0000011fd01000000000000"
			     "0000000000000050810031fb00010002706f6c6c7578";

/* From the VIP fd01::100. */
static const char from_vip[] = "020000010032024c4200000186dd60000000000e3a40fd010000000000000000000"
			       "000000100fd01000000000000"
			       "00000000000000508100310c00010002706f6c6c7578";

/* It reports groups. */
static const char report[] = "333300000016024c4200000186dd6000000000380001fe80000000000000000000000"
			     "0000011ff02000000000000"
			     "00000000000000163a000502000001008f006dbd0000000204000000ff02000000000"
			     "00000000001ff0000110400"
			     "0000ff020000000000000000000000000012";

#define SOURCE_MAC 6
#define HOP_LIMIT 21
#define TYPE 54
#define CUT 53

static struct lb_vip
entry(const char *text, enum lb_vip_kind kind, uint8_t port)
{
	struct lb_vip vip = { .kind = (uint8_t)kind, .port = port };

	CU_ASSERT_EQUAL(lb_addr_parse(text, &vip.addr), 0);
	return vip;
}

/* By the port `port`, with one byte changed unless at is 0. */
static bool
passes_with(const char *hex, uint8_t port, size_t at, uint8_t value)
{
	static const struct rte_ether_addr mac = { { 0x02, 0x4c, 0x42, 0x00, 0x00, 0x01 } };
	const struct lb_vip list[] = {
		entry("fd01::11", LB_VIP_LOCAL, 1),
		entry("fe80::11", LB_VIP_LOCAL, 1),
		entry("fd01::100", LB_VIP_VIP, 1),
	};
	struct lb_vip_table *vips = lb_vip_build(list, 3);
	struct host_filter filter = { .mac = &mac, .port = port, .mtu = 1500, .vips = vips };
	size_t len;
	uint8_t *frame = hex_bytes(hex, &len);
	bool ret;

	if (at != 0)
		frame[at] = value;
	ret = host_filter_passes(&filter, frame, at == CUT ? CUT : len);
	free(frame);
	lb_vip_destroy(vips);
	return ret;
}

static void
question_of_the_port_goes_out(void)
{
	CU_ASSERT_TRUE(passes_with(question, 1, 0, 0));
	CU_ASSERT_FALSE(passes_with(question, 2, 0, 0));
	CU_ASSERT_FALSE(passes_with(question, 1, HOP_LIMIT, 254));
	CU_ASSERT_FALSE(passes_with(question, 1, SOURCE_MAC + 5, 2));
}

static void
answers_and_reports_do_not(void)
{
	CU_ASSERT_FALSE(passes_with(answer, 1, 0, 0));
	CU_ASSERT_FALSE(passes_with(report, 1, 0, 0));
}

/* Questions to routers, and what routers say. */
static void
nothing_else_about_the_link_does(void)
{
	for (uint8_t type = 130; type <= 137; type++)
		CU_ASSERT_FALSE(passes_with(packet, 1, TYPE, type));
	CU_ASSERT_TRUE(passes_with(packet, 1, TYPE, 128));
	CU_ASSERT_TRUE(passes_with(packet, 1, TYPE, 1));
}

static void
packets_go_out_but_from_a_vip(void)
{
	CU_ASSERT_TRUE(passes_with(packet, 1, 0, 0));
	CU_ASSERT_FALSE(passes_with(from_vip, 1, 0, 0));
	CU_ASSERT_FALSE(passes_with(packet, 1, CUT, 0));
}

static const struct unit_test tests[] = {
	UNIT_TEST(question_of_the_port_goes_out),
	UNIT_TEST(answers_and_reports_do_not),
	UNIT_TEST(nothing_else_about_the_link_does),
	UNIT_TEST(packets_go_out_but_from_a_vip),
	UNIT_END,
};

const struct unit_suite unit_polluxd_host_filter6 = { "host_filter6", tests };
