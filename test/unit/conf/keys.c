/* Each key alone: its value, its default, its range and its type. */

#include "fixture.h"

#include <arpa/inet.h>

#define RUN(faults) fixture_faults(faults, sizeof(faults) / sizeof(faults[0]))

/* Line 2 is a service with a key more; line 3 a server of it. */
#define SERVICE(keys, server)                                                                      \
	NETS "services = ( { name = \"web\"; address = \"10.1.0.200\"; port = 80; " keys           \
	     " servers = (\n{ address = \"10.2.0.21\"; " server " } ); } );"

static const char everything[] =
	"cpu: { control = 2; workers = [ 3, 4, 3 ]; other = 5; idle = \"sleep\"; idle_max_us = 50; "
	"};\n"
	"memory: { hugepages = \"require\"; mb = 64; connections = 0x400; connections6 = 7L; };\n"
	"ports = (\n"
	"  { name = \"wan\"; device = \"net_af_xdp0,iface=eth1\"; addresses = [ \"10.1.0.11/24\", "
	"\"10.3.0.1/31\" ]; mtu = 9000; host = \"tap\"; host_interface = \"dir.wan\"; "
	"rx_queues = 64; },\n"
	"  { name = \"Lan.1_b-c\"; device = \"0000:03:00.1\"; addresses = ( \"10.2.0.11/16\" ); "
	"mtu = 576; },\n"
	"  { name = \"idle\"; device = \"d3\"; }\n"
	");\n"
	"routes = ( { to = \"0.0.0.0/0\"; via = \"10.1.0.1\"; },\n"
	"  { to = \"10.2.0.0/24\"; via = \"10.2.9.9\"; } ); transit = \"route\";\n"
	"vips = ( \"10.1.0.200\",\n"
	"  { address = \"10.2.0.200\"; },\n"
	"  { address = \"192.0.2.1\"; port = \"idle\"; } );\n"
	"services = (\n"
	"  { name = \"web\"; address = \"10.1.0.200\"; port = 80; protocol = \"tcp\";\n"
	"    scheduler = \"rr\";\n"
	"    scheduler_options = { a = true; b = -5; c = 5000000000L; d = \"\"; };\n"
	"    forward = \"nat\";\n"
	"    servers = ( { address = \"10.2.0.21\"; port = 8080; weight = 0;\n"
	"                  upper = 2147483647; lower = 2147483646; },\n"
	"                { address = \"198.51.100.1\"; weight = 65535;\n"
	"                  forward = \"tun\"; } ); },\n"
	"  { name = \"dns\"; address = \"192.0.2.1\"; port = 65535; protocol = \"udp\"; servers = "
	"( ); }\n"
	");\n"
	"rpc: { socket = \"/run/x.sock\"; };\n"
	"log: { level = \"debug\"; };\n";

static bool
is_addr(const struct lb_addr *addr, const char *text)
{
	char out[LB_ADDR_TEXT];

	return strcmp(lb_addr_text(addr, out), text) == 0;
}

static bool
is_prefix(const struct lb_prefix *prefix, const char *text)
{
	char out[LB_ADDR_TEXT];

	return strcmp(lb_prefix_text(prefix, out), text) == 0;
}

static bool
is_endpoint(const struct lb_endpoint *at, const char *text)
{
	char out[LB_ADDR_TEXT];

	return strcmp(lb_endpoint_text(at, out), text) == 0;
}

