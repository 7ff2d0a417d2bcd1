/* The index alone: where entries stand, what full buckets pass on, how keys spread. */

#include "conn_index.h"
#include "unit.h"

#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#define CONNS 600

/* Index over CONNS connections with two entries each, and what a seed makes of it. */
struct place {
	struct conn_index index;
	struct conn_bucket *buckets;
	struct lb_conn *conns;
};

static struct place
place(uint64_t seed)
{
	size_t size = conn_index_buckets(CONNS) * sizeof(struct conn_bucket);
	struct place p = {
		.buckets = aligned_alloc(64, size),
		.conns = aligned_alloc(64, (CONNS + 1) * sizeof(struct lb_conn)),
	};

	CU_ASSERT_PTR_NOT_NULL_FATAL(p.buckets);
	CU_ASSERT_PTR_NOT_NULL_FATAL(p.conns);
	memset(p.buckets, 0, size);
	memset(p.conns, 0, (CONNS + 1) * sizeof(struct lb_conn));
	for (uint32_t i = 1; i <= CONNS; i++) {
		p.conns[i].target.client = rte_cpu_to_be_32(0x0a000000 + i);
		p.conns[i].target.vip = RTE_BE32(0xc0000201);
		p.conns[i].target.server = RTE_BE32(0x0a020015);
		p.conns[i].target.client_port = RTE_BE16(1024);
		p.conns[i].target.vip_port = RTE_BE16(80);
		p.conns[i].target.server_port = RTE_BE16(8080);
		p.conns[i].protocol = IPPROTO_TCP;
		p.conns[i].flags = LB_CONN_REPLY_KEY;
	}
	conn_index_init(&p.index, p.buckets, CONNS, p.conns, seed);
	return p;
}

static void
leave(struct place *p)
{
	free(p->buckets);
	free(p->conns);
}

static struct lb_conn_key
key(const struct place *p, uint32_t number, enum lb_fwd_direction direction)
{
	return conn_key(&p->conns[number].target, IPPROTO_TCP, direction);
}

static uint64_t
hash(const struct place *p, uint32_t number, enum lb_fwd_direction direction)
{
	struct lb_conn_key k = key(p, number, direction);

	return conn_index_hash(&p->index, &k);
}

static uint32_t
find(const struct place *p, uint32_t number, enum lb_fwd_direction direction)
{
	struct lb_conn_key k = key(p, number, direction);

	return conn_index_find(&p->index, &k, conn_index_hash(&p->index, &k));
}

static void
insert_all(struct place *p)
{
	for (uint32_t i = 1; i <= CONNS; i++) {
		conn_index_insert(&p->index, hash(p, i, LB_FWD_REQUEST), i);
		conn_index_insert(&p->index, hash(p, i, LB_FWD_REPLY), i);
	}
}

/* Entries that found their home full. */
static uint32_t
overflows(const struct place *p)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < p->index.n; i++)
		n += p->buckets[i].overflow;
	return n;
}

static void
full_index_has_every_entry_and_only_those(void)
{
	struct place p = place(1);

	insert_all(&p);
	for (uint32_t i = 1; i <= CONNS; i++) {
		CU_ASSERT_EQUAL(find(&p, i, LB_FWD_REQUEST), i);
		CU_ASSERT_EQUAL(find(&p, i, LB_FWD_REPLY), i);
	}
	for (uint32_t i = 1; i <= CONNS; i += 2) {
		conn_index_remove(&p.index, hash(&p, i, LB_FWD_REPLY), i);
		conn_index_remove(&p.index, hash(&p, i, LB_FWD_REQUEST), i);
	}
	for (uint32_t i = 1; i <= CONNS; i++)
		CU_ASSERT_EQUAL(find(&p, i, LB_FWD_REPLY), i % 2 ? LB_CONN_NONE : i);
	leave(&p);
}

/* No tombstones and no counts are left, or misses would grow slower with the years. */
static void
emptied_index_is_as_new(void)
{
	struct place p = place(2);

	insert_all(&p);
	CU_ASSERT_TRUE(overflows(&p) > 0);
	for (uint32_t i = CONNS; i > 0; i--) {
		conn_index_remove(&p.index, hash(&p, i, LB_FWD_REQUEST), i);
		conn_index_remove(&p.index, hash(&p, i, LB_FWD_REPLY), i);
	}
	CU_ASSERT_EQUAL(overflows(&p), 0);
	for (uint32_t i = 0; i < p.index.n; i++)
		CU_ASSERT_EQUAL(conn_bucket_match(&p.buckets[i], 0), 0x3ff);
	leave(&p);
}

