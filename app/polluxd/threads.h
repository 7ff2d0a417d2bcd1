#pragma once
/** @file Threads that are no lcores. */

#include <stdbool.h>
#include <stdint.h>

#include "lb_error.h"

/** Move every thread of the process that is no lcore to a CPU. 0 or -errno with the sentence. */
int threads_move(uint32_t cpu, struct lb_error *err);

/** Real-time priority of control: work threads have the one below. */
#define THREADS_CONTROL_PRIORITY 2

/**
 * Let the calling thread run before all others of normal priority, but not the threads that it will
 * make. Where that is not allowed it stays as it is. Whether it is so now.
 */
bool threads_prefer_self(void);

/** Go behind everybody else: what the calling thread has left to do is in nobody's way. */
void threads_lower_self(void);