static void
machine_is_read_as_written(void)
{
	struct lb_conf *conf = fixture_good(everything);

	CU_ASSERT_EQUAL(conf->cpu.control, 2);
	CU_ASSERT_EQUAL(conf->cpu.workers_n, 3);
	CU_ASSERT_EQUAL(conf->cpu.workers[0], 3);
	CU_ASSERT_EQUAL(conf->cpu.workers[1], 4);
	CU_ASSERT_EQUAL(conf->cpu.workers[2], 3);
	CU_ASSERT_EQUAL(conf->cpu.other, 5);
	CU_ASSERT_EQUAL(conf->cpu.idle, LB_CONF_IDLE_SLEEP);
	CU_ASSERT_EQUAL(conf->cpu.idle_max_us, 50);
	CU_ASSERT_EQUAL(conf->memory.hugepages, LB_CONF_HUGEPAGES_REQUIRE);
	CU_ASSERT_EQUAL(conf->memory.mb, 64);
	CU_ASSERT_EQUAL(conf->memory.connections, 1024);
	CU_ASSERT_EQUAL(conf->memory.connections6, 7);
	CU_ASSERT_EQUAL(conf->memory.place.line, 2);
	CU_ASSERT_STRING_EQUAL(conf->rpc_socket, "/run/x.sock");
	CU_ASSERT_STRING_EQUAL(conf->log_level, "debug");
	lb_conf_destroy(conf);
}

static void
nets_are_read_as_written(void)
{
	struct lb_conf *conf = fixture_good(everything);

	CU_ASSERT_EQUAL_FATAL(conf->ports_n, 3);
	CU_ASSERT_STRING_EQUAL(conf->ports[0].name, "wan");
	CU_ASSERT_STRING_EQUAL(conf->ports[0].device, "net_af_xdp0,iface=eth1");
	CU_ASSERT_EQUAL_FATAL(conf->ports[0].addresses_n, 2);
	CU_ASSERT_TRUE(is_prefix(&conf->ports[0].addresses[0], "10.1.0.11/24"));
	CU_ASSERT_TRUE(is_prefix(&conf->ports[0].addresses[1], "10.3.0.1/31"));
	CU_ASSERT_EQUAL(conf->ports[0].mtu, 9000);
	CU_ASSERT_EQUAL(conf->ports[0].rx_queues, 64);
	CU_ASSERT_STRING_EQUAL(conf->ports[0].host, "tap");
	CU_ASSERT_STRING_EQUAL(conf->ports[0].host_interface, "dir.wan");
	CU_ASSERT_EQUAL(conf->ports[0].host_place.line, 4);
	CU_ASSERT_STRING_EQUAL(conf->ports[1].name, "Lan.1_b-c");
	CU_ASSERT_EQUAL_FATAL(conf->ports[1].addresses_n, 1);
	CU_ASSERT_TRUE(is_prefix(&conf->ports[1].addresses[0], "10.2.0.11/16"));
	CU_ASSERT_EQUAL(conf->ports[1].mtu, 576);
	CU_ASSERT_STRING_EQUAL(conf->ports[1].place.file, "pollux.conf");
	CU_ASSERT_EQUAL(conf->ports[1].place.line, 5);
	CU_ASSERT_EQUAL(conf->ports[2].addresses_n, 0);

	CU_ASSERT_EQUAL_FATAL(conf->routes_n, 2);
	CU_ASSERT_TRUE(is_prefix(&conf->routes[0].to, "0.0.0.0/0"));
	CU_ASSERT_TRUE(is_addr(&conf->routes[0].via, "10.1.0.1"));
	CU_ASSERT_EQUAL(conf->routes[0].port, 0);
	CU_ASSERT_TRUE(is_prefix(&conf->routes[1].to, "10.2.0.0/24"));
	CU_ASSERT_EQUAL(conf->routes[1].port, 1);
	CU_ASSERT_EQUAL(conf->routes[1].place.line, 9);
	CU_ASSERT_EQUAL(conf->transit, LB_CONF_TRANSIT_ROUTE);

	CU_ASSERT_EQUAL_FATAL(conf->vips_n, 3);
	CU_ASSERT_TRUE(is_addr(&conf->vips[0].address, "10.1.0.200"));
	CU_ASSERT_EQUAL(conf->vips[0].port, 0);
	CU_ASSERT_EQUAL(conf->vips[0].place.line, 10);
	CU_ASSERT_EQUAL(conf->vips[1].port, 1);
	CU_ASSERT_TRUE(is_addr(&conf->vips[2].address, "192.0.2.1"));
	CU_ASSERT_EQUAL(conf->vips[2].port, 2);
	lb_conf_destroy(conf);
}

