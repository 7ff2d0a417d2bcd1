/* Forwarding methods by name; what dr is, and which servers it refuses. */

#include <errno.h>

#include "lb_fwd.h"
#include "unit.h"

static void
method_is_found_by_its_whole_name(void)
{
	static const struct lb_fwd_ops dr = { .name = "dr" }, nat = { .name = "nat" };
	static const struct lb_fwd_ops *const both[] = { &dr, &nat, NULL };
	char out[32], small[4];

	CU_ASSERT_EQUAL(lb_fwd_find(both, "dr"), 0);
	CU_ASSERT_EQUAL(lb_fwd_find(both, "nat"), 1);
	CU_ASSERT_EQUAL(lb_fwd_find(both, "na"), -1);
	CU_ASSERT_EQUAL(lb_fwd_find(both, "drs"), -1);
	CU_ASSERT_STRING_EQUAL(lb_fwd_names(both, out, sizeof(out)), "dr, nat");
	CU_ASSERT_STRING_EQUAL(lb_fwd_names(both, small, sizeof(small)), "dr,");
}

static const struct lb_fwd_ops *
dr(void)
{
	int at = lb_fwd_find(lb_fwd_table, "dr");

	CU_ASSERT_TRUE_FATAL(at >= 0);
	return lb_fwd_table[at];
}

static void
dr_leaves_packets_as_they_are(void)
{
	CU_ASSERT_EQUAL(dr()->overhead, 0);
	CU_ASSERT_TRUE(dr()->one_way);
	CU_ASSERT_PTR_NULL(dr()->rewrite);
	CU_ASSERT_PTR_NULL(dr()->restore);
}

static struct lb_endpoint
endpoint(const char *addr, uint16_t port)
{
	struct lb_endpoint e = { .port = rte_cpu_to_be_16(port) };

	CU_ASSERT_EQUAL_FATAL(lb_addr_parse(addr, &e.addr), 0);
	return e;
}

/* sentence NULL: the server is fine. */
static void
check_server(const char *service_addr, const char *addr, uint16_t port, bool on_link,
	const char *sentence)
{
	struct lb_fwd_server server = {
		.service = "web",
		.at = endpoint(service_addr, 80),
		.server = endpoint(addr, port),
		.on_link = on_link,
	};
	struct lb_error err = { 0 };

	CU_ASSERT_EQUAL(dr()->check(&server, &err), sentence == NULL ? 0 : -EINVAL);
	CU_ASSERT_EQUAL(err.code, sentence == NULL ? 0 : EINVAL);
	CU_ASSERT_STRING_EQUAL(err.text, sentence == NULL ? "" : sentence);
}

static void
server_on_a_link_with_the_same_port_is_fine(void)
{
	check_server("10.1.0.100", "10.2.0.21", 80, true, NULL);
	check_server("fd01::100", "fd02::21", 80, true, NULL);
}

static void
server_with_another_port_is_refused(void)
{
	check_server("10.1.0.100", "10.2.0.21", 8080, true,
		"service \"web\": server 10.2.0.21:8080: DR cannot change the port; set it to "
		"80, or use forward = \"nat\"");
}

static void
server_behind_a_router_is_refused(void)
{
	check_server("10.1.0.100", "10.9.0.21", 80, false,
		"service \"web\": server 10.9.0.21:80: DR cannot reach it through a router; move "
		"it into the subnet of a port, give a port an address in its subnet, or use "
		"forward = \"nat\" or \"tun\"");
}

static void
server_of_the_other_family_is_refused(void)
{
	check_server("10.1.0.100", "fd02::21", 80, true,
		"service \"web\": server [fd02::21]:80: DR cannot change the address family; give "
		"the "
		"server an IPv4 address");
	check_server("fd01::100", "10.2.0.21", 80, true,
		"service \"web\": server 10.2.0.21:80: DR cannot change the address family; give "
		"the "
		"server an IPv6 address");
}

static const struct unit_test tests[] = {
	UNIT_TEST(method_is_found_by_its_whole_name),
	UNIT_TEST(dr_leaves_packets_as_they_are),
	UNIT_TEST(server_on_a_link_with_the_same_port_is_fine),
	UNIT_TEST(server_with_another_port_is_refused),
	UNIT_TEST(server_behind_a_router_is_refused),
	UNIT_TEST(server_of_the_other_family_is_refused),
	UNIT_END,
};

const struct unit_suite unit_fwd_dr = { "dr", tests };
