#pragma once
/** @file Who chooses the servers of a service in a flood. Control lcore. */

#include "lb_svc.h"

/**
 * Set flood and flood_state of a service whose servers and scheduler are set; sched: as in its
 * spec. 0 or -errno with err.
 */
int svc_flood_build(struct lb_svc *svc, const struct lb_sched_ops *sched, struct lb_error *err);

/** Free flood_state, before state is freed. */
void svc_flood_destroy(struct lb_svc *svc);
