/* Matches of services: examples, and a plain model over random rules and packets. */

#include "svc_matches.h"

#include <netinet/in.h>
#include <stdlib.h>

#include "unit.h"

#define RULES 60
#define SERVICES 4

static struct lb_svc services[SERVICES];

static struct svc_matches *
made(const struct lb_svc_match *lists[], const uint32_t *n)
{
	struct svc_matches *matches = svc_matches_create(RULES);

	CU_ASSERT_PTR_NOT_NULL_FATAL(matches);
	for (uint32_t i = 0; i < SERVICES; i++) {
		services[i].matches_n = n[i];
		svc_matches_add(matches, &services[i], lists[i]);
	}
	svc_matches_sort(matches);
	return matches;
}

/* Which service; -1: none. */
static int
find(const struct svc_matches *matches, uint32_t address, uint16_t port, uint8_t protocol)
{
	const struct lb_svc *svc = svc_matches_find(
		matches, rte_cpu_to_be_32(address), rte_cpu_to_be_16(port), protocol);

	return svc == NULL ? -1 : (int)(svc - services);
}

static void
longest_prefix_with_port_and_protocol_wins(void)
{
	static const struct lb_svc_match wide[] = { { .len = 0, .first = 80, .last = 80 } };
	static const struct lb_svc_match net[] = { { .net = RTE_BE32(0x0a090000),
		.len = 16,
		.protocol = IPPROTO_TCP,
		.first = 8000,
		.last = 8999 } };
	static const struct lb_svc_match host[] = {
		{ .net = RTE_BE32(0x0a090001),
			.len = 32,
			.protocol = IPPROTO_UDP,
			.first = 1,
			.last = 65535 },
		{ .net = RTE_BE32(0x0a090002),
			.len = 32,
			.protocol = IPPROTO_TCP,
			.first = 443,
			.last = 443 },
	};
	const struct lb_svc_match *lists[] = { wide, net, host, NULL };
	static const uint32_t n[] = { 1, 1, 2, 0 };
	struct svc_matches *matches = made(lists, n);

	CU_ASSERT_EQUAL(find(matches, 0x01020304, 80, IPPROTO_TCP), 0);
	CU_ASSERT_EQUAL(find(matches, 0x01020304, 80, IPPROTO_UDP), 0);
	CU_ASSERT_EQUAL(find(matches, 0x01020304, 81, IPPROTO_TCP), -1);
	CU_ASSERT_EQUAL(find(matches, 0x0a090001, 8000, IPPROTO_TCP), 1);
	CU_ASSERT_EQUAL(find(matches, 0x0a09ffff, 8999, IPPROTO_TCP), 1);
	CU_ASSERT_EQUAL(find(matches, 0x0a090001, 8000, IPPROTO_UDP), 2);
	CU_ASSERT_EQUAL(find(matches, 0x0a090001, 80, IPPROTO_UDP), 2);
	CU_ASSERT_EQUAL(find(matches, 0x0a090001, 80, IPPROTO_TCP), 0);
	CU_ASSERT_EQUAL(find(matches, 0x0a090002, 443, IPPROTO_TCP), 2);
	CU_ASSERT_EQUAL(find(matches, 0x0a090002, 9000, IPPROTO_TCP), -1);
	CU_ASSERT_EQUAL(find(matches, 0x0a0a0000, 8000, IPPROTO_TCP), -1);
	svc_matches_destroy(matches);
}

/* Few bits, so that prefixes nest and meet. */
static uint32_t
random_address(unsigned int *seed)
{
	uint32_t address = 0x0a000000;

	for (int bit = 0; bit < 32; bit += 4)
		address ^= (uint32_t)(rand_r(seed) & 1) << bit;
	return address;
}

static struct lb_svc_match
random_match(unsigned int *seed)
{
	static const uint8_t lens[] = { 0, 8, 20, 24, 29, 32 };
	static const uint8_t protocols[] = { 0, IPPROTO_TCP, IPPROTO_UDP };
	uint16_t first = (uint16_t)(1 + rand_r(seed) % 20);

	return (struct lb_svc_match){
		.net = rte_cpu_to_be_32(random_address(seed)),
		.len = lens[(unsigned int)rand_r(seed) % 6],
		.protocol = protocols[(unsigned int)rand_r(seed) % 3],
		.first = first,
		.last = (uint16_t)(first + rand_r(seed) % 5),
	};
}

static bool
takes(const struct lb_svc_match *match, uint32_t address, uint16_t port, uint8_t protocol)
{
	for (int bit = 0; bit < match->len; bit++)
		if ((address ^ rte_be_to_cpu_32(match->net)) >> (31 - bit) & 1)
			return false;
	return port >= match->first && port <= match->last &&
	       (match->protocol == 0 || match->protocol == protocol);
}

static int
model(const struct lb_svc_match *lists[], const uint32_t *n, uint32_t address, uint16_t port,
	uint8_t protocol)
{
	int best = -1, best_len = -1;

	for (int s = 0; s < SERVICES; s++)
		for (uint32_t i = 0; i < n[s]; i++)
			if (lists[s][i].len > best_len &&
				takes(&lists[s][i], address, port, protocol)) {
				best = s;
				best_len = lists[s][i].len;
			}
	return best;
}

static void
random_rules_are_as_the_model_has_them(void)
{
	unsigned int seed = 1;
	size_t hits = 0, differ = 0;

	for (int round = 0; round < 200; round++) {
		struct lb_svc_match rules[SERVICES][RULES / SERVICES];
		const struct lb_svc_match *lists[SERVICES];
		struct svc_matches *matches;
		uint32_t n[SERVICES];

		for (int s = 0; s < SERVICES; s++) {
			lists[s] = rules[s];
			n[s] = (uint32_t)rand_r(&seed) % (RULES / SERVICES + 1);
			for (uint32_t i = 0; i < n[s]; i++)
				rules[s][i] = random_match(&seed);
		}
		matches = made(lists, n);
		for (int i = 0; i < 500; i++) {
			uint32_t address = random_address(&seed);
			uint16_t port = (uint16_t)(1 + rand_r(&seed) % 25);
			uint8_t protocol = rand_r(&seed) & 1 ? IPPROTO_TCP : IPPROTO_UDP;
			int wanted = model(lists, n, address, port, protocol);

			differ += find(matches, address, port, protocol) != wanted;
			hits += wanted >= 0;
		}
		svc_matches_destroy(matches);
	}
	CU_ASSERT_EQUAL(differ, 0);
	CU_ASSERT_TRUE(hits > 10000);
}

static const struct unit_test tests[] = {
	UNIT_TEST(longest_prefix_with_port_and_protocol_wins),
	UNIT_TEST(random_rules_are_as_the_model_has_them),
	UNIT_END,
};

const struct unit_suite unit_svc_matches = { "matches", tests };
