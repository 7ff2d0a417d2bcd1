/*
 * config.get shows the running configuration with its defaults. config.check reads a file in a work
 * thread and changes nothing; config.reload reads polluxd's own file anew and applies it.
 */

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "conf_json.h"
#include "lb_work.h"
#include "memory.h"
#include "rpc_json.h"
#include "rpc_server.h"

/* Add the next server of a service that was added before, or the next service. */
static bool
config_step(struct rpc_list *list)
{
	const struct lb_conf *conf = list->director->conf;
	const struct lb_conf_service *service;
	json_t *item;

	if (list->at >= conf->services_n)
		return false;
	service = &conf->services[list->at];
	if (list->part == 0)
		rpc_list_add(list, rpc_json_service(service));
	item = json_array_get(list->items, json_array_size(list->items) - 1);
	if (list->part < service->servers_n &&
		json_array_append_new(json_object_get(item, "servers"),
			rpc_json_server(&service->servers[list->part++])) != 0)
		list->failed = true;
	if (list->part >= service->servers_n) {
		list->at++;
		list->part = 0;
	}
	return true;
}

/* All but the services, however many there are; then those that were made piece by piece. */
static json_t *
config_result(struct rpc_list *list, json_t *items)
{
	struct lb_conf rest = *list->director->conf;
	json_t *conf;

	rest.services_n = 0;
	conf = conf_json(&rest);
	if (json_object_set_new(conf, "services", items) == 0)
		return json_pack(
			"{s:o, s:I}", "config", conf, "revision", (json_int_t)list->revision);
	json_decref(conf);
	return NULL;
}

void
rpc_config_get(struct lb_rpc_call *call, json_t *params, void *director)
{
	static const struct rpc_list_ops ops = { .step = config_step, .result = config_result };

	(void)params;
	rpc_list_start(director, call, &(struct rpc_list){ .ops = &ops, .limit = UINT32_MAX });
}

/* A file to be checked. It needs nothing of the director, so it may outlive it. */
struct check {
	struct lb_work work;
	struct lb_rpc_call *call;
	char *file;
	struct lb_error err;
	json_int_t services;
	json_int_t mb;
};

static void
check_in_thread(uv_work_t *work)
{
	struct check *check = work->data;
	struct lb_conf *conf;

	conf = lb_conf_load(check->file, &check->err);
	if (conf != NULL && director_check(conf, NULL, &check->err) == 0 &&
		memory_check(conf, &check->err) == 0) {
		check->services = (json_int_t)conf->services_n;
		check->mb = conf->memory.mb != 0 ? conf->memory.mb : memory_plan(conf).mb;
	}
	lb_conf_destroy(conf);
}

static void
check_done(uv_work_t *work, int status)
{
	struct check *check = work->data;

	(void)status;
	if (check->err.code != 0)
		lb_rpc_fail(check->call, LB_RPC_REFUSED, RPC_INVALID_CONFIGURATION, &check->err);
	else
		lb_rpc_answer(
			check->call, json_pack("{s:s, s:I, s:I}", "file", check->file, "services",
					     check->services, "memory_mb", check->mb));
	free(check->file);
	free(check);
}

void
rpc_config_check(struct lb_rpc_call *call, json_t *params, void *arg)
{
	const char *file = json_string_value(json_object_get(params, "file"));
	struct director *director = arg;
	struct lb_error err = { 0 };
	struct check *check;

	if (file[0] != '/') {
		lb_error_set(&err, EINVAL,
			"parameter \"file\" is \"%.200s\"; give a path that starts with /", file);
		rpc_refuse_params(call, &err);
		return;
	}
	check = calloc(1, sizeof(*check));
	if (check == NULL || (check->file = strdup(file)) == NULL) {
		free(check);
		lb_rpc_answer(call, NULL);
		return;
	}
	check->call = call;
	check->work.uv.data = check;
	lb_work_queue(
		lb_control_loop(director->control), &check->work, check_in_thread, check_done);
}

void
rpc_config_reload(struct lb_rpc_call *call, json_t *params, void *director)
{
	rpc_change_start(call, NULL, params, director);
}
