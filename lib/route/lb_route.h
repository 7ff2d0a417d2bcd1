#pragma once
/**
 * @file
 * Routes: an immutable table, built anew and swapped.
 *
 * One sorted array per prefix length that is in use, searched from the longest; looked up per new
 * connection, then cached there with the generation. Control builds and publishes; workers read
 * between two quiescent states.
 */

#include <stddef.h>
#include <stdint.h>

#include "lb_addr.h"

/** Most routes of a table, connected subnets not counted. */
#define LB_ROUTES_MAX 4096

/** A route. */
struct lb_route {
	struct lb_prefix to;
	uint8_t port;
	uint32_t hop; /**< Neighbour index of the gateway; 0: connected, the destination is the hop.
		       */
	uint16_t mtu; /**< Of the port. */
	struct lb_addr source; /**< The port's own address there. */
};

struct lb_route_table;

/** Build a table; the list is copied. NULL: errno ENOMEM, or EEXIST for a prefix twice. */
struct lb_route_table *lb_route_build(const struct lb_route *list, size_t n);
void lb_route_destroy(struct lb_route_table *table);

/** Publish it, or NULL; the one before is destroyed after a grace period. Control lcore. */
void lb_route_publish(struct lb_route_table *table);

/** The present table; may be NULL. Workers, and control. */
const struct lb_route_table *lb_route_current(void);

/** The route with the longest prefix that holds addr, or NULL. table may be NULL. */
const struct lb_route *lb_route_find(
	const struct lb_route_table *table, const struct lb_addr *addr);
