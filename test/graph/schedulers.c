/*
 * Every scheduler by the examples of its rules, with connections that packets make: the number of
 * the rule and of the example stands beside each. One worker, which begins at the first server.
 */

#include "harness.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

#include "unit.h"

/* Services take packets for any address, so that the destination can be another each time. */
static struct graph_setup
service(const char *scheduler, const char *options, const char *servers)
{
	static char text[2048], list[1024];
	size_t n = 0;
	char name;
	unsigned int weight;
	int used;

	for (const char *at = servers; sscanf(at, " %c%u%n", &name, &weight, &used) == 2;
		at += used)
		n += (size_t)snprintf(&list[n], sizeof(list) - n,
			"%s{ address = \"10.2.0.%d\"; weight = %u; }", n == 0 ? "" : ", ",
			21 + name - 'A', weight);
	snprintf(text, sizeof(text),
		"{ name = \"web\"; scheduler = \"%s\"; scheduler_options = { %s };"
		"  match = ( { address = \"0.0.0.0/0\"; port = 80; } ); servers = ( %s ); }",
		scheduler, options, list);
	return (struct graph_setup){ .services = text };
}

static uint32_t
address(const char *text)
{
	struct in_addr addr;

	CU_ASSERT_EQUAL_FATAL(inet_pton(AF_INET, text, &addr), 1);
	return ntohl(addr.s_addr);
}

/* Send a packet; the server that it goes to: 'A' is the first, '-': none. */
static char
send_packet(uint32_t from, uint16_t from_port, uint32_t to, uint8_t flags)
{
	struct frame_flow flow = { from, to, from_port, 80 };
	struct frame in = frame_tcp(&flow, flags, 0), out = { 0 };

	graph_send(WAN, &in);
	graph_drain(WAN, 0);
	return graph_take(LAN, TYPE_IP4, &out) ? (char)('A' + graph_server(&out)) : '-';
}

/* New connections, which all stay open, go to these servers. */
static void
expect_picks(const char *scheduler, const char *servers, const char *expected)
{
	struct graph_setup setup = service(scheduler, "", servers);
	char picked[64] = "";

	graph_boot_met(&setup);
	for (uint32_t i = 0; expected[i] != '\0'; i++)
		picked[i] = send_packet(CLIENT_IP(i), 40000, VIP, TCP_SYN);
	CU_ASSERT_STRING_EQUAL(picked, expected);
	if (strcmp(picked, expected) != 0)
		printf("# %s %s: %s instead of %s\n", scheduler, servers, picked, expected);
	graph_end();
}

static void
in_turn(void)
{
	expect_picks("rr", "A1 B1 C1", "ABCABCA");             /* S1.1 */
	expect_picks("rr", "A1 B0 C1", "ACACAC");              /* S1.2 */
	expect_picks("rr", "A5 B1 C3", "ABCABC");              /* S1.3 */
	expect_picks("wrr", "A4 B3 C2", "AABABCABCAABABCABC"); /* S2.1 */
	expect_picks("wrr", "A5 B1 C1", "AAAAABC");            /* S2.3 */
	expect_picks("wrr", "A1 B1 C5", "CCCCABC");            /* S2.4 */
	expect_picks("wrr", "A6 B4 C2", "AABABC");             /* S2.5 */
	expect_picks("wrr", "A100 B50", "AABAAB");             /* S2.6 */
	expect_picks("wrr", "A3 B0 C1", "AAAC");               /* S2.7 */
	expect_picks("wrr", "A0 B0", "--");                    /* S2.9 */
}

static void
by_load(void)
{
	expect_picks("lc", "A1 B1 C1", "ABCABCA");         /* S3.1 */
	expect_picks("wlc", "A1 B9 C5", "A");              /* S4.2 */
	expect_picks("wlc", "A1 B2 C4", "ABCCBCCABCCBCC"); /* S4.3 */
	expect_picks("sed", "A1 B2 C4", "CBCCABCCBCCABC"); /* S5.2 */
	expect_picks("sed", "A1 B9 C5", "B");              /* S5.3 */
	expect_picks("nq", "A1 B2 C4", "ABCCCBCCBCCABC");  /* S6.2 */
	expect_picks("fo", "A10 B20 C20", "BBBB");         /* S7.1 */
	expect_picks("fo", "A0 B0", "--");                 /* S7.3 */
	expect_picks("ovf", "A3 B2 C2", "AAAABBBCCC--");   /* S8.1 */
}

/* A connection from each of some clients' port 12345, or to each of some destinations. */
static void
expect_hashed(const struct graph_setup *setup, bool clients, const char *const *addresses,
	const char *expected)
{
	graph_boot_met(setup);
	for (uint32_t i = 0; expected[i] != '\0'; i++) {
		uint32_t other = address(addresses[i]);
		char picked = clients ? send_packet(other, 12345, VIP, TCP_SYN)
				      : send_packet(CLIENT_IP(0), 40000, other, TCP_SYN);

		CU_ASSERT_EQUAL(picked, expected[i]);
	}
	graph_end();
}

static void
by_the_client(void)
{
	static const char *const clients[] = { "10.0.0.1", "10.0.0.2", "10.0.0.3", "10.0.0.4",
		"192.168.1.1", "192.168.1.10", "203.0.113.7" };
	struct graph_setup setup = service("sh", "", "A3 B1 C2"); /* S10.2 */

	expect_hashed(&setup, true, clients, "BCACCAC");
	setup = service("sh", "port = true;", "A3 B1 C2");
	expect_hashed(&setup, true, clients, "ACABBBB");
}

