/*
 * TUN: the outer header byte by byte, made with scapy. Client 192.0.2.7, VIP 10.1.0.100, director
 * 10.2.0.11, server 10.2.0.21.
 */

#include <errno.h>
#include <pthread.h>
#include <stdio.h>

#include <rte_eal.h>
#include <rte_lcore.h>

#include "lb_fwd.h"
#include "packet.h"
#include "seal.h"

/* TOS 0xb8, DF, TTL 63, odd length. */
static const uint8_t plain[] = { 0x45, 0xb8, 0x00, 0x1f, 0xbe, 0xef, 0x40, 0x00, 0x3f, 0x11, 0xaf,
	0xba, 0xc0, 0x00, 0x02, 0x07, 0x0a, 0x01, 0x00, 0x64, 0x9c, 0x40, 0x00, 0x35, 0x00, 0x0b,
	0xc3, 0x91, 0x6f, 0x64, 0x64 };
static const uint8_t plain_sent[] = { 0x45, 0xb8, 0x00, 0x33, 0x00, 0x00, 0x40, 0x00, 0x3f, 0x04,
	0x26, 0xec, 0x0a, 0x02, 0x00, 0x0b, 0x0a, 0x02, 0x00, 0x15, 0x45, 0xb8, 0x00, 0x1f, 0xbe,
	0xef, 0x40, 0x00, 0x3f, 0x11, 0xaf, 0xba, 0xc0, 0x00, 0x02, 0x07, 0x0a, 0x01, 0x00, 0x64,
	0x9c, 0x40, 0x00, 0x35, 0x00, 0x0b, 0xc3, 0x91, 0x6f, 0x64, 0x64 };

/* TOS 0, options, TTL 1, may be fragmented: identification 0, then 1. */
static const uint8_t fragmentable[] = { 0x47, 0x00, 0x00, 0x28, 0xbe, 0xef, 0x00, 0x00, 0x01, 0x11,
	0x96, 0x64, 0xc0, 0x00, 0x02, 0x07, 0x0a, 0x01, 0x00, 0x64, 0x94, 0x04, 0x00, 0x00, 0x01,
	0x01, 0x01, 0x00, 0x9c, 0x40, 0x00, 0x35, 0x00, 0x0c, 0xcc, 0x0f, 0x65, 0x76, 0x65, 0x6e };
static const uint8_t fragmentable_first[] = { 0x45, 0x00, 0x00, 0x3c, 0x00, 0x00, 0x00, 0x00, 0x01,
	0x04, 0xa5, 0x9b, 0x0a, 0x02, 0x00, 0x0b, 0x0a, 0x02, 0x00, 0x15, 0x47, 0x00, 0x00, 0x28,
	0xbe, 0xef, 0x00, 0x00, 0x01, 0x11, 0x96, 0x64, 0xc0, 0x00, 0x02, 0x07, 0x0a, 0x01, 0x00,
	0x64, 0x94, 0x04, 0x00, 0x00, 0x01, 0x01, 0x01, 0x00, 0x9c, 0x40, 0x00, 0x35, 0x00, 0x0c,
	0xcc, 0x0f, 0x65, 0x76, 0x65, 0x6e };
static const uint8_t fragmentable_second[] = { 0x45, 0x00, 0x00, 0x3c, 0x00, 0x01, 0x00, 0x00, 0x01,
	0x04, 0xa5, 0x9a, 0x0a, 0x02, 0x00, 0x0b, 0x0a, 0x02, 0x00, 0x15, 0x47, 0x00, 0x00, 0x28,
	0xbe, 0xef, 0x00, 0x00, 0x01, 0x11, 0x96, 0x64, 0xc0, 0x00, 0x02, 0x07, 0x0a, 0x01, 0x00,
	0x64, 0x94, 0x04, 0x00, 0x00, 0x01, 0x01, 0x01, 0x00, 0x9c, 0x40, 0x00, 0x35, 0x00, 0x0c,
	0xcc, 0x0f, 0x65, 0x76, 0x65, 0x6e };

