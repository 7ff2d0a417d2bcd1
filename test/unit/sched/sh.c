/* sh: S10 is the number of the rule in the description of Linux Virtual Server. */

#include "hash.h"
#include "picks.h"

/* The first client address that falls into a bucket. */
static uint32_t
client_of_bucket(uint32_t bucket)
{
	uint32_t client = 1;

	while (hash_bucket(client, 8) != bucket)
		client++;
	return client;
}

/* Owners of the first n of 256 buckets, by asking for a client of each. */
static const char *
owners(struct picks *picks, uint32_t n)
{
	static char text[257];

	for (uint32_t bucket = 0; bucket < n; bucket++) {
		int at;

		picks->client = client_of_bucket(bucket);
		at = picks_one(picks);
		text[bucket] = at < 0 ? '-' : (char)('A' + picks->dests[at].slot);
	}
	text[n] = '\0';
	return text;
}

static unsigned int
count(const char *text, char letter)
{
	unsigned int n = 0;

	for (; *text != '\0'; text++)
		n += *text == letter;
	return n;
}

/* All buckets of a service: so many belong to A, B and C. */
static void
check_totals(const char *servers, unsigned int a, unsigned int b, unsigned int c)
{
	struct picks picks;
	const char *all;

	picks_begin(&picks, "sh", servers, 0, 1);
	all = owners(&picks, 256);
	CU_ASSERT_EQUAL(count(all, 'A'), a);
	CU_ASSERT_EQUAL(count(all, 'B'), b);
	CU_ASSERT_EQUAL(count(all, 'C'), c);
	picks_end(&picks);
}

static void
servers_have_neighbouring_buckets_over_and_over(void)
{
	struct picks picks;

	picks_begin(&picks, "sh", "A3 B1 C2", 0, 1); /* S10.1 */
	CU_ASSERT_STRING_EQUAL(owners(&picks, 12), "AAABCCAAABCC");
	picks_end(&picks);
	check_totals("A3 B1 C2", 129, 43, 84);
}

/* S10.2: client, owner by the address, owner with port 12345 too. */
static const struct {
	const char *client;
	uint32_t bucket;
	char owner;
	uint32_t port_bucket;
	char port_owner;
} examples[] = {
	{ "10.0.0.1", 39, 'B', 134, 'A' },
	{ "10.0.0.2", 137, 'C', 232, 'C' },
	{ "10.0.0.3", 235, 'A', 74, 'A' },
	{ "10.0.0.4", 77, 'C', 171, 'B' },
	{ "192.168.1.1", 136, 'C', 231, 'B' },
	{ "192.168.1.10", 248, 'A', 87, 'B' },
	{ "203.0.113.7", 124, 'C', 219, 'B' },
};

static void
client_chooses_the_bucket(void)
{
	static const struct lb_sched_option port = {
		.name = "port",
		.type = LB_SCHED_OPTION_BOOL,
		.number = true,
	};
	static const struct lb_sched_options with_port = { .n = 1, .list = &port };
	struct picks by_address, by_port = { .options = &with_port };

	picks_begin(&by_address, "sh", "A3 B1 C2", 0, 1);
	picks_start(&by_port, "sh", "A3 B1 C2", 0, 1);
	by_address.port = by_port.port = 12345;
	for (size_t i = 0; i < sizeof(examples) / sizeof(examples[0]); i++) {
		uint32_t client = picks_ip(examples[i].client);

		CU_ASSERT_EQUAL(hash_bucket(client, 8), examples[i].bucket);
		CU_ASSERT_EQUAL(hash_bucket(client + 12345, 8), examples[i].port_bucket);
		CU_ASSERT_EQUAL(picks_from(&by_address, examples[i].client), examples[i].owner);
		CU_ASSERT_EQUAL(picks_from(&by_port, examples[i].client), examples[i].port_owner);
	}
	picks_end(&by_address);
	picks_end(&by_port);
}

static void
words_of_an_ip6_address_are_folded(void)
{
	struct lb_addr addr;

	CU_ASSERT_EQUAL_FATAL(lb_addr_parse("2001:db8::1", &addr), 0);
	CU_ASSERT_EQUAL(hash_fold(&addr), 0x20010db9); /* S10.2 */
	CU_ASSERT_EQUAL(hash_bucket(hash_fold(&addr), 8), 63);
}

/* S10.3, S10.4 with our choices: weight 0 owns nothing; large weights are scaled. */
static void
server_of_weight_0_has_no_bucket(void)
{
	struct picks picks;

	picks_begin(&picks, "sh", "A0 B1 C2", 0, 1);
	CU_ASSERT_STRING_EQUAL(owners(&picks, 9), "BCCBCCBCC");
	CU_ASSERT_EQUAL(picks_from(&picks, "192.168.1.1"), 'C'); /* 136 = 3 * 45 + 1 */
	picks_end(&picks);
	check_totals("A0 B1 C2", 0, 86, 170);
	check_totals("A0 B0 C0", 0, 0, 0);
	check_totals("", 0, 0, 0);
}

