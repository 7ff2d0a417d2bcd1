#pragma once
/**
 * @file
 * ARP for IPv4 over Ethernet (RFC 826), read and written. Pure functions; any thread.
 */

#include <stddef.h>
#include <stdint.h>

#include <rte_arp.h>
#include <rte_ether.h>

/** Bytes of an ARP frame, unpadded. */
#define LB_ARP_FRAME (sizeof(struct rte_ether_hdr) + sizeof(struct rte_arp_hdr))

/** What an ARP packet says. */
struct lb_arp {
	uint16_t op; /**< RTE_ARP_OP_REQUEST or RTE_ARP_OP_REPLY, host order. */
	struct rte_ether_addr sender_mac;
	struct rte_ether_addr target_mac;
	rte_be32_t sender_ip;
	rte_be32_t target_ip;
};

/**
 * Read the ARP packet at data (behind the Ethernet header), of which len bytes are there. 0, or
 * -EINVAL: truncated, not IPv4 over Ethernet, another operation, or a sender MAC that is zero or a
 * group.
 */
int lb_arp_parse(const void *data, size_t len, struct lb_arp *arp);

/** Write a frame of LB_ARP_FRAME bytes. */
void lb_arp_frame(void *out, const struct rte_ether_addr *dst, const struct rte_ether_addr *src,
	const struct lb_arp *arp);
