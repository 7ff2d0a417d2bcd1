/*
 * mh: tables by the paper, and by S12 of the description of Linux Virtual Server with its keys.
 */

#include "mh.h"

#include <errno.h>

#include "picks.h"

/* Servers 10.0.0.1, .2, ... with port 80, each on the slot of its letter. */
struct service {
	struct lb_sched_dest dests[128];
	size_t n;
	struct lb_sched_options options;
	struct lb_sched_option list[4];
	uint64_t closed[LB_SCHED_CLOSED(128)];
	struct mh *mh;
};

static void
option(struct service *service, const char *name, enum lb_sched_option_type type, int64_t number)
{
	service->list[service->options.n++] =
		(struct lb_sched_option){ .name = name, .type = type, .number = number };
	service->options.list = service->list;
}

static void
size(struct service *service, int64_t slots)
{
	option(service, "size", LB_SCHED_OPTION_INT, slots);
}

static void
build(struct service *service)
{
	const struct lb_sched_ops *ops = lb_sched_find(lb_sched_table, "mh");
	struct lb_error err = { 0 };

	free(service->mh);
	service->mh = ops->build(service->dests, service->n, &service->options, 1, &err);
	CU_ASSERT_PTR_NOT_NULL_FATAL(service->mh);
}

/* Servers of these weights. */
static void
servers(struct service *service, size_t n, const uint32_t *weights)
{
	service->n = n;
	for (uint32_t i = 0; i < n; i++)
		service->dests[i] = (struct lb_sched_dest){
			.slot = i,
			.weight = weights == NULL ? 1 : weights[i],
			.addr = lb_addr_ip4(rte_cpu_to_be_32(UINT32_C(0x0a000001) + i)),
			.port = rte_cpu_to_be_16(80),
		};
}

/* Slots of the table that a server has. */
static uint32_t
share(const struct service *service, uint32_t slot)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < service->mh->slots; i++)
		n += service->dests[service->mh->table[i]].slot == slot;
	return n;
}

static void
check_shares(const struct service *service, uint32_t a, uint32_t b, uint32_t c)
{
	CU_ASSERT_EQUAL(share(service, 0), a);
	CU_ASSERT_EQUAL(share(service, 1), b);
	CU_ASSERT_EQUAL(share(service, 2), c);
}

/* The owner of a client's flow; '-': none. */
static char
owner(const struct service *service, uint32_t client, uint16_t port)
{
	const struct lb_sched_flow flow = {
		.src = lb_addr_ip4(rte_cpu_to_be_32(client)),
		.sport = rte_cpu_to_be_16(port),
		.closed = service->closed,
	};
	int i = lb_sched_find(lb_sched_table, "mh")->pick(service->mh, NULL, &flow);

	return i < 0 ? '-' : (char)('A' + service->dests[i].slot);
}

/* Owners of the first slots. */
static void
check_start(const struct service *service, const char *expected)
{
	for (uint32_t i = 0; expected[i] != '\0'; i++)
		CU_ASSERT_EQUAL(
			service->dests[service->mh->table[i]].slot, (uint32_t)(expected[i] - 'A'));
}

/* The table of the paper's example: 7 slots, with or without the second of three servers. */
static void
table_is_that_of_the_paper(void)
{
	static const uint32_t all[] = { 1, 0, 1, 0, 2, 2, 0 }, two[] = { 0, 0, 0, 0, 2, 2, 2 };
	struct mh_server three[] = {
		{ .index = 0, .turns = 1, .offset = 3, .skip = 4 },
		{ .index = 1, .turns = 1, .offset = 0, .skip = 2 },
		{ .index = 2, .turns = 1, .offset = 3, .skip = 1 },
	};
	struct mh_server without[] = { three[0], three[2] };
	uint32_t table[7];

	mh_fill(table, 7, three, 3);
	CU_ASSERT_EQUAL(memcmp(table, all, sizeof(all)), 0);
	mh_fill(table, 7, without, 2);
	CU_ASSERT_EQUAL(memcmp(table, two, sizeof(two)), 0);
}