/* DSCP 11 and CE, DF, TTL 255: outside ECT(0). */
static const uint8_t congested[] = { 0x45, 0x2f, 0x00, 0x1c, 0xbe, 0xef, 0x40, 0x00, 0xff, 0x11,
	0xf0, 0x45, 0xc0, 0x00, 0x02, 0x07, 0x0a, 0x01, 0x00, 0x64, 0x9c, 0x40, 0x00, 0x35, 0x00,
	0x08, 0x96, 0xfc };
static const uint8_t congested_sent[] = { 0x45, 0x2e, 0x00, 0x30, 0x00, 0x00, 0x40, 0x00, 0xff,
	0x04, 0x67, 0x78, 0x0a, 0x02, 0x00, 0x0b, 0x0a, 0x02, 0x00, 0x15, 0x45, 0x2f, 0x00, 0x1c,
	0xbe, 0xef, 0x40, 0x00, 0xff, 0x11, 0xf0, 0x45, 0xc0, 0x00, 0x02, 0x07, 0x0a, 0x01, 0x00,
	0x64, 0x9c, 0x40, 0x00, 0x35, 0x00, 0x08, 0x96, 0xfc };

#define OUTER 20

static const struct lb_fwd_target target = {
	.client = RTE_BE32(0xc0000207),
	.vip = RTE_BE32(0x0a010064),
	.server = RTE_BE32(0x0a020015),
	.local = RTE_BE32(0x0a02000b),
};

static const struct lb_fwd_ops *
tun(void)
{
	int at = lb_fwd_find(lb_fwd_table, "tun");

	CU_ASSERT_TRUE_FATAL(at >= 0);
	return lb_fwd_table[at];
}

/* Whether one packet becomes the other. */
static bool
becomes(const uint8_t *before, uint16_t len, const uint8_t *after, uint16_t want)
{
	const struct lb_fwd_target *to = &target;
	struct rte_mbuf m, *mbufs[] = { &m };
	void *block = packet_init(&m, before, len, OUTER);
	bool same;

	tun()->rewrite(mbufs, &to, 1);
	same = m.data_len == want && m.pkt_len == want &&
	       memcmp(rte_pktmbuf_mtod(&m, void *), after, want) == 0;
	free(block);
	return same;
}

static void
requests_only_get_twenty_bytes_more(void)
{
	CU_ASSERT_EQUAL(tun()->overhead, OUTER);
	CU_ASSERT_TRUE(tun()->one_way);
	CU_ASSERT_PTR_NULL(tun()->restore);
}

static void
packet_travels_inside_another_header(void)
{
	CU_ASSERT_TRUE(becomes(plain, sizeof(plain), plain_sent, sizeof(plain_sent)));
}

static void
congestion_met_before_the_tunnel_is_told_inside_only(void)
{
	CU_ASSERT_TRUE(
		becomes(congested, sizeof(congested), congested_sent, sizeof(congested_sent)));
}

/* In a thread of its own, whose numbers begin with 0; NULL: wrong. */
static void *
fragmentable_twice(void *right)
{
	if (!becomes(fragmentable, sizeof(fragmentable), fragmentable_first,
		    sizeof(fragmentable_first)))
		return NULL;
	if (!becomes(plain, sizeof(plain), plain_sent, sizeof(plain_sent)))
		return NULL;
	if (!becomes(fragmentable, sizeof(fragmentable), fragmentable_second,
		    sizeof(fragmentable_second)))
		return NULL;
	return right;
}

static void
packet_that_may_be_fragmented_gets_a_number_and_others_take_none(void)
{
	char right;
	void *result = NULL;
	pthread_t thread;

	CU_ASSERT_EQUAL_FATAL(pthread_create(&thread, NULL, fragmentable_twice, &right), 0);
	pthread_join(thread, &result);
	CU_ASSERT_PTR_EQUAL(result, &right);
}

/* Write the outer header of a copy into out. */
static void
outer_of(const uint8_t *packet, uint16_t len, uint8_t *out)
{
	const struct lb_fwd_target *to = &target;
	struct rte_mbuf m, *mbufs[] = { &m };
	void *block = packet_init(&m, packet, len, OUTER);

	tun()->rewrite(mbufs, &to, 1);
	memcpy(out, rte_pktmbuf_mtod(&m, void *), OUTER);
	free(block);
}

