/*
 * What config.get says and a change by RPC is made from: every key of the schema is written, and
 * what is written is read as the same. POLLUX_SOURCE is the source folder.
 */

#include <jansson.h>

#include "conf_edit.h"
#include "conf_json.h"
#include "conf_read.h"
#include "fixture.h"

static size_t faults;

static void check_keys(const json_t *object, const struct conf_key *keys);

/* Keys of a group, or of the groups in a list: each is in one of them. */
static void
check_below(const json_t *value, const struct conf_key *key)
{
	json_t *all, *element;
	size_t i;

	if (key->keys != NULL)
		check_keys(value, key->keys);
	if (key->list == NULL || key->list->keys == NULL ||
		!json_is_object(json_array_get(value, 0)))
		return;
	all = json_object();
	json_array_foreach(value, i, element)
		json_object_update_missing(all, element);
	check_keys(all, key->list->keys);
	json_decref(all);
}

static void
check_keys(const json_t *object, const struct conf_key *keys)
{
	for (const struct conf_key *key = keys; key->name != NULL; key++) {
		const json_t *value = json_object_get(object, key->name);

		if (value == NULL) {
			printf("# %s is not written\n", key->name);
			faults++;
			continue;
		}
		check_below(value, key);
	}
}

/* One in whose lists the elements have every key, none with its default's absence. */
static struct lb_conf *
whole(void)
{
	struct lb_error err = { 0 };
	struct lb_conf *conf = lb_conf_load(POLLUX_SOURCE "/conf/pollux.conf", &err);

	CU_ASSERT_PTR_NOT_NULL_FATAL(conf);
	conf->ports[0].rx_queues = 1; /* 0 stands for what the device has, and is not written */
	return conf;
}

static void
every_key_is_written(void)
{
	struct lb_conf *conf = whole();
	json_t *json = conf_json(conf);

	faults = 0;
	check_keys(json, conf_root_keys);
	CU_ASSERT_EQUAL(faults, 0);
	json_decref(json);
	lb_conf_destroy(conf);
}

/* Give every number and word of a service another value than its default. */
static void
change_service(struct lb_conf_service *service)
{
	service->persistence_ms = 5000;
	service->persistence_prefix = 24;
	service->unknown = LB_CONF_UNKNOWN_DROP;
	for (size_t i = 0; i < LB_CONF_TIMEOUTS; i++)
		service->timeouts.ms[i] = 1000 + (uint32_t)i;
	service->servers[0].weight = 7;
}

static void
what_is_no_default_is_written_too(void)
{
	struct lb_conf *conf = whole(), *again;
	struct lb_error err = { 0 };
	json_t *json, *other;

	change_service(&conf->services[0]);
	conf->services[1].one_packet = true;
	for (size_t i = 0; i < LB_CONF_TIMEOUTS; i++)
		conf->timeouts.ms[i] = 2000 + (uint32_t)i;
	json = conf_json(conf);
	again = conf_edit_finish(json, &err);
	CU_ASSERT_PTR_NOT_NULL_FATAL(again);
	other = conf_json(again);
	CU_ASSERT_TRUE(json_equal(json, other));
	CU_ASSERT_EQUAL(again->services[0].persistence_ms, 5000);
	CU_ASSERT_EQUAL(again->services[0].servers[0].weight, 7);
	json_decref(json);
	json_decref(other);
	lb_conf_destroy(conf);
	lb_conf_destroy(again);
}

static const struct unit_test tests[] = {
	UNIT_TEST(every_key_is_written),
	UNIT_TEST(what_is_no_default_is_written_too),
	UNIT_END,
};

const struct unit_suite unit_polluxd_written = { "written", tests };
