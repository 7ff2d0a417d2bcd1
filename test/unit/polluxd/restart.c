/* Which changes of the file want a restart, each named by its key. */

#include "change.h"
#include "fixture.h"

#define CPU(text) "cpu: { control = 0; workers = [ 1, 2 ]; other = 0; " text " };\n"
#define MEMORY(text) "memory: { mb = 0; " text " };\n"

/* The key that a change from one text to another is refused for. */
static void
changes(const char *from, const char *to, const char *key)
{
	struct lb_conf *old = fixture_good(from), *new = fixture_good(to);
	const char *named = change_needs_restart(old, new);

	CU_ASSERT_STRING_EQUAL(named == NULL ? "none" : named, key);
	lb_conf_destroy(old);
	lb_conf_destroy(new);
}

static void
same_file_wants_no_restart(void)
{
	changes(NETS, NETS, "none");
}

static void
threads_are_made_at_start(void)
{
	const char *from = NETS CPU("idle = \"sleep\";");

	changes(from, NETS "cpu: { control = 1; workers = [ 1, 2 ]; other = 0; };\n",
		"cpu.control");
	changes(from, NETS "cpu: { control = 0; workers = [ 1 ]; other = 0; };\n", "cpu.workers");
	changes(from, NETS "cpu: { control = 0; workers = [ 1, 3 ]; other = 0; };\n",
		"cpu.workers");
	changes(from, NETS "cpu: { control = 0; workers = [ 1, 2 ]; other = 1; };\n", "cpu.other");
	changes(from, NETS CPU("idle = \"spin\";"), "cpu.idle");
	changes(from, NETS CPU("idle_max_us = 500;"), "cpu.idle_max_us");
}

static void
memory_is_taken_at_start(void)
{
	const char *from = NETS MEMORY("connections = 100000;");

	changes(from, NETS MEMORY("connections = 100001;"), "memory.connections");
	changes(from, NETS MEMORY("connections = 100000; connections6 = 7;"),
		"memory.connections6");
	changes(from, NETS MEMORY("connections = 100000; hugepages = \"never\";"),
		"memory.hugepages");
	changes(from, NETS "memory: { mb = 4096; connections = 100000; };\n", "memory.mb");
}

static void
socket_is_made_at_start(void)
{
	changes(NETS, NETS "rpc: { socket = \"/run/other.sock\"; };\n", "rpc.socket");
}

static void
ports_are_opened_at_start(void)
{
	static const char from[] = "ports = ( { name = \"wan\"; device = \"net_null0\"; "
				   "addresses = [ \"10.1.0.11/24\" ]; } );\n";
	static const char *const others[] = {
		"ports = ( { name = \"lan\"; device = \"net_null0\"; "
		"addresses = [ \"10.1.0.11/24\" ]; } );\n",
		"ports = ( { name = \"wan\"; device = \"net_null1\"; "
		"addresses = [ \"10.1.0.11/24\" ]; } );\n",
		"ports = ( { name = \"wan\"; device = \"net_null0\"; "
		"addresses = [ \"10.1.0.12/24\" ]; } );\n",
		"ports = ( { name = \"wan\"; device = \"net_null0\"; "
		"addresses = [ \"10.1.0.11/25\" ]; } );\n",
		"ports = ( { name = \"wan\"; device = \"net_null0\"; "
		"addresses = [ \"10.1.0.11/24\", \"10.3.0.1/24\" ]; } );\n",
		"ports = ( { name = \"wan\"; device = \"net_null0\"; mtu = 1400; "
		"addresses = [ \"10.1.0.11/24\" ]; } );\n",
		"ports = ( { name = \"wan\"; device = \"net_null0\"; rx_queues = 2; "
		"addresses = [ \"10.1.0.11/24\" ]; } );\n",
		"ports = ( { name = \"wan\"; device = \"net_null0\"; host = \"tap\"; "
		"addresses = [ \"10.1.0.11/24\" ]; } );\n",
		"ports = ( { name = \"wan\"; device = \"net_null0\"; host_interface = \"w\"; "
		"addresses = [ \"10.1.0.11/24\" ]; } );\n",
	};

	changes(from, from, "none");
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		changes(from, others[i], "ports");
}

static void
services_and_routes_may_change(void)
{
	changes(NETS, NETS "routes = ( { to = \"0.0.0.0/0\"; via = \"10.1.0.1\"; } );\n", "none");
	changes(NETS, NETS "transit = \"route\";\nlog: { level = \"debug\"; };\n", "none");
}

static const struct unit_test tests[] = {
	UNIT_TEST(same_file_wants_no_restart),
	UNIT_TEST(threads_are_made_at_start),
	UNIT_TEST(memory_is_taken_at_start),
	UNIT_TEST(socket_is_made_at_start),
	UNIT_TEST(ports_are_opened_at_start),
	UNIT_TEST(services_and_routes_may_change),
	UNIT_END,
};

const struct unit_suite unit_polluxd_restart = { "restart", tests };
