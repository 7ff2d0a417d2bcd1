/*
 * Changes by the management socket, and what a reload does to those that the file does not have.
 */

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "conf_json.h"
#include "director.h"
#include "rpc_bed.h"
#include "unit.h"

static struct director *director;

/* One service with one server. */
static void
begin(void)
{
	director = bed_begin(&(struct graph_setup){
		.connections = 4096,
		.services = "{ name = \"web\"; address = \"10.1.0.200\"; port = 80;"
			    "  servers = ( { address = \"10.2.0.21\"; } ); }",
	});
}

/* Ask, and be answered. */
static void
done(const char *method, const char *params)
{
	json_decref(bed_call(method, params));
}

/* Ask for what is refused with this word and sentence. */
static void
refused(const char *method, const char *params, const char *word, const char *sentence)
{
	const json_t *error;
	const char *said;
	json_t *json;

	bed_ask(method, params);
	json = bed_await(bed_turn_all);
	error = json_object_get(json, "error");
	CU_ASSERT_PTR_NOT_NULL_FATAL(error);
	said = json_string_value(json_object_get(error, "message"));
	CU_ASSERT_STRING_EQUAL(said, sentence);
	if (strcmp(said, sentence) != 0)
		printf("# wanted: %s\n# got:    %s\n", sentence, said);
	CU_ASSERT_STRING_EQUAL(
		json_string_value(json_object_get(json_object_get(error, "data"), "code")), word);
	json_decref(json);
}

/* The running configuration becomes the file. */
static void
save(const char *path)
{
	json_t *conf = conf_json(director->conf), *value;
	FILE *out = fopen(path, "w");
	const char *key;

	CU_ASSERT_PTR_NOT_NULL_FATAL(out);
	json_object_foreach(conf, key, value) {
		fprintf(out, "%s = ", key);
		conf_json_write(value, out);
		fputs(";\n", out);
	}
	fclose(out);
	json_decref(conf);
}

static void
begin_with_file(char path[96])
{
	begin();
	snprintf(path, 96, "%s/conf", bed_folder());
	director->path = path;
	save(path);
}

static void
end_with_file(const char *path)
{
	CU_ASSERT_EQUAL(unlink(path), 0);
	bed_end();
}

/* Reload; what is discarded is this list. Returns the revision. */
static json_int_t
reload(const char *params, const char *wanted)
{
	json_t *result = bed_call("config.reload", params), *want = json_loads(wanted, 0, NULL);
	json_int_t revision = json_integer_value(json_object_get(result, "revision"));

	CU_ASSERT_TRUE(json_equal(json_object_get(result, "discarded"), want));
	json_decref(result);
	json_decref(want);
	return revision;
}

#define WEIGHT "{\"service\":\"web\",\"server\":\"10.2.0.21:80\",\"weight\":7}"
#define ADDED "{\"service\":\"web\",\"address\":\"10.2.0.22\",\"port\":80,\"weight\":1}"

static json_int_t
weight(void)
{
	json_t *service = bed_call("service.get", "{\"name\":\"web\"}");
	json_t *server = json_array_get(json_object_get(service, "servers"), 0);
	json_int_t n = json_integer_value(json_object_get(server, "weight"));

	json_decref(service);
	return n;
}

static void
a_reload_tells_what_it_takes_back_once(void)
{
	char path[96];

	begin_with_file(path);
	CU_ASSERT_EQUAL(reload("{}", "[]"), 2);
	done("server.set", WEIGHT);
	done("server.add", ADDED);
	CU_ASSERT_EQUAL(reload("{}", "[{\"method\":\"server.set\",\"params\":" WEIGHT "},"
				     "{\"method\":\"server.add\",\"params\":" ADDED "}]"),
		5);
	CU_ASSERT_EQUAL(weight(), 1);
	CU_ASSERT_EQUAL(reload("{}", "[]"), 6);
	end_with_file(path);
}

static void
a_change_that_was_saved_is_not_discarded(void)
{
	char path[96];

	begin_with_file(path);
	done("server.set", WEIGHT);
	save(path);
	done("server.add", ADDED);
	reload("{}", "[{\"method\":\"server.add\",\"params\":" ADDED "}]");
	CU_ASSERT_EQUAL(weight(), 7);
	/* Compared is with the file that was read last. */
	done("server.set", "{\"service\":\"web\",\"server\":\"10.2.0.21:80\",\"weight\":1}");
	done("server.set", WEIGHT);
	reload("{}", "[]");
	end_with_file(path);
}

static void
a_dry_reload_tells_the_same_and_takes_nothing_back(void)
{
	char path[96];

	begin_with_file(path);
	done("server.set", WEIGHT);
	CU_ASSERT_EQUAL(
		reload("{\"dry_run\":true}", "[{\"method\":\"server.set\",\"params\":" WEIGHT "}]"),
		2);
	CU_ASSERT_EQUAL(weight(), 7);
	refused("config.reload", "{\"if_revision\":9}", "revision_mismatch",
		"revision 9 was asked for, but 2 is in force; look at it and ask again");
	CU_ASSERT_EQUAL(weight(), 7);
	reload("{\"if_revision\":2}", "[{\"method\":\"server.set\",\"params\":" WEIGHT "}]");
	end_with_file(path);
}

static void
a_reload_that_is_refused_takes_nothing_back(void)
{
	char path[96], wrong[128], sentence[256];
	FILE *file;

	begin_with_file(path);
	done("server.set", WEIGHT);
	snprintf(wrong, sizeof(wrong), "%s.wrong", path);
	file = fopen(wrong, "w");
	CU_ASSERT_PTR_NOT_NULL_FATAL(file);
	fputs("colour = 3;\n", file);
	fclose(file);
	director->path = wrong;
	snprintf(sentence, sizeof(sentence),
		"%s:1: unknown key \"colour\"; take it out, or use one of cpu, memory, ports, "
		"routes, transit, vips, vrrp, services, rpc, log",
		wrong);
	refused("config.reload", "{}", "invalid_configuration", sentence);
	CU_ASSERT_EQUAL(weight(), 7);
	CU_ASSERT_EQUAL(unlink(wrong), 0);
	director->path = path;
	reload("{}", "[{\"method\":\"server.set\",\"params\":" WEIGHT "}]");
	end_with_file(path);
}

static const struct unit_test tests[] = {
	UNIT_TEST(a_reload_tells_what_it_takes_back_once),
	UNIT_TEST(a_change_that_was_saved_is_not_discarded),
	UNIT_TEST(a_dry_reload_tells_the_same_and_takes_nothing_back),
	UNIT_TEST(a_reload_that_is_refused_takes_nothing_back),
	UNIT_END,
};

const struct unit_suite graph_rpc_change = { "rpc_change", tests };
