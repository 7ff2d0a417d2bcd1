#pragma once
/**
 * @file
 * Addresses and prefixes of both families. Bytes are in network order. Any thread.
 */

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <rte_byteorder.h>

/** An IPv4 or IPv6 address; bytes beyond the family's length are 0. */
struct lb_addr {
	union {
		rte_be32_t ip4;
		uint8_t bytes[16];
		uint64_t words[2];
	};
	uint8_t family; /**< AF_INET, AF_INET6, or 0: none. */
};

/** An address with the length of its network: "10.1.0.11/24" keeps the host bits. */
struct lb_prefix {
	struct lb_addr addr;
	uint8_t len;
};

/** Address and port of a service or a server. */
struct lb_endpoint {
	struct lb_addr addr;
	rte_be16_t port;
};

/** Room for any text that this file writes, with its NUL. */
#define LB_ADDR_TEXT 64

/* By whole words, as it is going to be read; a machine is little-endian here. */
static inline struct lb_addr
lb_addr_ip4(rte_be32_t ip4)
{
	return (struct lb_addr){ .words = { ip4, 0 }, .family = AF_INET };
}

/** From 16 bytes, at any alignment. */
static inline struct lb_addr
lb_addr_ip6(const void *bytes)
{
	struct lb_addr addr = { .family = AF_INET6 };

	memcpy(addr.bytes, bytes, sizeof(addr.bytes));
	return addr;
}

static inline bool
lb_addr_equal(const struct lb_addr *a, const struct lb_addr *b)
{
	return a->family == b->family && a->words[0] == b->words[0] && a->words[1] == b->words[1];
}

/** Order by family, then by bytes as an unsigned number: <0, 0, >0. */
int lb_addr_compare(const struct lb_addr *a, const struct lb_addr *b);

/** Unspecified, loopback, multicast or broadcast: no host on a link can have it. */
bool lb_addr_is_special(const struct lb_addr *addr);

/** Whether it is in fe80::/10, which is the same network on every link. */
static inline bool
lb_addr_is_link_local(const struct lb_addr *addr)
{
	return addr->family == AF_INET6 && addr->bytes[0] == 0xfe &&
	       (addr->bytes[1] & 0xc0) == 0x80;
}

/** 0, or -EINVAL when text is no address ("10.1.0.1", "fd01::1"). */
int lb_addr_parse(const char *text, struct lb_addr *addr);

/** 0, or -EINVAL when text is no "address/length". The length may not be left out. */
int lb_prefix_parse(const char *text, struct lb_prefix *prefix);

/** Whether addr lies in the network of prefix. */
bool lb_prefix_contains(const struct lb_prefix *prefix, const struct lb_addr *addr);

/** Whether the two networks share an address. */
bool lb_prefix_overlaps(const struct lb_prefix *a, const struct lb_prefix *b);

/** Write the text into out (at least LB_ADDR_TEXT bytes) and return out. */
const char *lb_addr_text(const struct lb_addr *addr, char *out);
const char *lb_prefix_text(const struct lb_prefix *prefix, char *out);

/** "10.1.0.1:80" or "[fd01::1]:80". */
const char *lb_endpoint_text(const struct lb_endpoint *endpoint, char *out);
