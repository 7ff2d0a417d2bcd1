/*
 * Groups are made anew with each configuration, from machines that go on: a group whose members
 * stay has nothing to do then, so a reload does not stir it. One that gets a member, or a new one,
 * is settled when all new instances have begun.
 */

#include "vrrp_group.h"

#include <stdio.h>
#include <string.h>

#include "director.h"
#include "lb_log.h"
#include "vrrp_clock.h"
#include "vrrp_tell.h"

static void
act(void *arg, const struct lb_vrrp_group_step *step)
{
	struct vrrp_group *group = arg;

	vrrp_run_act(group->director, group->members[step->member], step->before, step->event,
		step->actions);
}

/* Members have one state, but while they begin or end. */
static void
tell(struct vrrp_group *group)
{
	enum lb_vrrp_state state = group->members[0]->machine.state;

	for (uint32_t i = 1; i < group->group.n; i++)
		if (group->members[i]->machine.state != state)
			return;
	if (state == group->told)
		return;
	lb_log(LB_LOG_INFO, "vrrp group \"%s\": %s after %s", group->name,
		vrrp_run_state(group->director, group->members[0]),
		lb_vrrp_state_name(group->told));
	vrrp_tell_group(group);
	group->told = state;
}

void
vrrp_group_step(struct director *director, struct vrrp_instance *instance,
	const struct lb_vrrp_event *event)
{
	(void)director;
	lb_vrrp_group_step(&instance->group->group, instance->member, event);
	tell(instance->group);
}

void
vrrp_group_share(
	const struct lb_conf *conf, const struct lb_conf_vrrp *from, struct vrrp_instance *instance)
{
	const struct lb_conf_group *group;

	if (from->group == LB_CONF_NO_GROUP)
		return;
	group = &conf->groups[from->group];
	for (size_t m = 0; m < group->members_n; m++) {
		const struct lb_conf_vrrp *member = &conf->vrrp[group->instances[m]];

		instance->conf.preempt &= member->preempt;
		instance->conf.preempt_delay_us = RTE_MAX(
			instance->conf.preempt_delay_us, (uint64_t)member->preempt_delay_ms * 1000);
		instance->conf.start_delay_us = RTE_MAX(
			instance->conf.start_delay_us, (uint64_t)member->start_delay_ms * 1000);
		instance->conf.up_delay_us =
			RTE_MAX(instance->conf.up_delay_us, (uint64_t)member->up_delay_ms * 1000);
	}
}

static void
fill(struct director *director, struct vrrp_group *group, const struct lb_conf_group *from)
{
	struct vrrp_run *run = &director->vrrp;

	*group = (struct vrrp_group){ .director = director, .group = { .act = act, .arg = group } };
	snprintf(group->name, sizeof(group->name), "%s", from->name);
	group->notify = &from->notify;
	for (size_t m = 0; m < from->members_n; m++) {
		struct vrrp_instance *instance = &run->list[run->numbers[from->instances[m]]];

		group->members[m] = instance;
		group->group.members[m] = &instance->machine;
		group->group.fault[m] = instance->fault;
		instance->group = group;
		instance->member = (uint32_t)m;
		if (instance->machine.state > group->told)
			group->told = instance->machine.state;
	}
	group->group.n = (uint32_t)from->members_n;
}

/* A member that joins those on standby stands by too. */
static void
share_standby(struct vrrp_group *group)
{
	bool standby = false;

	for (uint32_t i = 0; i < group->group.n; i++)
		standby |= group->members[i]->standby;
	for (uint32_t i = 0; i < group->group.n; i++)
		group->members[i]->standby = standby;
}

void
vrrp_group_apply(struct director *director)
{
	struct vrrp_run *run = &director->vrrp;

	for (uint32_t i = 0; i < run->n; i++)
		run->list[run->numbers[i]].group = NULL;
	run->groups_n = (uint32_t)director->conf->groups_n;
	for (uint32_t i = 0; i < run->groups_n; i++) {
		fill(director, &run->groups[i], &director->conf->groups[i]);
		share_standby(&run->groups[i]);
	}
}

void
vrrp_group_settle(struct director *director)
{
	struct vrrp_run *run = &director->vrrp;

	for (uint32_t i = 0; i < run->groups_n; i++) {
		lb_vrrp_group_settle(&run->groups[i].group, vrrp_clock_us());
		tell(&run->groups[i]);
	}
}
