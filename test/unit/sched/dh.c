/* dh: S11 is the number of the rule in the description of Linux Virtual Server. */

#include "hash.h"
#include "picks.h"

static char
to(struct picks *picks, const char *destination)
{
	int at;

	picks->virtual = picks_ip(destination);
	at = picks_one(picks);
	return at < 0 ? '-' : (char)('A' + picks->dests[at].slot);
}

static void
buckets_are_those_of_linux(void)
{
	CU_ASSERT_EQUAL(hash_bucket(picks_ip("10.1.1.1"), 8), 118); /* S11.1 */
	CU_ASSERT_EQUAL(hash_bucket(picks_ip("10.1.1.2"), 8), 216);
	CU_ASSERT_EQUAL(hash_bucket(picks_ip("10.1.1.3"), 8), 58);
	CU_ASSERT_EQUAL(hash_bucket(picks_ip("198.51.100.10"), 8), 208);
	CU_ASSERT_EQUAL(hash_bucket(picks_ip("203.0.113.80"), 8), 94);
}

static void
destination_chooses_the_server(void)
{
	struct picks picks;

	picks_begin(&picks, "dh", "A1 B1 C1", 0, 1); /* S11.1 */
	CU_ASSERT_EQUAL(to(&picks, "10.1.1.1"), 'B');
	CU_ASSERT_EQUAL(to(&picks, "10.1.1.2"), 'A');
	CU_ASSERT_EQUAL(to(&picks, "10.1.1.3"), 'B');
	CU_ASSERT_EQUAL(to(&picks, "198.51.100.10"), 'B');
	CU_ASSERT_EQUAL(to(&picks, "203.0.113.80"), 'B');
	picks.client = 7;
	picks.port = 7;
	CU_ASSERT_EQUAL(to(&picks, "10.1.1.2"), 'A');
	picks_edit(&picks, "A1 B9 C5"); /* weights do not matter */
	CU_ASSERT_EQUAL(to(&picks, "10.1.1.2"), 'A');
	picks_end(&picks);
}

static void
nobody_takes_the_place_of_a_server_that_takes_no_flows(void)
{
	struct picks picks;

	picks_begin(&picks, "dh", "A1 B1 C1", 0, 1);
	picks_close(&picks, 'B', true);
	CU_ASSERT_EQUAL(to(&picks, "10.1.1.1"), '-');
	CU_ASSERT_EQUAL(to(&picks, "10.1.1.2"), 'A');
	picks_close(&picks, 'B', false);
	CU_ASSERT_EQUAL(to(&picks, "10.1.1.1"), 'B');
	picks_edit(&picks, "A1 B0 C1");
	CU_ASSERT_EQUAL(to(&picks, "10.1.1.1"), '-');
	CU_ASSERT_EQUAL(to(&picks, "10.1.1.2"), 'A');
	picks_edit(&picks, "");
	CU_ASSERT_EQUAL(to(&picks, "10.1.1.1"), '-');
	picks_end(&picks);
}

/* Servers that own a bucket, asked for by as many destinations as will do. */
static unsigned int
count_owners(uint32_t servers, unsigned int *least, unsigned int *most)
{
	static struct lb_sched_dest dests[1000];
	static unsigned int owned[1000];
	static const struct lb_sched_options none;
	const struct lb_sched_ops *dh = lb_sched_find(lb_sched_table, "dh");
	uint64_t closed[LB_SCHED_CLOSED(1000)] = { 0 };
	struct lb_sched_flow flow = { .closed = closed };
	struct lb_error err = { 0 };
	unsigned int owners = 0;
	void *state;

	memset(owned, 0, sizeof(owned));
	for (uint32_t i = 0; i < servers; i++)
		dests[i] = (struct lb_sched_dest){ .slot = i, .weight = 1 };
	state = dh->build(dests, servers, &none, 1, &err);
	CU_ASSERT_PTR_NOT_NULL_FATAL(state);
	for (uint32_t i = 0; i < 65536; i++) {
		flow.dst = lb_addr_ip4(rte_cpu_to_be_32(i << 16));
		owned[dh->pick(state, NULL, &flow)]++;
	}
	*least = *most = owned[0];
	for (uint32_t i = 0; i < servers; i++) {
		owners += owned[i] != 0;
		*least = owned[i] < *least ? owned[i] : *least;
		*most = owned[i] > *most ? owned[i] : *most;
	}
	dh->destroy(state);
	return owners;
}

static void
every_server_has_buckets(void)
{
	unsigned int least, most;

	/* The multiplier is odd, so 2^16 upper halves fill 256 buckets with 256 each. S11.1: A86
	 * B85 C85. */
	CU_ASSERT_EQUAL(count_owners(3, &least, &most), 3);
	CU_ASSERT_EQUAL(most, 86 * 256);
	CU_ASSERT_EQUAL(least, 85 * 256);
	CU_ASSERT_EQUAL(count_owners(256, &least, &most), 256);
	CU_ASSERT_EQUAL(count_owners(1000, &least, &most), 1000);
}

static const struct unit_test tests[] = {
	UNIT_TEST(buckets_are_those_of_linux),
	UNIT_TEST(destination_chooses_the_server),
	UNIT_TEST(nobody_takes_the_place_of_a_server_that_takes_no_flows),
	UNIT_TEST(every_server_has_buckets),
	UNIT_END,
};

const struct unit_suite unit_sched_dh = { "dh", tests };