static void
services_are_read_as_written(void)
{
	struct lb_conf *conf = fixture_good(everything);
	const struct lb_conf_service *web, *dns;

	CU_ASSERT_EQUAL_FATAL(conf->services_n, 2);
	web = &conf->services[0];
	dns = &conf->services[1];
	CU_ASSERT_STRING_EQUAL(web->name, "web");
	CU_ASSERT_TRUE(is_endpoint(&web->at, "10.1.0.200:80"));
	CU_ASSERT_EQUAL(web->protocol, 6);
	CU_ASSERT_STRING_EQUAL(web->scheduler, "rr");
	CU_ASSERT_STRING_EQUAL(web->forward, "nat");
	CU_ASSERT_EQUAL(web->place.line, 14);
	CU_ASSERT_EQUAL(web->scheduler_place.line, 15);
	CU_ASSERT_EQUAL(web->forward_place.line, 17);
	CU_ASSERT_EQUAL_FATAL(web->servers_n, 2);
	CU_ASSERT_TRUE(is_endpoint(&web->servers[0].at, "10.2.0.21:8080"));
	CU_ASSERT_EQUAL(web->servers[0].weight, 0);
	CU_ASSERT_EQUAL(web->servers[0].upper, INT32_MAX);
	CU_ASSERT_EQUAL(web->servers[0].lower, INT32_MAX - 1);
	CU_ASSERT_TRUE(web->servers[0].on_link);
	CU_ASSERT_TRUE(is_endpoint(&web->servers[1].at, "198.51.100.1:80"));
	CU_ASSERT_EQUAL(web->servers[1].weight, 65535);
	CU_ASSERT_FALSE(web->servers[1].on_link);
	CU_ASSERT_EQUAL(web->servers[1].place.line, 20);
	CU_ASSERT_PTR_NULL(web->servers[0].forward);
	CU_ASSERT_STRING_EQUAL(lb_conf_forward(web, &web->servers[0]), "nat");
	CU_ASSERT_STRING_EQUAL(lb_conf_forward(web, &web->servers[1]), "tun");
	CU_ASSERT_EQUAL(web->servers[0].forward_place.line, 18);
	CU_ASSERT_EQUAL(web->servers[1].forward_place.line, 21);

	CU_ASSERT_TRUE(is_endpoint(&dns->at, "192.0.2.1:65535"));
	CU_ASSERT_EQUAL(dns->protocol, 17);
	CU_ASSERT_EQUAL(dns->servers_n, 0);
	CU_ASSERT_EQUAL(dns->forward_place.line, 22);
	lb_conf_destroy(conf);
}

static void
scheduler_options_are_passed_on(void)
{
	struct lb_conf *conf = fixture_good(everything);
	const struct lb_conf_option *options = conf->services[0].options;

	CU_ASSERT_EQUAL_FATAL(conf->services[0].options_n, 4);
	CU_ASSERT_STRING_EQUAL(options[0].name, "a");
	CU_ASSERT_EQUAL(options[0].type, LB_CONF_OPTION_BOOL);
	CU_ASSERT_EQUAL(options[0].number, 1);
	CU_ASSERT_EQUAL(options[1].type, LB_CONF_OPTION_INT);
	CU_ASSERT_EQUAL(options[1].number, -5);
	CU_ASSERT_EQUAL(options[2].type, LB_CONF_OPTION_INT);
	CU_ASSERT_EQUAL(options[2].number, INT64_C(5000000000));
	CU_ASSERT_EQUAL(options[3].type, LB_CONF_OPTION_STRING);
	CU_ASSERT_STRING_EQUAL(options[3].text, "");
	CU_ASSERT_EQUAL(conf->services[1].options_n, 0);
	lb_conf_destroy(conf);
}

