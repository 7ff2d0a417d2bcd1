/* Changes made to the configuration as JSON, and the way back to a configuration. */

#include <errno.h>

#include "conf_edit.h"
#include "conf_json.h"
#include "fixture.h"

#define WEB                                                                                        \
	NETS "services = ( { name = \"web\"; address = \"10.1.0.200\"; port = 80;\n"               \
	     "servers = ( { address = \"10.2.0.21\"; weight = 4; } ); } );\n"

static json_t *
json_of(const char *text)
{
	struct lb_conf *conf = fixture_good(text);
	json_t *json = conf_json(conf);

	CU_ASSERT_PTR_NOT_NULL_FATAL(json);
	lb_conf_destroy(conf);
	return json;
}

/* What the configuration is after a change; both are freed. */
static json_t *
after(json_t *conf, const char *method, const char *params)
{
	json_t *given = json_loads(params, 0, NULL), *result = NULL;
	struct lb_error err = { 0 };
	struct lb_conf *made;

	CU_ASSERT_PTR_NOT_NULL_FATAL(given);
	CU_ASSERT_EQUAL(conf_edit(conf, method, given, &err), 0);
	made = conf_edit_finish(conf, &err);
	CU_ASSERT_STRING_EQUAL(err.text, "");
	CU_ASSERT_PTR_NOT_NULL_FATAL(made);
	result = conf_json(made);
	lb_conf_destroy(made);
	json_decref(given);
	json_decref(conf);
	return result;
}

static void
refused(const char *method, const char *params, int code, const char *sentence)
{
	json_t *conf = json_of(WEB), *given = json_loads(params, JSON_ALLOW_NUL, NULL);
	struct lb_error err = { 0 };
	int ret = conf_edit(conf, method, given, &err);

	CU_ASSERT_PTR_NOT_NULL_FATAL(given);
	if (ret == 0)
		CU_ASSERT_PTR_NULL(conf_edit_finish(conf, &err));
	CU_ASSERT_EQUAL(err.code, code);
	CU_ASSERT_STRING_EQUAL(err.text, sentence);
	if (strcmp(err.text, sentence) != 0)
		printf("# wanted: %s\n# got:    %s\n", sentence, err.text);
	json_decref(given);
	json_decref(conf);
}

static const char *
text_at(const json_t *conf, const char *list, size_t i, const char *key)
{
	const json_t *object = json_array_get(json_object_get(conf, list), i);
	const char *text = json_string_value(json_object_get(object, key));

	return text == NULL ? "" : text;
}

static const json_t *
servers(const json_t *conf, size_t service)
{
	return json_object_get(
		json_array_get(json_object_get(conf, "services"), service), "servers");
}

static void
what_is_written_is_read_as_the_same(void)
{
	static const char *const files[] = { "conf/pollux.conf", "conf/examples/dr.conf",
		"conf/examples/nat.conf", "conf/examples/tun.conf", "conf/examples/pair.conf",
		"conf/examples/shop.conf", "conf/examples/caches.conf", "conf/examples/dns.conf",
		"conf/examples/maintenance.conf", "conf/examples/groups.conf",
		"conf/examples/pair-unicast.conf", "conf/examples/pair-ipv6.conf",
		"conf/examples/vip-only.conf" };
	char path[512];

	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		struct lb_error err = { 0 };
		struct lb_conf *first, *second;
		json_t *before, *behind;

		snprintf(path, sizeof(path), "%s/%s", POLLUX_SOURCE, files[i]);
		first = lb_conf_load(path, &err);
		CU_ASSERT_PTR_NOT_NULL_FATAL(first);
		before = conf_json(first);
		second = conf_edit_finish(before, &err);
		CU_ASSERT_STRING_EQUAL(err.text, "");
		CU_ASSERT_PTR_NOT_NULL_FATAL(second);
		behind = conf_json(second);
		CU_ASSERT_TRUE(json_equal(before, behind));
		json_decref(before);
		json_decref(behind);
		lb_conf_destroy(first);
		lb_conf_destroy(second);
	}
}

static void
service_is_added_changed_and_deleted(void)
{
	json_t *conf = json_of(WEB);

	conf = after(conf, "service.add",
		"{\"name\": \"dns\", \"address\": \"10.1.0.200\", \"port\": 53, "
		"\"protocol\": \"udp\", \"servers\": [{\"address\": \"10.2.0.22\"}]}");
	CU_ASSERT_STRING_EQUAL(text_at(conf, "services", 1, "name"), "dns");
	CU_ASSERT_STRING_EQUAL(text_at(conf, "services", 1, "scheduler"), "wrr");
	conf = after(
		conf, "service.set", "{\"service\": \"udp:10.1.0.200:53\", \"scheduler\": \"rr\"}");
	CU_ASSERT_STRING_EQUAL(text_at(conf, "services", 1, "scheduler"), "rr");
	CU_ASSERT_STRING_EQUAL(text_at(conf, "services", 0, "scheduler"), "wrr");
	conf = after(conf, "service.delete", "{\"service\": \"web\"}");
	CU_ASSERT_EQUAL(json_array_size(json_object_get(conf, "services")), 1);
	CU_ASSERT_STRING_EQUAL(text_at(conf, "services", 0, "name"), "dns");
	json_decref(conf);
}

