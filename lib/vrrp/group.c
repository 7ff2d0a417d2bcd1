/*
 * Members are stepped one by one; what changed for one of them, told by its state before and after,
 * is then done to the others. No step of an other leads to a further round: TAKE and YIELD bring
 * all into the same state, which is the group's.
 */

#include "lb_vrrp_group.h"

/* Returns whether it announces. */
static bool
group_do(struct lb_vrrp_group *group, uint32_t member, const struct lb_vrrp_event *event)
{
	struct lb_vrrp_actions actions;
	struct lb_vrrp_group_step step = {
		.member = member,
		.before = group->members[member]->state,
		.event = event,
		.actions = &actions,
	};

	lb_vrrp_step(group->members[member], event, &actions);
	group->act(group->arg, &step);
	for (uint8_t i = 0; i < actions.n; i++)
		if (actions.list[i] == LB_VRRP_ANNOUNCE)
			return true;
	return false;
}

/* The same to all but one, which is group->n: to all. */
static void
group_others(struct lb_vrrp_group *group, uint32_t but, enum lb_vrrp_event_kind kind, uint64_t now)
{
	const struct lb_vrrp_event event = { .kind = kind, .now = now };

	for (uint32_t i = 0; i < group->n; i++)
		if (i != but)
			group_do(group, i, &event);
}

/* Whether a Backup would have to give way, if it took over now. */
static bool
group_hears_better(const struct lb_vrrp *vrrp, uint64_t now)
{
	return vrrp->state == LB_VRRP_BACKUP && vrrp->heard >= vrrp->priority &&
	       now < vrrp->deadline;
}

/* Until when a member whose timer has come leaves it at that; now: it does not. */
static uint64_t
group_patience(const struct lb_vrrp_group *group, uint32_t member, uint64_t now)
{
	uint64_t until = now;

	if (group->members[member]->state != LB_VRRP_BACKUP || group->members[member]->left)
		return now;
	for (uint32_t i = 0; i < group->n; i++)
		if (i != member && group_hears_better(group->members[i], now) &&
			group->members[i]->deadline > until)
			until = group->members[i]->deadline;
	return until;
}

static void
group_timer(struct lb_vrrp_group *group, uint32_t member, const struct lb_vrrp_event *event)
{
	struct lb_vrrp_event defer = { .kind = LB_VRRP_DEFER, .now = event->now };

	defer.until = event->now;
	if (event->now >= group->members[member]->deadline)
		defer.until = group_patience(group, member, event->now);
	group_do(group, member, defer.until > event->now ? &defer : event);
}

static bool
group_is_faulty(const struct lb_vrrp_group *group)
{
	for (uint32_t i = 0; i < group->n; i++)
		if (group->fault[i])
			return true;
	return false;
}

/* All can serve, or none. The one that it comes from is told first. */
static void
group_link(struct lb_vrrp_group *group, uint32_t from, uint64_t now)
{
	bool up = !group_is_faulty(group);
	const struct lb_vrrp_event event = {
		.kind = up ? LB_VRRP_LINK_UP : LB_VRRP_LINK_DOWN,
		.now = now,
	};

	for (uint32_t i = 0; i < group->n; i++) {
		uint32_t member = (from + i) % group->n;

		if (group->members[member]->link != up)
			group_do(group, member, &event);
	}
}

/* What a member did, the others do. */
static void
group_follow(struct lb_vrrp_group *group, uint32_t member, enum lb_vrrp_state before,
	bool announced, uint64_t now)
{
	bool was = before == LB_VRRP_ACTIVE;
	bool is = group->members[member]->state == LB_VRRP_ACTIVE;

	if (was != is)
		group_others(group, member, is ? LB_VRRP_TAKE : LB_VRRP_YIELD, now);
	else if (announced)
		group_others(group, member, LB_VRRP_REPEAT, now);
}

void
lb_vrrp_group_step(struct lb_vrrp_group *group, uint32_t member, const struct lb_vrrp_event *event)
{
	enum lb_vrrp_state before = group->members[member]->state;
	bool announced = false;

	switch (event->kind) {
	case LB_VRRP_LINK_DOWN:
	case LB_VRRP_LINK_UP:
		group->fault[member] = event->kind == LB_VRRP_LINK_DOWN;
		group_link(group, member, event->now);
		break;
	case LB_VRRP_TIMER:
		group_timer(group, member, event);
		break;
	default:
		announced = group_do(group, member, event);
		break;
	}
	group_follow(group, member, before, announced, event->now);
	if (event->kind == LB_VRRP_START)
		lb_vrrp_group_settle(group, event->now);
}

void
lb_vrrp_group_settle(struct lb_vrrp_group *group, uint64_t now)
{
	bool active = false, better = false;

	if (group->n == 0)
		return;
	group_link(group, 0, now);
	for (uint32_t i = 0; i < group->n; i++) {
		active |= group->members[i]->state == LB_VRRP_ACTIVE;
		better |= group_hears_better(group->members[i], now);
	}
	if (active)
		group_others(group, group->n, better ? LB_VRRP_YIELD : LB_VRRP_TAKE, now);
}
