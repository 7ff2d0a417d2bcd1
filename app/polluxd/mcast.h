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
#include "lb_conf.h"
#include "lb_mld.h"

struct director;

/** Groups of a port at most: those of one configuration, and of the one before, which are left. */
#define MCAST_MAX (2 * (LB_CONF_IP6_MAX + 1))

/** A group. It stays until it has been said that nobody listens any more. */
struct mcast_group {
	struct lb_addr addr;
	uint32_t refs;  /**< Addresses that come and go have it. */
	bool fixed;     /**< The configuration wants it. */
	bool asked;     /**< A query wants to know about it. */
	uint8_t untold; /**< So often it has still to be said that it came, or that it went. */
};

/** Those of a port. */
struct mcast_port {
	struct mcast_group list[MCAST_MAX];
	size_t n;
	uint64_t due_ms;    /**< Of the next report about changes; UINT64_MAX: none. */
	uint64_t answer_ms; /**< Of the answer to queries; UINT64_MAX: none. */
};

struct mcast {
	struct mcast_port *ports; /**< LB_NETIF_PORTS. */
};

/** 0 or -ENOMEM. */
int mcast_init(struct mcast *mcast);
void mcast_fini(struct mcast *mcast);

/** An address of ours is answered for from now on, or no longer: counted. */
void mcast_join(struct director *director, uint8_t port, const struct lb_addr *addr);
void mcast_leave(struct director *director, uint8_t port, const struct lb_addr *addr);

/** Let ports listen for what the configuration has: addresses of ports, VIPs without instance. */
void mcast_apply(struct director *director);

/** Somebody asks who listens. */
void mcast_asked(struct director *director, uint8_t port, const struct lb_mld_query *query);

/** Send reports that are due; returns when to be called again, UINT64_MAX: not at all. */
uint64_t mcast_run(struct director *director, uint64_t now_ms);