static void
what_is_left_out_has_its_default(void)
{
	struct lb_conf *conf = fixture_good(SERVICE("", ""));

	CU_ASSERT_EQUAL(conf->cpu.control, 0);
	CU_ASSERT_EQUAL(conf->cpu.workers_n, 1);
	CU_ASSERT_EQUAL(conf->cpu.workers[0], 1);
	CU_ASSERT_EQUAL(conf->cpu.other, 0);
	CU_ASSERT_EQUAL(conf->cpu.idle, LB_CONF_IDLE_SLEEP);
	CU_ASSERT_EQUAL(conf->cpu.idle_max_us, 1000);
	CU_ASSERT_EQUAL(conf->memory.hugepages, LB_CONF_HUGEPAGES_AUTO);
	CU_ASSERT_EQUAL(conf->memory.mb, 0);
	CU_ASSERT_EQUAL(conf->memory.connections, 1000000);
	CU_ASSERT_EQUAL(conf->memory.connections6, 250000);
	CU_ASSERT_STRING_EQUAL(conf->memory.place.file, "pollux.conf");
	CU_ASSERT_EQUAL(conf->memory.place.line, 1);
	CU_ASSERT_EQUAL(conf->ports[0].mtu, 1500);
	CU_ASSERT_EQUAL(conf->ports[0].rx_queues, 0);
	CU_ASSERT_STRING_EQUAL(conf->ports[0].host, "none");
	CU_ASSERT_STRING_EQUAL(conf->ports[0].host_interface, "wan");
	CU_ASSERT_EQUAL(conf->ports[0].host_place.line, 1);
	CU_ASSERT_EQUAL(conf->routes_n, 0);
	CU_ASSERT_EQUAL(conf->transit, LB_CONF_TRANSIT_DROP);
	CU_ASSERT_EQUAL(conf->vrrp_n, 0);
	CU_ASSERT_EQUAL(conf->services[0].protocol, 6);
	CU_ASSERT_STRING_EQUAL(conf->services[0].scheduler, "wrr");
	CU_ASSERT_STRING_EQUAL(conf->services[0].forward, "dr");
	CU_ASSERT_EQUAL(conf->services[0].drain_timeout_ms, 900000);
	CU_ASSERT_EQUAL(conf->services[0].slow_start_ms, 0);
	CU_ASSERT_EQUAL(conf->services[0].options_n, 0);
	CU_ASSERT_EQUAL(conf->services[0].servers[0].weight, 1);
	CU_ASSERT_EQUAL(conf->services[0].servers[0].upper, 0);
	CU_ASSERT_EQUAL(conf->services[0].servers[0].lower, 0);
	CU_ASSERT_TRUE(is_endpoint(&conf->services[0].servers[0].at, "10.2.0.21:80"));
	CU_ASSERT_STRING_EQUAL(conf->rpc_socket, "/run/pollux/pollux.sock");
	CU_ASSERT_STRING_EQUAL(conf->log_level, "info");
	lb_conf_destroy(conf);
	conf = fixture_good(NETS "transit = \"drop\"; cpu: { control = 7; };");
	CU_ASSERT_EQUAL(conf->transit, LB_CONF_TRANSIT_DROP);
	CU_ASSERT_EQUAL(conf->cpu.other, 7);
	lb_conf_destroy(conf);
}

