/* What a reload takes back: the file as it was, changes by RPC, the file as it is. */

#include "discarded.h"

#include <string.h>

#include "conf_edit.h"
#include "conf_json.h"
#include "fixture.h"

static const char file[] = NETS
	"routes = ( { to = \"0.0.0.0/0\"; via = \"10.1.0.1\"; } );\n"
	"services = ( { name = \"web\"; address = \"10.1.0.200\"; port = 80;\n"
	"servers = ( { address = \"10.2.0.21\"; weight = 4; }, { address = \"10.2.0.22\"; } );\n"
	"}, { name = \"dns\"; address = \"10.1.0.200\"; port = 53; protocol = \"udp\";\n"
	"servers = ( { address = \"10.2.0.21\"; } ); } );\n";

#define WEIGHT(n)                                                                                  \
	"{\"method\": \"server.set\", \"params\": {\"service\": \"web\", "                         \
	"\"server\": \"10.2.0.21:80\", \"weight\": " #n "}}"
#define SERVER_23                                                                                  \
	"{\"method\": \"server.add\", \"params\": {\"service\": \"web\", "                         \
	"\"address\": \"10.2.0.23\", \"port\": 80, \"weight\": 2, \"upper\": 0, \"lower\": 0}}"
#define NO_SERVER_22                                                                               \
	"{\"method\": \"server.delete\", \"params\": {\"service\": \"web\", "                      \
	"\"server\": \"10.2.0.22:80\"}}"
#define SCHEDULER(name)                                                                            \
	"{\"method\": \"service.set\", \"params\": {\"service\": \"web\", "                        \
	"\"scheduler\": \"" name "\"}}"
#define MAIL                                                                                       \
	"{\"method\": \"service.add\", \"params\": {\"name\": \"mail\", "                          \
	"\"address\": \"10.1.0.201\", \"port\": 25, \"protocol\": \"tcp\", "                       \
	"\"scheduler\": \"rr\", \"scheduler_options\": {}, \"forward\": \"dr\", "                  \
	"\"servers\": [{\"address\": \"10.2.0.22\", \"port\": 25, \"weight\": 1, \"upper\": 0, "   \
	"\"lower\": 0}]}}"
#define NO_SERVICE(name) "{\"method\": \"service.delete\", \"params\": {\"service\": \"" name "\"}}"
#define VIP                                                                                        \
	"{\"method\": \"vip.add\", \"params\": {\"address\": \"10.1.0.201\", \"port\": \"wan\"}}"
#define NO_VIP "{\"method\": \"vip.delete\", \"params\": {\"address\": \"10.1.0.201\"}}"
#define ROUTE(via)                                                                                 \
	"{\"method\": \"route.add\", \"params\": {\"to\": \"0.0.0.0/0\", \"via\": \"" via "\"}}"
#define NO_ROUTE "{\"method\": \"route.delete\", \"params\": {\"to\": \"0.0.0.0/0\"}}"

static struct lb_conf *
edited(const struct lb_conf *conf, const json_t *changes)
{
	json_t *json = conf_json(conf), *change;
	struct lb_error err = { 0 };
	struct lb_conf *made;
	size_t i;

	json_array_foreach((json_t *)changes, i, change)
		CU_ASSERT_EQUAL(
			conf_edit(json, json_string_value(json_object_get(change, "method")),
				json_object_get(change, "params"), &err),
			0);
	made = conf_edit_finish(json, &err);
	CU_ASSERT_STRING_EQUAL(err.text, "");
	CU_ASSERT_PTR_NOT_NULL_FATAL(made);
	json_decref(json);
	return made;
}

static json_t *
read_list(const char *changes)
{
	char text[4096];
	json_t *list;

	snprintf(text, sizeof(text), "[%s]", changes);
	list = json_loads(text, 0, NULL);
	CU_ASSERT_PTR_NOT_NULL_FATAL(list);
	return list;
}

static struct lb_conf *
edited_by_text(const struct lb_conf *conf, const char *changes)
{
	json_t *list = read_list(changes);
	struct lb_conf *made = edited(conf, list);

	json_decref(list);
	return made;
}

/*
 * Whether a change is the one that is wanted. Of an object that was added only some keys may be
 * wanted: a service has many.
 */
static bool
is_wanted(const json_t *change, const json_t *want)
{
	const char *method = json_string_value(json_object_get(change, "method")), *key;
	const json_t *params = json_object_get(change, "params");
	json_t *value;

	if (strstr(method, ".add") == NULL ||
		!json_equal(json_object_get(change, "method"), json_object_get(want, "method")))
		return json_equal(change, want);
	json_object_foreach(json_object_get(want, "params"), key, value)
		if (!json_equal(value, json_object_get(params, key)))
			return false;
	return true;
}

static bool
are_wanted(const json_t *changes, const json_t *want)
{
	bool same = json_array_size(changes) == json_array_size(want);

	for (size_t i = 0; same && i < json_array_size(want); i++)
		same = is_wanted(json_array_get(changes, i), json_array_get(want, i));
	return same;
}

