#pragma once
/**
 * @file
 * Finding services by name, and by address, port and protocol, however many there are. Made when
 * all else of a configuration is there; any thread may ask.
 */

#include "conf_arena.h"
#include "lb_conf.h"

/** Make the indices of conf, in arena. 0 or -ENOMEM. */
int conf_index_make(struct lb_conf *conf, struct conf_arena *arena);
