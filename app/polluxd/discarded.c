/*
 * A comparison of three: what differs between the running configuration and the file as it was read
 * last was changed by RPC; what of that differs from the file as it is now is lost. Objects are
 * compared key by key, so that a weight that was set is told as such. What somebody changed and
 * changed back, or wrote to the file as well, is not told.
 *
 * Services that the running configuration shares with the file as it was read last, or has alike,
 * are left out from the beginning: of many only few are ever changed by RPC.
 *
 * Whoever wants the changes back gives the list to config.apply: changes that take away come first.
 */

#include "discarded.h"

#include <stdlib.h>
#include <string.h>

#include "conf_json.h"
#include "lb_log.h"

/* So many changes are logged one by one. */
#define LOG_MAX 20

/* One thing in the three configurations; NULL: it is not there. */
struct three {
	const json_t *file;
	const json_t *running;
	const json_t *next;
};

static struct three
member(const struct three *of, const char *key)
{
	return (struct three){
		.file = json_object_get(of->file, key),
		.running = json_object_get(of->running, key),
		.next = json_object_get(of->next, key),
	};
}

static bool
is_same(const json_t *a, const json_t *b)
{
	return a == NULL || b == NULL ? a == b : json_equal(a, b);
}

static bool
is_lost(const struct three *it)
{
	return !is_same(it->running, it->file) && !is_same(it->running, it->next);
}

/* Taken away by RPC, and in the file again. */
static bool
comes_back(const struct three *it)
{
	return it->file != NULL && it->running == NULL && it->next != NULL;
}

static void
tell(json_t *out, const char *method, json_t *params)
{
	json_array_append_new(out, json_pack("{s:s, s:o}", "method", method, "params", params));
}

/* The objects of a list by the value of a key; key NULL: by address and port. */
static json_t *
by_key(const json_t *list, const char *key)
{
	json_t *index = json_object(), *object;
	char text[CONF_JSON_TEXT];
	size_t i;

	json_array_foreach((json_t *)list, i, object)
		json_object_set(index,
			key == NULL ? conf_json_endpoint(object, text)
				    : json_string_value(json_object_get(object, key)),
			object);
	return index;
}

/* The three lists that `of` has at a name. The caller releases them. */
static struct three
index_three(const struct three *of, const char *name, const char *key)
{
	return (struct three){
		.file = by_key(json_object_get(of->file, name), key),
		.running = by_key(json_object_get(of->running, name), key),
		.next = by_key(json_object_get(of->next, name), key),
	};
}

static void
release(struct three *it)
{
	json_decref((json_t *)it->file);
	json_decref((json_t *)it->running);
	json_decref((json_t *)it->next);
}

/* Add those keys that are lost; returns whether there are any. */
static bool
put_lost(json_t *params, const struct three *of)
{
	size_t before = json_object_size(params);
	const char *key;
	json_t *value;

	json_object_foreach((json_t *)of->running, key, value) {
		struct three it = member(of, key);

		if (strcmp(key, "servers") != 0 && is_lost(&it))
			json_object_set(params, key, value);
	}
	return json_object_size(params) > before;
}

static void
tell_server(json_t *out, const char *service, const char *name, const struct three *it)
{
	json_t *params = json_pack("{s:s}", "service", service);

	if (it->file == NULL && it->next == NULL) {
		json_object_update(params, (json_t *)it->running);
		tell(out, "server.add", params);
		return;
	}
	json_object_set_new(params, "server", json_string(name));
	put_lost(params, it);
	tell(out, "server.set", params);
}

static void
tell_servers(json_t *out, const char *service, const struct three *of)
{
	struct three servers = index_three(of, "servers", NULL);
	const char *name;
	json_t *value;

	json_object_foreach((json_t *)servers.file, name, value) {
		struct three it = member(&servers, name);

		if (comes_back(&it))
			tell(out, "server.delete",
				json_pack("{s:s, s:s}", "service", service, "server", name));
	}
	json_object_foreach((json_t *)servers.running, name, value) {
		struct three it = member(&servers, name);

		if (is_lost(&it))
			tell_server(out, service, name, &it);
	}
	release(&servers);
}

static void
tell_service(json_t *out, const char *name, const struct three *it)
{
	json_t *params;

	if (it->file == NULL && it->next == NULL) {
		tell(out, "service.add", json_copy((json_t *)it->running));
		return;
	}
	params = json_pack("{s:s}", "service", name);
	if (put_lost(params, it))
		tell(out, "service.set", json_incref(params));
	json_decref(params);
	tell_servers(out, name, it);
}

