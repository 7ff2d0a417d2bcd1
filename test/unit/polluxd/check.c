/* What a configuration needs of the plug-ins of this build, sentence by sentence. */

#include "director.h"
#include "fixture.h"

/* A service on line 3, with lines of its own behind line 5, and a server. */
#define SERVICE(lines, server)                                                                     \
	NETS "services = (\n"                                                                      \
	     "{ name = \"web\";\n"                                                                 \
	     "address = \"10.1.0.200\";\n"                                                         \
	     "port = 80;\n" lines "servers = (\n{ " server " } ); } );\n"

#define SERVER "address = \"10.1.0.21\";"

static void
passes(const char *text)
{
	struct lb_conf *conf = fixture_good(text);
	struct lb_error err = { 0 };

	CU_ASSERT_EQUAL(director_check(conf, NULL, &err), 0);
	CU_ASSERT_STRING_EQUAL(err.text, "");
	lb_conf_destroy(conf);
}

static void
refused(const char *text, const char *sentence)
{
	struct lb_conf *conf = fixture_good(text);
	struct lb_error err = { 0 };

	CU_ASSERT_NOT_EQUAL(director_check(conf, NULL, &err), 0);
	CU_ASSERT_STRING_EQUAL(err.text, sentence);
	if (strcmp(err.text, sentence) != 0)
		printf("# wanted: %s\n# got:    %s\n", sentence, err.text);
	lb_conf_destroy(conf);
}

static void
service_with_known_plugins_passes(void)
{
	passes(SERVICE("", SERVER));
	passes(SERVICE(
		"scheduler = \"rr\"; forward = \"dr\";\n", SERVER " port = 80; weight = 3;"));
	passes(SERVICE("scheduler = \"wrr\";\n", "address = \"10.2.0.21\";"));
}

static void
configuration_without_services_passes(void)
{
	passes(NETS);
}

static void
unknown_scheduler_is_told_with_those_there_are(void)
{
	refused(SERVICE("scheduler = \"wlcc\";\n", SERVER),
		"pollux.conf:6: service \"web\": no scheduler \"wlcc\"; this build has rr, wrr, "
		"lc, wlc, sed, nq, fo, ovf, twos, sh, dh, mh, lblc, lblcr");
}

static void
unknown_method_is_told_with_those_there_are(void)
{
	refused(SERVICE("\nforward = \"masq\";\n", SERVER),
		"pollux.conf:7: service \"web\": no forwarding method \"masq\"; this build has "
		"dr, nat, tun");
}

static void
unknown_flows_are_scheduled_by_steady_schedulers_only(void)
{
	passes(SERVICE("scheduler = \"mh\"; unknown = \"schedule\";\n", SERVER));
	passes(SERVICE("scheduler = \"sh\"; unknown = \"schedule\";\n", SERVER));
	refused(SERVICE("unknown = \"schedule\";\nscheduler = \"wlc\";\n", SERVER),
		"pollux.conf:7: service \"web\": unknown = \"schedule\" with scheduler \"wlc\", "
		"which may choose another server for each packet; take mh, sh or dh, or \"rst\"");
}

static void
one_packet_needs_a_method_without_answers(void)
{
	passes(SERVICE("protocol = \"udp\"; one_packet = true;\n", SERVER));
	refused(SERVICE("protocol = \"udp\"; one_packet = true; forward = \"nat\";\n", SERVER),
		"pollux.conf:6: service \"web\": one_packet with forward = \"nat\", which needs "
		"the "
		"connection for answers; take dr or tun");
}

#define MATCHED(forward, server)                                                                   \
	NETS "services = ( { name = \"web\"; match = ( { address = \"10.9.0.0/16\"; } );\n"        \
	     "forward = \"" forward "\"; servers = ( { " server " } ); } );\n"

static void
servers_of_matches_keep_the_port_of_packets(void)
{
	passes(MATCHED("dr", SERVER));
	passes(MATCHED("tun", SERVER));
	passes(MATCHED("nat", SERVER));
	passes(MATCHED("nat", SERVER " port = 8080;"));
	refused(MATCHED("dr", SERVER " port = 8080;"),
		"pollux.conf:3: service \"web\": server 10.1.0.21:8080: forward = \"dr\" leaves "
		"packets "
		"their ports; take the port out");
}

static void
option_that_a_scheduler_does_not_have_is_told(void)
{
	refused(SERVICE("scheduler = \"rr\"; scheduler_options = { speed = 3; };\n", SERVER),
		"pollux.conf:6: service \"web\": scheduler \"rr\": no option \"speed\"; it "
		"has none, remove the option");
}

static void
more_options_than_any_scheduler_has_are_refused(void)
{
	refused(SERVICE("scheduler_options = { a=1; b=1; c=1; d=1; e=1; f=1; g=1; h=1; i=1; j=1;"
			" k=1; l=1; m=1; n=1; o=1; p=1; q=1; };\n",
			SERVER),
		"pollux.conf:3: service \"web\": 17 scheduler_options; no scheduler has more than "
		"16");
}

static void
dr_server_with_another_port_is_refused(void)
{
	refused(SERVICE("", SERVER " port = 8080;"),
		"pollux.conf:7: service \"web\": server 10.1.0.21:8080: DR cannot change the port; "
		"set it to 80, or use forward = \"nat\"");
}

