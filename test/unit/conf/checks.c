/* What holds between objects. */

#include "fixture.h"

#define RUN(faults) fixture_faults(faults, sizeof(faults) / sizeof(faults[0]))

#define WAN(addresses)                                                                             \
	"ports = ( { name = \"wan\"; device = \"d0\"; addresses = [ " addresses " ]; },\n"
#define LAN(addresses) "{ name = \"lan\"; device = \"d1\"; addresses = [ " addresses " ]; } );\n"

#define WEB "{ name = \"web\"; address = \"10.1.0.200\"; port = 80; servers = (\n"

static void
port_is_there_once(void)
{
	static const struct fixture_fault faults[] = {
		{ WAN("") "{ name = \"lan\"; device = \"d1\"; },\n{ name = \"wan\"; device = "
			  "\"d2\"; } );",
			"pollux.conf:3: port \"wan\": the port of pollux.conf:1 has this name too; "
			"rename one" },
		{ WAN("") "{ name = \"lan\"; device = \"d0\"; } );",
			"pollux.conf:2: port \"lan\": port \"wan\" has device \"d0\" too; give "
			"each port its own" },
		{ WAN("\"10.1.0.11/24\"") LAN("\"10.1.0.11/32\""),
			"pollux.conf:2: port \"lan\": port \"wan\" has the address 10.1.0.11 "
			"already; give each address once" },
		{ WAN("\"10.1.0.11/24\", \"10.1.0.11/24\"") LAN(""),
			"pollux.conf:1: port \"wan\": port \"wan\" has the address 10.1.0.11 "
			"already; give each address once" },
	};

	RUN(faults);
}

static void
port_address_is_one_that_a_host_can_have(void)
{
	static const struct fixture_fault faults[] = {
		{ WAN("\"10.1.0.0/24\"") LAN(""), "pollux.conf:1: port \"wan\": 10.1.0.0/24 is the "
						  "network or broadcast address of its subnet; "
						  "choose another" },
		{ WAN("\"10.1.0.127/25\"") LAN(""), "pollux.conf:1: port \"wan\": 10.1.0.127/25 is "
						    "the network or broadcast address of its "
						    "subnet; choose another" },
		{ WAN("\"10.1.0.1\"") LAN(""),
			"pollux.conf:1: port \"wan\": \"10.1.0.1\" is no address; write it as "
			"\"10.1.0.1/24\"" },
		{ WAN("\"10.1.0.1/33\"") LAN(""),
			"pollux.conf:1: port \"wan\": \"10.1.0.1/33\" is no address; write it as "
			"\"10.1.0.1/24\"" },
		{ WAN("\"127.0.0.1/8\"") LAN(""),
			"pollux.conf:1: port \"wan\": \"127.0.0.1/8\" is loopback, multicast, "
			"broadcast or no address at all; choose one that a host can have" },
	};
	struct lb_conf *conf;

	RUN(faults);
	conf = fixture_good(WAN("\"10.1.0.0/31\"") LAN("\"10.1.0.255/32\""));
	lb_conf_destroy(conf);
}

static void
subnets_of_two_ports_do_not_overlap(void)
{
	static const struct fixture_fault faults[] = {
		{ WAN("\"10.1.0.11/24\"") LAN("\"10.1.0.12/24\""),
			"pollux.conf:2: port \"lan\": its subnet 10.1.0.0/24 overlaps 10.1.0.0/24 "
			"of port \"wan\"; give each port subnets of its own" },
		{ WAN("\"10.9.0.1/24\", \"10.1.7.11/24\"") LAN("\"10.8.0.1/24\", \"10.1.0.12/16\""),
			"pollux.conf:2: port \"lan\": its subnet 10.1.0.0/16 overlaps 10.1.7.0/24 "
			"of port \"wan\"; give each port subnets of its own" },
		{ WAN("\"10.1.0.1/16\", \"10.1.9.1/24\"") LAN("\"10.1.8.1/24\""),
			"pollux.conf:2: port \"lan\": its subnet 10.1.8.0/24 overlaps 10.1.0.0/16 "
			"of port \"wan\"; give each port subnets of its own" },
	};
	struct lb_conf *conf;

	RUN(faults);
	conf = fixture_good(WAN("\"10.1.0.1/16\", \"10.1.9.1/24\", \"10.1.0.2/16\"")
			LAN("\"10.2.0.1/24\", \"10.0.255.254/24\"") "vips = [ \"10.1.10.1\" ];");
	CU_ASSERT_EQUAL(conf->vips[0].port, 0);
	lb_conf_destroy(conf);
}