static void
unknown_key_is_named_with_the_one_meant(void)
{
	static const struct fixture_fault faults[] = {
		{ NETS "cpus: { };", "pollux.conf:2: unknown key \"cpus\"; did you mean \"cpu\"?" },
		{ NETS "filters = ( );",
			"pollux.conf:2: unknown key \"filters\"; take it out, or use one of cpu, "
			"memory, ports, routes, transit, vips, vrrp, timeouts, services, rpc, "
			"log" },
		{ NETS "cpu: { worker = [ 1 ]; };",
			"pollux.conf:2: cpu: unknown key \"worker\"; did you mean \"workers\"?" },
		{ NETS "memory: { mb = 0; hugpages = \"auto\"; };",
			"pollux.conf:2: memory: unknown key \"hugpages\"; did you mean "
			"\"hugepages\"?" },
		{ NETS "rpc: { mode = \"0660\"; };", "pollux.conf:2: rpc: unknown key \"mode\"; "
						     "take it out, or use one of socket" },
		{ NETS "routes = ( { to = \"0.0.0.0/0\"; dev = \"wan\"; } );",
			"pollux.conf:2: route 0.0.0.0/0: unknown key \"dev\"; take it out, or use "
			"one of to, via" },
		{ "ports = ( { name = \"wan\"; device = \"d0\";\nadresses = [ ]; } );",
			"pollux.conf:2: port \"wan\": unknown key \"adresses\"; did you mean "
			"\"addresses\"?" },
		{ "ports = ( { device = \"d0\";\nvlan = 12; } );",
			"pollux.conf:2: port #1: unknown key \"vlan\"; take it out, or use one of "
			"name, device, addresses, mtu, host, host_interface, rx_queues" },
		{ SERVICE("", "wieght = 1;"), "pollux.conf:3: service \"web\": server 10.2.0.21: "
					      "unknown key \"wieght\"; did you mean \"weight\"?" },
		{ NETS "a_key_that_is_longer_than_any_other_key_of_all_that_there_are_and_then_"
		       "some "
		       "= 1;",
			"pollux.conf:2: unknown key "
			"\"a_key_that_is_longer_than_any_other_key_of_all_that_there_are_a\"; take "
			"it out, or use one of cpu, memory, ports, routes, transit, vips, vrrp, "
			"timeouts, services, rpc, log" },
	};

	RUN(faults);
}

static void
value_out_of_range_is_refused(void)
{
	static const struct fixture_fault faults[] = {
		{ NETS "cpu: { control = 1024; };", "pollux.conf:2: cpu: control is 1024, which is "
						    "out of range; write 0 to 1023" },
		{ NETS "cpu: { control = -1; };", "pollux.conf:2: cpu: control is -1, which is out "
						  "of range; write 0 to 1023" },
		{ NETS "cpu: { workers = [ 1,\n1024 ]; };",
			"pollux.conf:3: cpu: an element of workers is 1024, which is out of range; "
			"write 0 to 1023" },
		{ NETS "cpu: { other = 4294967295L; };", "pollux.conf:2: cpu: other is 4294967295, "
							 "which is out of range; write 0 to 1023" },
		{ NETS "cpu: { idle_max_us = 49; };", "pollux.conf:2: cpu: idle_max_us is 49, "
						      "which is out of range; write 50 to 100000" },
		{ NETS "cpu: { idle_max_us = 100001; };",
			"pollux.conf:2: cpu: idle_max_us is 100001, which is out of range; write "
			"50 to 100000" },
		{ NETS "memory: { mb = 63; };",
			"pollux.conf:2: memory: mb is 63, which is out of range; write 0, or 64 to "
			"1048576" },
		{ NETS "memory: { mb = 1048577; };", "pollux.conf:2: memory: mb is 1048577, which "
						     "is out of range; write 0, or 64 to 1048576" },
		{ NETS "memory: { connections = 1023; };",
			"pollux.conf:2: memory: connections is 1023, which is out of range; write "
			"1024 to 100000000" },
		{ NETS "memory: { connections = 100000001; };",
			"pollux.conf:2: memory: connections is 100000001, which is out of range; "
			"write 1024 to 100000000" },
		{ NETS "memory: { connections6 = -1; };", "pollux.conf:2: memory: connections6 is "
							  "-1, which is out of range; write 0 to "
							  "100000000" },
		{ "ports = ( { name = \"wan\"; device = \"d0\"; mtu = 575; } );",
			"pollux.conf:1: port \"wan\": mtu is 575, which is out of range; write 576 "
			"to 9000" },
		{ "ports = ( { name = \"wan\"; device = \"d0\"; mtu = 9001; } );",
			"pollux.conf:1: port \"wan\": mtu is 9001, which is out of range; write "
			"576 to 9000" },
		{ "ports = ( { name = \"wan\"; device = \"d0\"; rx_queues = 65; } );",
			"pollux.conf:1: port \"wan\": rx_queues is 65, which is out of range; "
			"write 0 to 64" },
		{ SERVICE("", "port = 0;"), "pollux.conf:3: service \"web\": server 10.2.0.21: "
					    "port is 0, which is out of range; write 1 to 65535" },
		{ SERVICE("", "port = 65536;"), "pollux.conf:3: service \"web\": server 10.2.0.21: "
						"port is 65536, which is out of range; write 1 to "
						"65535" },
		{ SERVICE("", "weight = 65536;"), "pollux.conf:3: service \"web\": server "
						  "10.2.0.21: weight is 65536, which is out of "
						  "range; write 0 to 65535" },
		{ SERVICE("", "upper = 2147483648L;"),
			"pollux.conf:3: service \"web\": server 10.2.0.21: upper is 2147483648, "
			"which is out of range; write 0 to 2147483647" },
		{ SERVICE("", "upper = 1; lower = -1;"),
			"pollux.conf:3: service \"web\": server 10.2.0.21: lower is -1, which is "
			"out of range; write 0 to 2147483647" },
		{ NETS "services = ( { name = \"web\"; address = \"10.1.0.200\"; port = 70000; } "
		       ");",
			"pollux.conf:2: service \"web\": port is 70000, which is out of range; "
			"write 1 to 65535" },
		{ SERVICE("drain_timeout_ms = 86400001;", ""),
			"pollux.conf:2: service \"web\": drain_timeout_ms is 86400001, which is "
			"out of range; write 0 to 86400000" },
		{ SERVICE("slow_start_ms = 3600001;", ""),
			"pollux.conf:2: service \"web\": slow_start_ms is 3600001, which is out of "
			"range; write 0 to 3600000" },
	};

	RUN(faults);
}

