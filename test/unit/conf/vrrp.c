/* VRRP instances: their keys, and what holds between them, the ports and the other addresses. */

#include "fixture.h"

#define RUN(faults) fixture_faults(faults, sizeof(faults) / sizeof(faults[0]))

/* Line 1 has the ports and vips of NETS; the instances begin on line 2. */
#define VRRP(instances) NETS "vrrp: { instances = (\n" instances " ); };"

/* What an instance needs, on line 3 if it is the first. */
#define WAN(vrid, address)                                                                         \
	"name = \"wan\"; port = \"wan\"; vrid = " vrid "; addresses = [ \"" address "\" ]; "
#define ONE(keys) VRRP("{ " WAN("51", "10.1.0.100/24") "\n" keys " }")
#define KEYS                                                                                       \
	"name, port, vrid, version, priority, interval_ms, preempt, preempt_delay_ms, "            \
	"start_delay_ms, up_delay_ms, addresses, addresses_excluded, mac, accept, router, "        \
	"checksum, auth_pass, unicast, garp, track, notify, notify_user, compat"
#define TWO(first, second) VRRP("{ " first "},\n{ " second "}")

static bool
is_prefix(const struct lb_prefix *prefix, const char *text)
{
	char out[LB_ADDR_TEXT];

	return strcmp(lb_prefix_text(prefix, out), text) == 0;
}

static void
instance_is_read_as_written(void)
{
	struct lb_conf *conf = fixture_good(NETS "vrrp: { instances = ( { " WAN(
		"1", "10.1.0.100/24") "},\n"
				      "{ name = \"back\"; port = \"lan\"; vrid = 255; version = 3; "
				      "priority = 254;\n"
				      "  interval_ms = 40950; preempt = false; preempt_delay_ms = "
				      "1000000;\n"
				      "  start_delay_ms = 999999; up_delay_ms = 999998; mac = "
				      "\"physical\"; accept = false; router = true;\n"
				      "  checksum = \"rfc9568\"; addresses = ( \"10.2.0.100/16\", "
				      "\"192.0.2.1/32\" );\n"
				      "  garp = { repeat = 100; delay_ms = 1000000; refresh_ms = "
				      "86400000;\n"
				      "           interval_us = 1000000; }; } ); };");
	const struct lb_conf_vrrp *back;

	CU_ASSERT_EQUAL_FATAL(conf->vrrp_n, 2);
	CU_ASSERT_STRING_EQUAL(conf->vrrp[0].name, "wan");
	CU_ASSERT_EQUAL(conf->vrrp[0].vrid, 1);
	back = &conf->vrrp[1];
	CU_ASSERT_STRING_EQUAL(back->name, "back");
	CU_ASSERT_EQUAL(back->port, 1);
	CU_ASSERT_EQUAL(back->vrid, 255);
	CU_ASSERT_EQUAL(back->version, 3);
	CU_ASSERT_EQUAL(back->priority, 254);
	CU_ASSERT_EQUAL(back->interval_ms, 40950);
	CU_ASSERT_FALSE(back->preempt);
	CU_ASSERT_EQUAL(back->preempt_delay_ms, 1000000);
	CU_ASSERT_EQUAL(back->start_delay_ms, 999999);
	CU_ASSERT_EQUAL(back->up_delay_ms, 999998);
	CU_ASSERT_EQUAL_FATAL(back->addresses_n, 2);
	CU_ASSERT_TRUE(is_prefix(&back->addresses[0], "10.2.0.100/16"));
	CU_ASSERT_TRUE(is_prefix(&back->addresses[1], "192.0.2.1/32"));
	CU_ASSERT_EQUAL(back->mac, LB_CONF_VRRP_MAC_PHYSICAL);
	CU_ASSERT_FALSE(back->accept);
	CU_ASSERT_TRUE(back->router);
	CU_ASSERT_EQUAL(back->checksum, LB_CONF_VRRP_CHECKSUM_RFC9568);
	CU_ASSERT_EQUAL(back->garp.repeat, 100);
	CU_ASSERT_EQUAL(back->garp.delay_ms, 1000000);
	CU_ASSERT_EQUAL(back->garp.refresh_ms, 86400000);
	CU_ASSERT_EQUAL(back->garp.interval_us, 1000000);
	CU_ASSERT_STRING_EQUAL(back->place.file, "pollux.conf");
	CU_ASSERT_EQUAL(back->place.line, 3);
	CU_ASSERT_EQUAL(back->addresses_place.line, 6);
	lb_conf_destroy(conf);
}

