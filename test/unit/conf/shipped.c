/* The configurations that come with Pollux, and a large one. POLLUX_SOURCE is the source folder. */

#include "fixture.h"

#include <time.h>

#define SERVICES 10000
#define SERVERS 10

static struct lb_conf *
shipped(const char *name)
{
	struct lb_error err = { 0 };
	struct lb_conf *conf;
	char path[512];

	snprintf(path, sizeof(path), "%s/conf/%s", POLLUX_SOURCE, name);
	conf = lb_conf_load(path, &err);
	CU_ASSERT_STRING_EQUAL(err.text, "");
	CU_ASSERT_PTR_NOT_NULL_FATAL(conf);
	return conf;
}

static void
pollux_conf_shows_the_defaults_of_vrrp(const struct lb_conf *conf)
{
	const struct lb_conf_vrrp *vrrp = conf->vrrp;

	CU_ASSERT_EQUAL_FATAL(conf->vrrp_n, 3);
	CU_ASSERT_EQUAL(vrrp->version, 3);
	CU_ASSERT_EQUAL(vrrp->priority, 100);
	CU_ASSERT_EQUAL(vrrp->interval_ms, 1000);
	CU_ASSERT_TRUE(vrrp->preempt);
	CU_ASSERT_EQUAL(vrrp->preempt_delay_ms, 0);
	CU_ASSERT_EQUAL(vrrp->start_delay_ms, 0);
	CU_ASSERT_EQUAL(vrrp->up_delay_ms, 0);
	CU_ASSERT_EQUAL(vrrp->mac, LB_CONF_VRRP_MAC_AUTO);
	CU_ASSERT_EQUAL(vrrp->unicast.peers_n, 0);
	CU_ASSERT_FALSE(vrrp->compat.both_versions);
	CU_ASSERT_FALSE(vrrp->compat.quiet);
	CU_ASSERT_FALSE(vrrp->compat.strict_addresses);
	CU_ASSERT_TRUE(vrrp->accept);
	CU_ASSERT_EQUAL(vrrp->checksum, LB_CONF_VRRP_CHECKSUM_RFC5798);
	CU_ASSERT_EQUAL(vrrp->garp.repeat, 5);
	CU_ASSERT_EQUAL(vrrp->garp.delay_ms, 5000);
	CU_ASSERT_EQUAL(vrrp->garp.refresh_ms, 60000);
	CU_ASSERT_EQUAL(vrrp->garp.interval_us, 0);
}

static void
pollux_conf_is_valid_and_shows_the_defaults(void)
{
	struct lb_conf *conf = shipped("pollux.conf");

	CU_ASSERT_EQUAL(conf->cpu.control, 0);
	CU_ASSERT_EQUAL(conf->cpu.workers_n, 1);
	CU_ASSERT_EQUAL(conf->cpu.workers[0], 1);
	CU_ASSERT_EQUAL(conf->cpu.other, 0);
	CU_ASSERT_EQUAL(conf->cpu.idle_max_us, 1000);
	CU_ASSERT_EQUAL(conf->memory.hugepages, LB_CONF_HUGEPAGES_AUTO);
	CU_ASSERT_EQUAL(conf->memory.mb, 0);
	CU_ASSERT_EQUAL(conf->memory.connections, 1000000);
	CU_ASSERT_EQUAL(conf->memory.connections6, 250000);
	CU_ASSERT_EQUAL(conf->ports_n, 2);
	CU_ASSERT_EQUAL(conf->transit, LB_CONF_TRANSIT_DROP);
	pollux_conf_shows_the_defaults_of_vrrp(conf);
	CU_ASSERT_EQUAL_FATAL(conf->services_n, 2);
	CU_ASSERT_STRING_EQUAL(conf->services[0].forward, "dr");
	CU_ASSERT_TRUE(conf->services[0].servers_n >= 2);
	for (size_t i = 0; i < conf->services[0].servers_n; i++)
		CU_ASSERT_TRUE(conf->services[0].servers[i].on_link);
	CU_ASSERT_STRING_EQUAL(conf->rpc_socket, "/run/pollux/pollux.sock");
	CU_ASSERT_STRING_EQUAL(conf->log_level, "info");
	lb_conf_destroy(conf);
}

