#pragma once
/**
 * @file
 * SipHash-1-3 of one 32-bit number (Aumasson and Bernstein, 2012), cut to 32 bits, as 64-bit Linux
 * hashes where a known key is enough.
 */

#include <stdint.h>

/** Both words of a key. */
struct siphash_key {
	uint64_t words[2];
};

static inline uint64_t
siphash_rotate(uint64_t x, unsigned int bits)
{
	return x << bits | x >> (64 - bits);
}

static inline void
siphash_round(uint64_t v[4])
{
	v[0] += v[1];
	v[2] += v[3];
	v[1] = siphash_rotate(v[1], 13) ^ v[0];
	v[3] = siphash_rotate(v[3], 16) ^ v[2];
	v[0] = siphash_rotate(v[0], 32);
	v[2] += v[1];
	v[0] += v[3];
	v[1] = siphash_rotate(v[1], 17) ^ v[2];
	v[3] = siphash_rotate(v[3], 21) ^ v[0];
	v[2] = siphash_rotate(v[2], 32);
}

/** The message is the number's four bytes, lowest first; its length stands above them. */
static inline uint32_t
siphash(uint32_t number, const struct siphash_key *key)
{
	uint64_t block = UINT64_C(4) << 56 | number;
	uint64_t v[4] = {
		key->words[0] ^ UINT64_C(0x736f6d6570736575),
		key->words[1] ^ UINT64_C(0x646f72616e646f6d),
		key->words[0] ^ UINT64_C(0x6c7967656e657261),
		key->words[1] ^ UINT64_C(0x7465646279746573),
	};

	v[3] ^= block;
	siphash_round(v);
	v[0] ^= block;
	v[2] ^= 0xff;
	for (int i = 0; i < 3; i++)
		siphash_round(v);
	return (uint32_t)(v[0] ^ v[1] ^ v[2] ^ v[3]);
}