static void
words_and_zeros_are_read_as_written(void)
{
	struct lb_conf *conf = fixture_good(ONE("priority = 1; interval_ms = 10; preempt = true; "
						"accept = true; mac = \"virtual\"; checksum = "
						"\"rfc5798\"; garp = { repeat = 0; delay_ms = 0; "
						"refresh_ms = 1000; };"));

	CU_ASSERT_EQUAL(conf->vrrp[0].priority, 1);
	CU_ASSERT_EQUAL(conf->vrrp[0].interval_ms, 10);
	CU_ASSERT_TRUE(conf->vrrp[0].preempt);
	CU_ASSERT_TRUE(conf->vrrp[0].accept);
	CU_ASSERT_EQUAL(conf->vrrp[0].mac, LB_CONF_VRRP_MAC_VIRTUAL);
	CU_ASSERT_EQUAL(conf->vrrp[0].checksum, LB_CONF_VRRP_CHECKSUM_RFC5798);
	CU_ASSERT_EQUAL(conf->vrrp[0].garp.repeat, 0);
	CU_ASSERT_EQUAL(conf->vrrp[0].garp.delay_ms, 0);
	CU_ASSERT_EQUAL(conf->vrrp[0].garp.refresh_ms, 1000);
	lb_conf_destroy(conf);
}

static void
what_is_left_out_has_its_default(void)
{
	struct lb_conf *conf = fixture_good(ONE(""));
	const struct lb_conf_vrrp *vrrp = &conf->vrrp[0];

	CU_ASSERT_EQUAL_FATAL(conf->vrrp_n, 1);
	CU_ASSERT_EQUAL(vrrp->port, 0);
	CU_ASSERT_EQUAL(vrrp->vrid, 51);
	CU_ASSERT_EQUAL(vrrp->version, 3);
	CU_ASSERT_EQUAL(vrrp->priority, 100);
	CU_ASSERT_EQUAL(vrrp->interval_ms, 1000);
	CU_ASSERT_TRUE(vrrp->preempt);
	CU_ASSERT_EQUAL(vrrp->preempt_delay_ms, 0);
	CU_ASSERT_EQUAL(vrrp->start_delay_ms, 0);
	CU_ASSERT_EQUAL(vrrp->up_delay_ms, 0);
	CU_ASSERT_EQUAL(vrrp->mac, LB_CONF_VRRP_MAC_AUTO);
	CU_ASSERT_TRUE(lb_conf_vrrp_is_virtual(vrrp));
	CU_ASSERT_TRUE(vrrp->accept);
	CU_ASSERT_FALSE(vrrp->router);
	CU_ASSERT_EQUAL(vrrp->checksum, LB_CONF_VRRP_CHECKSUM_RFC5798);
	CU_ASSERT_EQUAL(vrrp->garp.repeat, 5);
	CU_ASSERT_EQUAL(vrrp->garp.delay_ms, 5000);
	CU_ASSERT_EQUAL(vrrp->garp.refresh_ms, 60000);
	CU_ASSERT_EQUAL(vrrp->listed_n, vrrp->addresses_n);
	CU_ASSERT_EQUAL(vrrp->garp.interval_us, 0);
	CU_ASSERT_FALSE(vrrp->compat.both_versions);
	CU_ASSERT_FALSE(vrrp->compat.quiet);
	CU_ASSERT_FALSE(vrrp->compat.strict_addresses);
	lb_conf_destroy(conf);
	conf = fixture_good(NETS "vrrp: { };");
	CU_ASSERT_EQUAL(conf->vrrp_n, 0);
	lb_conf_destroy(conf);
}

static void
key_that_must_be_there_is_asked_for(void)
{
	static const struct fixture_fault faults[] = {
		{ VRRP("{ port = \"wan\"; }"),
			"pollux.conf:3: vrrp: instance #1: name is missing; add name = \"wan\"" },
		{ VRRP("{ name = \"a\"; }"),
			"pollux.conf:3: vrrp: instance \"a\": port is missing; add port = "
			"\"wan\"" },
		{ VRRP("{ name = \"a\"; port = \"wan\"; }"),
			"pollux.conf:3: vrrp: instance \"a\": vrid is missing; add vrid = 51" },
		{ VRRP("{ name = \"a\"; port = \"wan\"; vrid = 1; }"),
			"pollux.conf:3: vrrp: instance \"a\": addresses is missing; add addresses "
			"= [ \"10.1.0.100/24\" ]" },
		{ VRRP("{ name = \"a\"; port = \"wan\"; vrid = 1;\naddresses = [ ]; }"),
			"pollux.conf:4: vrrp: instance \"a\": addresses is empty; an instance "
			"needs at least one, as in addresses = [ \"10.1.0.100/24\" ]" },
	};

	RUN(faults);
}

static void
unknown_key_is_refused(void)
{
	static const struct fixture_fault faults[] = {
		{ NETS "vrrp: { routers = ( ); };",
			"pollux.conf:2: vrrp: unknown key \"routers\"; take it out, or use one of "
			"scripts, instances, groups" },
		{ ONE("adresses = [ ];"),
			"pollux.conf:4: vrrp: instance \"wan\": unknown key \"adresses\"; did you "
			"mean \"addresses\"?" },
		{ ONE("weather = 1;"),
			"pollux.conf:4: vrrp: instance \"wan\": unknown key \"weather\"; take it "
			"out, or use one of " KEYS },
		{ ONE("compat = { v2 = true; };"),
			"pollux.conf:4: vrrp: instance \"wan\": compat: unknown key \"v2\"; take "
			"it out, or use one of both_versions, quiet, strict_addresses" },
		{ ONE("pre_empt = true;"),
			"pollux.conf:4: vrrp: instance \"wan\": unknown key \"pre_empt\"; did you "
			"mean \"preempt\"?" },
		{ ONE("prio = 100;"),
			"pollux.conf:4: vrrp: instance \"wan\": unknown key \"prio\"; did you mean "
			"\"priority\"?" },
		{ ONE("garp = {\ndelay = 5; };"), "pollux.conf:5: vrrp: instance \"wan\": garp: "
						  "unknown key \"delay\"; did you "
						  "mean \"delay_ms\"?" },
	};

	RUN(faults);
}

