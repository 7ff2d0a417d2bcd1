#pragma once
/**
 * @file
 * What instances track: ports, files, other instances, services and the workers. Whenever one comes
 * or goes, the effect on every instance is computed anew (lb_vrrp_track.h) and its machine is told
 * what has changed. What does not tell by itself is looked at in turns: services every 10 ms, the
 * workers once an interval of the quickest instance, files ten times a second in a work thread.
 * Control lcore.
 */

#include <stdbool.h>
#include <stdint.h>

#include "lb_conf.h"
#include "lb_vrrp_group.h"
#include "lb_vrrp_track.h"
#include "vrrp_files.h"
#include "vrrp_path.h"

struct director;
struct vrrp_instance;

/** Room for the reason of a change. */
#define VRRP_REASON 320

/** Most terms of an instance: its ports, all that is tracked, the workers. */
#define VRRP_TERMS (LB_VRRP_MEMBERS + LB_CONF_TRACKED_MAX + 1)

/** What there is to know. Zeroed at first. */
struct vrrp_track {
	bool up[LB_CONF_TRACKED_MAX]; /**< Files and services, by place in the configuration. */
	char why[VRRP_REASON];        /**< Of the change that is under way. */
	uint64_t services_us;         /**< The next look. */
	struct vrrp_files files;
	struct vrrp_path path;
};

/** A term with what it is of. */
struct vrrp_term {
	enum lb_conf_track_kind kind;
	const char *name;
	struct lb_vrrp_term term;
};

/** Compute the effect on all instances, and tell their machines: because of `why`. */
void vrrp_track_settle(struct director *director, const char *why);

/** The terms of an instance, those of its group among them; returns how many. */
uint32_t vrrp_track_terms(const struct director *director, const struct vrrp_instance *instance,
	struct vrrp_term terms[VRRP_TERMS]);

/** What keeps an instance from serving. */
void vrrp_track_cause(const struct director *director, const struct vrrp_instance *instance,
	char out[VRRP_REASON]);

/** The priority that weights are added to. */
uint8_t vrrp_track_base(const struct vrrp_instance *instance);

/** Whether people want it to serve nothing. */
bool vrrp_track_stands_by(const struct director *director, const struct vrrp_instance *instance);

/** Another configuration is in force: what was known of things goes on, by name. */
void vrrp_track_apply(struct director *director);

/** Something tracked, of this kind and name, came or went. */
void vrrp_track_set(
	struct director *director, enum lb_conf_track_kind kind, const char *name, bool up);

/** Look at what is due; returns when to be called again, us. */
uint64_t vrrp_track_turn(struct director *director, uint64_t now_us);
