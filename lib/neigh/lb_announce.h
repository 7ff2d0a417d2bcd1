#pragma once
/**
 * @file
 * ARP on behalf of our own addresses: the answer to a request, and gratuitous ARP (RFC 9568 section
 * 6.4: broadcast request, sender and target are the address, both MACs ours). Pure functions.
 */

#include <stdint.h>

#include "lb_arp.h"

/** The answer to `request` by the owner of its target, who has `mac`; LB_ARP_FRAME bytes. */
void lb_announce_answer(void *out, const struct lb_arp *request, const struct rte_ether_addr *mac);

/** A gratuitous ARP for address at mac; LB_ARP_FRAME bytes. */
void lb_announce_gratuitous(void *out, rte_be32_t address, const struct rte_ether_addr *mac);
