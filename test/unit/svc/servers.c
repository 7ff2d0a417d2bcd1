/* Whose packets to a port's address may be answers to checks: the addresses of all servers. */

#include "services.h"

#define MANY 300

static bool
has(const struct services *services, const char *addr)
{
	return lb_svc_has_server4(lb_svc_root(services->set), endpoint(addr, 0).addr.ip4);
}

static void
servers_of_all_services_are_found_and_nobody_else(void)
{
	const struct lb_svc_server_spec servers[] = {
		{ .at = endpoint("10.2.0.21", 80), .weight = 1 },
		{ .at = endpoint("10.2.0.22", 80), .weight = 0 },
		{ .at = endpoint("10.2.0.22", 81), .weight = 1 },
	};
	struct lb_svc_spec specs[2];
	struct services services;

	services_begin(&services);
	CU_ASSERT_FALSE(has(&services, "10.2.0.21"));
	specs[0] = service("a", "10.1.0.100", "rr", &servers[0], 1);
	specs[1] = service("b", "10.1.0.101", "rr", &servers[1], 2);
	services_apply(&services, specs, 2);
	CU_ASSERT_TRUE(has(&services, "10.2.0.21"));
	CU_ASSERT_TRUE(has(&services, "10.2.0.22"));
	CU_ASSERT_FALSE(has(&services, "10.2.0.23"));
	CU_ASSERT_FALSE(has(&services, "10.1.0.100"));
	CU_ASSERT_FALSE(has(&services, "0.0.0.0"));
	services_apply(&services, &specs[1], 1);
	CU_ASSERT_FALSE(has(&services, "10.2.0.21"));
	CU_ASSERT_TRUE(has(&services, "10.2.0.22"));
	services_end(&services);
}

static void
many_servers_do_not_hide_each_other(void)
{
	struct lb_svc_server_spec servers[MANY];
	struct lb_svc_spec spec;
	struct services services;

	services_begin(&services);
	for (uint32_t i = 0; i < MANY; i++)
		servers[i] = (struct lb_svc_server_spec){
			.at.addr = lb_addr_ip4(rte_cpu_to_be_32(UINT32_C(0x0a020000) + i * 2)),
			.at.port = rte_cpu_to_be_16(80),
			.weight = 1,
		};
	spec = service("a", "10.1.0.100", "rr", servers, MANY);
	services_apply(&services, &spec, 1);
	for (uint32_t i = 0; i < 2 * MANY; i++)
		CU_ASSERT_EQUAL(lb_svc_has_server4(lb_svc_root(services.set),
					rte_cpu_to_be_32(UINT32_C(0x0a020000) + i)),
			i % 2 == 0);
	services_end(&services);
}

static const struct unit_test tests[] = {
	UNIT_TEST(servers_of_all_services_are_found_and_nobody_else),
	UNIT_TEST(many_servers_do_not_hide_each_other),
	UNIT_END,
};

const struct unit_suite unit_svc_servers = { "servers", tests };
