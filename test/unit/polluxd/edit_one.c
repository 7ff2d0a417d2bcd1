/* Changes of one service: what is made without the others is what the whole would have become. */

#include "conf_edit.h"
#include "conf_edit_one.h"
#include "conf_json.h"
#include "fixture.h"

static const char file[] = NETS
	"services = ( { name = \"web\"; address = \"10.1.0.200\"; port = 80; scheduler = \"mh\";\n"
	"scheduler_options = { table = 65537; }; unknown = \"schedule\"; servers = (\n"
	"{ address = \"10.2.0.21\"; weight = 4; upper = 9; lower = 3; }, { address = "
	"\"10.2.0.22\"; } );\n"
	"sorry = { address = \"10.2.0.99\"; }; timeouts = { established_ms = 5000; };\n"
	"}, { name = \"dns\"; address = \"10.1.0.200\"; port = 53; protocol = \"udp\"; one_packet "
	"= true;\n"
	"servers = ( { address = \"10.2.0.21\"; } ); } );\n";

/* What the whole becomes; NULL: it is refused. */
static json_t *
by_whole(const struct lb_conf *conf, const char *method, const json_t *params)
{
	json_t *json = conf_json(conf), *result = NULL;
	struct lb_error err = { 0 };
	struct lb_conf *made = NULL;

	if (conf_edit(json, method, params, &err) == 0)
		made = conf_edit_finish(json, &err);
	if (made != NULL)
		result = conf_json(made);
	lb_conf_destroy(made);
	json_decref(json);
	return result;
}

static void
becomes_the_same(const char *method, const char *params, const char *old, const char *new)
{
	struct lb_conf *conf = fixture_good(file), *made;
	json_t *given = json_loads(params, 0, NULL), *one_json, *whole;
	struct conf_edit_one one = { 0 };

	CU_ASSERT_PTR_NOT_NULL_FATAL(given);
	made = conf_edit_one(conf, method, given, &one);
	CU_ASSERT_PTR_NOT_NULL_FATAL(made);
	one_json = conf_json(made);
	whole = by_whole(conf, method, given);
	CU_ASSERT_TRUE(json_equal(one_json, whole));
	CU_ASSERT_STRING_EQUAL(one.old == NULL ? "" : one.old->name, old);
	CU_ASSERT_STRING_EQUAL(one.new == NULL ? "" : one.new->name, new);
	json_decref(one_json);
	json_decref(whole);
	json_decref(given);
	lb_conf_destroy(conf);
	lb_conf_destroy(made);
}

static void
each_kind_of_change_gives_what_the_whole_gives(void)
{
	becomes_the_same(
		"service.set", "{\"service\": \"web\", \"drain_timeout_ms\": 7}", "web", "web");
	becomes_the_same(
		"service.set", "{\"service\": \"udp:10.1.0.200:53\", \"port\": 54}", "dns", "dns");
	becomes_the_same("service.set", "{\"service\": \"web\", \"name\": \"www\"}", "web", "www");
	becomes_the_same("service.add",
		"{\"name\": \"mail\", \"address\": \"10.1.0.200\", \"port\": 25, \"servers\": []}",
		"", "mail");
	becomes_the_same("service.delete", "{\"service\": \"web\"}", "web", "");
	becomes_the_same(
		"server.add", "{\"service\": \"dns\", \"address\": \"10.2.0.23\"}", "dns", "dns");
	becomes_the_same("server.set",
		"{\"service\": \"web\", \"server\": \"10.2.0.21:80\", \"weight\": 9}", "web",
		"web");
	becomes_the_same("server.delete", "{\"service\": \"web\", \"server\": \"10.2.0.21:80\"}",
		"web", "web");
}

static void
what_is_refused_or_is_about_more_is_left_to_the_whole(void)
{
	static const char *const changes[][2] = {
		{ "service.set", "{\"service\": \"none\", \"quorum\": 2}" },
		{ "service.set", "{\"service\": \"web\", \"name\": \"dns\"}" },
		{ "service.set", "{\"service\": \"web\", \"port\": 70000}" },
		{ "service.set", "{\"service\": \"web\", \"bad\": 1}" },
		{ "service.set", "{\"service\": \"web\", \"bad key\": 1}" },
		{ "service.add", "{\"name\": \"web\", \"address\": \"10.1.0.200\", \"port\": 25}" },
		{ "service.add", "{\"name\": \"w\", \"address\": \"10.1.0.200\", \"port\": 80}" },
		{ "service.delete", "{}" },
		{ "server.add", "{\"service\": \"web\", \"address\": \"10.2.0.21\"}" },
		{ "server.set", "{\"service\": \"web\", \"server\": \"10.2.0.29:80\"}" },
		{ "vip.add", "{\"address\": \"10.1.0.201\"}" },
		{ "service.nonsense", "{\"service\": \"web\"}" },
	};
	struct lb_conf *conf = fixture_good(file);

	for (size_t i = 0; i < sizeof(changes) / sizeof(changes[0]); i++) {
		json_t *given = json_loads(changes[i][1], 0, NULL);
		struct conf_edit_one one;

		CU_ASSERT_PTR_NULL(conf_edit_one(conf, changes[i][0], given, &one));
		json_decref(given);
	}
	lb_conf_destroy(conf);
}

static const struct unit_test tests[] = {
	UNIT_TEST(each_kind_of_change_gives_what_the_whole_gives),
	UNIT_TEST(what_is_refused_or_is_about_more_is_left_to_the_whole),
	UNIT_END,
};

const struct unit_suite unit_polluxd_edit_one = { "edit_one", tests };
