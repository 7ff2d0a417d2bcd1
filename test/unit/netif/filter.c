/* The software filter, on a port whose hardware answers to nothing. */

#include "lb_netif.h"
#include "unit.h"

#include <errno.h>
#include <stdlib.h>

#include <rte_log.h>

#define LIMIT (LB_NETIF_FILTER / 2)

/* A port that DPDK does not know: every rung of the ladders fails. */
static struct lb_netif_port *
port_without_device(void)
{
	struct lb_netif_port *port = calloc(1, sizeof(*port));

	unit_eal();
	rte_log_set_level_pattern("lib.ethdev", RTE_LOG_EMERG); /* a line for each rung */
	CU_ASSERT_PTR_NOT_NULL_FATAL(port);
	port->id = RTE_MAX_ETHPORTS;
	return port;
}

/* Locally administered unicast MAC number n. */
static struct rte_ether_addr
mac(uint32_t n)
{
	return (struct rte_ether_addr){ { 0x02, 0, (uint8_t)(n >> 24), (uint8_t)(n >> 16),
		(uint8_t)(n >> 8), (uint8_t)n } };
}

static int
add(struct lb_netif_port *port, uint32_t n)
{
	struct rte_ether_addr addr = mac(n);

	return lb_netif_filter_add(port, &addr);
}

static int
removed(struct lb_netif_port *port, uint32_t n)
{
	struct rte_ether_addr addr = mac(n);

	return lb_netif_filter_remove(port, &addr);
}

static bool
has(const struct lb_netif_port *port, uint32_t n)
{
	struct rte_ether_addr addr = mac(n);

	return lb_netif_filter_has(&port->filter, &addr);
}

/* Find n numbers whose searches begin at the same place. */
static void
find_collisions(uint32_t *numbers, size_t n)
{
	struct rte_ether_addr first = mac(1);
	uint32_t home = lb_netif_filter_home(lb_netif_mac_word(&first));
	size_t found = 0;

	for (uint32_t i = 1; found < n; i++) {
		struct rte_ether_addr addr = mac(i);

		if (lb_netif_filter_home(lb_netif_mac_word(&addr)) == home)
			numbers[found++] = i;
	}
}

static void
empty_filter_takes_nothing(void)
{
	struct lb_netif_port *port = port_without_device();

	for (uint32_t n = 0; n < 1000; n++)
		CU_ASSERT_FALSE(has(port, n));
	free(port);
}

static void
what_was_added_is_taken_until_it_is_removed(void)
{
	struct lb_netif_port *port = port_without_device();

	CU_ASSERT_EQUAL(add(port, 7), 0);
	CU_ASSERT_TRUE(has(port, 7));
	CU_ASSERT_FALSE(has(port, 8));
	CU_ASSERT_EQUAL(removed(port, 7), 0);
	CU_ASSERT_FALSE(has(port, 7));
	free(port);
}

static void
twice_the_same_is_refused(void)
{
	struct lb_netif_port *port = port_without_device();

	CU_ASSERT_EQUAL(add(port, 7), 0);
	CU_ASSERT_EQUAL(add(port, 7), -EEXIST);
	CU_ASSERT_EQUAL(removed(port, 7), 0);
	CU_ASSERT_EQUAL(removed(port, 7), -ENOENT);
	CU_ASSERT_EQUAL(removed(port, 8), -ENOENT);
	free(port);
}

static void
zero_mac_is_never_taken(void)
{
	static const struct rte_ether_addr zero;
	struct lb_netif_port *port = port_without_device();

	CU_ASSERT_FALSE(lb_netif_filter_has(&port->filter, &zero));
	for (uint32_t n = 1; n <= LIMIT; n++)
		add(port, n);
	CU_ASSERT_FALSE(lb_netif_filter_has(&port->filter, &zero));
	CU_ASSERT_EQUAL(lb_netif_filter_remove(port, &zero), -ENOENT);
	free(port);
}