static void
vip_is_free_and_has_a_port(void)
{
	static const struct fixture_fault faults[] = {
		{ NETS "\nvips = [ ];",
			"pollux.conf:3: vips is set twice in this group; take one out" },
		{ WAN("\"10.1.0.11/24\"")
				LAN("\"10.2.0.11/24\"") "vips = [ \"10.1.0.200\",\n"
							"\"10.1.0.201\",\n\"10.1.0.200\" ];",
			"pollux.conf:5: vip 10.1.0.200: pollux.conf:3 lists it already; take one "
			"out" },
		{ WAN("\"10.1.0.11/24\"") LAN("\"10.2.0.11/24\"") "vips = [ \"10.2.0.11\" ];",
			"pollux.conf:3: vip 10.2.0.11: this is an address of port \"lan\"; choose "
			"another" },
		{ WAN("\"10.1.0.11/24\"") LAN("\"10.2.0.11/24\"") "vips = [ \"10.1.1.1\" ];",
			"pollux.conf:3: vip 10.1.1.1: no port has an address in its subnet; name "
			"its port: { address = \"10.1.1.1\"; port = \"wan\"; }" },
		{ WAN("\"10.1.0.11/24\"") LAN("\"10.2.0.11/24\"") "vips = ( { address = "
								  "\"10.2.0.255\"; } );",
			"pollux.conf:3: vip 10.2.0.255: this is the network or broadcast address "
			"of 10.2.0.0/24; choose another" },
		{ WAN("\"10.1.0.11/24\"")
				LAN("") "vips = ( { address = \"10.1.0.200\"; port = \"wam\"; } );",
			"pollux.conf:3: vip 10.1.0.200: there is no port \"wam\"; name one that "
			"ports lists" },
		{ WAN("\"10.1.0.11/24\"") LAN("") "vips = [ \"224.0.0.18\" ];",
			"pollux.conf:3: \"224.0.0.18\" is loopback, multicast, broadcast or no "
			"address at all; choose one that a host can have" },
	};

	RUN(faults);
}

static void
route_leads_to_a_neighbour(void)
{
	static const struct fixture_fault faults[] = {
		{ NETS "routes = ( { to = \"0.0.0.0/0\"; via = \"10.3.0.1\"; } );",
			"pollux.conf:2: route 0.0.0.0/0: via 10.3.0.1 is in no subnet of a port; "
			"name a neighbour, or give a port an address there" },
		{ NETS "routes = ( { to = \"0.0.0.0/0\"; via = \"10.2.0.11\"; } );",
			"pollux.conf:2: route 0.0.0.0/0: via 10.2.0.11 is the director itself; "
			"name a neighbour" },
		{ NETS "routes = ( { to = \"0.0.0.0/0\"; via = \"10.1.0.200\"; } );",
			"pollux.conf:2: route 0.0.0.0/0: via 10.1.0.200 is the director itself; "
			"name a neighbour" },
		{ NETS "routes = ( { to = \"0.0.0.0/0\"; via = \"10.1.0.255\"; } );",
			"pollux.conf:2: route 0.0.0.0/0: via 10.1.0.255 is the network or "
			"broadcast address of 10.1.0.0/24; name a neighbour" },
		{ NETS "routes = ( { to = \"10.9.0.7/29\"; via = \"10.1.0.1\"; } );",
			"pollux.conf:2: route 10.9.0.7/29: the address has bits beyond its length; "
			"write \"10.9.0.0/29\"" },
		{ NETS "routes = ( { to = \"default\"; via = \"10.1.0.1\"; } );",
			"pollux.conf:2: route default: \"default\" is no address; write it as "
			"\"10.1.0.1/24\"" },
		{ NETS "routes = ( { to = \"10.9.0.0/16\"; via = \"10.1.0.1\"; },\n{ to = "
		       "\"10.9.0.0/24\"; via = \"10.1.0.1\"; },\n{ to = \"10.9.0.0/16\"; via = "
		       "\"10.1.0.2\"; } );",
			"pollux.conf:4: route 10.9.0.0/16: pollux.conf:2 has a route there "
			"already; take one out" },
	};

	RUN(faults);
}

