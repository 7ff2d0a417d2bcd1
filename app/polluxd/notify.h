#pragma once
/** @file What a service manager is told. */

#include "lb_error.h"

/** Tell that we forward, if NOTIFY_SOCKET says to whom. 0 or -errno with the sentence. */
int notify_ready(struct lb_error *err);
