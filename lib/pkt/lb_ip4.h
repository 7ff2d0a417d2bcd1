#pragma once
/**
 * @file
 * IPv4 headers of hostile packets: checks and changes. Pure functions; any thread.
 *
 * Lengths come from headers, never from the frame: an Ethernet frame may be padded, or not. What
 * passes lb_ip4_check() may be walked by its own lengths.
 */

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include <rte_branch_prediction.h>
#include <rte_ip.h>

/** What is wrong with a header; in this order it is looked for. */
enum lb_ip4_fault {
	LB_IP4_OK,
	LB_IP4_TRUNCATED, /**< Fewer bytes than the header, or than its total length, says. */
	LB_IP4_VERSION,   /**< Not 4. */
	LB_IP4_HEADER,    /**< Header length below 20 bytes, or beyond the total length. */
	LB_IP4_CHECKSUM,
	LB_IP4_SOURCE, /**< No host has it: multicast, broadcast, loopback, 0/8. */
};

/** Whether it is a part of a datagram, first part included. */
static inline bool
lb_ip4_is_fragment(const struct rte_ipv4_hdr *ip)
{
	return (ip->fragment_offset &
		       rte_cpu_to_be_16(RTE_IPV4_HDR_MF_FLAG | RTE_IPV4_HDR_OFFSET_MASK)) != 0;
}

/** Whether a host can have it: none of 0/8, loopback, multicast and broadcast. */
static inline bool
lb_ip4_is_host(rte_be32_t address)
{
	uint32_t host = rte_be_to_cpu_32(address);
	uint32_t net = host >> 24;

	return net != 0 && net != 127 && net >> 4 != 0xe && host != UINT32_MAX;
}

/** The first fault of the header at data, of which len bytes are there, in the order above. */
enum lb_ip4_fault lb_ip4_fault(const void *data, uint16_t len);

/**
 * Whether the checksum of a header without options is right: then its 16-bit words add up to a
 * multiple of 65535 (RFC 1071), and so do its 32-bit words, since 65536 leaves 1.
 */
static inline bool
lb_ip4_adds_up(const struct rte_ipv4_hdr *ip)
{
	uint32_t words[sizeof(*ip) / sizeof(uint32_t)];

	memcpy(words, ip, sizeof(words));
	return ((uint64_t)words[0] + words[1] + words[2] + words[3] + words[4]) % UINT16_MAX == 0;
}

/** The same as lb_ip4_fault(), at a glance for a right header without options. */
static inline enum lb_ip4_fault
lb_ip4_check(const void *data, uint16_t len)
{
	const struct rte_ipv4_hdr *ip = data;
	uint16_t total;

	if (unlikely(len < sizeof(*ip) || ip->version_ihl != RTE_IPV4_VHL_DEF))
		return lb_ip4_fault(data, len);
	total = rte_be_to_cpu_16(ip->total_length);
	if (likely(total >= sizeof(*ip) && total <= len && lb_ip4_adds_up(ip) &&
		    lb_ip4_is_host(ip->src_addr)))
		return LB_IP4_OK;
	return lb_ip4_fault(data, len);
}

/**
 * Lower the TTL by 1 and mend the checksum (RFC 1624). The TTL is not 0. A header never sums to
 * positive zero, so 0xffff is no checksum of one: it becomes 0.
 */
static inline void
lb_ip4_lower_ttl(struct rte_ipv4_hdr *ip)
{
	uint32_t sum = ip->hdr_checksum + rte_cpu_to_be_16(0x0100);

	ip->hdr_checksum = (uint16_t)(sum + (sum >= UINT16_MAX));
	ip->time_to_live--;
}