/* What a reload discards when RPC made some changes, and the file got others. */
static void
expect(const char *by_rpc, const char *to_file, const char *wanted)
{
	struct lb_conf *before = fixture_good(file);
	struct lb_conf *running = edited_by_text(before, by_rpc);
	struct lb_conf *next = edited_by_text(before, to_file);
	json_t *lost = discarded_changes(before, running, next), *want = read_list(wanted);

	CU_ASSERT_TRUE(are_wanted(lost, want));
	if (!are_wanted(lost, want)) {
		printf("# wanted: %s\n# got:    ", wanted);
		json_dumpf(lost, stdout, 0);
		putchar('\n');
	}
	json_decref(lost);
	json_decref(want);
	lb_conf_destroy(before);
	lb_conf_destroy(running);
	lb_conf_destroy(next);
}

static void
without_a_change_nothing_is_discarded(void)
{
	struct lb_conf *same = fixture_good(file), *next = fixture_good(file);
	json_t *lost = discarded_changes(same, same, next);

	CU_ASSERT_TRUE(json_is_array(lost));
	CU_ASSERT_EQUAL(json_array_size(lost), 0);
	json_decref(lost);
	lb_conf_destroy(same);
	lb_conf_destroy(next);
	expect("", "", "");
	expect("", WEIGHT(9) "," MAIL "," VIP "," NO_SERVER_22 "," NO_ROUTE, "");
}

static void
each_change_of_an_object_is_told(void)
{
	expect(WEIGHT(0), "", WEIGHT(0));
	expect(SERVER_23, "", SERVER_23);
	expect(NO_SERVER_22, "", NO_SERVER_22);
	expect(SCHEDULER("rr"), "", SCHEDULER("rr"));
	expect(VIP, "", VIP);
	expect(VIP "," MAIL, "", VIP "," MAIL);
	expect(NO_SERVICE("dns"), "", NO_SERVICE("dns"));
	expect(NO_ROUTE, "", NO_ROUTE);
}

static void
change_that_the_file_has_too_is_not_told(void)
{
	expect(WEIGHT(0), WEIGHT(0), "");
	expect(SERVER_23 "," WEIGHT(0), SERVER_23, WEIGHT(0));
	expect(NO_SERVER_22, NO_SERVER_22, "");
	expect(VIP "," MAIL, VIP "," MAIL, "");
	expect(NO_SERVICE("dns"), NO_SERVICE("dns"), "");
	expect(NO_ROUTE, NO_ROUTE, "");
}

static void
change_of_a_change_is_told_once_and_one_taken_back_never(void)
{
	expect(WEIGHT(0) "," WEIGHT(7), "", WEIGHT(7));
	expect(WEIGHT(0) "," WEIGHT(4), "", "");
	expect(SERVER_23 ",{\"method\": \"server.delete\", \"params\": {\"service\": \"web\", "
			 "\"server\": \"10.2.0.23:80\"}}",
		"", "");
	expect(VIP "," NO_VIP, "", "");
}

static void
file_that_says_something_else_wins_and_the_change_is_told(void)
{
	expect(WEIGHT(0), WEIGHT(9), WEIGHT(0));
	expect(WEIGHT(0), NO_SERVICE("web"), WEIGHT(0));
	expect(SCHEDULER("rr") "," WEIGHT(0), WEIGHT(0), SCHEDULER("rr"));
	expect(VIP "," MAIL,
		VIP "," MAIL ",{\"method\": \"service.set\", \"params\": {\"service\": \"mail\", "
		    "\"scheduler\": \"wrr\"}}",
		"{\"method\": \"service.set\", \"params\": {\"service\": \"mail\", "
		"\"scheduler\": \"rr\"}}");
}

/* A route cannot be set: what was changed is deleted and added. */
static void
route_by_another_gateway_is_told_as_two_changes(void)
{
	expect(NO_ROUTE "," ROUTE("10.1.0.2"), "", NO_ROUTE "," ROUTE("10.1.0.2"));
	expect(NO_ROUTE "," ROUTE("10.1.0.2"), NO_ROUTE, ROUTE("10.1.0.2"));
	expect(NO_ROUTE "," ROUTE("10.1.0.2"), NO_ROUTE "," ROUTE("10.1.0.2"), "");
}

static void
list_made_again_brings_everything_back(void)
{
	struct lb_conf *before = fixture_good(file);
	struct lb_conf *running = edited_by_text(
		before, WEIGHT(0) "," NO_SERVER_22 "," SERVER_23 "," SCHEDULER("rr") "," NO_SERVICE(
				"dns") "," VIP "," MAIL "," NO_ROUTE "," ROUTE("10.1.0.2"));
	json_t *lost = discarded_changes(before, running, before);
	struct lb_conf *again = edited(before, lost);
	json_t *want = conf_json(running), *got = conf_json(again);

	CU_ASSERT_EQUAL(json_array_size(lost), 9);
	CU_ASSERT_TRUE(json_equal(got, want));
	json_decref(want);
	json_decref(got);
	json_decref(lost);
	lb_conf_destroy(before);
	lb_conf_destroy(running);
	lb_conf_destroy(again);
}

static const struct unit_test tests[] = {
	UNIT_TEST(without_a_change_nothing_is_discarded),
	UNIT_TEST(each_change_of_an_object_is_told),
	UNIT_TEST(change_that_the_file_has_too_is_not_told),
	UNIT_TEST(change_of_a_change_is_told_once_and_one_taken_back_never),
	UNIT_TEST(file_that_says_something_else_wins_and_the_change_is_told),
	UNIT_TEST(route_by_another_gateway_is_told_as_two_changes),
	UNIT_TEST(list_made_again_brings_everything_back),
	UNIT_END,
};

const struct unit_suite unit_polluxd_discarded = { "discarded", tests };
