#pragma once
/**
 * @file
 * A change by RPC that concerns one service, in about the time of that service. It is made, read
 * and checked by the same code as all changes (conf_edit.h), only without the other services. What
 * cannot be done so, or is wrong, is left to the whole, which has the sentences. Any one thread.
 */

#include <jansson.h>

#include "lb_conf.h"

/** Which service it was, in the configuration before and in the one that was made. */
struct conf_edit_one {
	const struct lb_conf_service *old; /**< NULL: there was none. */
	const struct lb_conf_service *new; /**< NULL: there is none any more. */
};

/** conf with a change. NULL: it is for the whole. */
struct lb_conf *conf_edit_one(const struct lb_conf *conf, const char *method, const json_t *params,
	struct conf_edit_one *one);
