/*
 * Beside changes of state there are two things to tell of an Active: that another one was there and
 * gave way, so that who moves addresses elsewhere moves them once more, and that another owner is
 * there. Both come with each advert of the other, and are told once while they last.
 */

#include "vrrp_tell.h"

#include <stdio.h>

#include "director.h"
#include "lb_log.h"
#include "vrrp_clock.h"

/* A conflict is over when no such advert has come for so long. */
#define QUIET_US (10 * 1000 * 1000)

static void
post(struct director *director, const struct vrrp_instance *instance, enum lb_vrrp_state before,
	const char *reason)
{
	const struct event event = {
		.kind = EVENT_VRRP,
		.object = instance->name,
		.state = vrrp_run_state(director, instance),
		.before = lb_vrrp_state_name(before),
		.reason = reason,
	};
	struct vrrp_notice notice = {
		.type = "INSTANCE",
		.name = event.object,
		.state = event.state,
		.before = event.before,
		.reason = reason,
		.priority = instance->machine.priority,
	};

	events_post(director, &event);
	notice.sequence = director->events.sequence;
	vrrp_notify_post(director, instance->notify, &notice);
}

/* keepalived gives no priority of a group either. */
void
vrrp_tell_group(const struct vrrp_group *group)
{
	struct director *director = group->director;
	const struct event event = {
		.kind = EVENT_GROUP,
		.object = group->name,
		.state = vrrp_run_state(director, group->members[0]),
		.before = lb_vrrp_state_name(group->told),
		.reason = group->members[0]->reason,
	};
	struct vrrp_notice notice = {
		.type = "GROUP",
		.name = event.object,
		.state = event.state,
		.before = event.before,
		.reason = event.reason,
	};

	events_post(director, &event);
	notice.sequence = director->events.sequence;
	vrrp_notify_post(director, group->notify, &notice);
}

void
vrrp_tell_state(
	struct director *director, const struct vrrp_instance *instance, enum lb_vrrp_state before)
{
	post(director, instance, before, instance->reason);
}

/* Whether it is time to tell of a conflict; it goes on, told or not. */
static bool
is_new_conflict(struct vrrp_instance *instance, uint64_t now_us)
{
	bool is_new = instance->conflict_us == 0 || now_us - instance->conflict_us > QUIET_US;

	instance->conflict_us = now_us;
	return is_new;
}

void
vrrp_tell_won(struct director *director, struct vrrp_instance *instance,
	const struct lb_vrrp_event *event)
{
	char sender[LB_ADDR_TEXT], reason[VRRP_REASON];

	if (instance->machine.state != LB_VRRP_ACTIVE || event->kind != LB_VRRP_ADVERT ||
		event->advert->priority == 0 || event->advert->priority == LB_VRRP_OWNER ||
		!is_new_conflict(instance, event->now))
		return;
	snprintf(reason, sizeof(reason), "%s was Active too, with priority %u, and has to give way",
		lb_addr_text(&event->advert->sender, sender), event->advert->priority);
	lb_log(LB_LOG_WARN, "vrrp \"%s\": active still: %s", instance->name, reason);
	post(director, instance, LB_VRRP_ACTIVE, reason);
}

void
vrrp_tell_contest(struct director *director, struct vrrp_instance *instance)
{
	char sender[LB_ADDR_TEXT], reason[VRRP_REASON];

	if (!is_new_conflict(instance, vrrp_clock_us()))
		return;
	snprintf(reason, sizeof(reason),
		"%s says too that it owns the addresses; lower the priority of one",
		lb_addr_text(&instance->heard.sender, sender));
	lb_log(LB_LOG_WARN, "vrrp \"%s\": %s", instance->name, reason);
	post(director, instance, instance->machine.state, reason);
}
