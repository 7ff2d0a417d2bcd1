/* What instances track and how they are grouped: keys, and what holds between them. */

#include "fixture.h"

#define RUN(faults) fixture_faults(faults, sizeof(faults) / sizeof(faults[0]))

/* Instances wan on line 3, lan on line 4 and back on line 5, each with a key more. */
#define INSTANCE(name, port, vrid, address, keys)                                                  \
	"{ name = \"" name "\"; port = \"" port "\"; vrid = " vrid "; addresses = [ \"" address    \
	"\" ]; " keys " }"
#define ALL(wan, lan, back, groups)                                                                \
	NETS "vrrp: { instances = (\n" INSTANCE(                                                   \
		"wan", "wan", "51", "10.1.0.100/24", wan) ",\n" INSTANCE("lan", "lan", "52",       \
		"10.2.0.100/24", lan) ",\n" INSTANCE("back", "lan", "53", "10.2.0.101/24",         \
		back) " );\n groups = ( " groups " ); };\n"                                        \
		      "services = ( { name = \"web\"; address = \"10.1.0.100\"; port = 80; "       \
		      "servers = ( ); } );"
#define TRACK(element) ALL("track = ( " element " );", "", "", "")
#define PAIR "{ name = \"pair\"; members = [ \"wan\", \"lan\" ]; }"

static void
tracks_and_groups_are_read_as_written(void)
{
	struct lb_conf *conf = fixture_good(ALL(
		"track = ( { port = \"lan\"; }, { file = \"/run/x\"; weight = -20; } );",
		"track = ( { service = \"web\"; weight = 253; },\n { file = \"/run/x\"; weight = "
		"-20; } );",
		"track = ( { workers = \"all\"; weight = -253; }, { instance = \"wan\"; weight = "
		"0; } );",
		PAIR));
	const struct lb_conf_track *tracks = conf->vrrp[0].tracks;

	CU_ASSERT_EQUAL_FATAL(conf->vrrp[0].tracks_n, 2);
	CU_ASSERT_EQUAL(tracks[0].kind, LB_CONF_TRACK_PORT);
	CU_ASSERT_STRING_EQUAL(tracks[0].name, "lan");
	CU_ASSERT_EQUAL(tracks[0].weight, 0);
	CU_ASSERT_EQUAL(tracks[1].kind, LB_CONF_TRACK_FILE);
	CU_ASSERT_STRING_EQUAL(tracks[1].name, "/run/x");
	CU_ASSERT_EQUAL(tracks[1].weight, -20);
	CU_ASSERT_EQUAL(conf->vrrp[1].tracks[0].weight, 253);
	CU_ASSERT_EQUAL(conf->vrrp[1].tracks[1].tracked, tracks[1].tracked);
	CU_ASSERT_EQUAL(conf->vrrp[2].tracks[0].weight, -253);
	CU_ASSERT_EQUAL_FATAL(conf->tracked_n, 5);
	CU_ASSERT_EQUAL(conf->tracked[0].index, 1);
	CU_ASSERT_EQUAL(conf->tracked[4].kind, LB_CONF_TRACK_INSTANCE);
	CU_ASSERT_EQUAL(conf->tracked[4].index, 0);
	CU_ASSERT_EQUAL_FATAL(conf->groups_n, 1);
	CU_ASSERT_STRING_EQUAL(conf->groups[0].name, "pair");
	CU_ASSERT_EQUAL_FATAL(conf->groups[0].members_n, 2);
	CU_ASSERT_EQUAL(conf->groups[0].instances[1], 1);
	CU_ASSERT_EQUAL(conf->vrrp[1].group, 0);
	CU_ASSERT_EQUAL(conf->vrrp[2].group, LB_CONF_NO_GROUP);
	lb_conf_destroy(conf);
}

static void
element_names_one_thing_with_a_weight(void)
{
	static const struct fixture_fault faults[] = {
		{ TRACK("{ weight = 5; }"),
			"pollux.conf:3: vrrp: instance \"wan\": track #1: it names 0 things; write "
			"one of port, file, script, instance, service and workers, as in { port = "
			"\"lan\"; weight = 0; }" },
		{ TRACK("{ port = \"lan\"; service = \"web\"; }"),
			"pollux.conf:3: vrrp: instance \"wan\": track #1: it names 2 things; write "
			"one of port, file, script, instance, service and workers, as in { port = "
			"\"lan\"; weight = 0; }" },
		{ TRACK("{ port = \"lan\"; weight = 254; }"),
			"pollux.conf:3: vrrp: instance \"wan\": track #1: weight is 254, which is "
			"out of range; write -253 to 253" },
		{ TRACK("{ port = \"lan\"; weight = -254; }"),
			"pollux.conf:3: vrrp: instance \"wan\": track #1: weight is -254, which is "
			"out of range; write -253 to 253" },
		{ TRACK("{ file = \"run/x\"; }"),
			"pollux.conf:3: vrrp: instance \"wan\": track #1: file is \"run/x\"; write "
			"a path that begins with /" },
		{ TRACK("{ workers = \"some\"; }"),
			"pollux.conf:3: vrrp: instance \"wan\": track #1: workers is \"some\"; "
			"write \"all\"" },
	};

	RUN(faults);
}

