/*
 * A configuration from another that differs in one service. The list of services is copied, which
 * is quick; the service is read and checked as one of a file is, and what it says stands in memory
 * of its own, which later configurations share as long as they have it.
 */

#include <errno.h>
#include <string.h>

#include <libconfig.h>

#include "conf_arena.h"
#include "conf_check.h"
#include "conf_fault.h"
#include "conf_index.h"
#include "conf_read.h"

/* A copy with room for n services, of which none is there yet; all else is shared. */
static struct lb_conf *
copy_without_services(const struct lb_conf *conf, size_t n, struct lb_error *err)
{
	struct conf_arena *arena = conf_arena_create();
	struct lb_conf *copy = arena == NULL ? NULL : conf_arena_alloc(arena, sizeof(*copy));
	struct lb_conf_service *services =
		copy == NULL ? NULL : conf_arena_alloc(arena, n * sizeof(*services));

	if (services == NULL) {
		conf_arena_destroy(arena);
		conf_fault_memory(err);
		return NULL;
	}
	*copy = *conf;
	copy->services = services;
	copy->services_n = 0;
	copy->arena = arena;
	copy->base = conf_arena_share(conf->base != NULL ? conf->base : conf->arena);
	return copy;
}

/* Append the services from..to of another configuration. */
static void
share_services(struct lb_conf *copy, const struct lb_conf *conf, size_t from, size_t to)
{
	struct lb_conf_service *services = &copy->services[copy->services_n];

	memcpy(services, &conf->services[from], (to - from) * sizeof(*services));
	copy->services_n += to - from;
	for (size_t i = 0; i < to - from; i++)
		if (services[i].arena != NULL)
			conf_arena_share(services[i].arena);
}

static int
read_list(struct conf_reader *reader, const char *bytes, struct lb_conf *made)
{
	config_t tree;
	int rc = -EINVAL;

	config_init(&tree);
	if (config_read_string(&tree, bytes) == CONFIG_TRUE)
		rc = conf_read_services(
			reader, conf_member(config_root_setting(&tree), "services"), made);
	config_destroy(&tree);
	if (rc == 0 && made->services_n != 1)
		rc = -EINVAL;
	return rc == 0 ? 0 : lb_error_set(reader->err, -rc, "a list of one service is not there");
}

/* Append the one service that a text has, with an arena of its own. */
static int
read_service(struct lb_conf *copy, char *bytes, size_t n, struct lb_error *err)
{
	struct conf_arena *arena = conf_arena_create();
	struct lb_conf made = { 0 };
	struct conf_text text;
	struct conf_reader reader = { .conf = copy, .arena = arena, .text = &text, .err = err };
	int rc;

	if (arena == NULL)
		return conf_fault_memory(err);
	rc = conf_text_take(&text, "", bytes, n, arena, err);
	if (rc == 0)
		rc = read_list(&reader, text.bytes, &made);
	conf_text_fini(&text);
	if (rc != 0) {
		conf_arena_destroy(arena);
		return rc;
	}
	copy->services[copy->services_n] = made.services[0];
	copy->services[copy->services_n++].arena = arena;
	return 0;
}

/* Number `at` of conf, or nobody, has the name and the place of a service. */
static bool
is_free(const struct lb_conf *conf, size_t at, const struct lb_conf_service *service)
{
	const struct lb_conf_service *name = lb_conf_find_service(conf, service->name);
	const struct lb_conf_service *place =
		lb_conf_find_service_at(conf, service->protocol, &service->at);

	return (name == NULL || name == &conf->services[at]) &&
	       (place == NULL || place == &conf->services[at]);
}

static bool
tracks_services(const struct lb_conf *conf)
{
	for (size_t i = 0; i < conf->tracked_n; i++)
		if (conf->tracked[i].kind == LB_CONF_TRACK_SERVICE)
			return true;
	return false;
}

/* Whether a service can be judged without the others: they share nothing but their addresses. */
static bool
stands_alone(const struct lb_conf *conf, size_t at, const struct lb_conf_service *service)
{
	const struct lb_conf_service *old = at < conf->services_n ? &conf->services[at] : NULL;

	if (service->matches_n != 0 || (old != NULL && old->matches_n != 0))
		return false;
	return old == NULL || strcmp(old->name, service->name) == 0 || !tracks_services(conf);
}

static int
check(struct lb_conf *copy, size_t at, struct lb_error *err)
{
	struct conf_check check = { .conf = copy, .err = err };
	const struct conf_subnet *other;
	int rc = conf_nets_init(&check.nets, copy);

	if (rc != 0)
		return conf_fault_memory(err);
	conf_nets_settle(&check.nets, &other);
	conf_nets_sort_owns(&check.nets);
	rc = conf_check_service(&check, &copy->services[at]);
	conf_nets_fini(&check.nets);
	return rc;
}

static struct lb_conf *
finish(struct lb_conf *copy, int rc, struct lb_error *err)
{
	if (rc == 0 && conf_index_make(copy, copy->arena) != 0)
		rc = conf_fault_memory(err);
	if (rc == 0)
		return copy;
	lb_conf_destroy(copy);
	return NULL;
}

struct lb_conf *
lb_conf_with_service(
	const struct lb_conf *conf, size_t at, char *bytes, size_t n, struct lb_error *err)
{
	struct lb_conf *copy = copy_without_services(conf, conf->services_n + 1, err);
	int rc;

	if (copy == NULL)
		return NULL;
	share_services(copy, conf, 0, at);
	rc = read_service(copy, bytes, n, err);
	if (rc == 0 && at < conf->services_n)
		share_services(copy, conf, at + 1, conf->services_n);
	if (rc == 0 && (!stands_alone(conf, at, &copy->services[at]) ||
			       !is_free(conf, at, &copy->services[at])))
		rc = lb_error_set(err, EXDEV, "service \"%s\": others have to be looked at too",
			copy->services[at].name);
	if (rc == 0)
		rc = check(copy, at, err);
	return finish(copy, rc, err);
}

struct lb_conf *
lb_conf_without_service(const struct lb_conf *conf, size_t at, struct lb_error *err)
{
	struct lb_conf *copy = copy_without_services(conf, conf->services_n, err);
	int rc = 0;

	if (copy == NULL)
		return NULL;
	share_services(copy, conf, 0, at);
	share_services(copy, conf, at + 1, conf->services_n);
	if (conf->services[at].matches_n != 0 || tracks_services(conf))
		rc = lb_error_set(err, EXDEV, "service \"%s\": others have to be looked at too",
			conf->services[at].name);
	return finish(copy, rc, err);
}
