#pragma once
/**
 * @file
 * ICMPv4: echo replies and errors, made in place from the packet that caused them. The mbuf's data
 * starts at the IP header; it is one segment. Pure functions; any thread.
 */

#include <stdbool.h>
#include <stdint.h>

#include <rte_mbuf.h>

enum lb_icmp4_type {
	LB_ICMP4_ECHO_REPLY = 0,
	LB_ICMP4_UNREACHABLE = 3,
	LB_ICMP4_SOURCE_QUENCH = 4,
	LB_ICMP4_REDIRECT = 5,
	LB_ICMP4_ECHO = 8,
	LB_ICMP4_TIME_EXCEEDED = 11,
	LB_ICMP4_PARAMETER = 12,
};

/** Codes of LB_ICMP4_UNREACHABLE. */
enum lb_icmp4_unreachable {
	LB_ICMP4_NET = 0,
	LB_ICMP4_HOST = 1,
	LB_ICMP4_PORT = 3,
	LB_ICMP4_FRAG_NEEDED = 4,
};

/** What an ICMP message is, from its checked IP packet (IP header and total length are right). */
enum lb_icmp4_kind {
	LB_ICMP4_IS_ECHO,      /**< Request, checksum right. */
	LB_ICMP4_IS_ERROR,     /**< Quotes a packet of ours or of somebody else. */
	LB_ICMP4_IS_OTHER,     /**< Known or not, nothing that we answer. */
	LB_ICMP4_IS_TRUNCATED, /**< Shorter than its header. */
	LB_ICMP4_IS_CORRUPT,   /**< Checksum wrong. */
};

enum lb_icmp4_kind lb_icmp4_kind(const struct rte_mbuf *m);

/** Turn a checked echo request into its reply: addresses swapped, TTL 64, checksums right. */
void lb_icmp4_echo_reply(struct rte_mbuf *m);

/** An error message to be made. */
struct lb_icmp4_error {
	uint8_t type;
	uint8_t code;
	uint16_t mtu;      /**< Of LB_ICMP4_FRAG_NEEDED, host order; else 0. */
	rte_be32_t source; /**< Address of the port that reports. */
};

/**
 * Whether an error may be sent about this checked packet (RFC 1122 section 3.2.2): not about ICMP
 * errors, fragments but the first, multicast or broadcast, or a source that no host has.
 */
bool lb_icmp4_may_answer(const struct rte_mbuf *m);

/**
 * Turn the packet into an error about itself, to its source: a new IP header with TTL 64, the ICMP
 * header, and as much of the packet as 576 bytes hold (RFC 1812 section 4.3.2.3). 0, or -ENOSPC
 * without headroom; the packet is then as it was.
 */
int lb_icmp4_make_error(struct rte_mbuf *m, const struct lb_icmp4_error *error);
