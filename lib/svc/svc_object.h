#pragma once
/**
 * @file
 * One version of one service, with what control has to know beside it.
 */

#include "lb_svc.h"
#include "svc_locals.h"
#include "svc_set.h"

/** Where the server of a slot stands. */
struct svc_position {
	uint32_t slot;
	uint32_t index; /**< In servers. */
};

/** A service object; immutable for workers, who see svc. */
struct svc_object {
	struct lb_svc svc;            /**< First. */
	uint32_t roots;               /**< Roots that it is in. Control. */
	struct lb_svc_set *set;       /**< Whose it is. */
	struct lb_svc_match *matches; /**< svc.matches_n of them. */
	struct lb_sched_options options;
	struct svc_locals *locals;
	struct svc_position *by_slot; /**< Sorted by slot. */
};

/**
 * Make the version of a service that spec says. old: its present one, or NULL; locals are shared
 * with it. NULL: err, which is not NULL, is set and nothing has changed.
 */
struct svc_object *svc_object_create(struct lb_svc_set *set, const struct lb_svc_spec *spec,
	const struct svc_object *old, struct lb_error *err);

/** Whether the object is what spec says. */
bool svc_object_equal(const struct svc_object *object, const struct lb_svc_spec *spec);

/** Whether it matches what spec does. */
bool svc_object_matches_equal(const struct svc_object *object, const struct lb_svc_spec *spec);

/** Free it, in no root any more. published: it once was in one that workers saw. */
void svc_object_destroy(struct lb_svc_set *set, struct svc_object *object, bool published);