static void
search_goes_on_past_what_was_removed(void)
{
	struct lb_netif_port *port = port_without_device();
	uint32_t same[5];

	find_collisions(same, 5);
	for (int i = 0; i < 4; i++)
		CU_ASSERT_EQUAL(add(port, same[i]), 0);
	CU_ASSERT_FALSE(has(port, same[4]));
	CU_ASSERT_EQUAL(removed(port, same[1]), 0);
	CU_ASSERT_TRUE(has(port, same[0]));
	CU_ASSERT_FALSE(has(port, same[1]));
	CU_ASSERT_TRUE(has(port, same[2]));
	CU_ASSERT_TRUE(has(port, same[3]));
	CU_ASSERT_EQUAL(add(port, same[3]), -EEXIST); /* not once more, in the free place */
	free(port);
}

static void
removed_place_is_used_again(void)
{
	struct lb_netif_port *port = port_without_device();
	uint32_t same[4];

	find_collisions(same, 4);
	for (int i = 0; i < 3; i++)
		add(port, same[i]);
	CU_ASSERT_EQUAL(port->filter.used, 3);
	removed(port, same[0]);
	CU_ASSERT_EQUAL(add(port, same[3]), 0);
	CU_ASSERT_EQUAL(port->filter.used, 3);
	CU_ASSERT_TRUE(has(port, same[3]));
	CU_ASSERT_EQUAL(removed(port, same[3]), 0);
	CU_ASSERT_TRUE(has(port, same[1]));
	free(port);
}

static void
filter_is_full_at_half_its_places(void)
{
	struct lb_netif_port *port = port_without_device();

	for (uint32_t n = 1; n <= LIMIT; n++)
		CU_ASSERT_EQUAL(add(port, n), 0);
	CU_ASSERT_EQUAL(add(port, LIMIT + 1), -ENOSPC);
	CU_ASSERT_FALSE(has(port, LIMIT + 1));
	for (uint32_t n = 1; n <= LIMIT; n++)
		CU_ASSERT_TRUE(has(port, n));
	free(port);
}

/* As addresses of IPv6 come and go with reloads: no mark stays for good. */
static void
filter_is_not_filled_by_what_was_removed(void)
{
	struct lb_netif_port *port = port_without_device();

	for (uint32_t n = 1; n <= 100000; n++) {
		CU_ASSERT_EQUAL_FATAL(add(port, n), 0);
		if (n > 500)
			CU_ASSERT_EQUAL(removed(port, n - 500), 0);
	}
	for (uint32_t n = 100000 - 499; n <= 100000; n++)
		CU_ASSERT_EQUAL(removed(port, n), 0);
	CU_ASSERT_EQUAL(port->filter.used, 0);
	free(port);
}

static void
random_operations_agree_with_a_plain_list(void)
{
	struct lb_netif_port *port = port_without_device();
	bool model[300] = { false };
	uint32_t random = 1;

	for (int i = 0; i < 100000; i++) {
		uint32_t n;

		random = random * 1103515245 + 12345;
		n = (random >> 16) % 300;
		if (model[n]) {
			CU_ASSERT_EQUAL_FATAL(removed(port, n), 0);
		} else if (add(port, n) != 0) {
			continue; /* full of marks */
		}
		model[n] = !model[n];
		random = random * 1103515245 + 12345;
		n = (random >> 16) % 300;
		CU_ASSERT_EQUAL_FATAL(has(port, n), model[n]);
	}
	for (uint32_t n = 0; n < 300; n++)
		CU_ASSERT_EQUAL(has(port, n), model[n]);
	free(port);
}

static const struct unit_test tests[] = {
	UNIT_TEST(empty_filter_takes_nothing),
	UNIT_TEST(what_was_added_is_taken_until_it_is_removed),
	UNIT_TEST(twice_the_same_is_refused),
	UNIT_TEST(zero_mac_is_never_taken),
	UNIT_TEST(search_goes_on_past_what_was_removed),
	UNIT_TEST(removed_place_is_used_again),
	UNIT_TEST(filter_is_full_at_half_its_places),
	UNIT_TEST(filter_is_not_filled_by_what_was_removed),
	UNIT_TEST(random_operations_agree_with_a_plain_list),
	UNIT_END,
};

const struct unit_suite unit_netif_filter = { "filter", tests };
