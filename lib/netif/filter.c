/*
 * The software filter and the two ladders of hardware filters: see lb_netif_filter.h. A place that
 * was used keeps a mark (REMOVED, no MAC of a frame) as long as searches have to go on past it.
 */

#include "lb_netif_filter.h"

#include <errno.h>

#include <rte_ethdev.h>

#include "lb_netif.h"

#define REMOVED UINT64_MAX

static void
ladder_unicast(struct lb_netif_port *port, const struct rte_ether_addr *mac)
{
	struct rte_ether_addr copy = *mac;
	enum lb_netif_rung rung = LB_NETIF_RUNG_AS_IT_IS;

	if (rte_eth_dev_mac_addr_add(port->id, &copy, 0) == 0)
		rung = LB_NETIF_RUNG_EXACT;
	else if (rte_eth_promiscuous_enable(port->id) == 0)
		rung = LB_NETIF_RUNG_PROMISCUOUS;
	if (rung > port->filter.unicast_rung)
		port->filter.unicast_rung = rung;
}

static void
ladder_group(struct lb_netif_port *port)
{
	struct lb_netif_filter *filter = &port->filter;
	enum lb_netif_rung rung = LB_NETIF_RUNG_AS_IT_IS;

	if (filter->groups_n <= RTE_DIM(filter->groups) &&
		rte_eth_dev_set_mc_addr_list(port->id, filter->groups, filter->groups_n) == 0)
		rung = LB_NETIF_RUNG_EXACT;
	else if (rte_eth_allmulticast_enable(port->id) == 0)
		rung = LB_NETIF_RUNG_GROUPS;
	else if (rte_eth_promiscuous_enable(port->id) == 0)
		rung = LB_NETIF_RUNG_PROMISCUOUS;
	filter->group_rung = rung;
}

static void
filter_group_add(struct lb_netif_port *port, const struct rte_ether_addr *mac)
{
	struct lb_netif_filter *filter = &port->filter;

	if (filter->groups_n < RTE_DIM(filter->groups))
		filter->groups[filter->groups_n] = *mac;
	if (filter->groups_n <= RTE_DIM(filter->groups))
		filter->groups_n++; /* one beyond: the list is too short for good */
	ladder_group(port);
}

static void
filter_group_remove(struct lb_netif_port *port, const struct rte_ether_addr *mac)
{
	struct lb_netif_filter *filter = &port->filter;

	if (filter->groups_n > RTE_DIM(filter->groups))
		return; /* some are not in the list: it stays of no use */
	for (uint8_t i = 0; i < filter->groups_n; i++) {
		if (!rte_is_same_ether_addr(&filter->groups[i], mac))
			continue;
		filter->groups[i] = filter->groups[filter->groups_n - 1];
		filter->groups_n--;
		break;
	}
	if (filter->group_rung == LB_NETIF_RUNG_EXACT)
		ladder_group(port);
}

/* The place of a MAC, or -1. */
static int
filter_find(const struct lb_netif_filter *filter, uint64_t want)
{
	for (uint32_t i = lb_netif_filter_home(want);; i++) {
		uint32_t at = i & (LB_NETIF_FILTER - 1);
		uint64_t word = atomic_load_explicit(&filter->words[at], memory_order_relaxed);

		if (word == 0)
			return -1;
		if (word == want)
			return (int)at;
	}
}

int
lb_netif_filter_add(struct lb_netif_port *port, const struct rte_ether_addr *mac)
{
	struct lb_netif_filter *filter = &port->filter;
	uint64_t want = lb_netif_mac_word(mac);
	uint32_t at = lb_netif_filter_home(want) & (LB_NETIF_FILTER - 1);
	uint64_t word;

	if (filter_find(filter, want) >= 0)
		return -EEXIST;
	while ((word = filter->words[at]) != 0 && word != REMOVED)
		at = (at + 1) & (LB_NETIF_FILTER - 1);
	if (word == 0 && filter->used >= LB_NETIF_FILTER / 2)
		return -ENOSPC;
	filter->used += word == 0;
	atomic_store_explicit(&filter->words[at], want, memory_order_relaxed);
	if (rte_is_multicast_ether_addr(mac))
		filter_group_add(port, mac);
	else
		ladder_unicast(port, mac);
	return 0;
}

/* Before a place where searches end they may end as well: no mark stays there. */
static void
filter_vacate(struct lb_netif_filter *filter, uint32_t at)
{
	uint64_t mark = filter->words[(at + 1) & (LB_NETIF_FILTER - 1)] == 0 ? 0 : REMOVED;

	do {
		atomic_store_explicit(&filter->words[at], mark, memory_order_relaxed);
		filter->used -= mark == 0;
		at = (at - 1) & (LB_NETIF_FILTER - 1);
	} while (mark == 0 && filter->words[at] == REMOVED);
}

int
lb_netif_filter_remove(struct lb_netif_port *port, const struct rte_ether_addr *mac)
{
	struct rte_ether_addr copy = *mac;
	int at = filter_find(&port->filter, lb_netif_mac_word(mac));

	if (at < 0)
		return -ENOENT;
	filter_vacate(&port->filter, (uint32_t)at);
	if (rte_is_multicast_ether_addr(mac))
		filter_group_remove(port, mac);
	else if (port->filter.unicast_rung == LB_NETIF_RUNG_EXACT)
		rte_eth_dev_mac_addr_remove(port->id, &copy);
	return 0;
}

const char *
lb_netif_rung_name(enum lb_netif_rung rung)
{
	static const char *const names[] = {
		[LB_NETIF_RUNG_NONE] = "none",
		[LB_NETIF_RUNG_EXACT] = "exact",
		[LB_NETIF_RUNG_GROUPS] = "all groups",
		[LB_NETIF_RUNG_PROMISCUOUS] = "promiscuous",
		[LB_NETIF_RUNG_AS_IT_IS] = "as it is",
	};

	return names[rung];
}
