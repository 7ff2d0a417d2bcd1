#pragma once
/**
 * @file
 * IPv6 headers of hostile packets, and the addresses that stand for groups on a link. Pure
 * functions; any thread.
 *
 * Lengths come from headers, never from the frame. Addresses that are given as bytes are the 16 of
 * a header, at any alignment.
 */

#include <stdbool.h>
#include <stdint.h>

#include <rte_ether.h>
#include <rte_ip.h>

#include "lb_addr.h"

/** What is wrong with a header; in this order it is looked for. */
enum lb_ip6_fault {
	LB_IP6_OK,
	LB_IP6_TRUNCATED, /**< Fewer bytes than the header, or than its payload length, says. */
	LB_IP6_VERSION,   /**< Not 6. */
	LB_IP6_SOURCE,    /**< No host has it: multicast or loopback. */
};

/**
 * Check the header at data, of which len bytes are there. Reads nothing beyond them. The source may
 * be the unspecified address: a host that has none yet sends from it.
 */
enum lb_ip6_fault lb_ip6_check(const void *data, uint16_t len);

/** What follows the IPv6 header. */
struct lb_ip6_upper {
	uint8_t protocol;
	uint16_t offset;   /**< From the start of the IPv6 header. */
	uint16_t len;      /**< By the payload length. */
	bool router_alert; /**< RFC 2711. */
};

/**
 * Find what follows a checked header. One extension header is read, hop-by-hop options, with which
 * MLD comes; of others upper->protocol has the number. false: the options are malformed, or one of
 * them forbids a node that does not know it to go on (RFC 8200 section 4.2).
 */
bool lb_ip6_find_upper(const struct rte_ipv6_hdr *ip, struct lb_ip6_upper *upper);

/**
 * Sum of a message with its pseudo-header (RFC 8200 section 8.1), not complemented: UINT16_MAX when
 * the message carries the right checksum.
 */
uint16_t lb_ip6_sum(
	const struct rte_ipv6_hdr *ip, uint8_t protocol, const void *message, uint16_t len);

/** Whether an address of a header is multicast, in fe80::/10, or ::. */
static inline bool
lb_ip6_is_group(const uint8_t *addr)
{
	return addr[0] == 0xff;
}

static inline bool
lb_ip6_is_link_local(const uint8_t *addr)
{
	struct lb_addr copy = lb_addr_ip6(addr);

	return lb_addr_is_link_local(&copy);
}

bool lb_ip6_is_none(const uint8_t *addr);

/** Whether a group is one of ff02::1:ff00:0/104, to which questions about addresses go. */
bool lb_ip6_is_solicited(const uint8_t *addr);

/** All nodes of the link, ff02::1; all routers that hear MLD reports, ff02::16. */
extern const struct lb_addr lb_ip6_all_nodes, lb_ip6_all_mld;

/** The solicited-node group of an address (RFC 4291 section 2.7.1). */
struct lb_addr lb_ip6_solicited(const struct lb_addr *addr);

/** The MAC of a group (RFC 2464 section 7). */
struct rte_ether_addr lb_ip6_group_mac(const struct lb_addr *group);

/** The link-local address that a MAC makes (RFC 4291 appendix A). */
struct lb_addr lb_ip6_link_local(const struct rte_ether_addr *mac);