static void
version_is_2_or_3(void)
{
	static const struct fixture_fault faults[] = {
		{ ONE("version = 1;"),
			"pollux.conf:4: vrrp: instance \"wan\": version is 1, which is out of "
			"range; write 2 to 3" },
		{ ONE("version = 4;"),
			"pollux.conf:4: vrrp: instance \"wan\": version is 4, which is out of "
			"range; write 2 to 3" },
		{ ONE("version = \"3\";"),
			"pollux.conf:4: vrrp: instance \"wan\": version is a string; write a whole "
			"number: 2 to 3" },
		{ ONE("version = 2; compat = { both_versions = true; };"),
			"pollux.conf:3: vrrp: instance \"wan\": version is 2, but both_versions "
			"adds version 2 to 3; write version = 3, or take both_versions out" },
	};
	struct lb_conf *conf;

	RUN(faults);
	conf = fixture_good(ONE("compat = { both_versions = true; };"));
	CU_ASSERT_EQUAL(conf->vrrp[0].version, 3);
	CU_ASSERT_TRUE(conf->vrrp[0].compat.both_versions);
	lb_conf_destroy(conf);
}

static void
version_2_counts_in_seconds(void)
{
	static const struct fixture_fault faults[] = {
		{ ONE("version = 2; interval_ms = 100;"),
			"pollux.conf:4: vrrp: instance \"wan\": interval_ms is 100, which is out "
			"of range; write 1000 to 255000 in steps of 1000" },
		{ ONE("interval_ms = 1500; version = 2;"),
			"pollux.conf:4: vrrp: instance \"wan\": interval_ms is 1500, which is no "
			"multiple of 1000; write 1000 or 2000" },
		{ ONE("interval_ms = 256000; version = 2;"),
			"pollux.conf:4: vrrp: instance \"wan\": interval_ms is 256000, which is "
			"out of range; write 1000 to 255000 in steps of 1000" },
	};
	struct lb_conf *conf;

	RUN(faults);
	conf = fixture_good(ONE("interval_ms = 255000; version = 2;"));
	CU_ASSERT_EQUAL(conf->vrrp[0].version, 2);
	CU_ASSERT_EQUAL(conf->vrrp[0].interval_ms, 255000);
	lb_conf_destroy(conf);
	conf = fixture_good(ONE("version = 2;"));
	CU_ASSERT_EQUAL(conf->vrrp[0].interval_ms, 1000);
	lb_conf_destroy(conf);
}

static void
number_out_of_range_is_refused(void)
{
	static const struct fixture_fault faults[] = {
		{ VRRP("{ " WAN("0", "10.1.0.100/24") "}"),
			"pollux.conf:3: vrrp: instance \"wan\": vrid is 0, which is out of range; "
			"write 1 to 255" },
		{ VRRP("{ " WAN("256", "10.1.0.100/24") "}"),
			"pollux.conf:3: vrrp: instance \"wan\": vrid is 256, which is out of "
			"range; write 1 to 255" },
		{ ONE("priority = 0;"),
			"pollux.conf:4: vrrp: instance \"wan\": priority is 0, which is out of "
			"range; write 1 to 255" },
		{ ONE("priority = 256;"),
			"pollux.conf:4: vrrp: instance \"wan\": priority is 256, which is out of "
			"range; write 1 to 255" },
		{ ONE("preempt_delay_ms = 1000001;"),
			"pollux.conf:4: vrrp: instance \"wan\": preempt_delay_ms is 1000001, which "
			"is out of range; write 0 to 1000000" },
		{ ONE("start_delay_ms = 1000001;"),
			"pollux.conf:4: vrrp: instance \"wan\": start_delay_ms is 1000001, which "
			"is out of range; write 0 to 1000000" },
		{ ONE("garp = { repeat = 101; };"),
			"pollux.conf:4: vrrp: instance \"wan\": garp: repeat is 101, which is out "
			"of range; write 0 to 100" },
		{ ONE("garp = { delay_ms = 1000001; };"),
			"pollux.conf:4: vrrp: instance \"wan\": garp: delay_ms is 1000001, which "
			"is out of range; write 0 to 1000000" },
		{ ONE("garp = { refresh_ms = 999; };"),
			"pollux.conf:4: vrrp: instance \"wan\": garp: refresh_ms is 999, which is "
			"out of range; write 0, or 1000 to 86400000" },
		{ ONE("garp = { refresh_ms = 86400001; };"),
			"pollux.conf:4: vrrp: instance \"wan\": garp: refresh_ms is 86400001, "
			"which is out of range; write 0, or 1000 to 86400000" },
		{ ONE("garp = { interval_us = 1000001; };"),
			"pollux.conf:4: vrrp: instance \"wan\": garp: interval_us is 1000001, "
			"which is out of range; write 0 to 1000000" },
	};

	RUN(faults);
}

