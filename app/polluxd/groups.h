#pragma once
/**
 * @file
 * IPv6 groups that ports listen to: the solicited-node group of each address that we answer for
 * now, and that of VRRP. Frames to them pass the port's filter, and switches are told by MLD
 * (RFC 3810). Control lcore.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lb_addr.h"
#include "lb_mld.h"
#include "lb_netif.h"

struct director;

/** Groups of a port at most: its filter has no more places. */
#define GROUPS_MAX (LB_NETIF_FILTER / 2)

/** A group. It stays until it has been said that nobody listens any more. */
struct group {
	struct lb_addr addr;
	uint32_t refs;  /**< Addresses that come and go have it. */
	bool fixed;     /**< The configuration wants it. */
	bool asked;     /**< A query wants to know about it. */
	uint8_t untold; /**< So often it has still to be said that it came, or that it went. */
};

/** Those of a port. */
struct groups_port {
	struct group list[GROUPS_MAX];
	size_t n;
	uint64_t due_ms;    /**< Of the next report about changes; UINT64_MAX: none. */
	uint64_t answer_ms; /**< Of the answer to queries; UINT64_MAX: none. */
};

struct groups {
	struct groups_port *ports; /**< LB_NETIF_PORTS. */
};

/** 0 or -ENOMEM. */
int groups_init(struct groups *groups);
void groups_fini(struct groups *groups);

/** An address of ours is answered for from now on, or no longer: counted. */
void groups_join(struct director *director, uint8_t port, const struct lb_addr *addr);
void groups_leave(struct director *director, uint8_t port, const struct lb_addr *addr);

/** Let ports listen for what the configuration has: addresses of ports, VIPs without instance. */
void groups_apply(struct director *director);

/** Somebody asks who listens. */
void groups_asked(struct director *director, uint8_t port, const struct lb_mld_query *query);

/** Send reports that are due; returns when to be called again, UINT64_MAX: not at all. */
uint64_t groups_run(struct director *director, uint64_t now_ms);
