#pragma once
/**
 * @file
 * An interface of the kernel is set up over rtnetlink. The kernel answers at once. Any thread.
 */

#include <stdbool.h>
#include <stdint.h>

#include <rte_ether.h>

#include "lb_addr.h"

/**
 * Give interface number index a MAC and an MTU, and take it up. It gets no IPv6 address by itself
 * and hears no routers, and asks by ARP only from an address of its own. 0 or -errno.
 */
int lb_host_link_set_up(int index, const struct rte_ether_addr *mac, uint16_t mtu);

/** Add an address with its subnet, or remove it. 0 or -errno; it is no error if that is so
 * already. */
int lb_host_link_set_address(int index, const struct lb_prefix *address, bool on);
