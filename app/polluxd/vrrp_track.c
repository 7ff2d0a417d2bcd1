/*
 * The terms of an instance are gathered from the configuration each time: its own port, or those of
 * its group's members; what it, or they, track; and the workers, unless they are among it. What is
 * tracked by several has one state for all.
 */

#include "vrrp_track.h"

#include <stdio.h>
#include <string.h>

#include "director.h"
#include "lb_log.h"
#include "vrrp_clock.h"
#include "vrrp_quorum.h"

#define SERVICES_US 10000

/* What is said of one that went or came, by kind. */
static const struct {
	const char *down;
	const char *up;
} words[] = {
	[LB_CONF_TRACK_PORT] = { "has no link", "has a link" },
	[LB_CONF_TRACK_FILE] = { "is missing or says 0", "is there" },
	[LB_CONF_TRACK_SCRIPT] = { "says no", "says yes" },
	[LB_CONF_TRACK_INSTANCE] = { "cannot serve", "can serve" },
	[LB_CONF_TRACK_SERVICE] = { "has no quorum", "has its quorum" },
	[LB_CONF_TRACK_WORKERS] = { "stand still, or a port's queue does", "move" },
};

/* The configuration of an instance: they have the same order. */
static const struct lb_conf_vrrp *
conf_of(const struct director *director, const struct vrrp_instance *instance)
{
	const struct vrrp_run *run = &director->vrrp;
	uint32_t i = 0;

	while (i + 1 < run->n && run->numbers[i] != instance->number)
		i++;
	return &director->conf->vrrp[i];
}

static bool
is_up(const struct director *director, const struct vrrp_instance *instance, uint32_t tracked)
{
	const struct lb_conf_tracked *thing = &director->conf->tracked[tracked];
	const struct vrrp_run *run = &director->vrrp;

	switch (thing->kind) {
	case LB_CONF_TRACK_PORT:
		return run->link.up[thing->index];
	case LB_CONF_TRACK_INSTANCE:
		return !run->list[run->numbers[thing->index]].fault;
	case LB_CONF_TRACK_WORKERS:
		return !instance->stalled;
	default:
		return run->track.up[tracked];
	}
}

/* Terms while they are gathered. */
struct gathering {
	const struct director *director;
	const struct vrrp_instance *instance;
	struct vrrp_term *terms;
	uint32_t n;
	bool tracked[LB_CONF_TRACKED_MAX];
	bool ports[LB_CONF_PORTS_MAX];
	bool workers;
};

static void
gather(struct gathering *all, enum lb_conf_track_kind kind, const char *name, int weight, bool up)
{
	all->terms[all->n++] = (struct vrrp_term){
		.kind = kind,
		.name = name,
		.term = { .weight = (int16_t)weight, .up = up },
	};
}

static void
gather_port(struct gathering *all, const struct lb_conf_vrrp *from)
{
	const struct director *director = all->director;

	if (!all->ports[from->port])
		gather(all, LB_CONF_TRACK_PORT, director->conf->ports[from->port].name, 0,
			director->vrrp.link.up[from->port]);
	all->ports[from->port] = true;
}

/* A port that is a member's own is a term already; its weight can only be 0 there. */
static void
gather_tracks(struct gathering *all, const struct lb_conf_vrrp *from)
{
	for (size_t i = 0; i < from->tracks_n; i++) {
		const struct lb_conf_track *track = &from->tracks[i];
		uint32_t index = all->director->conf->tracked[track->tracked].index;

		all->workers |= track->kind == LB_CONF_TRACK_WORKERS;
		if (all->tracked[track->tracked] ||
			(track->kind == LB_CONF_TRACK_PORT && all->ports[index]))
			continue;
		all->tracked[track->tracked] = true;
		gather(all, track->kind, track->name, track->weight,
			is_up(all->director, all->instance, track->tracked));
	}
}

uint32_t
vrrp_track_terms(const struct director *director, const struct vrrp_instance *instance,
	struct vrrp_term terms[VRRP_TERMS])
{
	const struct lb_conf *conf = director->conf;
	const struct lb_conf_vrrp *from = conf_of(director, instance);
	struct gathering all = { .director = director, .instance = instance, .terms = terms };

