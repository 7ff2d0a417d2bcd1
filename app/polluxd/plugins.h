#pragma once
/** @file What the configuration says, in the words of the plug-ins. */

#include "lb_conf.h"
#include "lb_sched.h"

/** Options that any scheduler may have. */
#define PLUGINS_OPTIONS_MAX 16

/** Copy the options of a service into list, which has room for PLUGINS_OPTIONS_MAX. */
struct lb_sched_options plugins_options(
	const struct lb_conf_service *service, struct lb_sched_option *list);
