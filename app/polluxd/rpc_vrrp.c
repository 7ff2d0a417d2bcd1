/* vrrp.list and vrrp.get: the instances, what state each is in and what it has heard. */

#include <errno.h>
#include <string.h>

#include "rpc_server.h"
#include "vrrp_clock.h"
#include "vrrp_run.h"

/* Adverts that were ignored, by the word of the reason; those that never came are left out. */
static json_t *
refused_json(const uint64_t *refused)
{
	json_t *object = json_object();

	for (unsigned int i = LB_VRRP_TAKEN + 1; i < LB_VRRP_REFUSALS; i++) {
		if (refused[i] == 0)
			continue;
		if (json_object_set_new(object, lb_vrrp_refusal_name(i),
			    json_integer((json_int_t)refused[i])) != 0) {
			json_decref(object);
			return NULL;
		}
	}
	return object;
}

static json_t *
instance_json(const struct director *director, uint32_t i)
{
	struct vrrp_info info;
	json_t *since;

	vrrp_run_info(director, i, &info);
	since = info.since_us == 0
			? json_null()
			: json_integer((json_int_t)((vrrp_clock_us() - info.since_us) / 1000));
	return json_pack("{s:s, s:s, s:i, s:i, s:s, s:f, s:o, s:I, s:I, s:o}", "name", info.name,
		"port", director->conf->ports[info.port].name, "vrid", (int)info.vrid, "priority",
		(int)info.priority, "state", info.state, "interval_ms",
		(double)info.learned_us / 1000, "since_ms", since, "sent", (json_int_t)info.sent,
		"received", (json_int_t)info.received, "refused", refused_json(info.refused));
}

static bool
vrrp_step(struct rpc_list *list)
{
	if (list->at >= vrrp_run_count(list->director))
		return false;
	rpc_list_add(list, instance_json(list->director, (uint32_t)list->at));
	list->at++;
	return true;
}

void
rpc_vrrp_list(struct lb_rpc_call *call, json_t *params, void *director)
{
	static const struct rpc_list_ops ops = { .step = vrrp_step };

	rpc_list_page(director, call, params, &ops);
}

void
rpc_vrrp_get(struct lb_rpc_call *call, json_t *params, void *arg)
{
	const char *name = json_string_value(json_object_get(params, "name"));
	const struct director *director = arg;
	struct lb_error err = { 0 };
	struct vrrp_info info;

	for (uint32_t i = 0; i < vrrp_run_count(director); i++) {
		vrrp_run_info(director, i, &info);
		if (strcmp(info.name, name) == 0) {
			lb_rpc_answer(call, instance_json(director, i));
			return;
		}
	}
	lb_error_set(&err, ENOENT,
		"instance \"%.80s\": there is none; give a name that vrrp.list shows", name);
	lb_rpc_fail(call, LB_RPC_REFUSED, RPC_UNKNOWN_INSTANCE, &err);
}
