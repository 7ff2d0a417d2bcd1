/*
 * Each kind of change is a function over two JSON values. A service is found by its name or as
 * "tcp:10.1.0.100:80", a server as "10.2.0.21:8080".
 */

#include "conf_edit.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "conf_json.h"

/* Deeper than any configuration; what clients send is not taken deeper. */
#define DEPTH_MAX 8

/* Keys in params that say which object is meant, or how, not what it is to be. */
static const char *const selectors[] = { "service", "server", "if_revision", "dry_run", NULL };

static const char *
get(const json_t *object, const char *key)
{
	const char *text = json_string_value(json_object_get(object, key));

	return text == NULL ? "" : text;
}

static bool
is_service(const json_t *service, const char *wanted)
{
	char at[CONF_JSON_TEXT], whole[CONF_JSON_TEXT + 8];

	snprintf(whole, sizeof(whole), "%s:%s", get(service, "protocol"),
		conf_json_endpoint(service, at));
	return strcmp(get(service, "name"), wanted) == 0 || strcmp(whole, wanted) == 0;
}

/* Index of the service that params name; negative: -errno with the sentence. */
static int
find_service(const json_t *conf, const json_t *params, struct lb_error *err)
{
	const json_t *service;
	size_t i;

	json_array_foreach(json_object_get(conf, "services"), i, service)
		if (is_service(service, get(params, "service")))
			return (int)i;
	return lb_error_set(err, ENOENT, "service \"%s\": there is none; service.list names them",
		get(params, "service"));
}

static int
find_server(const json_t *service, const json_t *params, struct lb_error *err)
{
	const json_t *server;
	char at[CONF_JSON_TEXT];
	size_t i;

	json_array_foreach(json_object_get(service, "servers"), i, server)
		if (strcmp(conf_json_endpoint(server, at), get(params, "server")) == 0)
			return (int)i;
	return lb_error_set(err, ENOENT,
		"service \"%s\": it has no server %s; service.get lists them", get(service, "name"),
		get(params, "server"));
}

/* Put every key of params that is no selector into object. */
static void
merge(json_t *object, const json_t *params)
{
	const char *key;
	json_t *value;

	json_object_foreach((json_t *)params, key, value) {
		bool selects = false;

		for (size_t i = 0; selectors[i] != NULL; i++)
			selects |= strcmp(key, selectors[i]) == 0;
		if (!selects)
			json_object_set(object, key, value);
	}
}

static int
append(json_t *list, const json_t *params)
{
	json_t *object = json_object();

	merge(object, params);
	return json_array_append_new(list, object) == 0 ? 0 : -ENOMEM;
}

static int
service_add(json_t *conf, const json_t *params, struct lb_error *err)
{
	const json_t *service;
	size_t i;

	json_array_foreach(json_object_get(conf, "services"), i, service)
		if (is_service(service, get(params, "name")))
			return lb_error_set(err, EEXIST,
				"service \"%s\": it exists already; change it with service.set",
				get(params, "name"));
	return append(json_object_get(conf, "services"), params);
}

static int
service_set(json_t *conf, const json_t *params, struct lb_error *err)
{
	int i = find_service(conf, params, err);

	if (i < 0)
		return i;
	merge(json_array_get(json_object_get(conf, "services"), (size_t)i), params);
	return 0;
}

static int
service_delete(json_t *conf, const json_t *params, struct lb_error *err)
{
	int i = find_service(conf, params, err);

	return i < 0 ? i : json_array_remove(json_object_get(conf, "services"), (size_t)i);
}

static json_t *
service_of(json_t *conf, const json_t *params, struct lb_error *err)
{
	int i = find_service(conf, params, err);

	return i < 0 ? NULL : json_array_get(json_object_get(conf, "services"), (size_t)i);
}

static int
server_add(json_t *conf, const json_t *params, struct lb_error *err)
{
	json_t *service = service_of(conf, params, err);

	return service == NULL ? -ENOENT : append(json_object_get(service, "servers"), params);
}

static int
server_set(json_t *conf, const json_t *params, struct lb_error *err)
{
	json_t *service = service_of(conf, params, err);
	int i = service == NULL ? -ENOENT : find_server(service, params, err);

	if (i < 0)
		return i;
	merge(json_array_get(json_object_get(service, "servers"), (size_t)i), params);
	return 0;
}

static int
server_delete(json_t *conf, const json_t *params, struct lb_error *err)
{
	json_t *service = service_of(conf, params, err);
	int i = service == NULL ? -ENOENT : find_server(service, params, err);

	return i < 0 ? i : json_array_remove(json_object_get(service, "servers"), (size_t)i);
}

