#pragma once
/**
 * @file
 * When the process crashes: every Active instance says that it leaves, so that the Backup takes
 * over at once and not after its patience has run out, and then the process dies as it would have:
 * same signal, same core, and a sanitizer still has its say.
 *
 * One director per process. Control lcore, but for crash_enter().
 */

#include <stdint.h>

#include "lb_error.h"

struct director;

/** Catch fatal signals from now on. 0 or -errno with the sentence. */
int crash_begin(struct director *director, struct lb_error *err);

/** The calling thread sends from this queue: a worker's number, or control's. Once per thread. */
void crash_enter(uint32_t queue);

/** Leave signals alone; the director may go. */
void crash_end(void);
