/* Ports in which the kernel has a part: what a configuration can ask for. */

#include "host.h"
#include "fixture.h"

/* A port on a line of its own. */
#define PORT(name, device, more) "{ name = \"" name "\"; device = \"" device "\";\n" more " }"
#define PORTS(first, second) "ports = (\n" first ",\n" second " );\n"

static void
expect(const char *text, const char *sentence)
{
	struct lb_conf *conf = fixture_good(text);
	struct lb_error err = { 0 };
	int ret = host_check(conf, &err);

	CU_ASSERT_EQUAL(ret == 0, sentence[0] == '\0');
	CU_ASSERT_STRING_EQUAL(err.text, sentence);
	if (strcmp(err.text, sentence) != 0)
		printf("# wanted: %s\n# got:    %s\n", sentence, err.text);
	lb_conf_destroy(conf);
}

static void
each_port_may_have_a_way_or_none(void)
{
	expect(PORTS(PORT("wan", "net_af_xdp0,iface=eth1", "host = \"tap\";"),
		       PORT("lan", "0000:03:00.0", "")),
		"");
	expect(PORTS(PORT("a", "d0", "host = \"tap\"; host_interface = \"b\";"),
		       PORT("b", "d1", "host = \"none\";")),
		"");
	expect(PORTS(PORT("a", "d0", "host = \"tap\";"),
		       PORT("b", "d1", "host = \"tap\";")) "transit = \"host\";\n",
		"");
}

static void
unknown_way_is_told_with_those_there_are(void)
{
	expect(PORTS(PORT("wan", "d0", "host = \"kni\";"), PORT("lan", "d1", "")),
		"pollux.conf:3: port \"wan\": no way to the kernel is called \"kni\"; this build "
		"has tap, none");
}

static void
name_of_a_port_that_is_too_long_wants_another_for_the_kernel(void)
{
	expect(PORTS(PORT("wan-of-the-north", "d0", "host = \"tap\";"), PORT("lan", "d1", "")),
		"pollux.conf:3: port \"wan-of-the-north\": the kernel cannot call an interface "
		"\"wan-of-the-north\"; set host_interface to a name of at most 15 letters");
	expect(PORTS(PORT("wan-of-the-north", "d0", ""), PORT("lan", "d1", "")), "");
}

static void
interfaces_below_ports_keep_their_names(void)
{
	expect(PORTS(PORT("eth1", "net_af_xdp0,iface=eth1", "host = \"tap\";"),
		       PORT("lan", "d1", "")),
		"pollux.conf:3: port \"eth1\": the kernel's interface \"eth1\" is the device of "
		"port \"eth1\"; set host_interface to another name");
	expect(PORTS(PORT("wan", "d0", "host = \"tap\"; host_interface = \"eth2\";"),
		       PORT("lan", "net_af_packet0,iface=eth2,qpairs=2", "")),
		"pollux.conf:3: port \"wan\": the kernel's interface \"eth2\" is the device of "
		"port \"lan\"; set host_interface to another name");
}

static void
two_ports_do_not_share_an_interface(void)
{
	expect(PORTS(PORT("wan", "d0", "host = \"tap\";"),
		       PORT("lan", "d1", "host = \"tap\"; host_interface = \"wan\";")),
		"pollux.conf:5: port \"lan\": the kernel's interface of port \"wan\" is called "
		"\"wan\" too; set host_interface to another name");
}

static void
transit_by_the_kernel_wants_it_in_all_ports(void)
{
	expect(PORTS(PORT("wan", "d0", "host = \"tap\";"),
		       PORT("lan", "d1", "")) "transit = \"host\";\n",
		"pollux.conf:4: port \"lan\": transit = \"host\" gives the kernel packets of all "
		"ports, but this one has host = \"none\"; set host = \"tap\"");
}

static const struct unit_test tests[] = {
	UNIT_TEST(each_port_may_have_a_way_or_none),
	UNIT_TEST(unknown_way_is_told_with_those_there_are),
	UNIT_TEST(name_of_a_port_that_is_too_long_wants_another_for_the_kernel),
	UNIT_TEST(interfaces_below_ports_keep_their_names),
	UNIT_TEST(two_ports_do_not_share_an_interface),
	UNIT_TEST(transit_by_the_kernel_wants_it_in_all_ports),
	UNIT_END,
};

const struct unit_suite unit_polluxd_host = { "host", tests };
