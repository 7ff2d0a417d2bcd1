#pragma once
/**
 * @file
 * TCP over IPv4: the resets that answer a segment or go on in its place. The mbuf's data starts at
 * the IP header; it is one segment. Pure functions; any thread.
 */

#include <stdbool.h>

#include <rte_byteorder.h>
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

/**
 * Write into an empty mbuf the reset that goes on to the receiver of such a packet in its place,
 * from this address and port (network order): TTL 64, no options, no payload, and the packet's own
 * numbers, so that who waits for it takes the reset (RFC 5961 section 3).
 */
void lb_tcp4_write_reset_on(
	struct rte_mbuf *reset, const struct rte_mbuf *m, rte_be32_t address, rte_be16_t port);