static void
value_of_another_type_is_refused(void)
{
	static const struct fixture_fault faults[] = {
		{ NETS "cpu = 1;",
			"pollux.conf:2: cpu is a whole number; write a group: { key = value; }" },
		{ NETS "log = ( \"info\" );",
			"pollux.conf:2: log is a list; write a group: { key = value; }" },
		{ NETS "cpu: { control = \"0\"; };", "pollux.conf:2: cpu: control is a string; "
						     "write a whole number: 0 to 1023" },
		{ NETS "cpu: { control = 1.0; };", "pollux.conf:2: cpu: control is a number with a "
						   "point; write a whole number: 0 to 1023" },
		{ NETS "memory: { mb = true; };", "pollux.conf:2: memory: mb is true or false; "
						  "write a whole number: 0, or 64 to 1048576" },
		{ NETS "cpu: { workers = 1; };", "pollux.conf:2: cpu: workers is a whole number; "
						 "write a list: ( element, element )" },
		{ NETS "cpu: { workers = [ \"1\" ]; };",
			"pollux.conf:2: cpu: an element of workers is a string; write a whole "
			"number: 0 to 1023" },
		{ NETS "cpu: { idle = true; };", "pollux.conf:2: cpu: idle is true or false; write "
						 "one of \"sleep\", \"spin\"" },
		{ NETS "rpc: { socket = 660; };", "pollux.conf:2: rpc: socket is a whole number; "
						  "write a string between quotes" },
		{ NETS "routes = { to = \"0.0.0.0/0\"; };",
			"pollux.conf:2: routes is a group; write a list: ( element, element )" },
		{ NETS "routes = ( \"0.0.0.0/0\" );", "pollux.conf:2: an element of routes is a "
						      "string; write a group: { key = value; }" },
		{ NETS "routes = ( { to = 0; via = \"10.1.0.1\"; } );",
			"pollux.conf:2: route #1: to is a whole number; write an address and its "
			"length between quotes: \"10.1.0.1/24\"" },
		{ "ports = ( { name = \"wan\"; device = \"d0\"; addresses = ( { name = \"x\"; } ); "
		  "} );",
			"pollux.conf:1: port \"wan\": an element of addresses is a group; write an "
			"address and its length between quotes: \"10.1.0.1/24\"" },
		{ "ports = ( { name = \"wan\"; device = \"d0\"; } ); vips = ( ( \"10.1.0.200\" ) "
		  ");",
			"pollux.conf:1: an element of vips is a list; write an address between "
			"quotes: \"10.1.0.1\"" },
		{ "ports = ( { name = \"wan\"; device = \"d0\"; } ); vips = ( { address = "
		  "\"10.1.0.200\"; port = 0; } );",
			"pollux.conf:1: vip 10.1.0.200: port is a whole number; write the name of "
			"a port between quotes" },
		{ SERVICE("scheduler_options = ( );", ""),
			"pollux.conf:2: service \"web\": scheduler_options is a list; write a "
			"group: { option = value; }" },
		{ SERVICE("scheduler_options = { a = 1.5; };", ""),
			"pollux.conf:2: service \"web\": scheduler_options: a is a number with a "
			"point; write true or false, a whole number or a string" },
		{ SERVICE("scheduler_options = { a = { b = 1; }; };", ""),
			"pollux.conf:2: service \"web\": scheduler_options: a is a group; write "
			"true or false, a whole number or a string" },
	};

	RUN(faults);
}

