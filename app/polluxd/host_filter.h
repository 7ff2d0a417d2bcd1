#pragma once
/**
 * @file
 * What the kernel may send by a port. polluxd alone says by ARP and ND where our addresses are, and
 * no packet leaves from a VIP but by the packet path.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lb_netif.h"
#include "lb_vip.h"

/** What is known of the port. */
struct host_filter {
	const struct rte_ether_addr *mac;
	uint8_t port;
	uint16_t mtu;
	const struct lb_vip_table *vips;
};

/**
 * Whether a frame of len bytes may go out: a packet from no VIP, or a question by ARP or ND from an
 * address of this port; both from its MAC, and within its MTU. Of ICMPv6 that is about the link, as
 * MLD and what routers are asked, only the question. Pure.
 */
bool host_filter_passes(const struct host_filter *filter, const void *frame, size_t len);