static void
service_is_there_once_and_on_a_vip(void)
{
	static const struct fixture_fault faults[] = {
		{ NETS "services = ( " WEB ") },\n" WEB ") } );",
			"pollux.conf:4: service \"web\": the service of pollux.conf:2 has this "
			"name too; rename one" },
		{ NETS "services = ( " WEB ") },\n{ name = \"udp\"; protocol = \"udp\"; address = "
		       "\"10.1.0.200\"; port = 80; },\n{ name = \"too\"; address = \"10.1.0.200\"; "
		       "port = 80; } );",
			"pollux.conf:5: service \"too\": service \"web\" has tcp:10.1.0.200:80 "
			"already; change one, or put their servers together" },
		{ NETS "services = ( { name = \"web\"; address = \"10.1.0.201\"; port = 80; } );",
			"pollux.conf:2: service \"web\": 10.1.0.201 is no VIP; list it in vips, or "
			"in an instance of vrrp" },
		{ NETS "services = ( { name = \"web\"; address = \"10.1.0.11\"; port = 80; } );",
			"pollux.conf:2: service \"web\": 10.1.0.11 is no VIP; list it in vips, or "
			"in an instance of vrrp" },
		{ NETS "services = ( { name = \"web\"; address = \"0.0.0.0\"; port = 80; } );",
			"pollux.conf:2: service \"web\": \"0.0.0.0\" is loopback, multicast, "
			"broadcast or no address at all; choose one that a host can have" },
	};

	RUN(faults);
}

static void
server_is_there_once_and_is_none_of_ours(void)
{
	static const struct fixture_fault faults[] = {
		{ NETS "services = ( " WEB "{ address = \"10.2.0.11\"; } ); } );",
			"pollux.conf:3: service \"web\": server 10.2.0.11:80: this is the "
			"director's address on port \"lan\"; write the server's own" },
		{ NETS "services = ( " WEB "{ address = \"10.1.0.200\"; port = 8080; } ); } );",
			"pollux.conf:3: service \"web\": server 10.1.0.200:8080: this is a VIP; "
			"write the server's own address" },
		{ NETS "services = ( " WEB "{ address = \"10.2.0.0\"; } ); } );",
			"pollux.conf:3: service \"web\": server 10.2.0.0:80: this is the network "
			"or broadcast address of 10.2.0.0/24; write the server's own" },
		{ NETS "services = ( " WEB
		       "{ address = \"10.2.0.21\"; upper = 9; lower = 10; } ); } "
		       ");",
			"pollux.conf:3: service \"web\": server 10.2.0.21:80: lower is 10, which "
			"is "
			"not below upper, 9; make it smaller, or leave it out" },
		{ NETS "services = ( " WEB
		       "{ address = \"10.2.0.21\"; upper = 9; lower = 9; } ); } "
		       ");",
			"pollux.conf:3: service \"web\": server 10.2.0.21:80: lower is 9, which is "
			"not below upper, 9; make it smaller, or leave it out" },
		{ NETS "services = ( " WEB "{ address = \"10.2.0.21\"; lower = 9; } ); } );",
			"pollux.conf:3: service \"web\": server 10.2.0.21:80: lower is 9, but "
			"there "
			"is no upper; set upper, or leave lower out" },
		{ NETS "services = ( " WEB "{ address = \"127.0.0.1\"; } ); } );",
			"pollux.conf:3: service \"web\": server 127.0.0.1: \"127.0.0.1\" is "
			"loopback, multicast, broadcast or no address at all; choose one that a "
			"host can have" },
		{ NETS "services = ( " WEB "{ address = \"web1.example\"; } ); } );",
			"pollux.conf:3: service \"web\": server web1.example: \"web1.example\" is "
			"no address; write it as \"10.1.0.1\"" },
		{ NETS "services = ( " WEB
		       "{ address = \"10.2.0.21\"; },\n{ address = \"10.2.0.21\"; port = 81; },\n{ "
		       "address = \"10.2.0.21\"; port = 80; } ); } );",
			"pollux.conf:5: service \"web\": server 10.2.0.21:80: pollux.conf:3 lists "
			"it already; take one out" },
	};

	RUN(faults);
}

