/*
 * What the hardware is told, rung by rung. Drivers that have a list of groups need root or
 * hardware, so that call is answered here.
 */

#include <errno.h>
#include <string.h>

#include <rte_ethdev.h>

#include "bed.h"

/* The device's list of groups: its answer, and what it was told last. */
static int list_answer = -ENOTSUP;
static uint32_t list_n;
static struct rte_ether_addr list[64];

int
rte_eth_dev_set_mc_addr_list(
	uint16_t port_id, struct rte_ether_addr *mc_addr_set, uint32_t nb_mc_addr)
{
	(void)port_id;
	CU_ASSERT_FATAL(nb_mc_addr <= RTE_DIM(list));
	if (list_answer == 0) {
		memcpy(list, mc_addr_set, nb_mc_addr * sizeof(list[0]));
		list_n = nb_mc_addr;
	}
	return list_answer;
}

static const struct rte_ether_addr virtual_mac = { { 0, 0, 0x5e, 0, 1, 51 } };

static struct rte_ether_addr
group(uint8_t n)
{
	return (struct rte_ether_addr){ { 0x01, 0, 0x5e, 0, 0, n } };
}

static void
add_group(struct lb_netif_port *port, uint8_t n)
{
	struct rte_ether_addr addr = group(n);

	CU_ASSERT_EQUAL(lb_netif_filter_add(port, &addr), 0);
	CU_ASSERT_TRUE(lb_netif_filter_has(&port->filter, &addr));
}

static void
remove_group(struct lb_netif_port *port, uint8_t n)
{
	struct rte_ether_addr addr = group(n);

	CU_ASSERT_EQUAL(lb_netif_filter_remove(port, &addr), 0);
	CU_ASSERT_FALSE(lb_netif_filter_has(&port->filter, &addr));
}

static bool
is_listed(uint8_t n)
{
	struct rte_ether_addr addr = group(n);

	for (uint32_t i = 0; i < list_n; i++)
		if (rte_is_same_ether_addr(&list[i], &addr))
			return true;
	return false;
}

static void
port_starts_with_no_rung(void)
{
	struct lb_netif_port *port;
	struct bed bed;

	bed_begin(&bed, "net_ring0", 1);
	port = bed_port(&bed);
	CU_ASSERT_EQUAL(port->filter.unicast_rung, LB_NETIF_RUNG_NONE);
	CU_ASSERT_EQUAL(port->filter.group_rung, LB_NETIF_RUNG_NONE);
	lb_netif_close(port);
	bed_end(&bed);
}

static void
device_that_filters_macs_is_told_the_mac(void)
{
	struct lb_netif_port *port;
	struct bed bed;

	bed_begin(&bed, "net_ring0", 1);
	port = bed_port(&bed);
	CU_ASSERT_EQUAL(lb_netif_filter_add(port, &virtual_mac), 0);
	CU_ASSERT_EQUAL(port->filter.unicast_rung, LB_NETIF_RUNG_EXACT);
	CU_ASSERT_EQUAL(lb_netif_filter_remove(port, &virtual_mac), 0);
	CU_ASSERT_EQUAL(lb_netif_filter_add(port, &virtual_mac), 0);
	CU_ASSERT_EQUAL(port->filter.unicast_rung, LB_NETIF_RUNG_EXACT);
	lb_netif_close(port);
	bed_end(&bed);
}

static void
device_that_filters_nothing_is_promiscuous(void)
{
	struct lb_netif_port *port;
	struct bed bed;

	bed_begin(&bed, "net_null0", 1);
	port = bed_port(&bed);
	CU_ASSERT_EQUAL(lb_netif_filter_add(port, &virtual_mac), 0);
	CU_ASSERT_EQUAL(port->filter.unicast_rung, LB_NETIF_RUNG_PROMISCUOUS);
	CU_ASSERT_TRUE(lb_netif_filter_has(&port->filter, &virtual_mac));
	lb_netif_close(port);
	bed_end(&bed);
}

static void
port_without_any_rung_is_used_as_it_is(void)
{
	struct lb_netif_port port = { .id = RTE_MAX_ETHPORTS };
	struct rte_ether_addr addr = group(18);

	unit_eal();
	CU_ASSERT_EQUAL(lb_netif_filter_add(&port, &virtual_mac), 0);
	CU_ASSERT_EQUAL(lb_netif_filter_add(&port, &addr), 0);
	CU_ASSERT_EQUAL(port.filter.unicast_rung, LB_NETIF_RUNG_AS_IT_IS);
	CU_ASSERT_EQUAL(port.filter.group_rung, LB_NETIF_RUNG_AS_IT_IS);
	CU_ASSERT_TRUE(lb_netif_filter_has(&port.filter, &virtual_mac));
}

