/*
 * What instances track, how groups move, and what people want of them: seen in vrrp.get and in the
 * adverts that leave. Instances advertise every 10 ms.
 */

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "director.h"
#include "rpc_bed.h"
#include "unit.h"

#define LONG_MS 3000

/* Offset of an advert's priority in its frame. */
#define PRIORITY (FRAME_L4 + 2)

#define INSTANCE(name, port, vrid, address, more)                                                  \
	"{ name = \"" name "\"; port = \"" port "\"; vrid = " vrid "; interval_ms = 10;"           \
	"  addresses = [ \"" address "/24\" ]; " more " }"
#define WAN_ONE(more) INSTANCE("wan", "wan", "51", "10.1.0.100", more)
#define LAN_ONE(more) INSTANCE("lan", "lan", "52", "10.2.0.100", more)

/* The list of instances is left, and one of groups begun. */
#define PAIR " ); groups = ( { name = \"pair\"; members = [ \"wan\", \"lan\" ]; }"

#define WEB                                                                                        \
	"{ name = \"web\"; address = \"10.1.0.200\"; port = 80; quorum = 3; servers = ("           \
	"  { address = \"10.2.0.21\"; weight = 2; }, { address = \"10.2.0.22\"; } ); }"

static struct director *director;

static void
begin(const char *vrrp)
{
	director = bed_begin(
		&(struct graph_setup){ .connections = 4096, .services = WEB, .vrrp = vrrp });
}

/* "active 100": state and priority in effect. */
static const char *
rule(const char *name)
{
	static char text[64];
	char params[80];
	json_t *got;

	snprintf(params, sizeof(params), "{\"name\":\"%s\"}", name);
	got = bed_call("vrrp.get", params);
	snprintf(text, sizeof(text), "%s %d", json_string_value(json_object_get(got, "state")),
		(int)json_integer_value(json_object_get(got, "priority")));
	json_decref(got);
	return text;
}

static void
becomes(const char *name, const char *wanted)
{
	for (uint32_t ms = 0; ms < LONG_MS && strcmp(rule(name), wanted) != 0; ms += 5) {
		graph_pause(5);
		bed_turn_all();
	}
	CU_ASSERT_STRING_EQUAL(rule(name), wanted);
}

/* What vrrp.get says of the term number i: "file x -20 down -20". */
static const char *
term(const char *name, size_t i)
{
	static char text[256];
	char params[80];
	const json_t *at;
	json_t *got;

	snprintf(params, sizeof(params), "{\"name\":\"%s\"}", name);
	got = bed_call("vrrp.get", params);
	at = json_array_get(json_object_get(got, "terms"), i);
	snprintf(text, sizeof(text), "%s %s %d %s %d",
		json_string_value(json_object_get(at, "kind")),
		json_string_value(json_object_get(at, "name")),
		(int)json_integer_value(json_object_get(at, "weight")),
		json_string_value(json_object_get(at, "state")),
		(int)json_integer_value(json_object_get(at, "adds")));
	json_decref(got);
	return text;
}

/* The priority of the last advert that has left; -1: there is none. */
static int
advertised(enum graph_port port)
{
	struct frame frame = { 0 };
	int priority = -1;

	while (graph_take(port, TYPE_IP4, &frame))
		priority = frame.bytes[PRIORITY];
	return priority;
}

static void
write_file(const char *path, const char *text)
{
	FILE *file = fopen(path, "w");

	CU_ASSERT_PTR_NOT_NULL_FATAL(file);
	fputs(text, file);
	fclose(file);
}

static void
v66_file_that_goes_takes_its_weight_off_and_the_next_advert_says_so(void)
{
	char path[] = "/tmp/pollux-track-XXXXXX", instance[512], wanted[128];

	CU_ASSERT_TRUE_FATAL(close(mkstemp(path)) == 0);
	snprintf(instance, sizeof(instance), "%s { file = \"%s\"; weight = -20; } ); }",
		"{ name = \"wan\"; port = \"wan\"; vrid = 51; interval_ms = 10; addresses = [ "
		"\"10.1.0.100/24\" ]; track = (",
		path);
	begin(instance);
	becomes("wan", "active 100");
	write_file(path, "0\n");
	becomes("wan", "active 80");
	advertised(WAN);
	graph_pause(30);
	CU_ASSERT_EQUAL(advertised(WAN), 80);
	snprintf(wanted, sizeof(wanted), "file %s -20 down -20", path);
	CU_ASSERT_STRING_EQUAL(term("wan", 1), wanted);
	write_file(path, "1\n");
	becomes("wan", "active 100");
	unlink(path);
	becomes("wan", "active 80");
	bed_end();
}

