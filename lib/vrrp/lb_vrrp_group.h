#pragma once
/**
 * @file
 * A group of instances that are Active together or not at all, since traffic that comes in by one
 * goes out by another. It is one object with one state, which its members have:
 *
 * - A member that becomes Active takes the others with it; but silence on one link alone is not
 *   enough while another member hears an Active to whom it would have to give way at once: the
 *   group would come and go. Its timer waits for that member's. An Active that says that it leaves
 *   is succeeded on all links.
 * - A member that gives way, or can serve no longer, lets the others leave, each with priority 0.
 * - All can serve, or none: members come back when the last one can.
 * - What a member announces again, since a lower Active was heard, the others announce too.
 *
 * Pure, as lb_vrrp.h is: lb_vrrp_group_step() steps machines and hands on what each is to do.
 * Priorities, intervals and addresses remain those of each member. Control lcore.
 */

#include <stdbool.h>
#include <stdint.h>

#include "lb_vrrp.h"

/** Members of a group. */
#define LB_VRRP_MEMBERS 32

/** What happened to a machine that was stepped. */
struct lb_vrrp_group_step {
	uint32_t member;
	enum lb_vrrp_state before;
	const struct lb_vrrp_event *event;
	const struct lb_vrrp_actions *actions;
};

/** Zeroed: no members. */
struct lb_vrrp_group {
	struct lb_vrrp *members[LB_VRRP_MEMBERS];
	bool fault[LB_VRRP_MEMBERS]; /**< This one could not serve, were it alone. */
	uint32_t n;
	/** Do the actions of a step; the group is settled when the outermost call has returned. */
	void (*act)(void *arg, const struct lb_vrrp_group_step *step);
	void *arg;
};

/** Give an event to a member. LB_VRRP_LINK_DOWN and LB_VRRP_LINK_UP say whether it can serve. */
void lb_vrrp_group_step(
	struct lb_vrrp_group *group, uint32_t member, const struct lb_vrrp_event *event);

/**
 * Members came or went: bring them together. Those that are Active take the others with them; if
 * one of these hears an Active to whom it gives way, all leave.
 */
void lb_vrrp_group_settle(struct lb_vrrp_group *group, uint64_t now);