static void
tags_match_in_all_ten_entries_and_nowhere_else(void)
{
	struct conn_bucket bucket;

	for (unsigned int i = 0; i < CONN_BUCKET_ENTRIES; i++) {
		memset(&bucket, 0x77, sizeof(bucket));
		memset(bucket.tag, 0x88, sizeof(bucket.tag));
		CU_ASSERT_EQUAL(conn_bucket_match(&bucket, 0x7777), 0);
		bucket.tag[i] = 0x7777;
		CU_ASSERT_EQUAL(conn_bucket_match(&bucket, 0x7777), 1U << i);
		CU_ASSERT_EQUAL(conn_bucket_match(&bucket, 0x8888), 0x3ffU & ~(1U << i));
	}
}

static void
entry_in_use_is_never_taken_for_a_free_one(void)
{
	CU_ASSERT_EQUAL(conn_index_tag(UINT64_C(0x123456789abc0000)), 1);
	CU_ASSERT_EQUAL(conn_index_tag(UINT64_C(0x123456789abc0001)), 1);
	CU_ASSERT_EQUAL(conn_index_tag(UINT64_C(0x123456789abcffff)), 0xffff);
}

static void
reply_finds_only_who_has_a_reply_key(void)
{
	struct place p = place(3);
	struct lb_conn_key k = key(&p, 1, LB_FWD_REPLY);

	CU_ASSERT_TRUE(conn_has_key(&p.conns[1], &k));
	p.conns[1].flags = 0;
	CU_ASSERT_FALSE(conn_has_key(&p.conns[1], &k));
	k = key(&p, 1, LB_FWD_REQUEST);
	CU_ASSERT_TRUE(conn_has_key(&p.conns[1], &k));
	leave(&p);
}

/* Neighbouring clients are what one attacker has; with random keys 2 % of entries overflow. */
static void
keys_in_sequence_spread_like_random_ones(void)
{
	for (uint64_t seed = 10; seed < 30; seed++) {
		struct place p = place(seed);

		insert_all(&p);
		CU_ASSERT_TRUE(overflows(&p) < 2 * CONNS * 6 / 100);
		leave(&p);
	}
}

/* Each bit of the key changes about half of the bits of the hash. */
static void
every_bit_of_the_key_changes_the_hash(void)
{
	struct place p = place(4);
	uint64_t base = hash(&p, 1, LB_FWD_REQUEST);

	for (unsigned int bit = 0; bit < 104; bit++) {
		struct lb_conn_key k = key(&p, 1, LB_FWD_REQUEST);
		uint8_t bytes[13];
		int changed;

		memcpy(bytes, &k, sizeof(bytes));
		bytes[bit / 8] ^= (uint8_t)(1 << bit % 8);
		memcpy(&k, bytes, sizeof(bytes));
		changed = __builtin_popcountll(conn_index_hash(&p.index, &k) ^ base);
		CU_ASSERT_TRUE(changed > 8 && changed < 56);
	}
	leave(&p);
}

static void
another_seed_gives_other_places(void)
{
	struct place a = place(5), b = place(6);
	uint32_t same = 0;

	for (uint32_t i = 1; i <= CONNS; i++) {
		uint64_t of_a = hash(&a, i, LB_FWD_REQUEST), of_b = hash(&b, i, LB_FWD_REQUEST);

		same += conn_index_home(&a.index, of_a) - a.buckets ==
			conn_index_home(&b.index, of_b) - b.buckets;
	}
	CU_ASSERT_TRUE(same < CONNS / 20);
	leave(&a);
	leave(&b);
}

static const struct unit_test tests[] = {
	UNIT_TEST(full_index_has_every_entry_and_only_those),
	UNIT_TEST(emptied_index_is_as_new),
	UNIT_TEST(tags_match_in_all_ten_entries_and_nowhere_else),
	UNIT_TEST(entry_in_use_is_never_taken_for_a_free_one),
	UNIT_TEST(reply_finds_only_who_has_a_reply_key),
	UNIT_TEST(keys_in_sequence_spread_like_random_ones),
	UNIT_TEST(every_bit_of_the_key_changes_the_hash),
	UNIT_TEST(another_seed_gives_other_places),
	UNIT_END,
};

const struct unit_suite unit_conn_index = { "index", tests };