static void
services_have_no_ip6(void)
{
	static const struct fixture_fault faults[] = {
		{ NETS "services = ( { name = \"web\"; address = \"fd01::100\"; port = 80; } );",
			"pollux.conf:2: service \"web\": \"fd01::100\": this version has no "
			"services on IPv6; leave it out" },
		{ NETS "services = ( " WEB "{ address = \"fd02::21\"; } ); } );",
			"pollux.conf:3: service \"web\": server fd02::21: \"fd02::21\": this "
			"version has no services on IPv6; leave it out" },
		{ NETS "services = ( { name = \"all\"; match = ( { address = \"fd01::/64\"; } ); "
		       "} );",
			"pollux.conf:2: service \"all\": match fd01::/64: \"fd01::/64\": this "
			"version has no "
			"services on IPv6; leave it out" },
	};

	RUN(faults);
}

static void
ip6_of_ports_routes_and_vips_is_judged_as_ip4_is(void)
{
	static const struct fixture_fault faults[] = {
		{ WAN("\"fd01::11/64\"") LAN("\"fd01::12/64\""),
			"pollux.conf:2: port \"lan\": its subnet fd01::/64 overlaps fd01::/64 of "
			"port \"wan\"; give each port subnets of its own" },
		{ WAN("\"fe80::1/64\"") LAN("\"fe80::1/64\""),
			"pollux.conf:2: port \"lan\": port \"wan\" has the address fe80::1 "
			"already; give each address once" },
		{ WAN("\"fd01::/64\"") LAN(""),
			"pollux.conf:1: port \"wan\": fd01::/64 is the network or broadcast "
			"address of its subnet; choose another" },
		{ WAN("\"ff02::1/64\"") LAN(""),
			"pollux.conf:1: port \"wan\": \"ff02::1/64\" is loopback, multicast, "
			"broadcast or no address at all; choose one that a host can have" },
		{ "ports = ( { name = \"wan\"; device = \"a\"; mtu = 1279; addresses = [ "
		  "\"fd01::11/64\" ]; } );",
			"pollux.conf:1: port \"wan\": mtu is 1279, but IPv6 needs at least 1280; "
			"raise it, or take the IPv6 addresses out" },
		{ NETS "routes = ( { to = \"::/0\"; via = \"10.1.0.1\"; } );",
			"pollux.conf:2: route ::/0: via 10.1.0.1 is of the other family; name a "
			"neighbour of the same" },
		{ WAN("\"fe80::1/64\"")
				LAN("") "routes = ( { to = \"::/0\"; via = \"fe80::2\"; } );",
			"pollux.conf:3: route ::/0: via fe80::2 is in no subnet of a port; name a "
			"neighbour, or give a port an address there" },
	};

	RUN(faults);
}

/* A port with one IPv6 address, an instance of two, and so many VIPs. */
static int
load_ip6(uint32_t vips, struct lb_error *err)
{
	size_t size = 512 + vips * 24, used;
	char *text = malloc(size);
	struct lb_conf *conf;

	used = (size_t)snprintf(text, size,
		WAN("\"fd01::11/64\"") LAN("\"10.2.0.1/24\"") "vrrp: { instances = ( { name = "
							      "\"six\"; port = \"wan\"; vrid = 1;\n"
							      "addresses = [ \"fe80::1:1/64\", "
							      "\"fd01::1:1/64\" ]; } ); };\n"
							      "vips = [ \"fd01::2:1\"");
	for (uint32_t i = 2; i <= vips; i++)
		used += (size_t)snprintf(text + used, size - used, ", \"fd01::2:%x\"", i);
	used += (size_t)snprintf(text + used, size - used, " ];");
	conf = lb_conf_parse("pollux.conf", text, used, err);
	free(text);
	lb_conf_destroy(conf);
	return conf == NULL ? -1 : 0;
}

