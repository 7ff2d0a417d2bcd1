/*
 * What instances track: each thing is there, and none leads back to who tracks it. The members of a
 * group can serve together or not at all, so here they are as one. Different things get a place in
 * the configuration's list of what is tracked.
 */

#include <string.h>

#include "conf_arena.h"
#include "conf_check.h"
#include "conf_fault.h"

const char *
lb_conf_track_key(enum lb_conf_track_kind kind)
{
	static const char *const keys[] = {
		[LB_CONF_TRACK_PORT] = "port",
		[LB_CONF_TRACK_FILE] = "file",
		[LB_CONF_TRACK_SCRIPT] = "script",
		[LB_CONF_TRACK_INSTANCE] = "instance",
		[LB_CONF_TRACK_SERVICE] = "service",
		[LB_CONF_TRACK_WORKERS] = "workers",
	};

	return keys[kind];
}

/* Name of number i in the list of the kind; NULL: it has no more. */
static const char *
name_of(const struct lb_conf *conf, enum lb_conf_track_kind kind, size_t i)
{
	if (kind == LB_CONF_TRACK_PORT)
		return i < conf->ports_n ? conf->ports[i].name : NULL;
	if (kind == LB_CONF_TRACK_SCRIPT)
		return i < conf->scripts_n ? conf->scripts[i].name : NULL;
	if (kind == LB_CONF_TRACK_INSTANCE)
		return i < conf->vrrp_n ? conf->vrrp[i].name : NULL;
	return i < conf->services_n ? conf->services[i].name : NULL;
}

static bool
is_listed(enum lb_conf_track_kind kind)
{
	return kind == LB_CONF_TRACK_PORT || kind == LB_CONF_TRACK_SCRIPT ||
	       kind == LB_CONF_TRACK_INSTANCE || kind == LB_CONF_TRACK_SERVICE;
}

/* The place of what is called so in its list; 0 where there is no list. */
static int
find(const struct conf_check *check, const struct lb_conf_vrrp *vrrp,
	const struct lb_conf_track *track, uint32_t *index)
{
	const char *name;

	*index = 0;
	if (!is_listed(track->kind))
		return 0;
	while ((name = name_of(check->conf, track->kind, *index)) != NULL) {
		if (strcmp(name, track->name) == 0)
			return 0;
		(*index)++;
	}
	return conf_fault(check->err, &track->place,
		"vrrp: instance \"%s\": track: there is no %s \"%s\"; write the name of one, or "
		"take it out",
		vrrp->name, lb_conf_track_key(track->kind), track->name);
}

/* The same thing as another member's, or as its own before. */
static int
check_twin(const struct conf_check *check, const struct lb_conf_vrrp *vrrp,
	const struct lb_conf_track *track)
{
	const struct lb_conf *conf = check->conf;

	for (const struct lb_conf_vrrp *other = conf->vrrp; other <= vrrp; other++) {
		if (other != vrrp &&
			(vrrp->group == LB_CONF_NO_GROUP || other->group != vrrp->group))
			continue;
		for (size_t t = 0; t < other->tracks_n && &other->tracks[t] != track; t++)
			if (other->tracks[t].tracked == track->tracked &&
				(other == vrrp || other->tracks[t].weight != track->weight))
				return conf_fault(check->err, &track->place,
					"vrrp: instance \"%s\": track: %s \"%s\" has weight %d in "
					"%s:%u already; take one out",
					vrrp->name, lb_conf_track_key(track->kind), track->name,
					other->tracks[t].weight, other->tracks[t].place.file,
					other->tracks[t].place.line);
	}
	return 0;
}

static int
check_self(const struct conf_check *check, const struct lb_conf_vrrp *vrrp,
	const struct lb_conf_track *track, uint32_t index)
{
	if (track->kind == LB_CONF_TRACK_PORT && index == vrrp->port && track->weight != 0)
		return conf_fault(check->err, &track->place,
			"vrrp: instance \"%s\": track: port \"%s\" is its own, without which it "
			"cannot serve; take weight out",
			vrrp->name, track->name);
	return 0;
}