static void
server_is_added_changed_and_deleted(void)
{
	json_t *conf = json_of(WEB);

	conf = after(conf, "server.add",
		"{\"service\": \"tcp:10.1.0.200:80\", \"address\": \"10.2.0.22\", \"weight\": 7}");
	CU_ASSERT_EQUAL(json_array_size(servers(conf, 0)), 2);
	conf = after(conf, "server.set",
		"{\"service\": \"web\", \"server\": \"10.2.0.21:80\", \"weight\": 0}");
	CU_ASSERT_EQUAL(
		json_integer_value(json_object_get(json_array_get(servers(conf, 0), 0), "weight")),
		0);
	conf = after(conf, "server.set",
		"{\"service\": \"web\", \"server\": \"10.2.0.22:80\", \"forward\": \"tun\"}");
	CU_ASSERT_STRING_EQUAL(
		json_string_value(json_object_get(json_array_get(servers(conf, 0), 1), "forward")),
		"tun");
	CU_ASSERT_PTR_NULL(json_object_get(json_array_get(servers(conf, 0), 0), "forward"));
	conf = after(conf, "server.delete", "{\"service\": \"web\", \"server\": \"10.2.0.21:80\"}");
	CU_ASSERT_EQUAL(json_array_size(servers(conf, 0)), 1);
	json_decref(conf);
}

static void
vips_and_routes_come_and_go(void)
{
	json_t *conf = json_of(WEB);

	conf = after(conf, "vip.add", "{\"address\": \"10.1.0.201\"}");
	CU_ASSERT_STRING_EQUAL(text_at(conf, "vips", 1, "address"), "10.1.0.201");
	conf = after(conf, "vip.delete", "{\"address\": \"10.1.0.201\"}");
	CU_ASSERT_EQUAL(json_array_size(json_object_get(conf, "vips")), 1);
	conf = after(conf, "route.add", "{\"to\": \"10.9.0.0/24\", \"via\": \"10.1.0.1\"}");
	CU_ASSERT_STRING_EQUAL(text_at(conf, "routes", 0, "to"), "10.9.0.0/24");
	conf = after(conf, "route.delete", "{\"to\": \"10.9.0.0/24\"}");
	CU_ASSERT_EQUAL(json_array_size(json_object_get(conf, "routes")), 0);
	json_decref(conf);
}

static void
what_is_not_there_is_named(void)
{
	refused("service.set", "{\"service\": \"mail\"}", ENOENT,
		"service \"mail\": there is none; service.list names them");
	refused("server.delete", "{\"service\": \"web\", \"server\": \"10.2.0.9:80\"}", ENOENT,
		"service \"web\": it has no server 10.2.0.9:80; service.get lists them");
	refused("vip.delete", "{\"address\": \"10.1.0.9\"}", ENOENT,
		"vip 10.1.0.9: there is none; vip.list shows them");
	refused("service.add", "{\"name\": \"web\"}", EEXIST,
		"service \"web\": it exists already; change it with service.set");
	refused("status", "{}", EINVAL,
		"\"status\" is no change of the configuration; take a method that adds, sets or "
		"deletes services, servers, VIPs or routes");
}

static void
nothing_gets_past_the_rules_of_the_file(void)
{
	refused("service.set", "{\"service\": \"web\", \"x = 1; y\": 1}", EINVAL,
		"\"x = 1; y\" is no key; a key is a word of letters, digits, _ and -");
	refused("service.set", "{\"service\": \"web\", \"name\": \"a\\u0000b\"}", EINVAL,
		"a string of the change has a NUL; take it out");
	refused("service.set", "{\"service\": \"web\", \"servers\": [null]}", EINVAL,
		"a value of the change is null, or nested too deep; leave it out");
}

/* A value cannot end its quotes: the whole of it is the name, which is refused as one. */
static void
value_stays_a_value(void)
{
	json_t *conf = json_of(WEB);
	json_t *given =
		json_pack("{s:s, s:s}", "service", "web", "scheduler", "rr\"; forward = \"nat\\");
	struct lb_error err = { 0 };
	struct lb_conf *made;

	CU_ASSERT_EQUAL(conf_edit(conf, "service.set", given, &err), 0);
	made = conf_edit_finish(conf, &err);
	CU_ASSERT_PTR_NOT_NULL_FATAL(made);
	CU_ASSERT_STRING_EQUAL(made->services[0].scheduler, "rr\"; forward = \"nat\\");
	CU_ASSERT_STRING_EQUAL(made->services[0].forward, "dr");
	lb_conf_destroy(made);
	json_decref(given);
	json_decref(conf);
}

static const struct unit_test tests[] = {
	UNIT_TEST(what_is_written_is_read_as_the_same),
	UNIT_TEST(service_is_added_changed_and_deleted),
	UNIT_TEST(server_is_added_changed_and_deleted),
	UNIT_TEST(vips_and_routes_come_and_go),
	UNIT_TEST(what_is_not_there_is_named),
	UNIT_TEST(nothing_gets_past_the_rules_of_the_file),
	UNIT_TEST(value_stays_a_value),
	UNIT_END,
};

const struct unit_suite unit_polluxd_edit = { "edit", tests };
