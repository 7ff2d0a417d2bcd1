#pragma once
/**
 * @file
 * The packet that an ICMPv4 error quotes: read, and translated together with the error around it.
 *
 * An error belongs to the connection of the packet that it is about. The mbuf's data starts at the
 * IP header, which was checked, and lb_icmp4_kind() said LB_ICMP4_IS_ERROR; it is one segment. The
 * quote may end anywhere, and nobody has checked it. Pure functions; any thread.
 */

#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>

#include <rte_mbuf.h>

/** Why a quote is of no use. */
enum lb_icmp4_quote_fault {
	LB_ICMP4_QUOTE_OK,
	LB_ICMP4_QUOTE_TYPE,      /**< The error tells nothing about a flow: redirect, parameter. */
	LB_ICMP4_QUOTE_TRUNCATED, /**< Less is quoted than the IP header and 8 bytes behind it. */
	LB_ICMP4_QUOTE_HEADER,    /**< No IPv4 header, or its lengths contradict each other. */
	LB_ICMP4_QUOTE_FRAGMENT,  /**< Not the first one, so it has no ports. */
	LB_ICMP4_QUOTE_FOREIGN,   /**< The error went to another than the quoted packet's sender. */
};

/** A quoted packet, as it was sent: src is who gets the error. */
struct lb_icmp4_quote {
	uint8_t type; /**< Of the error: LB_ICMP4_UNREACHABLE and so on. */
	uint8_t code;
	uint16_t mtu;    /**< That LB_ICMP4_FRAG_NEEDED tells, host order; else 0. */
	uint16_t offset; /**< Of the quoted IP header, from the start of the data. */
	uint16_t header; /**< Its length. */
	uint16_t quoted; /**< Bytes of the packet that are there, header included. */
	uint8_t protocol;
	bool df;        /**< It may not be fragmented. */
	bool has_ports; /**< TCP or UDP; else both ports are 0. */
	rte_be16_t src_port;
	rte_be16_t dst_port;
	rte_be32_t src;
	rte_be32_t dst;
};

/** Read what the error quotes. Unless LB_ICMP4_QUOTE_OK, quote is undefined. */
enum lb_icmp4_quote_fault lb_icmp4_quote_read(
	const struct rte_mbuf *m, struct lb_icmp4_quote *quote);

/** Whether the quoted packet is a tunnel (IP in IP) of whoever gets the error. */
static inline bool
lb_icmp4_quote_is_tunnel(const struct lb_icmp4_quote *quote)
{
	return quote->protocol == IPPROTO_IPIP;
}

/**
 * Read the packet inside a quoted tunnel; offset tells where it is. Type, code and mtu are the
 * error's, so the mtu still counts the tunnel's header. Strict as the outer reading.
 */
enum lb_icmp4_quote_fault lb_icmp4_quote_read_tunnel(const struct rte_mbuf *m,
	const struct lb_icmp4_quote *tunnel, struct lb_icmp4_quote *inside);

/**
 * Translate an error about a reply, on its way to the server: destination, and the source of the
 * quoted packet, become the server's. The quote was read from m and has ports; it is stale then.
 */
void lb_icmp4_quote_to_server(struct rte_mbuf *m, const struct lb_icmp4_quote *quote,
	rte_be32_t server, rte_be16_t server_port);

/**
 * Translate an error about a request, on its way to the client: source, and the destination of the
 * quoted packet, become the VIP's. The quote was read from m and has ports; it is stale then.
 */
void lb_icmp4_quote_to_client(struct rte_mbuf *m, const struct lb_icmp4_quote *quote,
	rte_be32_t vip, rte_be16_t vip_port);