static int
list_delete(
	json_t *list, const char *what, const char *key, const json_t *params, struct lb_error *err)
{
	const json_t *object;
	size_t i;

	json_array_foreach(list, i, object)
		if (strcmp(get(object, key), get(params, key)) == 0)
			return json_array_remove(list, i);
	return lb_error_set(err, ENOENT, "%s %s: there is none; %s.list shows them", what,
		get(params, key), what);
}

static int
vip_add(json_t *conf, const json_t *params, struct lb_error *err)
{
	(void)err;
	return append(json_object_get(conf, "vips"), params);
}

static int
vip_delete(json_t *conf, const json_t *params, struct lb_error *err)
{
	return list_delete(json_object_get(conf, "vips"), "vip", "address", params, err);
}

static int
route_add(json_t *conf, const json_t *params, struct lb_error *err)
{
	(void)err;
	return append(json_object_get(conf, "routes"), params);
}

static int
route_delete(json_t *conf, const json_t *params, struct lb_error *err)
{
	return list_delete(json_object_get(conf, "routes"), "route", "to", params, err);
}

static const struct {
	const char *method;
	int (*edit)(json_t *conf, const json_t *params, struct lb_error *err);
} edits[] = {
	{ "service.add", service_add },
	{ "service.set", service_set },
	{ "service.delete", service_delete },
	{ "server.add", server_add },
	{ "server.set", server_set },
	{ "server.delete", server_delete },
	{ "vip.add", vip_add },
	{ "vip.delete", vip_delete },
	{ "route.add", route_add },
	{ "route.delete", route_delete },
};

int
conf_edit(json_t *conf, const char *method, const json_t *params, struct lb_error *err)
{
	for (size_t i = 0; i < sizeof(edits) / sizeof(edits[0]); i++)
		if (strcmp(edits[i].method, method) == 0)
			return edits[i].edit(conf, params, err);
	return lb_error_set(err, EINVAL,
		"\"%s\" is no change of the configuration; take a method that adds, sets or "
		"deletes services, servers, VIPs or routes",
		method);
}

static bool
is_key(const char *key)
{
	size_t letters =
		strspn(key, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-");

	return letters > 0 && key[letters] == '\0' && strspn(key, "0123456789_-") == 0;
}

/* Whether it can be written in libconfig's language: keys are words, strings have no NUL. */
static int
check(const json_t *json, unsigned int depth, struct lb_error *err)
{
	const json_t *value;
	const char *key;
	size_t i;
	int ret = 0;

	if (depth > DEPTH_MAX || json_is_null(json))
		return lb_error_set(err, EINVAL,
			"a value of the change is null, or nested too deep; leave it out");
	if (json_is_string(json) && strlen(json_string_value(json)) != json_string_length(json))
		return lb_error_set(err, EINVAL, "a string of the change has a NUL; take it out");
	json_array_foreach(json, i, value)
		if (ret == 0)
			ret = check(value, depth + 1, err);
	json_object_foreach((json_t *)json, key, value) {
		if (ret == 0 && !is_key(key))
			ret = lb_error_set(err, EINVAL,
				"\"%s\" is no key; a key is a word of letters, digits, _ and -",
				key);
		if (ret == 0)
			ret = check(value, depth + 1, err);
	}
	return ret;
}

char *
conf_edit_text(const json_t *conf, size_t *n, struct lb_error *err)
{
	const char *key;
	json_t *value;
	char *text = NULL;
	FILE *out;

	if (check(conf, 0, err) != 0)
		return NULL;
	out = open_memstream(&text, n);
	if (out == NULL) {
		lb_error_set(err, ENOMEM, "out of memory for the change; nothing has changed");
		return NULL;
	}
	json_object_foreach((json_t *)conf, key, value) {
		fprintf(out, "%s = ", key);
		conf_json_write(value, out);
		fputs(";\n", out);
	}
	if (fclose(out) == 0)
		return text;
	lb_error_set(err, ENOMEM, "out of memory for the change; nothing has changed");
	free(text);
	return NULL;
}

struct lb_conf *
conf_edit_finish(const json_t *conf, struct lb_error *err)
{
	struct lb_conf *made;
	size_t n = 0;
	char *text = conf_edit_text(conf, &n, err);

	if (text == NULL)
		return NULL;
	made = lb_conf_parse("", text, n, err);
	free(text);
	return made;
}
