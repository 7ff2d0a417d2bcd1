/* What the kernel may send by a port: frames in hexadecimal were written by scapy. */

#include <stdlib.h>
#include <string.h>

#include "host_filter.h"
#include "unit.h"

#define MTU 100
#define MAC                                                                                        \
	{                                                                                          \
		{                                                                                  \
			0x02, 0x4c, 0x42, 0x00, 0x00, 0x01                                         \
		}                                                                                  \
	}

/* Of the port, of another port, and a VIP. */
#define OWN 0x0b
#define OTHER 0x0c
#define VIP 0xc8

/* Offsets in a frame. */
#define SOURCE_MAC 6
#define TYPE 12
#define ARP_OP 21
#define ARP_SENDER_MAC 22
#define ARP_SENDER 31
#define ARP_TARGET 41
#define IP_VERSION 14
#define IP_SOURCE 29

/* Ether(src="02:4c:42:00:00:01", dst="ff:ff:ff:ff:ff:ff")/ARP(psrc="10.1.0.11", pdst="10.1.0.1",
 * hwsrc="02:4c:42:00:00:01") */
static const uint8_t question[42] = {
	0xff,
	0xff,
	0xff,
	0xff,
	0xff,
	0xff,
	0x02,
	0x4c,
	0x42,
	0x00,
	0x00,
	0x01,
	0x08,
	0x06,
	0x00,
	0x01,
	0x08,
	0x00,
	0x06,
	0x04,
	0x00,
	0x01,
	0x02,
	0x4c,
	0x42,
	0x00,
	0x00,
	0x01,
	0x0a,
	0x01,
	0x00,
	0x0b,
	0x00,
	0x00,
	0x00,
	0x00,
	0x00,
	0x00,
	0x0a,
	0x01,
	0x00,
	0x01,
};

/* Ether(src="02:4c:42:00:00:01", dst="02:00:00:01:00:01")/IP(src="10.1.0.11", dst="10.1.0.1")/
 * UDP(sport=53, dport=53) */
static const uint8_t datagram[42] = {
	0x02,
	0x00,
	0x00,
	0x01,
	0x00,
	0x01,
	0x02,
	0x4c,
	0x42,
	0x00,
	0x00,
	0x01,
	0x08,
	0x00,
	0x45,
	0x00,
	0x00,
	0x1c,
	0x00,
	0x01,
	0x00,
	0x00,
	0x40,
	0x11,
	0x66,
	0xc3,
	0x0a,
	0x01,
	0x00,
	0x0b,
	0x0a,
	0x01,
	0x00,
	0x01,
	0x00,
	0x35,
	0x00,
	0x35,
	0x00,
	0x08,
	0xeb,
	0x66,
};

static struct lb_vip
entry(uint8_t last, enum lb_vip_kind kind, uint8_t port)
{
	return (struct lb_vip){
		.addr = lb_addr_ip4(rte_cpu_to_be_32(UINT32_C(0x0a010000) | last)),
		.kind = (uint8_t)kind,
		.port = port,
	};
}

/* Of port 1. The frame ends where its block does. */
static bool
passes(const uint8_t *bytes, size_t len)
{
	static const struct rte_ether_addr mac = MAC;
	const struct lb_vip list[] = {
		entry(OWN, LB_VIP_LOCAL, 1),
		entry(OTHER, LB_VIP_LOCAL, 2),
		entry(VIP, LB_VIP_VIP, 1),
	};
	struct host_filter filter = { .mac = &mac, .port = 1, .mtu = MTU };
	struct lb_vip_table *vips = lb_vip_build(list, 3);
	uint8_t *frame = malloc(len);
	bool ret;

	CU_ASSERT_PTR_NOT_NULL_FATAL(vips);
	CU_ASSERT_PTR_NOT_NULL_FATAL(frame);
	memcpy(frame, bytes, len);
	filter.vips = vips;
	ret = host_filter_passes(&filter, frame, len);
	free(frame);
	lb_vip_destroy(vips);
	return ret;
}

/* With one byte changed. */
static bool
passes_with(const uint8_t frame[static 42], size_t at, uint8_t value)
{
	uint8_t changed[42];

	memcpy(changed, frame, sizeof(changed));
	changed[at] = value;
	return passes(changed, sizeof(changed));
}

static void
questions_from_an_address_of_the_port_go_out(void)
{
	CU_ASSERT_TRUE(passes(question, sizeof(question)));
	CU_ASSERT_FALSE(passes_with(question, ARP_SENDER, OTHER));
	CU_ASSERT_FALSE(passes_with(question, ARP_SENDER, VIP));
	CU_ASSERT_FALSE(passes_with(question, ARP_SENDER, 0x50));
}

static void
answers_and_gratuitous_arp_do_not(void)
{
	CU_ASSERT_FALSE(passes_with(question, ARP_OP, 2));
	CU_ASSERT_FALSE(passes_with(question, ARP_TARGET, OWN));
	CU_ASSERT_FALSE(passes_with(question, ARP_SENDER_MAC + 5, 0x02));
}

static void
ip4_goes_out_but_from_a_vip(void)
{
	CU_ASSERT_TRUE(passes(datagram, sizeof(datagram)));
	CU_ASSERT_TRUE(passes_with(datagram, IP_SOURCE, OTHER));
	CU_ASSERT_TRUE(passes_with(datagram, IP_SOURCE, 0x50));
	CU_ASSERT_FALSE(passes_with(datagram, IP_SOURCE, VIP));
	CU_ASSERT_FALSE(passes_with(datagram, IP_VERSION, 0x65));
}

static void
other_protocols_and_other_macs_do_not(void)
{
	CU_ASSERT_FALSE(passes_with(datagram, TYPE, 0x86));
	CU_ASSERT_FALSE(passes_with(datagram, TYPE + 1, 0x01));
	CU_ASSERT_FALSE(passes_with(datagram, SOURCE_MAC + 5, 0x02));
	CU_ASSERT_FALSE(passes_with(question, SOURCE_MAC, 0x06));
}

static void
frames_that_are_too_short_or_too_long_do_not(void)
{
	uint8_t longest[14 + MTU + 1] = { 0 };

	memcpy(longest, datagram, sizeof(datagram));
	CU_ASSERT_TRUE(passes(longest, 14 + MTU));
	CU_ASSERT_FALSE(passes(longest, 14 + MTU + 1));
	for (size_t len = 0; len < 14 + 20; len++)
		CU_ASSERT_FALSE(passes(datagram, len));
	for (size_t len = 0; len < sizeof(question); len++)
		CU_ASSERT_FALSE(passes(question, len));
}

static const struct unit_test tests[] = {
	UNIT_TEST(questions_from_an_address_of_the_port_go_out),
	UNIT_TEST(answers_and_gratuitous_arp_do_not),
	UNIT_TEST(ip4_goes_out_but_from_a_vip),
	UNIT_TEST(other_protocols_and_other_macs_do_not),
	UNIT_TEST(frames_that_are_too_short_or_too_long_do_not),
	UNIT_END,
};

const struct unit_suite unit_polluxd_host_filter = { "host_filter", tests };
