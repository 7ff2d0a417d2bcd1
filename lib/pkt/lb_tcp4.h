#pragma once
/**
 * @file
 * TCP over IPv4: the reset that answers a segment, made in place. The mbuf's data starts at the IP
 * header; it is one segment. Pure functions; any thread.
 */

#include <stdbool.h>

#include <rte_mbuf.h>

/**
 * Whether a reset may answer this checked TCP packet: it is no reset itself (RFC 9293 section
 * 3.10.7.1), and comes from one host to one host.
 */
bool lb_tcp4_may_reset(const struct rte_mbuf *m);

/**
 * Turn a checked TCP packet, of which lb_tcp4_may_reset() is true, into the reset that answers it:
 * addresses and ports swapped, TTL 64, no options, no payload. Its sequence number is what the
 * packet acknowledges; a packet that acknowledges nothing is acknowledged instead (RFC 9293 section
 * 3.5.2, group 1).
 */
void lb_tcp4_make_reset(struct rte_mbuf *m);