static void
port_listens_for_500_ip6_addresses_at_most(void)
{
	struct lb_error err = { 0 };

	CU_ASSERT_EQUAL(load_ip6(497, &err), 0);
	CU_ASSERT_EQUAL(load_ip6(498, &err), -1);
	CU_ASSERT_STRING_EQUAL(err.text,
		"pollux.conf:1: port \"wan\": it has 501 IPv6 addresses with its VIPs, and can "
		"listen for 500; move some to another port");
}

static void
link_local_networks_are_on_every_port(void)
{
	lb_conf_destroy(fixture_good(WAN("\"fe80::1/64\", \"fd01::11/64\"") LAN(
		"\"fe80::2/64\"") "routes = ( { to = \"::/0\"; via = \"fd01::1\"; } );\n"
				  "vips = ( \"fd01::100\", { address = \"fe80::100\"; "
				  "port = \"lan\"; } );"));
}

static void
spinning_worker_shares_no_cpu(void)
{
	static const struct fixture_fault faults[] = {
		{ NETS "cpu: { idle = \"spin\"; workers = [ 1,\n2,\n1 ]; };",
			"pollux.conf:4: cpu: CPU 1 has two workers, which idle = \"spin\" forbids; "
			"choose another CPU, or idle = \"sleep\"" },
		{ NETS "cpu: { idle = \"spin\"; control = 2; workers = [ 1,\n2 ]; };",
			"pollux.conf:3: cpu: CPU 2 is a worker's and control's, which idle = "
			"\"spin\" forbids; choose another CPU, or idle = \"sleep\"" },
		{ NETS "cpu: { idle = \"spin\"; control = 1; };",
			"pollux.conf:2: cpu: CPU 1 is a worker's and control's, which idle = "
			"\"spin\" forbids; choose another CPU, or idle = \"sleep\"" },
	};
	struct lb_conf *conf;

	RUN(faults);
	conf = fixture_good(NETS "cpu: { idle = \"sleep\"; control = 1; workers = [ 1, 1 ]; };");
	CU_ASSERT_EQUAL(conf->cpu.workers_n, 2);
	lb_conf_destroy(conf);
	conf = fixture_good(NETS "cpu: { idle = \"spin\"; control = 0; workers = [ 2, 1 ]; };");
	CU_ASSERT_EQUAL(conf->cpu.idle, LB_CONF_IDLE_SPIN);
	lb_conf_destroy(conf);
}

/* head, n times item with its number, from 0, in place of #, and from 1 in place of @, tail. */
static char *
repeated(const char *head, const char *item, size_t n, const char *tail)
{
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	CU_ASSERT_PTR_NOT_NULL_FATAL(out);
	fputs(head, out);
	for (size_t i = 0; i < n; i++) {
		if (i > 0)
			fputs(",\n", out);
		for (const char *c = item; *c != '\0'; c++)
			if (*c == '#')
				fprintf(out, "%zu", i);
			else if (*c == '@')
				fprintf(out, "%zu", i + 1);
			else
				fputc(*c, out);
	}
	fputs(tail, out);
	fclose(out);
	return text;
}

static void
limit_of_a_list_is_kept(void)
{
	static const struct {
		const char *head, *item;
		size_t max;
		const char *tail, *sentence;
	} lists[] = {
		{ NETS "cpu: { workers = [ ", "#", 64, " ]; };",
			"pollux.conf:2: cpu: workers has 65 elements; leave at most 64" },
		{ "\nports = ( ", "{ name = \"p#\"; device = \"d#\"; }", 32, " );",
			"pollux.conf:2: ports has 33 elements; leave at most 32" },
		{ "ports = ( { name = \"wan\"; device = \"d\"; addresses = [ ", "\"10.1.#.1/24\"",
			64, " ]; } );",
			"pollux.conf:1: port \"wan\": addresses has 65 elements; leave at most "
			"64" },
		{ NETS "vrrp: { instances = ( ",
			"{ name = \"v#\"; port = \"wan\"; vrid = @; addresses = [ "
			"\"10.9.1.#/16\" ]; }",
			255, " ); };",
			"pollux.conf:2: vrrp: instances has 256 elements; leave at most 255" },
		{ NETS "vrrp: { instances = ( { name = \"v\"; port = \"wan\"; vrid = 1; "
		       "addresses = [ ",
			"\"10.9.1.#/16\"", 255, " ]; } ); };",
			"pollux.conf:2: vrrp: instance \"v\": addresses has 256 elements; leave "
			"at most 255" },
	};
	char folder[32];

	for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++) {
		char *text = repeated(lists[i].head, lists[i].item, lists[i].max, lists[i].tail);

		lb_conf_destroy(fixture_good(text));
		free(text);
		text = repeated(lists[i].head, lists[i].item, lists[i].max + 1, lists[i].tail);
		fixture_enter(folder);
		fixture_refused(text, lists[i].sentence);
		fixture_leave(folder);
		free(text);
	}
}

