#pragma once
/** @file What a configuration will take in memory, known before anything is allocated. */

#include <stddef.h>
#include <stdint.h>

#include "lb_conf.h"

/** Sums in bytes, of what EAL's memory has to hold. */
struct memory_plan {
	uint32_t mbufs;
	uint16_t mtu; /**< The largest of all ports. */
	size_t buffers;
	size_t connections;
	size_t workers;
	size_t tables;
	uint32_t mb; /**< The sum with some air, in MiB. */
};

struct memory_plan memory_plan(const struct lb_conf *conf);

/** 0, or -ENOSPC with the sum when memory.mb is smaller than it. */
int memory_check(const struct lb_conf *conf, struct lb_error *err);
