/*
 * What a takeover announces: every address soon, none twice before all were announced once, and the
 * adverts in between on time.
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "harness.h"

#include "director.h"
#include "unit.h"

#define MANY 4096
#define INTERVAL_MS 10
#define LONG_MS 2000

/* Address i: 10.1.0.100, which adverts list, and those from 10.7.0.0 on, which they do not. */
static uint32_t
address(uint32_t i)
{
	return i == 0 ? IP(10, 1, 0, 100) : IP(10, 7, 0, 0) + i;
}

static char *
instance(uint32_t n)
{
	size_t size = 512 + n * 24, used;
	char *text = malloc(size);

	used = (size_t)snprintf(text, size,
		"{ name = \"wan\"; port = \"wan\"; vrid = 51; interval_ms = %d;"
		"  addresses = [ \"10.1.0.100/24\" ];"
		"  garp = { repeat = 1; delay_ms = 0; refresh_ms = 0; };"
		"  addresses_excluded = [ ",
		INTERVAL_MS);
	for (uint32_t i = 1; i < n; i++)
		used += (size_t)snprintf(text + used, size - used, "%s\"10.7.%u.%u/32\"",
			i == 1 ? "" : ", ", i >> 8, i & 0xff);
	snprintf(text + used, size - used, " ]; }");
	return text;
}

static double
now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

/* Which of n addresses a frame announces; n: none. */
static uint32_t
announced(const struct frame *arp, uint32_t n)
{
	uint32_t ip = frame_get32(arp, 28);

	if (ip == address(0))
		return 0;
	return ip > address(1) - 1 && ip < address(1) + n - 1 ? ip - address(1) + 1 : n;
}

/* Boot, wait for the first advert, and take what is announced until n addresses were. */
static double
take_over(uint32_t n, uint8_t *seen)
{
	char *text = instance(n);
	struct frame frame = { 0 };
	uint32_t count = 0;
	double begin, end = now_ms() + LONG_MS;

	graph_boot_met(&(struct graph_setup){ .vrrp = text });
	CU_ASSERT_TRUE(graph_wait(WAN, TYPE_IP4, &frame, LONG_MS));
	CU_ASSERT_EQUAL(
		frame.bytes[FRAME_L4 + 3], 1); /* the count: what is excluded is not listed */
	begin = now_ms();
	while (count < n && now_ms() < end) {
		while (graph_take(WAN, TYPE_ARP, &frame)) {
			uint32_t i = announced(&frame, n);

			if (i < n && frame_get_mac(&frame, 22) == UINT64_C(0x00005e000133)) {
				seen[i]++;
				count++;
			}
		}
		graph_turn();
	}
	CU_ASSERT_EQUAL(count, n);
	free(text);
	return now_ms() - begin;
}

static void
v55_each_address_is_announced_once(uint32_t n)
{
	uint8_t *seen = calloc(n, 1);

	printf("# %u addresses were announced in %.2f ms\n", n, take_over(n, seen));
	for (uint32_t i = 0; i < n; i++)
		CU_ASSERT_EQUAL(seen[i], 1);
	free(seen);
	graph_end();
}

static void
v55_one_piece_of_addresses_is_announced_with_the_takeover(void)
{
	v55_each_address_is_announced_once(64);
}

static void
v11_v55_4096_addresses_are_served_and_announced_though_adverts_list_one(void)
{
	v55_each_address_is_announced_once(MANY);
}

/* The router asks for the last of them, which no advert lists. */
static void
excluded_address_is_answered_for(void)
{
	struct frame asked = frame_arp(
			     ARP_REQUEST, BROADCAST_MAC, ROUTER_MAC, ROUTER_IP, 0, address(2)),
		     answer = { 0 };
	uint8_t seen[3] = { 0 };

	take_over(3, seen);
	graph_drain(WAN, TYPE_ARP);
	graph_send(WAN, &asked);
	CU_ASSERT_TRUE(graph_wait(WAN, TYPE_ARP, &answer, LONG_MS));
	CU_ASSERT_EQUAL(frame_get_mac(&answer, 22), UINT64_C(0x00005e000133));
	CU_ASSERT_EQUAL(frame_get32(&answer, 28), address(2));
	graph_end();
}

static const struct unit_test tests[] = {
	UNIT_TEST(v55_one_piece_of_addresses_is_announced_with_the_takeover),
	UNIT_TEST(v11_v55_4096_addresses_are_served_and_announced_though_adverts_list_one),
	UNIT_TEST(excluded_address_is_answered_for),
	UNIT_END,
};

const struct unit_suite graph_vrrp_announce = { "vrrp_announce", tests };