static void
example_of_dr_is_valid(void)
{
	struct lb_conf *conf = shipped("examples/dr.conf");

	CU_ASSERT_EQUAL_FATAL(conf->services_n, 1);
	CU_ASSERT_STRING_EQUAL(conf->services[0].forward, "dr");
	for (size_t i = 0; i < conf->services[0].servers_n; i++) {
		CU_ASSERT_TRUE(conf->services[0].servers[i].on_link);
		CU_ASSERT_EQUAL(conf->services[0].servers[i].at.port, conf->services[0].at.port);
	}
	lb_conf_destroy(conf);
}

/* The director is the gateway of the servers, so they are in a subnet of it. */
static void
example_of_nat_is_valid(void)
{
	struct lb_conf *conf = shipped("examples/nat.conf");
	bool other_port = false;

	CU_ASSERT_EQUAL(conf->ports_n, 2);
	CU_ASSERT_EQUAL(conf->transit, LB_CONF_TRANSIT_ROUTE);
	CU_ASSERT_EQUAL_FATAL(conf->services_n, 1);
	CU_ASSERT_STRING_EQUAL(conf->services[0].forward, "nat");
	for (size_t i = 0; i < conf->services[0].servers_n; i++) {
		CU_ASSERT_TRUE(conf->services[0].servers[i].on_link);
		other_port |= conf->services[0].servers[i].at.port != conf->services[0].at.port;
	}
	CU_ASSERT_TRUE(other_port);
	lb_conf_destroy(conf);
}

static void
example_of_tun_is_valid(void)
{
	struct lb_conf *conf = shipped("examples/tun.conf");

	CU_ASSERT_EQUAL(conf->routes_n, 1);
	CU_ASSERT_EQUAL_FATAL(conf->services_n, 1);
	CU_ASSERT_STRING_EQUAL(conf->services[0].forward, "tun");
	for (size_t i = 0; i < conf->services[0].servers_n; i++) {
		CU_ASSERT_FALSE(conf->services[0].servers[i].on_link);
		CU_ASSERT_EQUAL(conf->services[0].servers[i].at.port, conf->services[0].at.port);
	}
	lb_conf_destroy(conf);
}

static void
example_of_a_pair_is_valid(void)
{
	struct lb_conf *conf = shipped("examples/pair.conf");

	CU_ASSERT_EQUAL(conf->vips_n, 0);
	CU_ASSERT_EQUAL_FATAL(conf->vrrp_n, 1);
	CU_ASSERT_EQUAL_FATAL(conf->vrrp[0].addresses_n, 1);
	CU_ASSERT_EQUAL_FATAL(conf->services_n, 1);
	CU_ASSERT_TRUE(lb_addr_equal(&conf->services[0].at.addr, &conf->vrrp[0].addresses[0].addr));
	lb_conf_destroy(conf);
}

static void
example_of_a_pair_with_ip6_is_valid(void)
{
	struct lb_conf *conf = shipped("examples/pair-ipv6.conf");

	CU_ASSERT_EQUAL_FATAL(conf->vrrp_n, 2);
	CU_ASSERT_EQUAL(conf->vrrp[0].vrid, conf->vrrp[1].vrid);
	CU_ASSERT_EQUAL_FATAL(conf->vrrp[1].addresses_n, 2);
	CU_ASSERT_EQUAL(conf->vrrp[1].addresses[0].addr.family, AF_INET6);
	CU_ASSERT_EQUAL_FATAL(conf->groups_n, 1);
	CU_ASSERT_EQUAL(conf->groups[0].members_n, conf->vrrp_n);
	lb_conf_destroy(conf);
}

