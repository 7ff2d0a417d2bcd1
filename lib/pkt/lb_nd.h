#pragma once
/**
 * @file
 * Neighbor Discovery (RFC 4861), read and written: the question who has an address, and its answer.
 * Pure functions; any thread.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <rte_ether.h>
#include <rte_ip.h>

#include "lb_addr.h"

enum lb_nd_type {
	LB_ND_SOLICIT = 135,
	LB_ND_ADVERT = 136,
};

/** Bytes of a message with the one option that is written. */
#define LB_ND_MESSAGE 32

/** Bytes of a frame that is written. */
#define LB_ND_FRAME (sizeof(struct rte_ether_hdr) + sizeof(struct rte_ipv6_hdr) + LB_ND_MESSAGE)

/** What a message says. */
struct lb_nd {
	uint8_t type; /**< enum lb_nd_type. */

	/* Of an advertisement. */
	bool router;
	bool solicited; /**< It answers who gets it. */
	bool override;  /**< Believe it although another MAC is known. */

	bool has_mac;
	struct rte_ether_addr mac; /**< Of the sender of a solicitation; of the target else. */
	struct lb_addr src;        /**< Of a host that tries an address out: ::. */
	struct lb_addr dst;
	struct lb_addr target;
};

/**
 * Read the packet at data (its IPv6 header), of which len bytes are there. 0, or -EINVAL for what
 * RFC 4861 section 7.1 wants to be dropped: truncated, hop limit not 255, checksum wrong, code not
 * 0, a target that is a group, an option without length, a solicitation from :: that is not to a
 * solicited-node group or tells a MAC, an advertisement to a group that says it is an answer; and
 * for a MAC that no station has.
 */
int lb_nd_parse(const void *data, size_t len, struct lb_nd *nd);

/** Write a frame of LB_ND_FRAME bytes; it tells nd->mac. */
void lb_nd_frame(void *out, const struct rte_ether_addr *dst, const struct rte_ether_addr *src,
	const struct lb_nd *nd);
