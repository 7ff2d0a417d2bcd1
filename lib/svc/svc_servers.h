#pragma once
/**
 * @file
 * The IPv4 addresses of all servers of a version: a set, open addressing, at most three quarters
 * full. Control writes, one word at a time; workers ask meanwhile.
 */

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lb_svc.h"

/** Marks of places: 0 and 255.255.255.255 are no server's addresses. */
#define SVC_SERVERS_EMPTY 0
#define SVC_SERVERS_GONE UINT32_MAX

struct svc_servers {
	uint64_t mask;    /**< Places, less 1. */
	uint64_t used;    /**< Places that are not empty. Control. */
	uint32_t *counts; /**< Servers with the address, by place. Control. */
	_Atomic(rte_be32_t) addresses[];
};

/** None yet; there is room for n servers, and for half as many again. NULL: no memory. */
struct svc_servers *svc_servers_create(size_t n);
void svc_servers_destroy(struct svc_servers *servers);

/** Whether n servers more find a place. */
bool svc_servers_has_room(const struct svc_servers *servers, size_t n);

/** Put those of a service in, or take them out; its sorry server is one. */
void svc_servers_add(struct svc_servers *servers, const struct lb_svc *svc);
void svc_servers_remove(struct svc_servers *servers, const struct lb_svc *svc);

bool svc_servers_has(const struct svc_servers *servers, rte_be32_t address);