#define FLOWS(keys)                                                                                \
	NETS "services = ( { name = \"web\"; address = \"10.1.0.200\"; port = 80; " keys           \
	     " servers = ( ); } );"

static void
keys_that_exclude_each_other_are_refused(void)
{
	static const struct fixture_fault faults[] = {
		{ FLOWS("one_packet = true;"),
			"pollux.conf:2: service \"web\": one_packet is for UDP, and protocol is "
			"another; take it out" },
		{ FLOWS("scheduler = \"mh\"; unknown = \"schedule\"; persistence_ms = 5000;"),
			"pollux.conf:2: service \"web\": unknown = \"schedule\" knows nothing of "
			"persistence, which may have chosen another server; take one of them out" },
		{ FLOWS("persistence_ms = 999;"),
			"pollux.conf:2: service \"web\": persistence_ms is 999, which is out "
			"of range; write 0, or 1000 to 2147483647" },
		{ FLOWS("persistence_prefix = 33;"),
			"pollux.conf:2: service \"web\": persistence_prefix is 33, which is "
			"out of range; write 1 to 32" },
		{ FLOWS("timeouts = { established_ms = 0; };"),
			"pollux.conf:2: service \"web\": timeouts: established_ms is 0, which "
			"is out of range; write 1000 to 2147483647" },
	};

	RUN(faults);
}

#define MATCH(matches, more)                                                                       \
	NETS "services = ( { name = \"web\";\nmatch = ( " matches " ); " more " servers = ( ); } " \
	     ");"

static void
matches_are_right_and_do_not_overlap(void)
{
	static const struct fixture_fault faults[] = {
		{ MATCH("{ address = \"10.9.0.0/16\"; port = 0; }", ""),
			"pollux.conf:3: service \"web\": match 10.9.0.0/16: port is 0, which is "
			"out of "
			"range; "
			"write 1 to 65535" },
		{ MATCH("{ address = \"10.9.0.0/16\"; port = \"90-80\"; }", ""),
			"pollux.conf:3: service \"web\": match 10.9.0.0/16: port is \"90-80\"; "
			"write a "
			"number, "
			"or two as \"8000-8999\"" },
		{ MATCH("{ address = \"10.9.0.0/33\"; }", ""),
			"pollux.conf:3: service \"web\": match 10.9.0.0/33: \"10.9.0.0/33\" is no "
			"address; write it as \"10.1.0.1/24\"" },
		{ MATCH("{ port = 80; }", ""), "pollux.conf:3: service \"web\": match #1: address "
					       "is missing; add address = "
					       "\"10.9.0.0/16\"" },
		{ MATCH("{ address = \"10.9.0.0/16\"; }", "port = 80;"),
			"pollux.conf:3: service \"web\": port stands in each match; take it out "
			"here, "
			"or the matches" },
		{ MATCH("{ address = \"10.9.0.0/16\"; }", "one_packet = true;"),
			"pollux.conf:2: service \"web\": one_packet is for UDP, and protocol is "
			"another; take it out" },
		{ MATCH("{ address = \"10.9.0.0/16\"; port = \"80-90\"; },\n"
			"{ address = \"10.9.1.0/16\"; port = 85; protocol = \"any\"; }",
			  ""),
			"pollux.conf:4: service \"web\": match 10.9.0.0/16: service \"web\" of "
			"pollux.conf:3 takes packets of it already; change one of them" },
		{ NETS "services = ( { name = \"web\"; port = 0; address = \"10.1.0.200\"; } );",
			"pollux.conf:2: service \"web\": port is 0, which is out of range; write 1 "
			"to "
			"65535" },
		{ NETS "services = ( { name = \"web\"; } );",
			"pollux.conf:2: service \"web\": address is missing; add address = "
			"\"10.1.0.200\"" },
	};

	RUN(faults);
	lb_conf_destroy(fixture_good(MATCH("{ address = \"10.1.0.200\"; port = 80; }, { address = "
					   "\"10.1.0.200\"; port = 80; protocol = \"udp\"; }, "
					   "{ address = \"0.0.0.0/0\"; port = 80; }",
		"persistence_ms = 1000;")));
}

