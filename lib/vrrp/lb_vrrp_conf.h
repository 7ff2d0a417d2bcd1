#pragma once
/**
 * @file
 * What a VRRP instance is told: one virtual router on one link, of one address family, as version 2
 * (RFC 3768, IPv4 only) or 3 (RFC 9568 with its errata). The codec and the state machine read it
 * and never change it. Times are microseconds: centiseconds would truncate the skew of short
 * intervals to nothing, and backups would collide.
 *
 * Whoever fills it owns it and what it points to, and keeps both while they are in use. Control
 * lcore; lb_vrrp_conf_check() is pure, any thread.
 */

#include <stdbool.h>
#include <stdint.h>

#include <rte_ether.h>

#include "lb_addr.h"
#include "lb_error.h"

/** Priority of the router whose own addresses these are; it cannot be lent or lost. */
#define LB_VRRP_OWNER 255

/** Most addresses that an advert can list: the count is one byte. */
#define LB_VRRP_ADDRS 255

/** Bytes of a password of version 2. */
#define LB_VRRP_PASSWORD 8

/**
 * What the checksum of a version 3 advert over IPv4 covers. In version 2 there is never a
 * pseudo-header, over IPv6 always.
 */
enum lb_vrrp_sum {
	LB_VRRP_SUM_RFC5798, /**< Message and pseudo-header. */
	LB_VRRP_SUM_RFC9568, /**< Message alone. */
};

struct lb_vrrp_conf {
	uint8_t version;    /**< 2 or 3. */
	bool both_versions; /**< Version 3, and version 2 beside it (RFC 9568 section 8.4.2). */
	uint8_t vrid;       /**< 1 to 255. */
	uint8_t priority;   /**< 1 to 254, or LB_VRRP_OWNER. */
	bool preempt; /**< Take over from a live Active of lower priority; the owner always does. */
	bool quiet;   /**< As Active, let lower priorities advertise unanswered (RFC 5798). */
	/**
	 * As Active that gives way, advertise once more: the other one announces then that the
	 * addresses are his (section 6.4.3), to hosts that have learnt a MAC of ours. A router
	 * whose MAC is virtual needs it not, since bridges learn that from each advert.
	 */
	bool last_word;
	bool strict_addrs;    /**< Refuse adverts that list other addresses. */
	enum lb_vrrp_sum sum; /**< Form that is sent; either is taken. */

	/** Simple text password of version 2 (RFC 2338), padded with 0; all 0: none. */
	uint8_t password[LB_VRRP_PASSWORD];

	uint64_t interval_us;      /**< Between own adverts. */
	uint64_t preempt_delay_us; /**< A live Active of lower priority is let be for so long. */
	uint64_t start_delay_us;   /**< Takes no part for so long after start. */
	uint64_t up_delay_us;      /**< The same after LB_VRRP_LINK_UP. */

	struct lb_addr source;     /**< The port's primary IPv4, or its link-local IPv6 address. */
	struct rte_ether_addr mac; /**< Source of frames: lb_vrrp_mac(), or the port's own. */
	const struct lb_addr *addrs; /**< Listed in adverts, in this order. */
	uint16_t n_addrs;            /**< 1 to LB_VRRP_ADDRS. */
	const struct lb_addr *peers; /**< Unicast: the others. */
	uint16_t n_peers;            /**< 0: multicast. */
	uint8_t ttl_min; /**< Unicast: what adverts of peers may arrive with; multicast has 255. */
	uint8_t ttl_max;
};

/**
 * 0, or a negative errno and a sentence in err when no such instance can work: no address, an
 * address of the other family, IPv6 without a link-local address in front, version 2 with IPv6, an
 * interval that adverts cannot carry, or an advert longer than mtu (bytes of the IP packet) holds.
 * The sentence begins with the fault; the caller puts the instance before it.
 */
int lb_vrrp_conf_check(const struct lb_vrrp_conf *conf, uint16_t mtu, struct lb_error *err);

/** What an instance with both versions says in version 2: its interval in whole seconds, at least.
 */
struct lb_vrrp_conf lb_vrrp_conf_v2(const struct lb_vrrp_conf *conf);