static void
interval_is_one_that_adverts_can_carry(void)
{
	static const struct fixture_fault faults[] = {
		{ ONE("interval_ms = 9;"),
			"pollux.conf:4: vrrp: instance \"wan\": interval_ms is 9, which is out of "
			"range; write 10 to 40950 in steps of 10" },
		{ ONE("interval_ms = 40951;"),
			"pollux.conf:4: vrrp: instance \"wan\": interval_ms is 40951, which is out "
			"of range; write 10 to 40950 in steps of 10" },
		{ ONE("interval_ms = 1005;"),
			"pollux.conf:4: vrrp: instance \"wan\": interval_ms is 1005, which is no "
			"multiple of 10; write 1000 or 1010" },
		{ ONE("interval_ms = 40949;"),
			"pollux.conf:4: vrrp: instance \"wan\": interval_ms is 40949, which is no "
			"multiple of 10; write 40940 or 40950" },
		{ ONE("interval_ms = 0.5;"),
			"pollux.conf:4: vrrp: instance \"wan\": interval_ms is a number with a "
			"point; write a whole number: 10 to 40950 in steps of 10" },
	};

	RUN(faults);
}

static void
value_of_another_type_or_word_is_refused(void)
{
	static const struct fixture_fault faults[] = {
		{ NETS "vrrp = ( );",
			"pollux.conf:2: vrrp is a list; write a group: { key = value; }" },
		{ NETS "vrrp: { instances = { }; };",
			"pollux.conf:2: vrrp: instances is a group; write a list: ( element, "
			"element )" },
		{ VRRP("\"wan\""), "pollux.conf:3: vrrp: an element of instances is a string; "
				   "write a group: { key = value; }" },
		{ ONE("preempt = 1;"), "pollux.conf:4: vrrp: instance \"wan\": preempt is a whole "
				       "number; write true or false" },
		{ ONE("accept = \"true\";"), "pollux.conf:4: vrrp: instance \"wan\": accept is a "
					     "string; write true or false" },
		{ ONE("mac = true;"),
			"pollux.conf:4: vrrp: instance \"wan\": mac is true or false; write one of "
			"\"auto\", \"virtual\", \"physical\"" },
		{ ONE("mac = \"own\";"),
			"pollux.conf:4: vrrp: instance \"wan\": mac is \"own\"; this build has "
			"\"auto\", \"virtual\", \"physical\"" },
		{ ONE("checksum = \"auto\";"),
			"pollux.conf:4: vrrp: instance \"wan\": checksum is \"auto\"; this build "
			"has \"rfc5798\", \"rfc9568\"" },
		{ ONE("garp = 5;"), "pollux.conf:4: vrrp: instance \"wan\": garp is a whole "
				    "number; write a group: { key = value; }" },
		{ VRRP("{ name = \"a\"; port = 0; }"),
			"pollux.conf:3: vrrp: instance \"a\": port is a whole number; write the "
			"name of a port between quotes" },
		{ VRRP("{ name = \"a b\"; }"),
			"pollux.conf:3: vrrp: instance \"a b\": a name has letters, digits and . _ "
			"- only, and at most 63 of them; choose another" },
	};

	RUN(faults);
}

static void
instance_is_there_once(void)
{
	static const struct fixture_fault faults[] = {
		{ TWO(WAN("51", "10.1.0.100/24"), WAN("52", "10.1.0.101/24")),
			"pollux.conf:4: vrrp: instance \"wan\": the instance of pollux.conf:3 has "
			"this name too; rename one" },
		{ TWO(WAN("51", "10.1.0.100/24"), "name = \"b\"; port = \"wan\"; vrid = 51; "
						  "addresses = [ \"10.1.0.101/24\" ]; "),
			"pollux.conf:4: vrrp: instance \"b\": instance \"wan\" has VRID 51 on port "
			"\"wan\" already; choose another, or put their addresses together" },
	};
	struct lb_conf *conf;

	RUN(faults);
	conf = fixture_good(TWO(WAN("51", "10.1.0.100/24"), "name = \"b\"; port = \"lan\"; vrid = "
							    "51; addresses = [ \"10.2.0.100/24\" "
							    "]; "));
	CU_ASSERT_EQUAL(conf->vrrp_n, 2);
	lb_conf_destroy(conf);
}

static void
port_is_there_and_has_an_address(void)
{
	static const struct fixture_fault faults[] = {
		{ VRRP("{ name = \"a\"; port = \"wam\"; }"),
			"pollux.conf:3: vrrp: instance \"a\": there is no port \"wam\"; name one "
			"that ports lists" },
		{ "ports = ( { name = \"wan\"; device = \"d0\"; } );\nvrrp: { instances = (\n"
		  "{ " WAN("51", "10.1.0.100/24") "} ); };",
			"pollux.conf:3: vrrp: instance \"wan\": port \"wan\" has no IPv4 address "
			"that adverts could come from; give it one in ports" },
	};

	RUN(faults);
}