static void
device_without_a_list_takes_all_groups(void)
{
	struct lb_netif_port *port;
	struct bed bed;

	bed_begin(&bed, "net_ring0", 1);
	port = bed_port(&bed);
	add_group(port, 18);
	CU_ASSERT_EQUAL(port->filter.group_rung, LB_NETIF_RUNG_GROUPS);
	CU_ASSERT_EQUAL(rte_eth_allmulticast_get(port->id), 1);
	remove_group(port, 18);
	lb_netif_close(port);
	bed_end(&bed);
}

static void
device_with_a_list_is_told_each_group(void)
{
	struct lb_netif_port *port;
	struct bed bed;

	bed_begin(&bed, "net_ring0", 1);
	port = bed_port(&bed);
	list_answer = 0;
	add_group(port, 1);
	add_group(port, 2);
	add_group(port, 3);
	CU_ASSERT_EQUAL(port->filter.group_rung, LB_NETIF_RUNG_EXACT);
	CU_ASSERT_EQUAL(list_n, 3);
	remove_group(port, 1);
	CU_ASSERT_EQUAL(list_n, 2);
	CU_ASSERT_TRUE(is_listed(2) && is_listed(3));
	list_answer = -ENOTSUP;
	lb_netif_close(port);
	bed_end(&bed);
}

static void
unicast_mac_is_not_in_the_list_of_groups(void)
{
	struct lb_netif_port *port;
	struct bed bed;

	bed_begin(&bed, "net_ring0", 1);
	port = bed_port(&bed);
	list_answer = 0;
	list_n = 0;
	CU_ASSERT_EQUAL(lb_netif_filter_add(port, &virtual_mac), 0);
	CU_ASSERT_EQUAL(list_n, 0);
	CU_ASSERT_EQUAL(port->filter.group_rung, LB_NETIF_RUNG_NONE);
	list_answer = -ENOTSUP;
	lb_netif_close(port);
	bed_end(&bed);
}

static void
more_groups_than_the_list_holds_are_all_taken(void)
{
	struct lb_netif_port *port;
	struct bed bed;

	bed_begin(&bed, "net_ring0", 1);
	port = bed_port(&bed);
	list_answer = 0;
	for (uint8_t n = 1; n <= 32; n++)
		add_group(port, n);
	CU_ASSERT_EQUAL(port->filter.group_rung, LB_NETIF_RUNG_EXACT);
	add_group(port, 33);
	CU_ASSERT_EQUAL(port->filter.group_rung, LB_NETIF_RUNG_GROUPS);
	/* 33 is not in the list, so the list may not be trusted again when others go */
	remove_group(port, 1);
	remove_group(port, 2);
	add_group(port, 34);
	CU_ASSERT_EQUAL(port->filter.group_rung, LB_NETIF_RUNG_GROUPS);
	list_answer = -ENOTSUP;
	lb_netif_close(port);
	bed_end(&bed);
}

static void
rungs_have_names(void)
{
	CU_ASSERT_STRING_EQUAL(lb_netif_rung_name(LB_NETIF_RUNG_NONE), "none");
	CU_ASSERT_STRING_EQUAL(lb_netif_rung_name(LB_NETIF_RUNG_EXACT), "exact");
	CU_ASSERT_STRING_EQUAL(lb_netif_rung_name(LB_NETIF_RUNG_GROUPS), "all groups");
	CU_ASSERT_STRING_EQUAL(lb_netif_rung_name(LB_NETIF_RUNG_PROMISCUOUS), "promiscuous");
	CU_ASSERT_STRING_EQUAL(lb_netif_rung_name(LB_NETIF_RUNG_AS_IT_IS), "as it is");
}

static const struct unit_test tests[] = {
	UNIT_TEST(port_starts_with_no_rung),
	UNIT_TEST(device_that_filters_macs_is_told_the_mac),
	UNIT_TEST(device_that_filters_nothing_is_promiscuous),
	UNIT_TEST(port_without_any_rung_is_used_as_it_is),
	UNIT_TEST(device_without_a_list_takes_all_groups),
	UNIT_TEST(device_with_a_list_is_told_each_group),
	UNIT_TEST(unicast_mac_is_not_in_the_list_of_groups),
	UNIT_TEST(more_groups_than_the_list_holds_are_all_taken),
	UNIT_TEST(rungs_have_names),
	UNIT_END,
};

const struct unit_suite unit_netif_ladder = { "ladder", tests };
