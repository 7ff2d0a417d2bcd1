#pragma once
/**
 * @file
 * What programs are told of instances and groups: an event for each change, and a run of the
 * program that the configuration has for it. Control lcore.
 */

#include "lb_vrrp.h"

struct director;
struct vrrp_instance;
struct vrrp_group;

/** It has another state than `before`; its reason is kept. */
void vrrp_tell_state(
	struct director *director, const struct vrrp_instance *instance, enum lb_vrrp_state before);

/** It has stayed as it was in spite of this event; if it has won a conflict, that is told. */
void vrrp_tell_won(struct director *director, struct vrrp_instance *instance,
	const struct lb_vrrp_event *event);

/** A group has another state than the one that was told last. */
void vrrp_tell_group(const struct vrrp_group *group);

/** Another router owns its addresses too. */
void vrrp_tell_contest(struct director *director, struct vrrp_instance *instance);