#define NETS6                                                                                      \
	"ports = ( { name = \"wan\"; device = \"d0\"; addresses = [ \"10.1.0.11/24\", "            \
	"\"fd01::11/64\" ]; },"                                                                    \
	"{ name = \"lan\"; device = \"d1\"; addresses = [ \"10.2.0.11/24\" ]; } );\n"
#define SIX(keys)                                                                                  \
	"{ name = \"six\"; port = \"wan\"; vrid = 51; addresses = [ \"fe80::5e:100/64\", "         \
	"\"fd01::100/64\" ]; " keys " }"

static void
both_families_may_have_one_vrid_on_a_port(void)
{
	struct lb_conf *conf = fixture_good(NETS6
		"vrrp: { instances = ( { " WAN("51", "10.1.0.100/24") "},\n" SIX("") " ); };");

	CU_ASSERT_EQUAL(conf->vrrp_n, 2);
	lb_conf_destroy(conf);
}

static void
ip6_instance_needs_an_ip6_address_of_its_port_and_a_link_local_source(void)
{
	static const struct fixture_fault faults[] = {
		{ VRRP(SIX("")),
			"pollux.conf:3: vrrp: instance \"six\": port \"wan\" has no IPv6 address "
			"that adverts could come from; give it one in ports" },
		{ NETS6 "vrrp: { instances = (" SIX(
			  "unicast = { source = \"fd01::11\"; };") "); };",
			"pollux.conf:2: vrrp: instance \"six\": unicast: source fd01::11 is not "
			"link-local, as that of IPv6 adverts to all must be; leave it out, or list "
			"peers" },
		{ NETS6 "vrrp: { instances = (" SIX("") ",\n" SIX("") "); };",
			"pollux.conf:3: vrrp: instance \"six\": fe80::5e:100: pollux.conf:2 lists "
			"it already; take one out" },
	};

	RUN(faults);
}

static void
address_is_one_that_a_host_can_have(void)
{
	static const struct fixture_fault faults[] = {
		{ VRRP("{ " WAN("51", "10.1.0.100") "}"),
			"pollux.conf:3: vrrp: instance \"wan\": \"10.1.0.100\" is no address; "
			"write it as \"10.1.0.1/24\"" },
		{ VRRP("{ " WAN("51", "224.0.0.18/32") "}"),
			"pollux.conf:3: vrrp: instance \"wan\": \"224.0.0.18/32\" is loopback, "
			"multicast, broadcast or no address at all; choose one that a host can "
			"have" },
		{ VRRP("{ name = \"a\"; port = \"wan\"; vrid = 1;\naddresses = "
		       "[ \"10.1.0.255/24\" ]; }"),
			"pollux.conf:4: vrrp: instance \"a\": 10.1.0.255: this is the network or "
			"broadcast address of 10.1.0.0/24; choose another" },
		{ VRRP("{ " WAN("51", "10.2.0.0/32") "}"),
			"pollux.conf:3: vrrp: instance \"wan\": 10.2.0.0: this is the network or "
			"broadcast address of 10.2.0.0/24; choose another" },
		{ VRRP("{ " WAN("51", "192.0.2.7/29") "}"),
			"pollux.conf:3: vrrp: instance \"wan\": 192.0.2.7: this is the network or "
			"broadcast address of 192.0.2.0/29; choose another" },
	};

	RUN(faults);
}

static void
address_may_lie_in_no_subnet_of_the_port(void)
{
	struct lb_conf *conf = fixture_good(VRRP("{ " WAN("51", "192.0.2.1/24") "}"));

	CU_ASSERT_TRUE(is_prefix(&conf->vrrp[0].addresses[0], "192.0.2.1/24"));
	lb_conf_destroy(conf);
	conf = fixture_good(VRRP("{ " WAN("51", "10.2.0.1/32") "}"));
	CU_ASSERT_EQUAL(conf->vrrp[0].port, 0);
	lb_conf_destroy(conf);
}

static void
address_is_listed_once_among_all_vips(void)
{
	static const struct fixture_fault faults[] = {
		{ VRRP("{ name = \"a\"; port = \"wan\"; vrid = 1;\naddresses = [ \"10.1.0.1/24\", "
		       "\"10.1.0.1/32\" ]; }"),
			"pollux.conf:4: vrrp: instance \"a\": 10.1.0.1: pollux.conf:4 lists it "
			"already; take one out" },
		{ TWO(WAN("51", "10.1.0.100/24"), "name = \"b\"; port = \"lan\"; vrid = 1; "
						  "addresses = [ \"10.1.0.100/24\" ]; "),
			"pollux.conf:4: vrrp: instance \"b\": 10.1.0.100: pollux.conf:3 lists it "
			"already; take one out" },
		{ VRRP("{ " WAN("51", "10.1.0.200/24") "}"),
			"pollux.conf:3: vrrp: instance \"wan\": 10.1.0.200: pollux.conf:1 lists it "
			"already; take one out" },
		{ VRRP("{ " WAN("51", "10.1.0.11/24") "}"),
			"pollux.conf:3: vrrp: instance \"wan\": 10.1.0.11: this is an address of "
			"port \"wan\"; choose another, or priority 255 for an owner" },
	};

	RUN(faults);
}

