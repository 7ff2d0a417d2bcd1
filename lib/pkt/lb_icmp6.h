#pragma once
/**
 * @file
 * ICMPv6: what a message is, and echo replies, made in place from the request. The mbuf's data
 * starts at the IPv6 header; it is one segment. Pure functions; any thread.
 */

#include <stdint.h>

#include <rte_mbuf.h>

#include "lb_ip6.h"

enum lb_icmp6_type {
	LB_ICMP6_ECHO = 128, /**< Those below are errors. */
	LB_ICMP6_ECHO_REPLY = 129,
	LB_ICMP6_MLD_QUERY = 130,
};

/** What a message is. */
enum lb_icmp6_kind {
	LB_ICMP6_IS_ECHO,      /**< Request from one host to one, checksum right. */
	LB_ICMP6_IS_ND,        /**< Neighbor Discovery; see lb_nd_parse(). */
	LB_ICMP6_IS_MLD,       /**< A query for groups; see lb_mld_parse(). */
	LB_ICMP6_IS_OTHER,     /**< Known or not, nothing that we answer. */
	LB_ICMP6_IS_TRUNCATED, /**< Shorter than its header. */
	LB_ICMP6_IS_CORRUPT,   /**< Checksum wrong. */
};

/** m has a checked IPv6 header and upper is what follows it, an ICMPv6 message. */
enum lb_icmp6_kind lb_icmp6_kind(const struct rte_mbuf *m, const struct lb_ip6_upper *upper);

/** Turn an echo request into its reply: addresses swapped, hop limit 64, checksum right. */
void lb_icmp6_echo_reply(struct rte_mbuf *m);
