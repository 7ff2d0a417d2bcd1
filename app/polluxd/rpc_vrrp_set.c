/*
 * vrrp.set: what people want of instances while polluxd runs: another priority, or that they serve
 * nothing. A group stands by as a whole, so a member's name stands for all of them there.
 */

#include <errno.h>

#include "rpc_server.h"
#include "vrrp_run.h"

/* What is asked for, of whom. */
struct wish {
	struct vrrp_instance *list[LB_VRRP_MEMBERS];
	uint32_t n;
	bool all; /* the whole director */
	const json_t *priority;
	const json_t *standby;
};

static int
find(struct director *director, const char *name, struct wish *wish, struct lb_error *err)
{
	struct vrrp_instance *instance = vrrp_run_find(director, name);
	const struct vrrp_group *group = vrrp_run_find_group(director, name);

	if (instance == NULL && group == NULL)
		return lb_error_set(err, ENOENT,
			"instance \"%.80s\": there is none, nor a group; give a name that "
			"vrrp.list shows",
			name);
	if (instance != NULL)
		wish->list[wish->n++] = instance;
	for (uint32_t i = 0; group != NULL && i < group->group.n; i++)
		wish->list[wish->n++] = group->members[i];
	return 0;
}

static int
check_priority(const struct wish *wish, struct lb_error *err)
{
	json_int_t number = json_integer_value(wish->priority);

	if (wish->priority == NULL)
		return 0;
	if (wish->all)
		return lb_error_set(err, EINVAL,
			"parameter \"priority\" is for an instance or a group; give \"name\" too");
	if (!json_is_null(wish->priority) &&
		(!json_is_integer(wish->priority) || number < 1 || number >= LB_VRRP_OWNER))
		return lb_error_set(err, EINVAL,
			"parameter \"priority\" is no priority; give 1 to 254, or null for that "
			"of the configuration");
	for (uint32_t i = 0; i < wish->n; i++)
		if (wish->list[i]->conf.priority == LB_VRRP_OWNER)
			return lb_error_set(err, EINVAL,
				"instance \"%s\": it owns its addresses, and so has priority 255; "
				"let it stand by instead",
				wish->list[i]->name);
	return 0;
}

static int
read_wish(struct director *director, const json_t *params, struct wish *wish, struct lb_error *err)
{
	const char *name = json_string_value(json_object_get(params, "name"));
	json_int_t revision = json_integer_value(json_object_get(params, "if_revision"));
	int ret;

	*wish = (struct wish){
		.all = name == NULL,
		.priority = json_object_get(params, "priority"),
		.standby = json_object_get(params, "standby"),
	};
	if (wish->priority == NULL && wish->standby == NULL)
		return lb_error_set(
			err, EINVAL, "nothing is to be set; give \"priority\" or \"standby\"");
	ret = wish->all ? 0 : find(director, name, wish, err);
	if (ret == 0)
		ret = check_priority(wish, err);
	return ret == 0 ? change_check_revision(director, (uint64_t)revision, err) : ret;
}

static void
stand_by(struct vrrp_instance *instance, bool standby)
{
	const struct vrrp_group *group = instance->group;

	instance->standby = standby;
	for (uint32_t i = 0; group != NULL && i < group->group.n; i++)
		group->members[i]->standby = standby;
}

static void
grant(struct director *director, const struct wish *wish)
{
	bool standby = json_is_true(wish->standby);

	for (uint32_t i = 0; i < wish->n; i++) {
		if (wish->priority != NULL)
			wish->list[i]->override = (uint8_t)json_integer_value(wish->priority);
		if (wish->standby != NULL)
			stand_by(wish->list[i], standby);
	}
	if (wish->all)
		director->vrrp.standby = standby;
	vrrp_track_settle(director, wish->standby == NULL ? "it was set so"
				    : standby             ? "standby"
							  : "standby is over");
}

void
rpc_vrrp_set(struct lb_rpc_call *call, json_t *params, void *arg)
{
	struct director *director = arg;
	struct lb_error err = { 0 };
	struct wish wish;
	int ret = read_wish(director, params, &wish, &err);

	if (ret == -ENOENT) {
		lb_rpc_fail(call, LB_RPC_REFUSED, RPC_UNKNOWN_INSTANCE, &err);
	} else if (ret == -ESTALE) {
		lb_rpc_fail(call, LB_RPC_REFUSED, RPC_REVISION_MISMATCH, &err);
	} else if (ret != 0) {
		rpc_refuse_params(call, &err);
	} else {
		if (!json_is_true(json_object_get(params, "dry_run")))
			grant(director, &wish);
		lb_rpc_answer(call, json_pack("{s:I}", "revision",
					    (json_int_t)lb_svc_revision(director->services)));
	}
}