static void
owner_has_its_ports_own_addresses(void)
{
	static const struct fixture_fault faults[] = {
		{ VRRP("{ " WAN("51", "10.1.0.100/24") "priority = 255; }"),
			"pollux.conf:3: vrrp: instance \"wan\": 10.1.0.100: this is no address of "
			"port \"wan\", as priority 255 says; lower the priority, or take it out" },
		{ VRRP("{ " WAN("51", "10.2.0.11/24") "priority = 255; }"),
			"pollux.conf:3: vrrp: instance \"wan\": 10.2.0.11: this is no address of "
			"port \"wan\", as priority 255 says; lower the priority, or take it out" },
		{ VRRP("{ name = \"a\"; port = \"wan\"; vrid = 1; priority = 255;\naddresses = [ "
		       "\"10.1.0.11/24\", \"10.1.0.12/24\" ]; }"),
			"pollux.conf:4: vrrp: instance \"a\": 10.1.0.12: this is no address of "
			"port \"wan\", as priority 255 says; lower the priority, or take it out" },
		{ VRRP("{ " WAN("51", "10.1.0.200/24") "priority = 255; }"),
			"pollux.conf:3: vrrp: instance \"wan\": 10.1.0.200: pollux.conf:1 lists it "
			"already; take one out" },
		{ TWO(WAN("51", "10.1.0.11/24") "priority = 255; ",
			  "name = \"b\"; port = \"wan\"; vrid = 1; priority = 255; addresses = [ "
			  "\"10.1.0.11/24\" ]; "),
			"pollux.conf:4: vrrp: instance \"b\": 10.1.0.11: pollux.conf:3 lists it "
			"already; take one out" },
		{ TWO(WAN("51", "10.1.0.11/24") "priority = 255; ",
			  "name = \"b\"; port = \"wan\"; vrid = 1; addresses = [ \"10.1.0.11/24\" "
			  "]; "),
			"pollux.conf:4: vrrp: instance \"b\": 10.1.0.11: this is an address of "
			"port \"wan\"; choose another, or priority 255 for an owner" },
	};
	struct lb_conf *conf;

	RUN(faults);
	conf = fixture_good(VRRP("{ " WAN(
		"51", "10.1.0.11/24") "priority = 255; }") "services = ( { name = \"web\"; address "
							   "= \"10.1.0.11\"; port = 80; } );");
	CU_ASSERT_EQUAL(conf->vrrp[0].priority, 255);
	lb_conf_destroy(conf);
}

static void
address_of_an_instance_is_a_vip_to_all_others(void)
{
	static const struct fixture_fault faults[] = {
		{ ONE("") "\nroutes = ( { to = \"0.0.0.0/0\"; via = \"10.1.0.100\"; } );",
			"pollux.conf:5: route 0.0.0.0/0: via 10.1.0.100 is the director itself; "
			"name a neighbour" },
		{ ONE("") "\nservices = ( { name = \"web\"; address = \"10.1.0.200\"; port = 80; "
			  "servers = (\n{ address = \"10.1.0.100\"; port = 81; } ); } );",
			"pollux.conf:6: service \"web\": server 10.1.0.100:81: this is a VIP; "
			"write the server's own address" },
		{ ONE("") "\nservices = ( { name = \"web\"; address = \"10.1.0.101\"; port = 80; } "
			  ");",
			"pollux.conf:5: service \"web\": 10.1.0.101 is no VIP; list it in vips, or "
			"in an instance of vrrp" },
		{ VRRP("{ " WAN("51",
			  "10.1.0.11/24") "priority = 255; }") "\nservices = ( { name = \"web\"; "
							       "address = \"10.1.0.11\"; port = "
							       "80; servers = (\n{ address = "
							       "\"10.1.0.11\"; port = 81; } ); } "
							       ");",
			"pollux.conf:5: service \"web\": server 10.1.0.11:81: this is a VIP; write "
			"the server's own address" },
	};
	struct lb_conf *conf;

	RUN(faults);
	conf = fixture_good(ONE("") "services = ( { name = \"web\"; address = \"10.1.0.100\"; port "
				    "= 80; } );");
	CU_ASSERT_EQUAL(conf->services_n, 1);
	lb_conf_destroy(conf);
}

