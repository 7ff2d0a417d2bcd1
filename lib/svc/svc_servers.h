#pragma once
/**
 * @file
 * The IPv4 addresses of all servers of a version: a set, open addressing, at most half full. Built
 * by control, then immutable; workers ask.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lb_svc.h"

/** 0 is no server's address, so it marks what is empty. */
struct svc_servers {
	uint64_t mask; /**< Places, less 1. */
	rte_be32_t addresses[];
};

/** The servers of n services. NULL: no memory. */
struct svc_servers *svc_servers_create(const struct lb_svc_spec *specs, size_t n);

bool svc_servers_has(const struct svc_servers *servers, rte_be32_t address);