static void
dr_server_behind_a_router_is_refused(void)
{
	refused("routes = ( { to = \"0.0.0.0/0\"; via = \"10.1.0.1\"; } ); " SERVICE(
			"", "address = \"192.0.2.21\";"),
		"pollux.conf:7: service \"web\": server 192.0.2.21:80: DR cannot reach it through "
		"a router; move it into the subnet of a port, give a port an address in its "
		"subnet, or use forward = \"nat\" or \"tun\"");
}

static void
options_of_the_scheduler_are_checked_with_the_servers(void)
{
	passes(SERVICE("scheduler = \"mh\"; scheduler_options = { size = 251; };\n", SERVER));
	refused(SERVICE("scheduler = \"mh\"; scheduler_options = { size = 1000; };\n", SERVER),
		"pollux.conf:6: service \"web\": scheduler \"mh\": size 1000 is not prime; use 997 "
		"or 1009");
	refused(SERVICE("scheduler = \"sh\"; scheduler_options = { size = 1000; };\n", SERVER),
		"pollux.conf:6: service \"web\": scheduler \"sh\": no option \"size\"; it has "
		"fallback, port");
	refused(SERVICE("scheduler = \"mh\"; scheduler_options = { size = 3; };\n",
			SERVER "}, { address = \"10.1.0.22\"; }, { address = \"10.1.0.23\"; }, "
			       "{ address = \"10.1.0.24\";"),
		"pollux.conf:6: service \"web\": scheduler \"mh\": size 3 is less than its 4 "
		"servers; "
		"raise it, best to 100 times as many");
}

static void
slow_schedulers_leave_drafts(void)
{
	struct lb_conf *conf = fixture_good(SERVICE("scheduler = \"mh\";\n", SERVER));
	struct lb_svc_draft *drafts = calloc(1, sizeof(*drafts));
	struct lb_error err = { 0 };

	CU_ASSERT_EQUAL(director_check(conf, drafts, &err), 0);
	CU_ASSERT_PTR_NOT_NULL(drafts[0].state);
	director_free_drafts(conf, drafts);
	lb_conf_destroy(conf);
	conf = fixture_good(SERVICE("scheduler = \"rr\";\n", SERVER));
	drafts = calloc(1, sizeof(*drafts));
	CU_ASSERT_EQUAL(director_check(conf, drafts, &err), 0);
	CU_ASSERT_PTR_NULL(drafts[0].state);
	director_free_drafts(conf, drafts);
	director_free_drafts(conf, NULL);
	lb_conf_destroy(conf);
}

static void
each_server_is_checked_by_its_own_method(void)
{
	passes(SERVICE("forward = \"nat\";\n",
		SERVER " port = 8080; }, { " SERVER " port = 80; forward = \"dr\";"));
	refused(SERVICE("forward = \"nat\";\n", SERVER " port = 8080; forward = \"dr\";"),
		"pollux.conf:8: service \"web\": server 10.1.0.21:8080: DR cannot change the port; "
		"set it to 80, or use forward = \"nat\"");
	refused(SERVICE("", SERVER "\nforward = \"masq\";"),
		"pollux.conf:8: service \"web\": no forwarding method \"masq\"; this build has "
		"dr, nat, tun");
}

static void
slow_start_needs_weights_that_are_ratios(void)
{
	passes(SERVICE("scheduler = \"twos\"; slow_start_ms = 3600000;\n", SERVER));
	passes(SERVICE("scheduler = \"rr\"; slow_start_ms = 0;\n", SERVER));
	refused(SERVICE("scheduler = \"mh\"; slow_start_ms = 1;\n", SERVER),
		"pollux.conf:6: service \"web\": slow_start_ms with scheduler \"mh\", which does "
		"not share by weight; take wrr, wlc, sed, nq or twos, or 0");
}

static void
every_service_is_checked(void)
{
	refused(NETS "services = (\n"
		     "{ name = \"a\"; address = \"10.1.0.200\"; port = 80; servers = ( ); },\n"
		     "{ name = \"b\"; address = \"10.1.0.200\"; port = 81; servers = ( );\n"
		     "scheduler = \"shh\"; } );\n",
		"pollux.conf:5: service \"b\": no scheduler \"shh\"; this build has rr, wrr, "
		"lc, wlc, sed, nq, fo, ovf, twos, sh, dh, mh, lblc, lblcr");
}

static const struct unit_test tests[] = {
	UNIT_TEST(service_with_known_plugins_passes),
	UNIT_TEST(configuration_without_services_passes),
	UNIT_TEST(unknown_scheduler_is_told_with_those_there_are),
	UNIT_TEST(unknown_method_is_told_with_those_there_are),
	UNIT_TEST(unknown_flows_are_scheduled_by_steady_schedulers_only),
	UNIT_TEST(one_packet_needs_a_method_without_answers),
	UNIT_TEST(servers_of_matches_keep_the_port_of_packets),
	UNIT_TEST(option_that_a_scheduler_does_not_have_is_told),
	UNIT_TEST(more_options_than_any_scheduler_has_are_refused),
	UNIT_TEST(dr_server_with_another_port_is_refused),
	UNIT_TEST(dr_server_behind_a_router_is_refused),
	UNIT_TEST(options_of_the_scheduler_are_checked_with_the_servers),
	UNIT_TEST(slow_schedulers_leave_drafts),
	UNIT_TEST(each_server_is_checked_by_its_own_method),
	UNIT_TEST(slow_start_needs_weights_that_are_ratios),
	UNIT_TEST(every_service_is_checked),
	UNIT_END,
};

const struct unit_suite unit_polluxd_check = { "check", tests };
