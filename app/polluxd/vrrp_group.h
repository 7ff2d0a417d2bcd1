#pragma once
/** @file Groups of instances at run time; what a group is, lib/vrrp says. Control lcore. */

#include <stdbool.h>

#include "lb_conf.h"
#include "lb_vrrp_group.h"

struct director;
struct vrrp_instance;

/** A group. Its members are those of the configuration. */
struct vrrp_group {
	char name[LB_CONF_NAME_MAX + 1];
	struct director *director;
	const struct lb_conf_notify *notify; /**< Of the running configuration. */
	struct lb_vrrp_group group;
	struct vrrp_instance *members[LB_VRRP_MEMBERS];
	enum lb_vrrp_state told; /**< The state that was logged last. */
};

/** Give an event to a member. */
void vrrp_group_step(struct director *director, struct vrrp_instance *instance,
	const struct lb_vrrp_event *event);

/** What members share of their configuration, after it was filled in from the instance's. */
void vrrp_group_share(const struct lb_conf *conf, const struct lb_conf_vrrp *from,
	struct vrrp_instance *instance);

/** The instances are those of a new configuration: put them into its groups. */
void vrrp_group_apply(struct director *director);

/** Bring members together that were not in one group before. */
void vrrp_group_settle(struct director *director);
