#pragma once
/**
 * @file
 * Putting a configuration in the place of the one that runs, in short steps, so that the control
 * loop has other things done in between. All or nothing: until it is published nobody sees anything
 * of it, and on an error all is undone, in steps too. One at a time, and meanwhile nothing else
 * changes services. Control lcore.
 */

#include <stdbool.h>

#include "lb_conf.h"
#include "lb_error.h"
#include "lb_svc.h"

struct director;

/** A configuration on its way. */
struct apply;

/**
 * Begin. drafts: by service, or NULL; what is used of them is emptied. Both must live until the
 * end, and so must the configuration that runs. NULL: no memory.
 */
struct apply *apply_begin(
	struct director *director, const struct lb_conf *conf, struct lb_svc_draft *drafts);

/** Do a step, some microseconds or, where a service is large, as long as that takes; more? */
bool apply_step(struct apply *apply);

/** Whether it is director->conf now. That becomes so within one step. */
bool apply_is_published(const struct apply *apply);

/** Free it; what is not done yet is done or undone at once. 0, or -errno with err: it was undone.
 */
int apply_end(struct apply *apply, struct lb_error *err);

/**
 * At once put a configuration in place that differs from the running one in one service: old is of
 * that one, service of the new; NULL: it is added, or removed. draft as with lb_svc_spec. 0, or
 * -errno with err and nothing has changed: -EXFULL: the whole has to be applied.
 */
int apply_one(struct director *director, const struct lb_conf *conf,
	const struct lb_conf_service *old, const struct lb_conf_service *service,
	struct lb_svc_draft *draft, struct lb_error *err);
