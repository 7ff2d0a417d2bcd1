#pragma once
/** @file What the director has of the script helper: its life and its death. Control lcore. */

#include "lb_error.h"
#include "lb_script.h"

struct director;

/** Ask this helper from now on; it is taken, also on an error. 0 or -errno with the sentence. */
int helper_start(struct director *director, struct lb_script_helper *helper, struct lb_error *err);

/**
 * The director ends: what is run again and again is killed, and who is still to be notified is, one
 * after the other. The loop is still there.
 */
void helper_farewell(struct director *director);

/** Wait a while for what still has to be run, and end it. The loop is gone. */
void helper_end(struct director *director);
