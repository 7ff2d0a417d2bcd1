#pragma once
/**
 * @file
 * Hashes of names, addresses and endpoints for the tables of this library. All keys come from the
 * configuration, so nobody can choose them to collide. Any thread.
 */

#include <stdbool.h>
#include <stdint.h>

#include "lb_addr.h"

/** Mix two words: both halves of their 128-bit product. */
static inline uint64_t
svc_hash_mix(uint64_t a, uint64_t b)
{
	unsigned __int128 product = (unsigned __int128)(a ^ UINT64_C(0x9e3779b97f4a7c15)) *
				    (b ^ UINT64_C(0xd1b54a32d192ed03));

	return (uint64_t)product ^ (uint64_t)(product >> 64);
}

static inline uint64_t
svc_hash_name(const char *name)
{
	uint64_t hash = 0;

	for (; *name != '\0'; name++)
		hash = svc_hash_mix(hash, (uint8_t)*name);
	return hash;
}

static inline uint64_t
svc_hash_addr(const struct lb_addr *addr)
{
	return svc_hash_mix(addr->words[0], addr->words[1]);
}

/** extra: what belongs to the key beside address and port. */
static inline uint64_t
svc_hash_endpoint(const struct lb_endpoint *endpoint, uint64_t extra)
{
	return svc_hash_mix(svc_hash_addr(&endpoint->addr), extra ^ endpoint->port);
}

static inline bool
svc_endpoint_equal(const struct lb_endpoint *a, const struct lb_endpoint *b)
{
	return a->port == b->port && lb_addr_equal(&a->addr, &b->addr);
}