static void
tell_services(json_t *out, const struct three *confs)
{
	struct three services = index_three(confs, "services", "name");
	const char *name;
	json_t *value;

	json_object_foreach((json_t *)services.file, name, value) {
		struct three it = member(&services, name);

		if (comes_back(&it))
			tell(out, "service.delete", json_pack("{s:s}", "service", name));
	}
	json_object_foreach((json_t *)services.running, name, value) {
		struct three it = member(&services, name);

		if (is_lost(&it))
			tell_service(out, name, &it);
	}
	release(&services);
}

/* A list whose objects are only added and deleted. */
struct plain {
	const char *list;
	const char *key;
	const char *add;
	const char *delete;
};

static void
tell_plain(json_t *out, const struct plain *plain, const struct three *confs)
{
	struct three lists = index_three(confs, plain->list, plain->key);
	const char *key;
	json_t *value;

	json_object_foreach((json_t *)lists.file, key, value) {
		struct three it = member(&lists, key);

		if (comes_back(&it))
			tell(out, plain->delete, json_pack("{s:s}", plain->key, key));
	}
	json_object_foreach((json_t *)lists.running, key, value) {
		struct three it = member(&lists, key);

		if (!is_lost(&it))
			continue;
		if (it.next != NULL)
			tell(out, plain->delete, json_pack("{s:s}", plain->key, key));
		tell(out, plain->add, json_copy(value));
	}
	release(&lists);
}

/* All but the services. */
static json_t *
rest_of(const struct lb_conf *conf)
{
	struct lb_conf rest = *conf;

	rest.services_n = 0;
	return conf_json(&rest);
}

/* Whether two services of one name are alike; NULL: there is none. */
static bool
is_alike(const struct lb_conf_service *a, const struct lb_conf_service *b)
{
	json_t *first, *second;
	bool alike;

	if (a == NULL || b == NULL)
		return false;
	if (a->name == b->name)
		return true;
	first = conf_json_service(a);
	second = conf_json_service(b);
	alike = json_equal(first, second);
	json_decref(first);
	json_decref(second);
	return alike;
}

static void
add_service(const json_t *conf, const struct lb_conf_service *service)
{
	if (service != NULL)
		json_array_append_new(
			json_object_get(conf, "services"), conf_json_service(service));
}

/* Of each configuration the services by which the first two differ. */
static void
add_services(const struct three *out, const struct lb_conf *file, const struct lb_conf *running,
	const struct lb_conf *next)
{
	for (size_t i = 0; i < file->services_n; i++) {
		const struct lb_conf_service *service = &file->services[i];

		if (is_alike(service, lb_conf_find_service(running, service->name)))
			continue;
		add_service(out->file, service);
		add_service(out->next, lb_conf_find_service(next, service->name));
	}
	for (size_t i = 0; i < running->services_n; i++) {
		const struct lb_conf_service *service = &running->services[i];
		const struct lb_conf_service *was = lb_conf_find_service(file, service->name);

		if (is_alike(was, service))
			continue;
		add_service(out->running, service);
		if (was == NULL)
			add_service(out->next, lb_conf_find_service(next, service->name));
	}
}

json_t *
discarded_changes(
	const struct lb_conf *file, const struct lb_conf *running, const struct lb_conf *next)
{
	static const struct plain vips = { "vips", "address", "vip.add", "vip.delete" };
	static const struct plain routes = { "routes", "to", "route.add", "route.delete" };
	struct three confs;
	json_t *out = json_array();

	if (file == running) /* as it is nearly always */
		return out;
	confs = (struct three){ rest_of(file), rest_of(running), rest_of(next) };
	add_services(&confs, file, running, next);
	tell_plain(out, &vips, &confs);
	tell_plain(out, &routes, &confs);
	tell_services(out, &confs);
	release(&confs);
	return out;
}

void
discarded_log(const json_t *changes)
{
	size_t n = json_array_size(changes);

	for (size_t i = 0; i < n && i < LOG_MAX; i++) {
		const json_t *change = json_array_get(changes, i);
		char *params = json_dumps(json_object_get(change, "params"), JSON_COMPACT);

		lb_log(LB_LOG_WARN, "reload: discarded %s %s",
			json_string_value(json_object_get(change, "method")),
			params == NULL ? "" : params);
		free(params);
	}
	if (n > LOG_MAX)
		lb_log(LB_LOG_WARN, "reload: discarded %zu changes more", n - LOG_MAX);
}
