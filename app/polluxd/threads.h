#pragma once
/** @file Threads that are no lcores. */

#include <stdint.h>

#include "lb_error.h"

/** Move every thread of the process that is no lcore to a CPU. 0 or -errno with the sentence. */
int threads_move(uint32_t cpu, struct lb_error *err);
