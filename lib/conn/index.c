/*
 * The index: a hash table of one-line buckets that hold tags and numbers of connections, no keys.
 *
 * The keys stand in the connections. A bucket compares ten 16-bit tags at once, so a lookup reads
 * one line here and, but for one in some ten thousand, the right connection as the only other one.
 * A full bucket passes entries on to the next and counts how many stand behind it: a search ends at
 * the first bucket that passed none on. Nothing is ever moved and no tombstones are left, because
 * the count goes down when an entry goes.
 *
 * Clients choose their addresses and ports, so the hash must not be one for which they can find
 * many that fall together: it multiplies with secrets drawn at start.
 */

#include "conn_index.h"

#include <assert.h>

/* Next number of the splitmix64 sequence: turns a seed into secrets. */
static uint64_t
draw(uint64_t *seed)
{
	uint64_t z = *seed += UINT64_C(0x9e3779b97f4a7c15);

	z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
	return z ^ (z >> 31);
}

/* Which of a bucket's entries is this one; CONN_BUCKET_ENTRIES: none. */
static unsigned int
entry_of(const struct conn_bucket *bucket, uint16_t tag, uint32_t number)
{
	for (uint32_t mask = conn_bucket_match(bucket, tag); mask != 0; mask &= mask - 1) {
		unsigned int entry = (unsigned int)__builtin_ctz(mask);

		if (bucket->number[entry] == number)
			return entry;
	}
	return CONN_BUCKET_ENTRIES;
}

/* The connection with this key whose entry stands in this bucket, or none. */
static uint32_t
find_in(const struct conn_index *index, const struct conn_bucket *bucket, uint16_t tag,
	const struct lb_conn_key *key)
{
	for (uint32_t mask = conn_bucket_match(bucket, tag); mask != 0; mask &= mask - 1) {
		uint32_t number = bucket->number[__builtin_ctz(mask)];

		if (conn_has_key(&index->conns[number], key))
			return number;
	}
	return LB_CONN_NONE;
}

void
conn_index_init(struct conn_index *index, struct conn_bucket *buckets, uint32_t connections,
	const struct lb_conn *conns, uint64_t seed)
{
	static_assert(sizeof(struct conn_bucket) == 64, "a bucket is one cache line");

	index->buckets = buckets;
	index->conns = conns;
	index->n = conn_index_buckets(connections);
	for (size_t i = 0; i < RTE_DIM(index->secret); i++)
		index->secret[i] = draw(&seed);
}

uint32_t
conn_index_find(const struct conn_index *index, const struct lb_conn_key *key, uint64_t hash)
{
	const struct conn_bucket *home = conn_index_home(index, hash), *bucket = home;

	do {
		uint32_t number = find_in(index, bucket, conn_index_tag(hash), key);

		if (number != LB_CONN_NONE || bucket->overflow == 0)
			return number;
		bucket = conn_index_after(index, bucket);
	} while (bucket != home);
	return LB_CONN_NONE;
}

void
conn_index_insert(struct conn_index *index, uint64_t hash, uint32_t number)
{
	struct conn_bucket *bucket = conn_index_home(index, hash);
	uint32_t room = conn_bucket_match(bucket, 0);

	while (room == 0) {
		bucket->overflow++;
		bucket = conn_index_after(index, bucket);
		room = conn_bucket_match(bucket, 0);
	}
	bucket->tag[__builtin_ctz(room)] = conn_index_tag(hash);
	bucket->number[__builtin_ctz(room)] = number;
}

void
conn_index_remove(struct conn_index *index, uint64_t hash, uint32_t number)
{
	struct conn_bucket *bucket = conn_index_home(index, hash);
	uint16_t tag = conn_index_tag(hash);
	unsigned int entry = entry_of(bucket, tag, number);

	while (entry == CONN_BUCKET_ENTRIES) {
		bucket->overflow--;
		bucket = conn_index_after(index, bucket);
		entry = entry_of(bucket, tag, number);
	}
	bucket->tag[entry] = 0;
}