static void
examples_of_groups_and_of_a_vip_alone_are_valid(void)
{
	struct lb_conf *conf = shipped("examples/groups.conf");

	CU_ASSERT_EQUAL_FATAL(conf->groups_n, 1);
	CU_ASSERT_EQUAL(conf->groups[0].members_n, conf->vrrp_n);
	CU_ASSERT_EQUAL(conf->tracked_n, 1);
	lb_conf_destroy(conf);
	conf = shipped("examples/vip-only.conf");
	CU_ASSERT_EQUAL(conf->services_n, 0);
	CU_ASSERT_EQUAL(conf->vrrp_n, 1);
	CU_ASSERT_EQUAL(conf->tracked_n, 1);
	lb_conf_destroy(conf);
}

/* SERVICES services with SERVERS servers each, on ports of 4 VIPs; the last server is bad or not.
 */
static void
write_large(const char *last)
{
	FILE *out = fopen("pollux.conf", "w");

	CU_ASSERT_PTR_NOT_NULL_FATAL(out);
	fputs("ports = ( { name = \"wan\"; device = \"d0\"; addresses = [ \"10.1.0.11/24\" ]; },\n"
	      "{ name = \"lan\"; device = \"d1\"; addresses = [ \"10.2.0.11/16\" ]; } );\n"
	      "vips = [ \"10.1.0.200\", \"10.1.0.201\", \"10.1.0.202\", \"10.1.0.203\" ];\n"
	      "services = (\n",
		out);
	for (int i = 0; i < SERVICES; i++) {
		fprintf(out, "{ name = \"s%d\"; address = \"10.1.0.%d\"; port = %d; servers = (\n",
			i, 200 + i % 4, 1000 + i / 4);
		for (int j = 0; j < SERVERS; j++)
			fprintf(out, "{ address = \"10.2.%d.%d\"; weight = 3; }%s\n", 1 + i / 250,
				1 + (i % 25) * SERVERS + j, j + 1 < SERVERS ? "," : "");
		fprintf(out, "); }%s\n", i + 1 < SERVICES ? "," : "");
	}
	fprintf(out, "%s);\n", last);
	fclose(out);
}

static void
large_configuration_loads(void)
{
	struct timespec start, end;
	struct lb_conf *conf;
	struct lb_error err;
	char folder[32];

	fixture_enter(folder);
	write_large("");
	clock_gettime(CLOCK_MONOTONIC, &start);
	conf = fixture_load(&err);
	clock_gettime(CLOCK_MONOTONIC, &end);
	printf("# %d services with %d servers: %.2f s\n", SERVICES, SERVERS,
		(double)(end.tv_sec - start.tv_sec) + (double)(end.tv_nsec - start.tv_nsec) / 1e9);
	CU_ASSERT_STRING_EQUAL(err.text, "");
	CU_ASSERT_PTR_NOT_NULL_FATAL(conf);
	CU_ASSERT_EQUAL(conf->services_n, SERVICES);
	CU_ASSERT_STRING_EQUAL(conf->services[SERVICES - 1].name, "s9999");
	CU_ASSERT_EQUAL(conf->services[SERVICES - 1].servers_n, SERVERS);
	/* 4 lines before the services, and 12 of each. */
	CU_ASSERT_EQUAL(conf->services[SERVICES - 1].place.line, 5 + 12 * (SERVICES - 1));
	lb_conf_destroy(conf);
	write_large(", { name = \"s7\"; address = \"10.1.0.200\"; port = 1; }");
	CU_ASSERT_PTR_NULL(fixture_load(&err));
	CU_ASSERT_STRING_EQUAL(err.text, "pollux.conf:120005: service \"s7\": the service of "
					 "pollux.conf:89 has this name too; rename one");
	fixture_leave(folder);
}

static const struct unit_test tests[] = {
	UNIT_TEST(pollux_conf_is_valid_and_shows_the_defaults),
	UNIT_TEST(example_of_dr_is_valid),
	UNIT_TEST(example_of_nat_is_valid),
	UNIT_TEST(example_of_tun_is_valid),
	UNIT_TEST(example_of_a_pair_is_valid),
	UNIT_TEST(example_of_a_pair_with_ip6_is_valid),
	UNIT_TEST(examples_of_groups_and_of_a_vip_alone_are_valid),
	UNIT_TEST(large_configuration_loads),
	UNIT_END,
};

const struct unit_suite unit_conf_shipped = { "shipped", tests };
