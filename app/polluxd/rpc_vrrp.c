/*
 * vrrp.list and vrrp.get: the instances, what state each is in and why, and what it has heard; and
 * a group as its members are.
 */

#include <errno.h>
#include <string.h>

#include "rpc_server.h"
#include "vrrp_clock.h"
#include "vrrp_run.h"

json_t *
rpc_vrrp_refused(const uint64_t *refused)
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

/* What the priority in effect, and the ability to serve, are made of. */
static json_t *
terms_json(const struct director *director, const struct vrrp_instance *instance)
{
	struct vrrp_term terms[VRRP_TERMS];
	uint32_t n = vrrp_track_terms(director, instance, terms);
	json_t *array = json_array();

	for (uint32_t i = 0; i < n; i++)
		json_array_append_new(
			array, json_pack("{s:s, s:s, s:i, s:s, s:i}", "kind",
				       lb_conf_track_key(terms[i].kind), "name", terms[i].name,
				       "weight", (int)terms[i].term.weight, "state",
				       terms[i].term.up ? "up" : "down", "adds",
				       instance->conf.priority == LB_VRRP_OWNER
					       ? 0
					       : lb_vrrp_term_adds(&terms[i].term)));
	return array;
}

static json_int_t
age_ms(uint64_t at_us)
{
	return (json_int_t)((vrrp_clock_us() - at_us) / 1000);
}

static json_t *
since_json(uint64_t since_us)
{
	return since_us == 0 ? json_null() : json_integer(age_ms(since_us));
}

static json_t *
text_or_null(const char *text)
{
	return text[0] == '\0' ? json_null() : json_string(text);
}

static json_t *
router_json(const struct lb_vrrp_router *router)
{
	json_t *adverts = json_object();
	char text[LB_ADDR_TEXT];

	for (int form = 0; form < LB_VRRP_FORMS; form++)
		if (router->adverts[form] != 0)
			json_object_set_new(adverts, lb_vrrp_form_name((enum lb_vrrp_form)form),
				json_integer((json_int_t)router->adverts[form]));
	return json_pack("{s:s, s:i, s:f, s:I, s:o}", "address", lb_addr_text(&router->addr, text),
		"priority", (int)router->priority, "interval_ms",
		(double)router->interval_us / 1000, "heard_ms", age_ms(router->heard_us), "adverts",
		adverts);
}

/* Who else there is, and what that means. */
static void
add_routers(json_t *object, const struct vrrp_instance *instance)
{
	const struct lb_vrrp_router *other =
		lb_vrrp_routers_other(&instance->routers, vrrp_clock_us());
	const char *waits = lb_vrrp_waits(&instance->machine, vrrp_clock_us());
	json_t *routers = json_array();
	char text[LB_ADDR_TEXT];

	for (size_t i = 0; i < LB_VRRP_ROUTERS; i++)
		if (instance->routers.list[i].addr.family != 0)
			json_array_append_new(routers, router_json(&instance->routers.list[i]));
	json_object_set_new(object, "version", json_integer(instance->conf.version));
	json_object_set_new(object, "waits", text_or_null(waits == NULL ? "" : waits));
	json_object_set_new(object, "other_active",
		other == NULL ? json_null() : json_string(lb_addr_text(&other->addr, text)));
	json_object_set_new(object, "routers", routers);
}

/* What people and groups have to do with it. */
static void
add_rule(json_t *object, const struct director *director, const struct vrrp_instance *instance)
{
	json_object_set_new(object, "configured", json_integer(instance->conf.priority));
	json_object_set_new(object, "override",
		instance->override == 0 ? json_null() : json_integer(instance->override));
	json_object_set_new(
		object, "standby", json_boolean(vrrp_track_stands_by(director, instance)));
	json_object_set_new(object, "group",
		instance->group == NULL ? json_null() : json_string(instance->group->name));
	json_object_set_new(object, "reason", text_or_null(instance->reason));
	json_object_set_new(object, "terms", terms_json(director, instance));
}

static json_t *
instance_json(const struct director *director, uint32_t i)
{
	struct vrrp_info info;
	json_t *object;

	vrrp_run_info(director, i, &info);
	object = json_pack("{s:s, s:s, s:i, s:i, s:s, s:f, s:o, s:I, s:I, s:I, s:o}", "name",
		info.name, "port", director->conf->ports[info.port].name, "vrid", (int)info.vrid,
		"priority", (int)info.priority, "state", info.state, "interval_ms",
		(double)info.learned_us / 1000, "since_ms", since_json(info.since_us), "sent",
		(json_int_t)info.sent, "unsent", (json_int_t)info.unsent, "received",
		(json_int_t)info.received, "refused", rpc_vrrp_refused(info.refused));
	if (object != NULL) {
		add_routers(object, info.instance);
		add_rule(object, director, info.instance);
	}
	return object;
}

/* Its members have its state, and its reasons. */
static json_t *
group_json(const struct director *director, const struct vrrp_group *group)
{
	const struct vrrp_instance *last = group->members[0];
	json_t *members = json_array();

	for (uint32_t i = 0; i < group->group.n; i++) {
		json_array_append_new(members, json_string(group->members[i]->name));
		if (group->members[i]->since_us > last->since_us)
			last = group->members[i];
	}
	return json_pack("{s:s, s:o, s:s, s:b, s:o, s:o, s:o}", "name", group->name, "members",
		members, "state", vrrp_run_state(director, last), "standby",
		vrrp_track_stands_by(director, last), "since_ms", since_json(last->since_us),
		"reason", text_or_null(last->reason), "terms", terms_json(director, last));
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
	struct director *director = arg;
	const struct vrrp_group *group = vrrp_run_find_group(director, name);
	struct lb_error err = { 0 };
	struct vrrp_info info;

	for (uint32_t i = 0; i < vrrp_run_count(director); i++) {
		vrrp_run_info(director, i, &info);
		if (strcmp(info.name, name) == 0) {
			lb_rpc_answer(call, instance_json(director, i));
			return;
		}
	}
	if (group != NULL) {
		lb_rpc_answer(call, group_json(director, group));
		return;
	}
	lb_error_set(&err, ENOENT,
		"instance \"%.80s\": there is none; give a name that vrrp.list shows", name);
	lb_rpc_fail(call, LB_RPC_REFUSED, RPC_UNKNOWN_INSTANCE, &err);
}