/* Full functionality, RFC 3168 section 9.1.1; the DSCP is copied. */
static void
every_tos_is_copied_but_ce_is_ect0(void)
{
	static const uint8_t ecn[] = { 0, 1, 2, 2 };
	uint8_t packet[sizeof(plain)], outer[OUTER], sealed[OUTER];

	memcpy(packet, plain, sizeof(packet));
	for (unsigned int tos = 0; tos < 256; tos++) {
		packet[1] = (uint8_t)tos;
		outer_of(packet, sizeof(packet), outer);
		CU_ASSERT_EQUAL(outer[1], (tos & 0xfc) | ecn[tos & 3]);
		memcpy(sealed, outer, OUTER);
		seal_ip(sealed);
		CU_ASSERT_EQUAL(memcmp(outer, sealed, OUTER), 0);
	}
}

static void
every_ttl_is_copied_with_the_right_checksum(void)
{
	uint8_t packet[sizeof(plain)], outer[OUTER], sealed[OUTER];

	memcpy(packet, plain, sizeof(packet));
	for (unsigned int ttl = 1; ttl < 256; ttl++) {
		packet[8] = (uint8_t)ttl;
		outer_of(packet, sizeof(packet), outer);
		CU_ASSERT_EQUAL(outer[8], ttl);
		memcpy(sealed, outer, OUTER);
		seal_ip(sealed);
		CU_ASSERT_EQUAL(memcmp(outer, sealed, OUTER), 0);
	}
}

/* Only DF goes outside: the packet around a fragment is none. */
static void
of_the_fragment_word_only_df_is_copied(void)
{
	uint8_t packet[sizeof(plain)], outer[OUTER];

	memcpy(packet, plain, sizeof(packet));
	for (unsigned int byte = 0; byte < 256; byte++) {
		packet[6] = (uint8_t)byte;
		packet[7] = (uint8_t)(byte ^ 0x5a);
		outer_of(packet, sizeof(packet), outer);
		CU_ASSERT_EQUAL(outer[6], byte & 0x40);
		CU_ASSERT_EQUAL(outer[7], 0);
	}
}

static void
each_packet_of_a_burst_goes_to_its_own_server(void)
{
	struct lb_fwd_target other = target;
	const struct lb_fwd_target *targets[] = { &other, &target };
	struct rte_mbuf m[2], *mbufs[] = { &m[0], &m[1] };
	void *first = packet_init(&m[0], congested, sizeof(congested), OUTER);
	void *second = packet_init(&m[1], plain, sizeof(plain), OUTER);
	uint8_t want[sizeof(congested_sent)];

	other.server = RTE_BE32(0xc6336416);
	other.local = RTE_BE32(0xcb00710b);
	memcpy(want, congested_sent, sizeof(want));
	memcpy(want + 12, "\xcb\x00\x71\x0b\xc6\x33\x64\x16", 8);
	seal_ip(want);
	tun()->rewrite(mbufs, targets, 2);
	CU_ASSERT_EQUAL(memcmp(first, want, sizeof(want)), 0);
	CU_ASSERT_EQUAL(memcmp(second, plain_sent, sizeof(plain_sent)), 0);
	free(first);
	free(second);
}

/* EAL with three workers, on whatever CPU there is. */
static void
start_workers(void)
{
	char program[] = "unit", no_huge[] = "--no-huge", no_pci[] = "--no-pci";
	char no_telemetry[] = "--no-telemetry", memory[] = "-m64", shared[] = "--no-shconf";
	char lcores[] = "--lcores=0@0,5@0,7@0,8@0", level[] = "--log-level=error";
	char *argv[] = { program, no_huge, no_pci, no_telemetry, memory, lcores, level, shared };

	unsetenv("XDG_RUNTIME_DIR");
	if (rte_eal_init((int)RTE_DIM(argv), argv) < 0) {
		printf("Bail out! rte_eal_init failed\n");
		exit(1);
	}
}

/* How many numbers each lcore has ever used; and which lcores used a number. */
static unsigned int used[RTE_MAX_LCORE];
static uint32_t users[65536];

