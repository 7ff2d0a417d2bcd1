#pragma once
/** @file DPDK's environment: its arguments follow from the configuration. */

#include <stdbool.h>
#include <stdint.h>

#include "lb_conf.h"

/** Start EAL for a configuration. 0 or -errno with the sentence. Once per process. */
int eal_start(const struct lb_conf *conf, struct lb_error *err);

/** The lcore of worker `worker`; control is lcore 0. */
uint32_t eal_worker_lcore(uint32_t worker);

/** Whether two lcores run on one CPU. */
bool eal_shares_cpus(const struct lb_conf *conf);

/** Whether a device is "0000:03:00.1" or "03:00.1", maybe with parameters behind a comma. */
bool eal_is_pci(const char *device);

/** "pollux-" and 8 hex digits of the socket path's hash: two daemons never collide. */
const char *eal_file_prefix(const struct lb_conf *conf, char *out, size_t size);

/** Whether every CPU of the configuration exists and may be used. 0 or -errno with the sentence. */
int eal_check_cpus(const struct lb_conf *conf, struct lb_error *err);