static void
unknown_word_is_answered_with_those_known(void)
{
	static const struct fixture_fault faults[] = {
		{ NETS "cpu: { idle = \"nap\"; };",
			"pollux.conf:2: cpu: idle is \"nap\"; this build has \"sleep\", \"spin\"" },
		{ NETS "memory: { hugepages = \"Auto\"; };",
			"pollux.conf:2: memory: hugepages is \"Auto\"; this build has \"auto\", "
			"\"require\", \"never\"" },
		{ NETS "transit = \"kernel\";",
			"pollux.conf:2: transit is \"kernel\"; this build has \"drop\", "
			"\"route\", \"host\"" },
		{ SERVICE("protocol = \"sctp\";", ""), "pollux.conf:2: service \"web\": protocol "
						       "is \"sctp\"; this build has \"tcp\", "
						       "\"udp\"" },
		{ NETS "log: { level = \"a\\nb\\x1b\"; };",
			"pollux.conf:2: log: level is \"a?b?\"; this build has \"error\", "
			"\"warn\", \"info\", \"debug\"" },
	};

	RUN(faults);
}

static void
key_that_must_be_there_is_asked_for(void)
{
	static const struct fixture_fault faults[] = {
		{ "", "pollux.conf:1: ports is missing; add ports = ( { name = \"wan\"; device = "
		      "\"0000:03:00.0\"; } );" },
		{ "\nports = ( );",
			"pollux.conf:2: ports is empty; a director needs at least one port" },
		{ "ports = (\n{ device = \"d0\"; } );",
			"pollux.conf:2: port #1: name is missing; add name = \"wan\"" },
		{ "ports = (\n{ name = \"wan\"; } );", "pollux.conf:2: port \"wan\": device is "
						       "missing; add device = \"0000:03:00.0\"" },
		{ NETS "routes = ( { via = \"10.1.0.1\"; } );",
			"pollux.conf:2: route #1: to is missing; add to = \"0.0.0.0/0\"" },
		{ NETS "routes = ( { to = \"0.0.0.0/0\"; } );",
			"pollux.conf:2: route 0.0.0.0/0: via is missing; add via = \"10.1.0.1\"" },
		{ "ports = ( { name = \"wan\"; device = \"d0\"; } );\nvips = ( { port = \"wan\"; } "
		  ");",
			"pollux.conf:2: vip #1: address is missing; add address = \"10.1.0.200\"" },
		{ NETS "services = ( { name = \"a\"; address = \"10.1.0.200\"; port = 1; },\n{ "
		       "port = 80; address = \"10.1.0.200\"; } );",
			"pollux.conf:3: service 10.1.0.200: name is missing; add name = \"web\"" },
		{ NETS "services = ( { name = \"web\"; port = 80; } );",
			"pollux.conf:2: service \"web\": address is missing; add address = "
			"\"10.1.0.200\"" },
		{ NETS "services = ( { name = \"web\"; address = \"10.1.0.200\"; } );",
			"pollux.conf:2: service \"web\": port is missing; add port = 80" },
		{ NETS "services = ( { name = \"web\"; address = \"10.1.0.200\"; port = 80; "
		       "servers = ( {\n"
		       "weight = 1; } ); } );",
			"pollux.conf:2: service \"web\": server #1: address is missing; add "
			"address = \"10.2.0.21\"" },
		{ NETS "cpu: { workers = [ ]; };", "pollux.conf:2: cpu: workers is empty; name at "
						   "least one CPU, as in workers = [ 1 ]" },
	};

	RUN(faults);
}

