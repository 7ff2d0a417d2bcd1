#pragma once
/**
 * @file
 * Which destination MACs a port takes besides its own and broadcast: virtual MACs and groups.
 *
 * Control adds and removes; workers ask. The hardware is told by ladders: a unicast MAC by
 * mac_addr_add, else promiscuous mode, else not at all (point to point); a group by the list of
 * groups, else all groups, else promiscuous mode. The software filter decides in any case, so the
 * rung only costs or saves packets.
 */

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include <rte_ether.h>

/** Places of the filter, of which at most half are used. */
#define LB_NETIF_FILTER_BITS 11
#define LB_NETIF_FILTER (1U << LB_NETIF_FILTER_BITS)

/** What the hardware was made to do for a MAC. */
enum lb_netif_rung {
	LB_NETIF_RUNG_NONE,   /**< Nothing was asked for yet. */
	LB_NETIF_RUNG_EXACT,  /**< It filters by this MAC. */
	LB_NETIF_RUNG_GROUPS, /**< It takes all groups. */
	LB_NETIF_RUNG_PROMISCUOUS,
	LB_NETIF_RUNG_AS_IT_IS, /**< It can nothing of this. */
};

/** A filter. Words are written by control with one store each. */
struct lb_netif_filter {
	_Atomic uint64_t words[LB_NETIF_FILTER]; /**< MACs; 0: a search ends here. */
	uint32_t used;                           /**< Words that are not 0. */
	uint8_t unicast_rung;                    /**< enum lb_netif_rung. */
	uint8_t group_rung;
	uint8_t groups_n;
	struct rte_ether_addr groups[32]; /**< What the hardware's list was set to. */
};

struct lb_netif_port;

/**
 * Take frames to mac, which is not all zero, too. 0, -ENOSPC, or -EEXIST. Control lcore, port
 * started or not.
 */
int lb_netif_filter_add(struct lb_netif_port *port, const struct rte_ether_addr *mac);

/** No longer. 0 or -ENOENT. */
int lb_netif_filter_remove(struct lb_netif_port *port, const struct rte_ether_addr *mac);

/** Name of a rung, as "promiscuous". */
const char *lb_netif_rung_name(enum lb_netif_rung rung);

/** Six bytes as a number. */
static inline uint64_t
lb_netif_mac_word(const struct rte_ether_addr *mac)
{
	return (uint64_t)mac->addr_bytes[0] | (uint64_t)mac->addr_bytes[1] << 8 |
	       (uint64_t)mac->addr_bytes[2] << 16 | (uint64_t)mac->addr_bytes[3] << 24 |
	       (uint64_t)mac->addr_bytes[4] << 32 | (uint64_t)mac->addr_bytes[5] << 40;
}

/** Where a MAC's search starts: its last bytes differ most. */
static inline uint32_t
lb_netif_filter_home(uint64_t word)
{
	return (uint32_t)((word * UINT64_C(0x9e3779b97f4a7c15)) >> (64 - LB_NETIF_FILTER_BITS));
}

/** Whether a worker should take frames to mac. */
static inline bool
lb_netif_filter_has(const struct lb_netif_filter *filter, const struct rte_ether_addr *mac)
{
	uint64_t want = lb_netif_mac_word(mac);

	for (uint32_t i = lb_netif_filter_home(want);; i++) {
		uint64_t word = atomic_load_explicit(
			&filter->words[i & (LB_NETIF_FILTER - 1)], memory_order_relaxed);

		if (word == 0)
			return false;
		if (word == want)
			return true;
	}
}