	for (size_t i = 0; i < conf->vrrp_n; i++)
		if (&conf->vrrp[i] == from ||
			(from->group != LB_CONF_NO_GROUP && conf->vrrp[i].group == from->group))
			gather_port(&all, &conf->vrrp[i]);
	for (size_t i = 0; i < conf->vrrp_n; i++)
		if (&conf->vrrp[i] == from ||
			(from->group != LB_CONF_NO_GROUP && conf->vrrp[i].group == from->group))
			gather_tracks(&all, &conf->vrrp[i]);
	if (!all.workers)
		gather(&all, LB_CONF_TRACK_WORKERS, "all", 0, !instance->stalled);
	return all.n;
}

uint8_t
vrrp_track_base(const struct vrrp_instance *instance)
{
	return instance->override != 0 ? instance->override : instance->conf.priority;
}

bool
vrrp_track_stands_by(const struct director *director, const struct vrrp_instance *instance)
{
	return director->vrrp.standby || instance->standby;
}

static void
say(char out[VRRP_REASON], enum lb_conf_track_kind kind, const char *name, bool up)
{
	const char *what = up ? words[kind].up : words[kind].down;

	if (kind == LB_CONF_TRACK_WORKERS)
		snprintf(out, VRRP_REASON, "workers %s", what);
	else
		snprintf(out, VRRP_REASON, "%s \"%s\" %s", lb_conf_track_key(kind), name, what);
}

void
vrrp_track_cause(const struct director *director, const struct vrrp_instance *instance,
	char out[VRRP_REASON])
{
	struct vrrp_term terms[VRRP_TERMS];
	uint32_t n = vrrp_track_terms(director, instance, terms);

	snprintf(out, VRRP_REASON, "standby");
	for (uint32_t i = 0; i < n; i++) {
		if (terms[i].term.weight == 0 && !terms[i].term.up) {
			say(out, terms[i].kind, terms[i].name, false);
			return;
		}
	}
}

static struct lb_vrrp_effect
effect_on(const struct director *director, const struct vrrp_instance *instance)
{
	struct vrrp_term terms[VRRP_TERMS];
	struct lb_vrrp_term plain[VRRP_TERMS];
	uint32_t n = vrrp_track_terms(director, instance, terms);
	struct lb_vrrp_effect effect;

	for (uint32_t i = 0; i < n; i++)
		plain[i] = terms[i].term;
	effect = lb_vrrp_track(vrrp_track_base(instance), plain, n);
	effect.fault |= vrrp_track_stands_by(director, instance);
	return effect;
}

static void
set_priority(struct director *director, struct vrrp_instance *instance, uint8_t priority)
{
	const struct lb_vrrp_event event = {
		.kind = LB_VRRP_PRIORITY,
		.now = vrrp_clock_us(),
		.priority = priority,
	};

	lb_log(LB_LOG_INFO, "vrrp \"%s\": priority %u, no longer %u: %s", instance->name, priority,
		instance->machine.priority, director->vrrp.track.why);
	vrrp_run_step(director, instance, &event);
}

/* Returns whether others may depend on what has changed. */
static bool
settle_one(struct director *director, struct vrrp_instance *instance)
{
	struct lb_vrrp_effect effect = effect_on(director, instance);
	const struct lb_vrrp_event event = {
		.kind = effect.fault ? LB_VRRP_LINK_DOWN : LB_VRRP_LINK_UP,
		.now = vrrp_clock_us(),
	};

	if (effect.priority != instance->machine.priority)
		set_priority(director, instance, effect.priority);
	if (effect.fault == instance->fault)
		return false;
	instance->fault = effect.fault;
	vrrp_run_step(director, instance, &event);
	return true;
}

/* No circle leads from an instance to itself, so this ends. */
void
vrrp_track_settle(struct director *director, const char *why)
{
	struct vrrp_run *run = &director->vrrp;
	bool again = run->started;

	snprintf(run->track.why, sizeof(run->track.why), "%s", why);
	while (again) {
		again = false;
		for (uint32_t i = 0; i < run->n; i++)
			again |= settle_one(director, &run->list[run->numbers[i]]);
	}
}

