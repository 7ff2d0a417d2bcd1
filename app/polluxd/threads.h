#pragma once
/** @file Threads that are no lcores. */

#include <stdint.h>

#include "lb_error.h"

/** Move every thread of the process that is no lcore to a CPU. 0 or -errno with the sentence. */
int threads_move(uint32_t cpu, struct lb_error *err);

/** The same for the calling thread alone; it stays where it is if it may not move. */
void threads_move_self(uint32_t cpu);