static void
v11_excluded_addresses_stand_behind_the_others(void)
{
	struct lb_conf *conf =
		fixture_good(ONE("addresses_excluded = [ \"10.1.0.101/24\", \"192.0.2.9/32\" ];"));

	CU_ASSERT_EQUAL(conf->vrrp[0].listed_n, 1);
	CU_ASSERT_EQUAL_FATAL(conf->vrrp[0].addresses_n, 3);
	CU_ASSERT_TRUE(is_prefix(&conf->vrrp[0].addresses[0], "10.1.0.100/24"));
	CU_ASSERT_TRUE(is_prefix(&conf->vrrp[0].addresses[1], "10.1.0.101/24"));
	CU_ASSERT_TRUE(is_prefix(&conf->vrrp[0].addresses[2], "192.0.2.9/32"));
	lb_conf_destroy(conf);
}

static void
v11_excluded_addresses_are_vips_like_others(void)
{
	static const struct fixture_fault faults[] = {
		{ ONE("addresses_excluded = [ \"10.1.0.100/24\" ];"),
			"pollux.conf:3: vrrp: instance \"wan\": 10.1.0.100: pollux.conf:3 lists it "
			"already; take one out" },
		{ ONE("addresses_excluded = [ \"10.1.0.255/24\" ];"),
			"pollux.conf:3: vrrp: instance \"wan\": 10.1.0.255: this is the network or "
			"broadcast address of 10.1.0.0/24; choose another" },
		{ VRRP("{ name = \"a\"; port = \"wan\"; vrid = 1; addresses = [ ];\n"
		       "addresses_excluded = [ \"10.1.0.100/24\" ]; }"),
			"pollux.conf:3: vrrp: instance \"a\": addresses is empty; an instance "
			"needs at least one, as in addresses = [ \"10.1.0.100/24\" ]" },
	};
	struct lb_conf *conf;

	RUN(faults);
	conf = fixture_good(
		ONE("addresses_excluded = [ \"10.1.0.101/24\" ];") "services = ( { name = "
								   "\"web\"; address = "
								   "\"10.1.0.101\"; port "
								   "= 80; } );");
	CU_ASSERT_EQUAL(conf->services_n, 1);
	lb_conf_destroy(conf);
}

/* 2 that adverts list, and as many others as are written. */
static int
load_excluded(uint32_t n, struct lb_error *err)
{
	size_t size = 512 + n * 24, used;
	char *text = malloc(size);
	struct lb_conf *conf;

	used = (size_t)snprintf(text, size,
		NETS "vrrp: { instances = ( { name = \"a\"; port = \"wan\"; vrid = 1;\n"
		     "addresses = [ \"10.1.0.100/24\", \"10.1.0.101/24\" ];\n"
		     "addresses_excluded = [ \"10.7.0.1/32\"");
	for (uint32_t i = 2; i <= n; i++)
		used += (size_t)snprintf(
			text + used, size - used, ", \"10.7.%u.%u/32\"", i >> 8, i & 0xff);
	used += (size_t)snprintf(text + used, size - used, " ]; } ); };");
	conf = lb_conf_parse("pollux.conf", text, used, err);
	free(text);
	lb_conf_destroy(conf);
	return conf == NULL ? -1 : 0;
}

static void
v11_an_instance_has_4096_addresses_at_most(void)
{
	struct lb_error err = { 0 };

	CU_ASSERT_EQUAL(load_excluded(4094, &err), 0);
	CU_ASSERT_EQUAL(load_excluded(4095, &err), -1);
	CU_ASSERT_STRING_EQUAL(err.text,
		"pollux.conf:4: vrrp: instance \"a\": addresses_excluded has 4095 elements and "
		"addresses 2, which makes more than 4096; use another instance for some");
	CU_ASSERT_EQUAL(load_excluded(4096, &err), -1);
}

static void
password_is_short_and_for_version_2(void)
{
	static const struct fixture_fault faults[] = {
		{ ONE("auth_pass = \"s3cret12\";"),
			"pollux.conf:3: vrrp: instance \"wan\": version 3 has no auth_pass; take "
			"it out" },
		{ ONE("version = 2; auth_pass = \"s3cret123\";"),
			"pollux.conf:4: vrrp: instance \"wan\": auth_pass has 9 bytes, and an "
			"advert has room for 8; choose a shorter one" },
	};
	struct lb_conf *conf;

	RUN(faults);
	conf = fixture_good(ONE("version = 2; auth_pass = \"s3cret12\";"));
	CU_ASSERT_STRING_EQUAL(conf->vrrp[0].auth_pass, "s3cret12");
	lb_conf_destroy(conf);
	conf = fixture_good(ONE("auth_pass = \"x\"; compat = { both_versions = true; };"));
	CU_ASSERT_STRING_EQUAL(conf->vrrp[0].auth_pass, "x");
	lb_conf_destroy(conf);
	conf = fixture_good(ONE(""));
	CU_ASSERT_STRING_EQUAL(conf->vrrp[0].auth_pass, "");
	lb_conf_destroy(conf);
}

