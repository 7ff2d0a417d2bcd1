#pragma once
/** @file A lane's graph for plain forwarding: the source and the sink of the director's, no more.
 */

#include "bed.h"

/** Make lane->l2, which goes the way that the lane faces. 0 or -errno with err. */
int l2_create(struct lane *lane, struct lb_error *err);
void l2_destroy(struct lane *lane);