static void
check_sequence(const struct service *service, uint32_t server, uint32_t offset, uint32_t skip)
{
	uint32_t name = UINT32_C(0x0a000001) + server + 80;

	CU_ASSERT_EQUAL(siphash(name, &service->mh->keys[0]) % service->mh->slots, offset);
	CU_ASSERT_EQUAL(siphash(name, &service->mh->keys[1]) % (service->mh->slots - 1) + 1, skip);
}

static void
table_of_4093_slots_is_that_of_linux(void)
{
	struct service service = { .n = 0 };

	servers(&service, 3, NULL); /* S12.1 */
	build(&service);
	CU_ASSERT_EQUAL(service.mh->slots, 4093);
	check_sequence(&service, 0, 3167, 700);
	check_sequence(&service, 1, 1231, 3544);
	check_sequence(&service, 2, 1631, 3453);
	check_shares(&service, 1365, 1364, 1364);
	check_start(&service, "ABBCCABCCAABBAACBBAA");
	free(service.mh);
}

static void
table_of_251_slots_is_that_of_linux(void)
{
	struct service service = { .n = 0 };

	servers(&service, 3, NULL); /* S12.2 */
	size(&service, 251);
	build(&service);
	check_sequence(&service, 0, 226, 202);
	check_sequence(&service, 1, 26, 242);
	check_sequence(&service, 2, 80, 167);
	check_shares(&service, 84, 84, 83);
	check_start(&service, "ABAAAABBBAAABBBBBBCC");
	free(service.mh);
}

/* How many slots change when the second of three servers goes, and how many were not its own. */
static void
check_removal(int64_t slots, unsigned int moved, unsigned int of_others)
{
	struct service before = { .n = 0 }, after = { .n = 0 };
	unsigned int changed = 0, foreign = 0;

	servers(&before, 3, NULL);
	servers(&after, 3, NULL);
	after.dests[1] = after.dests[2];
	after.n = 2;
	size(&before, slots);
	size(&after, slots);
	build(&before);
	build(&after);
	for (uint32_t i = 0; i < before.mh->slots; i++) {
		uint32_t old = before.dests[before.mh->table[i]].slot;
		uint32_t new = after.dests[after.mh->table[i]].slot;

		changed += old != new;
		foreign += old != new &&old != 1;
	}
	CU_ASSERT_EQUAL(changed, moved);
	CU_ASSERT_EQUAL(foreign, of_others);
	free(before.mh);
	free(after.mh);
}

static void
removing_a_server_moves_few_clients_of_others(void)
{
	check_removal(4093, 1370, 6); /* S12.3 */
	check_removal(251, 84, 0);
}

/* In Linux 5 slots differ (S12.3); here the servers are sorted first. */
static void
order_of_the_configuration_does_not_matter(void)
{
	struct service one = { .n = 0 }, other = { .n = 0 };

	servers(&one, 3, (const uint32_t[]){ 4, 2, 1 });
	servers(&other, 3, (const uint32_t[]){ 4, 2, 1 });
	other.dests[0] = one.dests[2];
	other.dests[2] = one.dests[0];
	one.dests[1].addr = other.dests[1].addr = one.dests[0].addr;
	one.dests[1].port = other.dests[1].port = rte_cpu_to_be_16(81);
	build(&one);
	build(&other);
	for (uint32_t i = 0; i < one.mh->slots; i++)
		CU_ASSERT_EQUAL_FATAL(
			one.dests[one.mh->table[i]].slot, other.dests[other.mh->table[i]].slot);
	free(one.mh);
	free(other.mh);
}

static void
client_chooses_the_slot(void)
{
	static const struct {
		uint32_t client;
		char owner;
		char port_owner; /* with port 12345 */
	} examples[] = {
		/* S12.4 */
		{ 0x0a000001, 'C', 'A' },
		{ 0xc0a80101, 'A', 'B' },
		{ 0xc0a8010a, 'A', 'C' },
		{ 0xcb007107, 'C', 'C' },
	};
	struct service by_address = { .n = 0 }, by_port = { .n = 0 };

	servers(&by_address, 3, NULL);
	servers(&by_port, 3, NULL);
	option(&by_port, "port", LB_SCHED_OPTION_BOOL, true);
	build(&by_address);
	build(&by_port);
	for (size_t i = 0; i < sizeof(examples) / sizeof(examples[0]); i++) {
		CU_ASSERT_EQUAL(owner(&by_address, examples[i].client, 12345), examples[i].owner);
		CU_ASSERT_EQUAL(owner(&by_port, examples[i].client, 12345), examples[i].port_owner);
	}
	free(by_address.mh);
	free(by_port.mh);
}