static void
unicast_is_read_as_written(void)
{
	struct lb_conf *conf =
		fixture_good(ONE("unicast = {\nsource = \"10.1.0.11\"; peers = [ \"10.1.0.12\", "
				 "\"10.1.0.13\" ];\nttl_min = 64; ttl_max = 254; };"));
	const struct lb_conf_unicast *unicast = &conf->vrrp[0].unicast;
	char text[LB_ADDR_TEXT];

	CU_ASSERT_STRING_EQUAL(lb_addr_text(&unicast->source, text), "10.1.0.11");
	CU_ASSERT_EQUAL_FATAL(unicast->peers_n, 2);
	CU_ASSERT_STRING_EQUAL(lb_addr_text(&unicast->peers[1], text), "10.1.0.13");
	CU_ASSERT_EQUAL(unicast->ttl_min, 64);
	CU_ASSERT_EQUAL(unicast->ttl_max, 254);
	CU_ASSERT_FALSE(lb_conf_vrrp_is_virtual(&conf->vrrp[0]));
	lb_conf_destroy(conf);
	conf = fixture_good(ONE("mac = \"virtual\"; unicast = { peers = [ \"10.1.0.12\" ]; };"));
	CU_ASSERT_TRUE(lb_conf_vrrp_is_virtual(&conf->vrrp[0]));
	lb_conf_destroy(conf);
	conf = fixture_good(
		ONE("unicast = { peers = [ \"192.0.2.7\" ]; };") "routes = ( { to = "
								 "\"192.0.2.0/24\"; via "
								 "= \"10.1.0.1\"; } );");
	CU_ASSERT_EQUAL(conf->vrrp[0].unicast.peers_n, 1);
	lb_conf_destroy(conf);
}

#define PEERS(list) ONE("unicast = { peers = [ " list " ]; };")
#define AT "pollux.conf:4: vrrp: instance \"wan\": unicast: "

static void
peers_are_others_on_the_way_of_the_port(void)
{
	static const struct fixture_fault faults[] = {
		{ PEERS("\"10.1.0.11\""),
			AT "peer 10.1.0.11 is the director itself; name the others only" },
		{ PEERS("\"10.1.0.255\""), AT "peer 10.1.0.255 is a network or broadcast "
					      "address; write a router's" },
		{ PEERS("\"192.0.2.7\""), AT "peer 192.0.2.7 is in no port's subnet and no route "
					     "holds it; add a route" },
		{ PEERS("\"10.2.0.12\""), AT "peer 10.2.0.12 is not reached by the instance's "
					     "port; use the port that leads there" },
		{ PEERS("\"10.1.0.12\", \"10.1.0.12\""),
			AT "peer 10.1.0.12 is listed twice; take one out" },
		{ ONE("unicast = { source = \"10.1.0.12\"; };"),
			AT "source 10.1.0.12 is no address of port \"wan\"; write one, or leave "
			   "source out" },
		{ ONE("unicast = { ttl_min = 200; ttl_max = 199; };"),
			AT "ttl_min is 200, above ttl_max, which is 199; exchange them" },
		{ ONE("unicast = { ttl_min = 0; };"),
			AT "ttl_min is 0, which is out of range; write 1 to 255" },
		{ VRRP("{ " WAN("51", "10.1.0.11/24") "priority = 255;\nunicast = { peers = [ "
						      "\"10.1.0.12\" ]; }; }"),
			AT "an owner as Backup does not hear what is sent to its addresses; lower "
			   "the priority, or take the peers out" },
	};

	RUN(faults);
}

static const struct unit_test tests[] = {
	UNIT_TEST(instance_is_read_as_written),
	UNIT_TEST(words_and_zeros_are_read_as_written),
	UNIT_TEST(what_is_left_out_has_its_default),
	UNIT_TEST(key_that_must_be_there_is_asked_for),
	UNIT_TEST(unknown_key_is_refused),
	UNIT_TEST(version_is_2_or_3),
	UNIT_TEST(version_2_counts_in_seconds),
	UNIT_TEST(v11_excluded_addresses_stand_behind_the_others),
	UNIT_TEST(v11_excluded_addresses_are_vips_like_others),
	UNIT_TEST(v11_an_instance_has_4096_addresses_at_most),
	UNIT_TEST(password_is_short_and_for_version_2),
	UNIT_TEST(unicast_is_read_as_written),
	UNIT_TEST(peers_are_others_on_the_way_of_the_port),
	UNIT_TEST(number_out_of_range_is_refused),
	UNIT_TEST(interval_is_one_that_adverts_can_carry),
	UNIT_TEST(value_of_another_type_or_word_is_refused),
	UNIT_TEST(instance_is_there_once),
	UNIT_TEST(port_is_there_and_has_an_address),
	UNIT_TEST(both_families_may_have_one_vrid_on_a_port),
	UNIT_TEST(ip6_instance_needs_an_ip6_address_of_its_port_and_a_link_local_source),
	UNIT_TEST(address_is_one_that_a_host_can_have),
	UNIT_TEST(address_may_lie_in_no_subnet_of_the_port),
	UNIT_TEST(address_is_listed_once_among_all_vips),
	UNIT_TEST(owner_has_its_ports_own_addresses),
	UNIT_TEST(address_of_an_instance_is_a_vip_to_all_others),
	UNIT_END,
};

const struct unit_suite unit_conf_vrrp = { "vrrp", tests };
