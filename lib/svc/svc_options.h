#pragma once
/**
 * @file
 * Copies of scheduler options, so that a later configuration can be compared with the present one.
 * Control lcore.
 */

#include <stdbool.h>

#include "lb_sched.h"

/** A copy with its texts in one piece of memory. 0 or -ENOMEM. */
int svc_options_copy(struct lb_sched_options *to, const struct lb_sched_options *from);

/** Same names, types and values in the same order. */
bool svc_options_equal(const struct lb_sched_options *a, const struct lb_sched_options *b);

/** Release what svc_options_copy() made. */
void svc_options_free(struct lb_sched_options *options);