static void
check_weights(const uint32_t weights[3], uint32_t a, uint32_t b, uint32_t c)
{
	struct service service = { .n = 0 };

	servers(&service, 3, weights);
	build(&service);
	check_shares(&service, a, b, c);
	free(service.mh);
}

static void
weights_share_the_table(void)
{
	check_weights((const uint32_t[]){ 4, 2, 1 }, 2340, 1169, 584); /* S12.5 */
	check_weights((const uint32_t[]){ 100, 100, 50 }, 1638, 1637, 818);
	/* S12.5 has 4029/64/0: there a server that never had a weight takes no turn. Here it takes
	 * one per round, like the one of weight 1: 63 rounds of 62 + 1 + 1 and 61 slots more. */
	check_weights((const uint32_t[]){ 1000, 1, 0 }, 63 * 62 + 61, 63, 63);
}

/* S12.6, by the same clients: nobody else's clients move while B rests. */
static void
server_of_weight_0_keeps_the_table_still(void)
{
	struct service service = { .n = 0 }, strict = { .n = 0 };
	unsigned int none = 0, counts[3] = { 0 };
	uint32_t table[4093];

	servers(&service, 3, (const uint32_t[]){ 100, 100, 100 });
	servers(&strict, 3, (const uint32_t[]){ 100, 0, 100 });
	option(&strict, "fallback", LB_SCHED_OPTION_BOOL, false);
	build(&service);
	build(&strict);
	memcpy(table, service.mh->table, sizeof(table));
	service.dests[1].weight = 0;
	build(&service);
	CU_ASSERT_EQUAL(memcmp(table, service.mh->table, sizeof(table)), 0);
	for (uint32_t i = 0; i < 4096; i++) {
		uint32_t client = UINT32_C(0xc6330000) + i;

		none += owner(&strict, client, 0) == '-';
		counts[owner(&service, client, 0) - 'A']++;
	}
	CU_ASSERT_EQUAL(none, 1355);
	CU_ASSERT_EQUAL(counts[0], 2062);
	CU_ASSERT_EQUAL(counts[1], 0);
	CU_ASSERT_EQUAL(counts[2], 2034);
	free(service.mh);
	free(strict.mh);
}

static void
closed_servers_are_passed_over(void)
{
	struct service service = { .n = 0 };

	servers(&service, 3, NULL);
	build(&service);
	service.closed[0] = lb_sched_closed_bit(0, LB_SCHED_DOWN);
	for (uint32_t client = 0; client < 1000; client++)
		CU_ASSERT_NOT_EQUAL_FATAL(owner(&service, client, 0), 'A');
	service.closed[0] |= lb_sched_closed_bit(2, LB_SCHED_FULL);
	for (uint32_t client = 0; client < 1000; client++)
		CU_ASSERT_EQUAL_FATAL(owner(&service, client, 0), 'B');
	service.closed[0] |= lb_sched_closed_bit(1, LB_SCHED_FULL);
	CU_ASSERT_EQUAL(owner(&service, 1, 0), '-');
	service.n = 0;
	build(&service);
	CU_ASSERT_EQUAL(owner(&service, 1, 0), '-');
	free(service.mh);
}

/* The measure of the paper: who goes takes its own slots along and hardly any other. */
static void
removing_one_of_a_hundred_servers_moves_hardly_anybody(void)
{
	static struct service before, after;
	unsigned int moved = 0, of_survivors = 0;

	servers(&before, 100, NULL);
	servers(&after, 100, NULL);
	after.dests[50] = after.dests[99];
	after.n = 99;
	size(&before, 65537);
	size(&after, 65537);
	build(&before);
	build(&after);
	for (uint32_t i = 0; i < 65537; i++) {
		uint32_t old = before.dests[before.mh->table[i]].slot;

		of_survivors += old != 50;
		moved += old != 50 && after.dests[after.mh->table[i]].slot != old;
	}
	CU_ASSERT_TRUE(of_survivors > 64000);
	CU_ASSERT_TRUE(moved * 1000 <= of_survivors * 6); /* 0.6 % */
	free(before.mh);
	free(after.mh);
}