static void
name_has_few_letters(void)
{
	static const struct fixture_fault faults[] = {
		{ "ports = ( { name = \"w n\"; device = \"d0\"; } );",
			"pollux.conf:1: port \"w n\": a name has letters, digits and . _ - only, "
			"and at most 63 of them; choose another" },
		{ "ports = ( { name = \"\"; device = \"d0\"; } );",
			"pollux.conf:1: port \"\": name is empty; write something between the "
			"quotes" },
		{ "ports = ( { name = \"wan\"; device = \"\"; } );",
			"pollux.conf:1: port \"wan\": device is empty; write something between the "
			"quotes" },
		{ NETS "services = ( { name = \"caf\xc3\xa9\"; } );",
			"pollux.conf:2: service \"caf\xc3\xa9\": a name has letters, digits and . "
			"_ - only, and at most 63 of them; choose another" },
		{ NETS "services = ( { name = "
		       "\"1234567890123456789012345678901234567890123456789012345678901234\"; } );",
			"pollux.conf:2: service "
			"\"123456789012345678901234567890123456789012345678901234567890123\": a "
			"name has letters, digits and . _ - only, and at most 63 of them; choose "
			"another" },
	};

	RUN(faults);
}

static void
socket_has_a_path_that_a_socket_can_have(void)
{
	static const struct fixture_fault faults[] = {
		{ NETS "rpc: { socket = \"pollux.sock\"; };",
			"pollux.conf:2: rpc: socket is \"pollux.sock\"; write a path that begins "
			"with /" },
	};
	char text[1024], folder[32];
	struct lb_conf *conf;

	RUN(faults);
	snprintf(text, sizeof(text), NETS "rpc: { socket = \"/%0106d\"; };", 0);
	conf = fixture_good(text);
	CU_ASSERT_EQUAL(strlen(conf->rpc_socket), 107);
	lb_conf_destroy(conf);
	snprintf(text, sizeof(text), NETS "rpc: { socket = \"/%0107d\"; };", 0);
	fixture_enter(folder);
	fixture_refused(text, "pollux.conf:2: rpc: socket has 108 letters, and a socket's path at "
			      "most 107; choose a shorter one");
	fixture_leave(folder);
}

static const struct unit_test tests[] = {
	UNIT_TEST(machine_is_read_as_written),
	UNIT_TEST(nets_are_read_as_written),
	UNIT_TEST(services_are_read_as_written),
	UNIT_TEST(scheduler_options_are_passed_on),
	UNIT_TEST(what_is_left_out_has_its_default),
	UNIT_TEST(unknown_key_is_named_with_the_one_meant),
	UNIT_TEST(value_out_of_range_is_refused),
	UNIT_TEST(value_of_another_type_is_refused),
	UNIT_TEST(unknown_word_is_answered_with_those_known),
	UNIT_TEST(key_that_must_be_there_is_asked_for),
	UNIT_TEST(name_has_few_letters),
	UNIT_TEST(socket_has_a_path_that_a_socket_can_have),
	UNIT_END,
};

const struct unit_suite unit_conf_keys = { "keys", tests };