static void
sorry_server_is_none_of_the_others(void)
{
	static const struct fixture_fault faults[] = {
		{ NETS "services = ( { name = \"web\"; address = \"10.1.0.200\"; port = 80;\n"
		       "sorry = { address = \"10.2.0.21\"; };\n"
		       "servers = ( { address = \"10.2.0.21\"; } ); } );",
			"pollux.conf:3: service \"web\": sorry 10.2.0.21:80: pollux.conf:4 lists "
			"it as "
			"a server; take one of them out" },
		{ NETS "services = ( { name = \"web\"; address = \"10.1.0.200\"; port = 80;\n"
		       "sorry = { port = 80; }; servers = ( ); } );",
			"pollux.conf:3: service \"web\": sorry: address is missing; add address = "
			"\"10.2.0.99\"" },
		{ NETS "services = ( { name = \"web\"; address = \"10.1.0.200\"; port = 80;\n"
		       "sorry = { address = \"10.1.0.200\"; }; servers = ( ); } );",
			"pollux.conf:3: service \"web\": server 10.1.0.200:80: this is a VIP; "
			"write "
			"the server's own address" },
	};

	RUN(faults);
}

static void
there_are_at_most_4096_routes(void)
{
	char *text = repeated(
		NETS "routes = ( ", "{ to = \"0.0.0.0/0\"; via = \"10.1.0.1\"; }", 4097, " );");
	char folder[32];

	fixture_enter(folder);
	fixture_refused(text, "pollux.conf:2: routes has 4097 elements; leave at most 4096");
	fixture_leave(folder);
	free(text);
	text = repeated(
		NETS "routes = ( ", "{ to = \"0.0.0.0/0\"; via = \"10.1.0.1\"; }", 4096, " );");
	fixture_enter(folder);
	fixture_refused(text, "pollux.conf:3: route 0.0.0.0/0: pollux.conf:2 has a route there "
			      "already; take one out");
	fixture_leave(folder);
	free(text);
}

static const struct unit_test tests[] = {
	UNIT_TEST(port_is_there_once),
	UNIT_TEST(port_address_is_one_that_a_host_can_have),
	UNIT_TEST(subnets_of_two_ports_do_not_overlap),
	UNIT_TEST(vip_is_free_and_has_a_port),
	UNIT_TEST(route_leads_to_a_neighbour),
	UNIT_TEST(service_is_there_once_and_on_a_vip),
	UNIT_TEST(server_is_there_once_and_is_none_of_ours),
	UNIT_TEST(services_have_no_ip6),
	UNIT_TEST(ip6_of_ports_routes_and_vips_is_judged_as_ip4_is),
	UNIT_TEST(port_listens_for_500_ip6_addresses_at_most),
	UNIT_TEST(link_local_networks_are_on_every_port),
	UNIT_TEST(spinning_worker_shares_no_cpu),
	UNIT_TEST(limit_of_a_list_is_kept),
	UNIT_TEST(keys_that_exclude_each_other_are_refused),
	UNIT_TEST(matches_are_right_and_do_not_overlap),
	UNIT_TEST(sorry_server_is_none_of_the_others),
	UNIT_TEST(there_are_at_most_4096_routes),
	UNIT_END,
};

const struct unit_suite unit_conf_checks = { "checks", tests };