static void
remainders_need_no_division(void)
{
	struct mh mh = { .slots = 655373, .inverse = UINT64_MAX / 655373 + 1 };

	for (uint32_t number = 0; number < UINT32_MAX - 65521; number += 65521)
		CU_ASSERT_EQUAL_FATAL(mh_remainder(&mh, number), number % 655373);
	CU_ASSERT_EQUAL(mh_remainder(&mh, UINT32_MAX), UINT32_MAX % 655373);
}

/* Building a service of n servers is refused so. */
static void
check_refused(struct service *service, size_t n, const char *sentence)
{
	struct lb_error err = { 0 };

	CU_ASSERT_PTR_NULL(lb_sched_find(lb_sched_table, "mh")
				   ->build(service->dests, n, &service->options, 1, &err));
	CU_ASSERT_EQUAL(err.code, EINVAL);
	CU_ASSERT_STRING_EQUAL(err.text, sentence);
}

static void
size_that_is_not_prime_is_refused_with_its_neighbours(void)
{
	struct service thousand = { .n = 0 }, largest = { .n = 0 };

	size(&thousand, 1000);
	check_refused(&thousand, 0, "scheduler \"mh\": size 1000 is not prime; use 997 or 1009");
	size(&largest, 655372);
	check_refused(
		&largest, 0, "scheduler \"mh\": size 655372 is not prime; use 655357 or 655373");
}

static void
table_smaller_than_its_servers_is_refused(void)
{
	struct service service = { .n = 0 };

	servers(&service, 8, NULL);
	size(&service, 7);
	check_refused(&service, 8,
		"scheduler \"mh\": size 7 is less than its 8 servers; raise it, best to 100 times "
		"as many");
}

static void
key_makes_another_table(void)
{
	struct service public = { .n = 0 }, own = { .n = 0 }, wrong = { .n = 0 };

	servers(&public, 3, NULL);
	servers(&own, 3, NULL);
	option(&own, "key", LB_SCHED_OPTION_STRING, 0);
	own.list[0].text = "000102030405060708090a0b0c0d0e0f";
	build(&public);
	build(&own);
	CU_ASSERT_EQUAL(own.mh->keys[0].words[0], UINT64_C(0x0001020304050607));
	CU_ASSERT_EQUAL(own.mh->keys[0].words[1], UINT64_C(0x08090a0b0c0d0e0f));
	CU_ASSERT_EQUAL(own.mh->keys[1].words[0], UINT64_C(0xfffefdfcfbfaf9f8));
	CU_ASSERT_NOT_EQUAL(memcmp(public.mh->table, own.mh->table, 4093 * sizeof(uint32_t)), 0);
	option(&wrong, "key", LB_SCHED_OPTION_STRING, 0);
	wrong.list[0].text = "000102030405060708090a0b0c0d0e0g";
	check_refused(&wrong, 0,
		"scheduler \"mh\": key \"000102030405060708090a0b0c0d0e0g\" is no key; write 32 "
		"hexadecimal digits, the same on every director");
	free(public.mh);
	free(own.mh);
}

static const struct unit_test tests[] = {
	UNIT_TEST(table_is_that_of_the_paper),
	UNIT_TEST(table_of_4093_slots_is_that_of_linux),
	UNIT_TEST(table_of_251_slots_is_that_of_linux),
	UNIT_TEST(removing_a_server_moves_few_clients_of_others),
	UNIT_TEST(order_of_the_configuration_does_not_matter),
	UNIT_TEST(client_chooses_the_slot),
	UNIT_TEST(weights_share_the_table),
	UNIT_TEST(server_of_weight_0_keeps_the_table_still),
	UNIT_TEST(closed_servers_are_passed_over),
	UNIT_TEST(removing_one_of_a_hundred_servers_moves_hardly_anybody),
	UNIT_TEST(remainders_need_no_division),
	UNIT_TEST(size_that_is_not_prime_is_refused_with_its_neighbours),
	UNIT_TEST(table_smaller_than_its_servers_is_refused),
	UNIT_TEST(key_makes_another_table),
	UNIT_END,
};

const struct unit_suite unit_sched_mh = { "mh", tests };
