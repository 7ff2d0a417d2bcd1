#pragma once
/**
 * @file
 * ARP and Neighbor Discovery on behalf of our own addresses: the answer to a question, and what is
 * said unasked (RFC 9568 section 6.4: a broadcast request by ARP whose sender and target are the
 * address, both MACs ours; an advertisement to all nodes that overrides). Pure functions.
 */

#include <stdint.h>

#include "lb_arp.h"
#include "lb_nd.h"

/** The answer to `request` by the owner of its target, who has `mac`; LB_ARP_FRAME bytes. */
void lb_announce_answer(void *out, const struct lb_arp *request, const struct rte_ether_addr *mac);

/** A gratuitous ARP for address at mac; LB_ARP_FRAME bytes. */
void lb_announce_gratuitous(void *out, rte_be32_t address, const struct rte_ether_addr *mac);

/** Whose an IPv6 address is. */
struct lb_announce_owner {
	struct rte_ether_addr mac;
	bool router; /**< The host that has it forwards packets of others. */
};

/**
 * The answer to a question about an address of this owner, sent to the host with MAC `asker`, or to
 * all nodes when the host has no address yet; LB_ND_FRAME bytes.
 */
void lb_announce_answer6(void *out, const struct lb_nd *question,
	const struct rte_ether_addr *asker, const struct lb_announce_owner *owner);

/** An unasked advertisement of address; LB_ND_FRAME bytes. */
void lb_announce_unasked6(
	void *out, const struct lb_addr *address, const struct lb_announce_owner *owner);
