#pragma once
/**
 * @file
 * What a reload takes back: changes by RPC that are not in the file. Any one thread.
 */

#include <jansson.h>

#include "lb_conf.h"

/**
 * The changes from `file`, as it was read last, to `running` that `next`, the file as it is now,
 * does not have: a list of {method, params} as config.apply takes them, none twice. Each is what
 * became of an object, however many changes led there. NULL: no memory.
 */
json_t *discarded_changes(
	const struct lb_conf *file, const struct lb_conf *running, const struct lb_conf *next);

/** Log them, the first of many. */
void discarded_log(const json_t *changes);