/* Give the thing its place in the list. */
static int
enter(const struct conf_check *check, struct lb_conf_track *track, uint32_t index)
{
	struct lb_conf *conf = check->conf;
	uint32_t at = 0;

	while (at < conf->tracked_n && (conf->tracked[at].kind != track->kind ||
					       strcmp(conf->tracked[at].name, track->name) != 0))
		at++;
	track->tracked = at;
	if (at < conf->tracked_n)
		return 0;
	if (at == LB_CONF_TRACKED_MAX)
		return conf_fault(check->err, &track->place,
			"vrrp: more than %d different things are tracked; take some out",
			LB_CONF_TRACKED_MAX);
	conf->tracked[conf->tracked_n++] = (struct lb_conf_tracked){
		.kind = track->kind,
		.name = track->name,
		.index = index,
	};
	return 0;
}

static int
check_track(const struct conf_check *check, const struct lb_conf_vrrp *vrrp,
	struct lb_conf_track *track)
{
	uint32_t index;
	int rc = find(check, vrrp, track, &index);

	if (rc == 0)
		rc = check_self(check, vrrp, track, index);
	if (rc == 0)
		rc = enter(check, track, index);
	return rc == 0 ? check_twin(check, vrrp, track) : rc;
}

/* Whether a member of the instance's group, or it itself, tracks an instance that is not settled.
 */
static const struct lb_conf_track *
find_open(const struct lb_conf *conf, const struct lb_conf_vrrp *vrrp, const bool *settled)
{
	for (size_t i = 0; i < conf->vrrp_n; i++) {
		const struct lb_conf_vrrp *member = &conf->vrrp[i];

		if (member != vrrp &&
			(vrrp->group == LB_CONF_NO_GROUP || member->group != vrrp->group))
			continue;
		for (size_t t = 0; t < member->tracks_n; t++) {
			const struct lb_conf_track *track = &member->tracks[t];

			if (track->kind == LB_CONF_TRACK_INSTANCE &&
				!settled[conf->tracked[track->tracked].index])
				return track;
		}
	}
	return NULL;
}

/* Settle instances that track settled ones only, until no more can be: the rest tracks itself. */
static int
check_circles(const struct conf_check *check)
{
	const struct lb_conf *conf = check->conf;
	bool settled[LB_CONF_VRRP_MAX] = { false };
	const struct lb_conf_track *open = NULL;
	bool more = true;

	while (more) {
		more = false;
		open = NULL;
		for (size_t i = 0; i < conf->vrrp_n; i++) {
			const struct lb_conf_track *track =
				settled[i] ? NULL : find_open(conf, &conf->vrrp[i], settled);

			open = track == NULL ? open : track;
			more |= !settled[i] && track == NULL;
			settled[i] |= track == NULL;
		}
	}
	if (open == NULL)
		return 0;
	return conf_fault(check->err, &open->place,
		"vrrp: track: instance \"%s\" leads back to who tracks it here; take one out of "
		"the circle",
		open->name);
}

static size_t
count_tracks(const struct lb_conf *conf)
{
	size_t n = 0;

	for (size_t i = 0; i < conf->vrrp_n; i++)
		n += conf->vrrp[i].tracks_n;
	return n;
}

int
conf_check_tracks(struct conf_check *check)
{
	struct lb_conf *conf = check->conf;
	int rc = 0;

	conf->tracked =
		conf_arena_alloc(conf->arena, count_tracks(conf) * sizeof(conf->tracked[0]));
	if (conf->tracked == NULL)
		return conf_fault_memory(check->err);
	for (size_t i = 0; rc == 0 && i < conf->vrrp_n; i++)
		for (size_t t = 0; rc == 0 && t < conf->vrrp[i].tracks_n; t++)
			rc = check_track(check, &conf->vrrp[i], &conf->vrrp[i].tracks[t]);
	return rc == 0 ? check_circles(check) : rc;
}
