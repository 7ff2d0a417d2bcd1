#pragma once
/**
 * @file
 * What schedulers keep per worker and service, beyond versions of the service. Control lcore makes
 * and frees them; between that each worker writes into its own.
 */

#include "lb_sched.h"
#include "svc_set.h"

/** The locals of one service. */
struct svc_locals {
	uint32_t refs; /**< Service objects that use them. */
	const struct lb_sched_ops *sched;
	size_t size;      /**< Of each. */
	uint32_t stride;  /**< From one to the next: each has cache lines of its own. */
	uint32_t watcher; /**< 0: the scheduler need not know of changes. */
	void *memory;     /**< All of them, and what goes before the first for alignment. */
	uint8_t *local;   /**< The first: that of worker 0. */
};

/** old once more, when it fits the scheduler and the size, else new ones. NULL: no memory. */
struct svc_locals *svc_locals_get(struct lb_svc_set *set, struct svc_locals *old,
	const struct lb_sched_ops *sched, size_t size);

/** Give back what svc_locals_get() gave. NULL is allowed. */
void svc_locals_put(struct lb_svc_set *set, struct svc_locals *locals);
