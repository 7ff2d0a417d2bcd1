#pragma once
/**
 * @file
 * The index of a connection table: from keys to numbers of connections. Private to lib/conn; all of
 * it belongs to the worker that owns the table. See index.c.
 */

#include <emmintrin.h>
#include <stdbool.h>
#include <stdint.h>

#include <rte_common.h>

#include "lb_conn.h"

#define CONN_BUCKET_ENTRIES 10

/** Entries that have the same home, or overflowed into this bucket: one cache line. */
struct conn_bucket {
	uint16_t tag[CONN_BUCKET_ENTRIES]; /**< Bits of the hash; 0: the entry is free. */
	uint32_t overflow; /**< Entries that found this bucket full and stand in a later one. */
	uint32_t number[CONN_BUCKET_ENTRIES]; /**< Of the connections. */
} __rte_cache_aligned;

/** An index. */
struct conn_index {
	struct conn_bucket *buckets;
	const struct lb_conn *conns;
	uint64_t secret[4];
	uint32_t n; /**< Buckets. */
};

/** How many buckets so many connections need, at two entries each and a load of 0.6. */
static inline uint32_t
conn_index_buckets(uint32_t connections)
{
	return (uint32_t)((2 * (uint64_t)connections + 5) / 6);
}

/** buckets: conn_index_buckets(connections), zeroed. seed: the secrets come from it. */
void conn_index_init(struct conn_index *index, struct conn_bucket *buckets, uint32_t connections,
	const struct lb_conn *conns, uint64_t seed);

/** The number of the connection that has this key, whether it has expired or not, or none. */
uint32_t conn_index_find(
	const struct conn_index *index, const struct lb_conn_key *key, uint64_t hash);

/** Put an entry, or take it away. There is always room. */
void conn_index_insert(struct conn_index *index, uint64_t hash, uint32_t number);
void conn_index_remove(struct conn_index *index, uint64_t hash, uint32_t number);

/** The key by which packets of one direction find a flow. */
static inline struct lb_conn_key
conn_key(const struct lb_fwd_target *target, uint8_t protocol, enum lb_fwd_direction direction)
{
	if (direction == LB_FWD_REQUEST)
		return lb_conn_key(target->client, target->client_port, target->vip,
			target->vip_port, protocol, direction);
	return lb_conn_key(target->client, target->client_port, target->server, target->server_port,
		protocol, direction);
}

/** Whether packets with this key belong to the connection. */
static inline bool
conn_has_key(const struct lb_conn *conn, const struct lb_conn_key *key)
{
	struct lb_conn_key own =
		conn_key(&conn->target, conn->protocol, (enum lb_fwd_direction)key->direction);

	return own.words[0] == key->words[0] && own.words[1] == key->words[1] &&
	       (key->direction == LB_FWD_REQUEST || (conn->flags & LB_CONN_REPLY_KEY) != 0);
}

/** Multiply to 128 bits and fold: each bit of the result depends on all bits of both. */
static inline uint64_t
conn_index_mix(uint64_t a, uint64_t b)
{
	unsigned __int128 product = (unsigned __int128)a * b;

	return (uint64_t)product ^ (uint64_t)(product >> 64);
}

static inline uint64_t
conn_index_hash(const struct conn_index *index, const struct lb_conn_key *key)
{
	uint64_t mixed =
		conn_index_mix(key->words[0] ^ index->secret[0], key->words[1] ^ index->secret[1]);

	return conn_index_mix(mixed ^ index->secret[2], index->secret[3]);
}

/** The upper half of a hash chooses the home, without a division for any number of buckets. */
static inline struct conn_bucket *
conn_index_home(const struct conn_index *index, uint64_t hash)
{
	return &index->buckets[((hash >> 32) * index->n) >> 32];
}

/** The tag of a hash is never 0. */
static inline uint16_t
conn_index_tag(uint64_t hash)
{
	uint16_t tag = (uint16_t)hash;

	return tag != 0 ? tag : 1;
}

/** The bucket after this one, in a ring. */
static inline struct conn_bucket *
conn_index_after(const struct conn_index *index, const struct conn_bucket *bucket)
{
	size_t next = (size_t)(bucket - index->buckets) + 1;

	return &index->buckets[next == index->n ? 0 : next];
}

/** Bit i: entry i has this tag. */
static inline uint32_t
conn_bucket_match(const struct conn_bucket *bucket, uint16_t tag)
{
	const __m128i *parts = (const __m128i *)bucket;
	__m128i wanted = _mm_set1_epi16((short)tag);
	__m128i first = _mm_cmpeq_epi16(_mm_load_si128(&parts[0]), wanted);
	__m128i second = _mm_cmpeq_epi16(_mm_load_si128(&parts[1]), wanted);
	uint32_t mask = (uint32_t)_mm_movemask_epi8(_mm_packs_epi16(first, second));

	return mask & ((1U << CONN_BUCKET_ENTRIES) - 1);
}

/** The first connection whose tag fits: nearly always the right one. None: no such key. */
static inline uint32_t
conn_index_guess(const struct conn_index *index, const struct conn_bucket *home, uint16_t tag)
{
	const struct conn_bucket *bucket = home;

	do {
		uint32_t mask = conn_bucket_match(bucket, tag);

		if (mask != 0)
			return bucket->number[__builtin_ctz(mask)];
		if (bucket->overflow == 0)
			break;
		bucket = conn_index_after(index, bucket);
	} while (bucket != home);
	return LB_CONN_NONE;
}