static void
service_without_its_quorum_is_a_fault_until_the_server_is_back(void)
{
	begin(WAN_ONE("track = ( { service = \"web\"; } );"));
	becomes("wan", "active 100");
	advertised(WAN);
	bed_done("server.drain", "{\"service\":\"web\",\"server\":\"10.2.0.22:80\"}");
	becomes("wan", "fault 100");
	CU_ASSERT_EQUAL(advertised(WAN), 0);
	CU_ASSERT_STRING_EQUAL(term("wan", 1), "service web 0 down 0");
	bed_done("server.drain",
		"{\"service\":\"web\",\"server\":\"10.2.0.22:80\",\"cancel\":true}");
	becomes("wan", "active 100");
	bed_end();
}

static void
instance_follows_one_that_cannot_serve(void)
{
	begin(WAN_ONE("track = ( { instance = \"lan\"; weight = 0; } );") ", " LAN_ONE(""));
	becomes("wan", "active 100");
	becomes("lan", "active 100");
	bed_done("vrrp.set", "{\"name\":\"lan\",\"standby\":true}");
	CU_ASSERT_STRING_EQUAL(rule("lan"), "standby 100");
	CU_ASSERT_STRING_EQUAL(rule("wan"), "fault 100");
	bed_done("vrrp.set", "{\"name\":\"lan\",\"standby\":false}");
	becomes("wan", "active 100");
	bed_end();
}

/* Only control turns: the worker stands still. */
static void
worker_that_stands_still_is_a_fault_and_goes_on(void)
{
	uint64_t until;

	begin(WAN_ONE(""));
	becomes("wan", "active 100");
	until = rte_rdtsc() + rte_get_tsc_hz();
	while (director->vrrp.list[director->vrrp.numbers[0]].machine.state == LB_VRRP_ACTIVE &&
		rte_rdtsc() < until) {
		director_chores(director);
		usleep(1000);
	}
	CU_ASSERT_EQUAL(
		director->vrrp.list[director->vrrp.numbers[0]].machine.state, LB_VRRP_FAULT);
	CU_ASSERT_STRING_EQUAL(director->vrrp.list[director->vrrp.numbers[0]].reason,
		"workers stand still, or a port's queue does");
	becomes("wan", "active 100");
	bed_end();
}

static void
v65_group_leaves_and_comes_as_one(void)
{
	begin(WAN_ONE("") ", " LAN_ONE("priority = 90;") PAIR);
	becomes("wan", "active 100");
	CU_ASSERT_STRING_EQUAL(rule("lan"), "active 90");
	advertised(WAN);
	advertised(LAN);
	bed_done("vrrp.set", "{\"name\":\"lan\",\"standby\":true}");
	CU_ASSERT_EQUAL(advertised(WAN), 0);
	CU_ASSERT_EQUAL(advertised(LAN), 0);
	CU_ASSERT_STRING_EQUAL(rule("wan"), "standby 100");
	CU_ASSERT_STRING_EQUAL(rule("pair"), "standby 0");
	graph_pause(100);
	CU_ASSERT_EQUAL(advertised(WAN), -1);
	CU_ASSERT_EQUAL(advertised(LAN), -1);
	bed_done("vrrp.set", "{\"name\":\"pair\",\"standby\":false}");
	becomes("wan", "active 100");
	CU_ASSERT_STRING_EQUAL(rule("lan"), "active 90");
	bed_end();
}

