#pragma once
/**
 * @file
 * How schedulers turn addresses into numbers, as Linux Virtual Server does.
 */

#include <stdint.h>
#include <string.h>

#include <rte_byteorder.h>

#include "lb_addr.h"

/** An address as one number: IPv4 in host order, IPv6 with its four words folded into one. */
static inline uint32_t
hash_fold(const struct lb_addr *addr)
{
	rte_be32_t words[4];

	if (addr->family != AF_INET6)
		return rte_be_to_cpu_32(addr->ip4);
	memcpy(words, addr->bytes, sizeof(words));
	return rte_be_to_cpu_32(words[0] ^ words[1] ^ words[2] ^ words[3]);
}

/** One of 2^bits buckets, bits at least 1. */
static inline uint32_t
hash_bucket(uint32_t value, unsigned int bits)
{
	return value * UINT32_C(0x61C88647) >> (32 - bits);
}