/* As many packets as a fourth of all numbers. */
static int
use_numbers(void *unused)
{
	uint32_t bit = 1u << rte_lcore_id();
	uint8_t outer[OUTER];

	(void)unused;
	for (int i = 0; i < 65536 / 4; i++) {
		uint32_t *by;

		outer_of(fragmentable, sizeof(fragmentable), outer);
		by = &users[outer[4] << 8 | outer[5]];
		used[rte_lcore_id()] += (*by & bit) == 0;
		*by |= bit;
	}
	return 0;
}

/* Three workers share the numbers in four parts; each has used all of its part, then again. */
static void
numbers_of_workers_never_meet_and_come_again_as_late_as_they_can(void)
{
	unsigned int lcore;

	start_workers();
	for (int turn = 0; turn < 5; turn++)
		RTE_LCORE_FOREACH_WORKER(lcore) {
			CU_ASSERT_EQUAL_FATAL(rte_eal_remote_launch(use_numbers, NULL, lcore), 0);
			CU_ASSERT_EQUAL_FATAL(rte_eal_wait_lcore(lcore), 0);
			CU_ASSERT_EQUAL(used[lcore], 65536 / 4);
		}
	for (size_t id = 0; id < RTE_DIM(users); id++)
		CU_ASSERT_TRUE_FATAL(users[id] == 0 || rte_is_power_of_2(users[id]));
}

static void
check_server(const char *service_addr, const char *addr, uint16_t port, bool on_link,
	const char *sentence)
{
	struct lb_fwd_server server = { .service = "web", .on_link = on_link };
	struct lb_error err = { 0 };

	CU_ASSERT_EQUAL_FATAL(lb_addr_parse(service_addr, &server.at.addr), 0);
	CU_ASSERT_EQUAL_FATAL(lb_addr_parse(addr, &server.server.addr), 0);
	server.at.port = RTE_BE16(80);
	server.server.port = rte_cpu_to_be_16(port);
	CU_ASSERT_EQUAL(tun()->check(&server, &err), sentence == NULL ? 0 : -EINVAL);
	CU_ASSERT_EQUAL(err.code, sentence == NULL ? 0 : EINVAL);
	CU_ASSERT_STRING_EQUAL(err.text, sentence == NULL ? "" : sentence);
}

static void
server_may_be_behind_a_router(void)
{
	check_server("10.1.0.100", "10.2.0.21", 80, true, NULL);
	check_server("10.1.0.100", "192.0.2.21", 80, false, NULL);
	check_server("fd01::100", "fd02::21", 80, false, NULL);
}

static void
server_with_another_port_is_refused(void)
{
	check_server("10.1.0.100", "10.2.0.21", 8080, true,
		"service \"web\": server 10.2.0.21:8080: TUN cannot change the port; set it to "
		"80, or use forward = \"nat\"");
}

static void
server_of_the_other_family_is_refused(void)
{
	check_server("10.1.0.100", "fd02::21", 80, true,
		"service \"web\": server [fd02::21]:80: TUN cannot change the address family; "
		"give the server an IPv4 address");
	check_server("fd01::100", "10.2.0.21", 80, true,
		"service \"web\": server 10.2.0.21:80: TUN cannot change the address family; "
		"give the server an IPv6 address");
}

static const struct unit_test tests[] = {
	UNIT_TEST(requests_only_get_twenty_bytes_more),
	UNIT_TEST(packet_travels_inside_another_header),
	UNIT_TEST(congestion_met_before_the_tunnel_is_told_inside_only),
	UNIT_TEST(packet_that_may_be_fragmented_gets_a_number_and_others_take_none),
	UNIT_TEST(every_tos_is_copied_but_ce_is_ect0),
	UNIT_TEST(every_ttl_is_copied_with_the_right_checksum),
	UNIT_TEST(of_the_fragment_word_only_df_is_copied),
	UNIT_TEST(each_packet_of_a_burst_goes_to_its_own_server),
	UNIT_TEST(numbers_of_workers_never_meet_and_come_again_as_late_as_they_can),
	UNIT_TEST(server_may_be_behind_a_router),
	UNIT_TEST(server_with_another_port_is_refused),
	UNIT_TEST(server_of_the_other_family_is_refused),
	UNIT_END,
};

const struct unit_suite unit_fwd_tun = { "tun", tests };