static void
large_weights_leave_nobody_without_a_bucket(void)
{
	check_totals("A300 B1", 255, 1, 0);
	check_totals("A1 B300", 1, 255, 0);
	/* 85.3, 170.7 and 256 are due after each of them. */
	check_totals("A1000 B1000 C1000", 85, 85, 86);
	/* 170.7, 255.99 and 256 */
	check_totals("A65534 B32767 C1", 170, 85, 1);
	/* 0.004, 0.008 and 256 */
	check_totals("A1 B1 C65535", 1, 1, 254);
}

/* S10.5: 171 of 256 buckets change owner when B goes, 86 of them were not B's. */
static void
removing_a_server_moves_others_clients_too(void)
{
	unsigned int moved = 0, of_others = 0;
	char before[257];
	struct picks picks;
	const char *after;

	picks_begin(&picks, "sh", "A1 B1 C1", 0, 1);
	strcpy(before, owners(&picks, 256));
	picks_edit(&picks, "A1 C1");
	after = owners(&picks, 256);
	for (int i = 0; i < 256; i++) {
		moved += before[i] != after[i];
		of_others += before[i] != after[i] && before[i] != 'B';
	}
	CU_ASSERT_EQUAL(moved, 171);
	CU_ASSERT_EQUAL(of_others, 86);
	picks_end(&picks);
}

static void
closed_server_leaves_its_clients_to_others(void)
{
	static const struct lb_sched_option off = {
		.name = "fallback",
		.type = LB_SCHED_OPTION_BOOL,
		.number = false,
	};
	static const struct lb_sched_options without = { .n = 1, .list = &off };
	struct picks picks, strict = { .options = &without };

	/* 192.168.1.1: bucket 136 = 4 * 34 is A's; the first retry is 272 - 256 = 16, again A's,
	 * then 17, B's, as in S10.3. */
	picks_begin(&picks, "sh", "A1 B1 C2", 0, 1);
	picks_start(&strict, "sh", "A1 B1 C2", 0, 1);
	CU_ASSERT_EQUAL(picks_from(&picks, "192.168.1.1"), 'A');
	picks_close(&picks, 'A', true);
	picks_close(&strict, 'A', true);
	CU_ASSERT_EQUAL(picks_from(&picks, "192.168.1.1"), 'B');
	CU_ASSERT_EQUAL(picks_from(&strict, "192.168.1.1"), '-');
	picks_close(&picks, 'B', true);
	CU_ASSERT_EQUAL(picks_from(&picks, "192.168.1.1"), 'C');
	picks_close(&picks, 'C', true);
	CU_ASSERT_EQUAL(picks_from(&picks, "192.168.1.1"), '-');
	picks_end(&picks);
	picks_end(&strict);
}

static void
many_servers_have_at_least_one_bucket_each(void)
{
	enum {
		SERVERS = 1000
	};
	static struct lb_sched_dest dests[SERVERS];
	static const struct lb_sched_options none;
	const struct lb_sched_ops *sh = lb_sched_find(lb_sched_table, "sh");
	uint64_t closed[LB_SCHED_CLOSED(SERVERS)] = { 0 };
	struct lb_sched_flow flow = { .closed = closed };
	bool seen[SERVERS] = { false };
	struct lb_error err = { 0 };
	unsigned int owners_n = 0;
	void *state;

	for (uint32_t i = 0; i < SERVERS; i++)
		dests[i] = (struct lb_sched_dest){ .slot = i, .weight = 1 + i % 10 * 100 };
	state = sh->build(dests, SERVERS, &none, 1, &err);
	CU_ASSERT_PTR_NOT_NULL_FATAL(state);
	for (uint32_t i = 0; i < 65536; i++) {
		flow.src = lb_addr_ip4(rte_cpu_to_be_32(i << 16));
		seen[sh->pick(state, NULL, &flow)] = true;
	}
	for (uint32_t i = 0; i < SERVERS; i++)
		owners_n += seen[i];
	CU_ASSERT_EQUAL(owners_n, SERVERS);
	sh->destroy(state);
}

static const struct unit_test tests[] = {
	UNIT_TEST(servers_have_neighbouring_buckets_over_and_over),
	UNIT_TEST(client_chooses_the_bucket),
	UNIT_TEST(words_of_an_ip6_address_are_folded),
	UNIT_TEST(server_of_weight_0_has_no_bucket),
	UNIT_TEST(large_weights_leave_nobody_without_a_bucket),
	UNIT_TEST(removing_a_server_moves_others_clients_too),
	UNIT_TEST(closed_server_leaves_its_clients_to_others),
	UNIT_TEST(many_servers_have_at_least_one_bucket_each),
	UNIT_END,
};

const struct unit_suite unit_sched_sh = { "sh", tests };
