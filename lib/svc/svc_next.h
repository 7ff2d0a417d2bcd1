#pragma once
/** @file Making the object of a service for a version. Control lcore. */

#include "svc_root.h"

/**
 * The object for spec in the next version: that of the present one if nothing changed. present may
 * be NULL. NULL: err, which is not NULL, is set.
 */
struct svc_object *svc_object_for(struct lb_svc_set *set, const struct lb_svc_root *present,
	const struct lb_svc_spec *spec, struct lb_error *err);

/** Free a part of a root, of the set with the last one; whether there is more. For lb_rcu. */
bool svc_free_root(void *root);