/* The place of something in what a configuration tracks; tracked_n: it does not. */
static size_t
find(const struct lb_conf *conf, enum lb_conf_track_kind kind, const char *name)
{
	size_t i = 0;

	while (i < conf->tracked_n &&
		(conf->tracked[i].kind != kind || strcmp(conf->tracked[i].name, name) != 0))
		i++;
	return i;
}

/* A file counts as up until it was looked at, which is soon; a service is looked at here. */
void
vrrp_track_apply(struct director *director)
{
	const struct lb_conf *conf = director->conf, *old = director->applied;
	struct vrrp_track *track = &director->vrrp.track;
	bool up[LB_CONF_TRACKED_MAX] = { false };

	for (size_t i = 0; i < conf->tracked_n; i++) {
		const struct lb_conf_tracked *thing = &conf->tracked[i];
		size_t at = old == NULL ? 0 : find(old, thing->kind, thing->name);

		if (thing->kind == LB_CONF_TRACK_SERVICE)
			up[i] = vrrp_quorum_is_met(director, &conf->services[thing->index]);
		else if (thing->kind == LB_CONF_TRACK_SCRIPT)
			up[i] = vrrp_scripts_state(director, thing->index) != VRRP_SCRIPT_DOWN;
		else
			up[i] = old == NULL || at == old->tracked_n || track->up[at];
	}
	memcpy(track->up, up, sizeof(up));
	track->files.due_us = 0;
	vrrp_track_settle(director, "the configuration says so");
}

void
vrrp_track_set(struct director *director, enum lb_conf_track_kind kind, const char *name, bool up)
{
	size_t at = find(director->conf, kind, name);
	char why[VRRP_REASON];

	if (at == director->conf->tracked_n || director->vrrp.track.up[at] == up)
		return;
	director->vrrp.track.up[at] = up;
	say(why, kind, name, up);
	vrrp_track_settle(director, why);
}

static uint64_t
look_at_services(struct director *director, uint64_t now_us)
{
	const struct lb_conf *conf = director->conf;
	struct vrrp_track *track = &director->vrrp.track;
	bool any = false;

	if (now_us < track->services_us)
		return track->services_us;
	for (size_t i = 0; i < conf->tracked_n; i++) {
		const struct lb_conf_tracked *thing = &conf->tracked[i];

		if (thing->kind != LB_CONF_TRACK_SERVICE)
			continue;
		any = true;
		vrrp_track_set(director, thing->kind, thing->name,
			vrrp_quorum_is_met(director, &conf->services[thing->index]));
	}
	track->services_us = any ? now_us + SERVICES_US : 0;
	return any ? track->services_us : UINT64_MAX;
}

static uint64_t
look_at_workers(struct director *director, uint64_t now_us)
{
	struct vrrp_run *run = &director->vrrp;
	uint64_t interval_us = UINT64_MAX, next_us;
	bool changed = false, up = true;
	char why[VRRP_REASON];

	for (uint32_t i = 0; i < run->n; i++)
		interval_us =
			RTE_MIN(interval_us, run->list[run->numbers[i]].machine.conf->interval_us);
	next_us = vrrp_path_turn(director, interval_us, now_us);
	for (uint32_t i = 0; i < run->n; i++) {
		struct vrrp_instance *instance = &run->list[run->numbers[i]];
		bool stalled = run->track.path.stood_us >
			       vrrp_path_limit(director, instance->conf.interval_us);

		changed |= stalled != instance->stalled;
		instance->stalled = stalled;
		up &= !stalled;
	}
	say(why, LB_CONF_TRACK_WORKERS, "all", up);
	if (changed)
		vrrp_track_settle(director, why);
	return next_us;
}

uint64_t
vrrp_track_turn(struct director *director, uint64_t now_us)
{
	uint64_t next_us = vrrp_files_turn(director, now_us);

	if (director->vrrp.n == 0)
		return next_us;
	next_us = RTE_MIN(next_us, look_at_services(director, now_us));
	return RTE_MIN(next_us, look_at_workers(director, now_us));
}