static void
what_is_tracked_is_there_and_stands_once(void)
{
	static const struct fixture_fault faults[] = {
		{ TRACK("{ port = \"dmz\"; }"),
			"pollux.conf:3: vrrp: instance \"wan\": track: there is no port \"dmz\"; "
			"write the name of one, or take it out" },
		{ TRACK("{ service = \"dns\"; }"),
			"pollux.conf:3: vrrp: instance \"wan\": track: there is no service "
			"\"dns\"; write the name of one, or take it out" },
		{ TRACK("{ instance = \"pair\"; }"),
			"pollux.conf:3: vrrp: instance \"wan\": track: there is no instance "
			"\"pair\"; write the name of one, or take it out" },
		{ TRACK("{ port = \"wan\"; weight = -5; }"),
			"pollux.conf:3: vrrp: instance \"wan\": track: port \"wan\" is its own, "
			"without which it cannot serve; take weight out" },
		{ TRACK("{ port = \"lan\"; },\n{ port = \"lan\"; }"),
			"pollux.conf:4: vrrp: instance \"wan\": track: port \"lan\" has weight 0 "
			"in pollux.conf:3 already; take one out" },
		{ ALL("track = ( { file = \"/x\"; } );",
			  "track = ( { file = \"/x\"; weight = -5; } );", "", PAIR),
			"pollux.conf:4: vrrp: instance \"lan\": track: file \"/x\" has weight 0 in "
			"pollux.conf:3 already; take one out" },
	};

	RUN(faults);
}

static void
nothing_tracks_itself(void)
{
	static const struct fixture_fault faults[] = {
		{ TRACK("{ instance = \"wan\"; }"),
			"pollux.conf:3: vrrp: track: instance \"wan\" leads back to who tracks it "
			"here; take one out of the circle" },
		{ ALL("track = ( { instance = \"lan\"; } );",
			  "track = ( { instance = \"back\"; } "
			  ");",
			  "track = ( { instance = \"wan\"; } );", ""),
			"pollux.conf:5: vrrp: track: instance \"wan\" leads back to who tracks it "
			"here; take one out of the circle" },
		{ ALL("track = ( { instance = \"lan\"; } );", "", "", PAIR),
			"pollux.conf:3: vrrp: track: instance \"lan\" leads back to who tracks it "
			"here; take one out of the circle" },
		{ ALL("", "track = ( { instance = \"back\"; } );",
			  "track = ( { instance = \"wan\"; } );", PAIR),
			"pollux.conf:5: vrrp: track: instance \"wan\" leads back to who tracks it "
			"here; take one out of the circle" },
	};

	RUN(faults);
	lb_conf_destroy(fixture_good(ALL("track = ( { instance = \"lan\"; } );",
		"track = ( { instance = \"back\"; } );", "", "")));
}

static void
member_is_an_instance_of_one_group(void)
{
	static const struct fixture_fault faults[] = {
		{ ALL("", "", "", "{ name = \"pair\"; members = [ ]; }"),
			"pollux.conf:6: vrrp: group \"pair\": members is empty; name the instances "
			"that belong together, as in members = [ \"wan\", \"lan\" ]" },
		{ ALL("", "", "", "{ name = \"pair\"; members = [ \"dmz\" ]; }"),
			"pollux.conf:6: vrrp: group \"pair\": there is no instance \"dmz\"; add it "
			"to instances, or take it out of members" },
		{ ALL("", "", "", PAIR ",\n{ name = \"two\"; members = [ \"lan\" ]; }"),
			"pollux.conf:7: vrrp: group \"two\": instance \"lan\" is a member of group "
			"\"pair\" already; take it out of one" },
		{ ALL("", "", "", PAIR ",\n{ name = \"pair\"; members = [ \"back\" ]; }"),
			"pollux.conf:7: vrrp: group \"pair\": the group of pollux.conf:6 has this "
			"name too; rename one" },
		{ ALL("", "", "", "{ name = \"back\"; members = [ \"lan\" ]; }"),
			"pollux.conf:6: vrrp: group \"back\": the instance of pollux.conf:5 has "
			"this name too; rename one" },
		{ NETS "vrrp: { instances = ( " INSTANCE("wan", "wan", "51", "10.1.0.11/24",
			  "priority = 255;") ", " INSTANCE("lan", "lan", "52", "10.2.0.100/24",
			  "") " );\ngroups = ( " PAIR " ); };",
			"pollux.conf:3: vrrp: group \"pair\": of \"wan\" and \"lan\" only one has "
			"priority 255, so they cannot be Active together; give both or none "
			"255" },
	};

	RUN(faults);
}

static const struct unit_test tests[] = {
	UNIT_TEST(tracks_and_groups_are_read_as_written),
	UNIT_TEST(element_names_one_thing_with_a_weight),
	UNIT_TEST(what_is_tracked_is_there_and_stands_once),
	UNIT_TEST(nothing_tracks_itself),
	UNIT_TEST(member_is_an_instance_of_one_group),
	UNIT_END,
};

const struct unit_suite unit_conf_track = { "track", tests };
