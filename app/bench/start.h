#pragma once
/** @file DPDK's environment for measuring: lcore w runs worker w, on a CPU of its own. */

#include <stdint.h>

#include "lb_conf.h"

/**
 * Start EAL with the memory that a configuration, the largest of all, takes, and with an lcore for
 * each of so many workers; on hugepages if enough are free. 0 or -errno with err. Once per process.
 */
int start_eal(const struct lb_conf *conf, uint32_t workers, bool no_huge, struct lb_error *err);