static void
members_share_what_each_of_them_tracks(void)
{
	begin(WAN_ONE("track = ( { service = \"web\"; weight = -30; } );") ", " LAN_ONE(
		"track = ( { service = \"web\"; weight = -30; } );") PAIR);
	becomes("lan", "active 100");
	bed_done("server.drain", "{\"service\":\"web\",\"server\":\"10.2.0.21:80\"}");
	becomes("wan", "active 70");
	CU_ASSERT_STRING_EQUAL(rule("lan"), "active 70");
	CU_ASSERT_STRING_EQUAL(term("lan", 0), "port wan 0 up 0");
	CU_ASSERT_STRING_EQUAL(term("lan", 1), "port lan 0 up 0");
	CU_ASSERT_STRING_EQUAL(term("lan", 2), "service web -30 down -30");
	CU_ASSERT_STRING_EQUAL(term("lan", 3), "workers all 0 up 0");
	bed_end();
}

static void
priority_that_was_set_holds_until_it_is_taken_back(void)
{
	begin(WAN_ONE("track = ( { service = \"web\"; weight = -30; } );"));
	becomes("wan", "active 100");
	bed_done("vrrp.set", "{\"name\":\"wan\",\"priority\":200}");
	CU_ASSERT_STRING_EQUAL(rule("wan"), "active 200");
	bed_done("server.drain", "{\"service\":\"web\",\"server\":\"10.2.0.21:80\"}");
	becomes("wan", "active 170");
	bed_done("vrrp.set", "{\"name\":\"wan\",\"priority\":1,\"dry_run\":true}");
	CU_ASSERT_STRING_EQUAL(rule("wan"), "active 170");
	bed_done("vrrp.set", "{\"name\":\"wan\",\"priority\":null}");
	CU_ASSERT_STRING_EQUAL(rule("wan"), "active 70");
	bed_end();
}

static void
whole_director_stands_by(void)
{
	json_t *status;

	begin(WAN_ONE("") ", " LAN_ONE(""));
	becomes("wan", "active 100");
	bed_done("vrrp.set", "{\"standby\":true}");
	CU_ASSERT_STRING_EQUAL(rule("wan"), "standby 100");
	CU_ASSERT_STRING_EQUAL(rule("lan"), "standby 100");
	status = bed_call("status", "{}");
	CU_ASSERT_TRUE(json_is_true(json_object_get(status, "standby")));
	json_decref(status);
	bed_done("vrrp.set", "{\"standby\":false}");
	becomes("lan", "active 100");
	bed_end();
}

static void
what_cannot_be_set_is_refused(void)
{
	begin(WAN_ONE(""));
	bed_refused("vrrp.set", "{\"name\":\"wan\"}", "invalid_params",
		"nothing is to be set; give \"priority\" or \"standby\"");
	bed_refused("vrrp.set", "{\"priority\":5}", "invalid_params",
		"parameter \"priority\" is for an instance or a group; give \"name\" too");
	bed_refused("vrrp.set", "{\"name\":\"wan\",\"priority\":0}", "invalid_params",
		"parameter \"priority\" is no priority; give 1 to 254, or null for that of the "
		"configuration");
	bed_refused("vrrp.set", "{\"name\":\"wan\",\"priority\":\"5\"}", "invalid_params",
		"parameter \"priority\" is no priority; give 1 to 254, or null for that of the "
		"configuration");
	bed_refused("vrrp.set", "{\"name\":\"lan\",\"standby\":true}", "unknown_instance",
		"instance \"lan\": there is none, nor a group; give a name that vrrp.list shows");
	bed_end();
}

static const struct unit_test tests[] = {
	UNIT_TEST(v66_file_that_goes_takes_its_weight_off_and_the_next_advert_says_so),
	UNIT_TEST(service_without_its_quorum_is_a_fault_until_the_server_is_back),
	UNIT_TEST(instance_follows_one_that_cannot_serve),
	UNIT_TEST(worker_that_stands_still_is_a_fault_and_goes_on),
	UNIT_TEST(v65_group_leaves_and_comes_as_one),
	UNIT_TEST(members_share_what_each_of_them_tracks),
	UNIT_TEST(priority_that_was_set_holds_until_it_is_taken_back),
	UNIT_TEST(whole_director_stands_by),
	UNIT_TEST(what_cannot_be_set_is_refused),
	UNIT_END,
};

const struct unit_suite graph_vrrp_track = { "vrrp_track", tests };