static void
by_the_destination(void)
{
	static const char *const destinations[] = { "10.1.1.1", "10.1.1.2", "10.1.1.3",
		"198.51.100.10", "203.0.113.80" };
	struct graph_setup setup = service("dh", "", "A1 B1 C1"); /* S11.1 */

	expect_hashed(&setup, false, destinations, "BABBB");
}

/* The server that a tunnel leads to, of those of S12: 10.0.0.1 is 'A'. */
static char
send_through_tunnel(uint32_t from, uint16_t from_port)
{
	struct frame_flow flow = { from, VIP, from_port, 80 };
	struct frame in = frame_tcp(&flow, TCP_SYN, 0), out = { 0 };

	graph_send(WAN, &in);
	CU_ASSERT_TRUE(graph_take(LAN, TYPE_IP4, &out));
	return (char)('A' + frame_get32(&out, FRAME_IP_SOURCE + 4) - IP(10, 0, 0, 1));
}

static void
by_the_table_of_mh(void)
{
	static const char *const clients[] = { "192.168.1.1", "192.168.1.10", "203.0.113.7" };
	static const char expected[2][4] = { "AAC", "BCC" }; /* S12.4 */
	static const char *const options[2] = { "", "port = true;" };

	for (int with_port = 0; with_port < 2; with_port++) {
		char text[512];

		snprintf(text, sizeof(text),
			"{ name = \"web\"; address = \"10.1.0.200\"; port = 80; forward = \"tun\";"
			"  scheduler = \"mh\"; scheduler_options = { %s }; servers = ("
			"  { address = \"10.0.0.1\"; }, { address = \"10.0.0.2\"; },"
			"  { address = \"10.0.0.3\"; } ); }",
			options[with_port]);
		graph_boot_met(&(struct graph_setup){ .services = text,
			.routes = "{ to = \"10.0.0.0/24\"; via = \"10.2.0.21\"; }" });
		for (int i = 0; i < 3; i++)
			CU_ASSERT_EQUAL(send_through_tunnel(address(clients[i]), 12345),
				expected[with_port][i]);
		graph_end();
	}
}

#define FIRST IP(203, 0, 113, 1)
#define SECOND IP(203, 0, 113, 2)

/* Three connections to one destination at A, some to another at B. */
static void
load_caches(const char *scheduler, uint32_t at_second)
{
	struct graph_setup setup = service(scheduler, "", "A2 B5");

	graph_boot_met(&setup);
	for (uint32_t i = 0; i < 3; i++)
		CU_ASSERT_EQUAL(send_packet(CLIENT_IP(i), 40000, FIRST, TCP_SYN), 'A');
	for (uint32_t i = 0; i < at_second; i++)
		CU_ASSERT_EQUAL(send_packet(CLIENT_IP(i), 40000, SECOND, TCP_SYN), 'B');
}

static void
by_the_destination_and_load(void)
{
	load_caches("lblc", 2); /* S13.1 */
	CU_ASSERT_EQUAL(send_packet(CLIENT_IP(9), 40000, FIRST, TCP_SYN), 'B');
	graph_end();
	load_caches("lblc", 3); /* S13.2 */
	CU_ASSERT_EQUAL(send_packet(CLIENT_IP(9), 40000, FIRST, TCP_SYN), 'A');
	graph_end();
	load_caches("lblcr", 2); /* S14.1 */
	CU_ASSERT_EQUAL(send_packet(CLIENT_IP(9), 40000, FIRST, TCP_SYN), 'B');
	CU_ASSERT_EQUAL(send_packet(CLIENT_IP(10), 40000, FIRST, TCP_SYN), 'B');
	graph_end();
}

/* By distribution: each server's share of 3,000 draws that end at once, so that none is loaded. */
static void
by_two_draws(void)
{
	struct graph_setup setup = service("twos", "", "A1 B2 C3"); /* S9 */
	uint32_t used[SERVERS] = { 0 };

	graph_boot_met(&setup);
	for (uint32_t i = 0; i < 3000; i++) {
		char server = send_packet(CLIENT_IP(i % 200), (uint16_t)(1024 + i), VIP, TCP_SYN);

		CU_ASSERT_TRUE_FATAL(server >= 'A' && server < 'A' + SERVERS);
		used[server - 'A']++;
		send_packet(CLIENT_IP(i % 200), (uint16_t)(1024 + i), VIP, TCP_ACK);
		send_packet(CLIENT_IP(i % 200), (uint16_t)(1024 + i), VIP, TCP_RST);
		if (i % 250 == 249)
			graph_pause(1);
	}
	for (uint32_t i = 0; i < SERVERS; i++)
		CU_ASSERT_TRUE(
			used[i] > 3000 * (i + 1) / 6 / 2 && used[i] < 3000 * (i + 1) / 6 * 2);
	graph_end();
}

static const struct unit_test tests[] = {
	UNIT_TEST(in_turn),
	UNIT_TEST(by_load),
	UNIT_TEST(by_the_client),
	UNIT_TEST(by_the_destination),
	UNIT_TEST(by_the_table_of_mh),
	UNIT_TEST(by_the_destination_and_load),
	UNIT_TEST(by_two_draws),
	UNIT_END,
};

const struct unit_suite graph_schedulers = { "schedulers", tests };
