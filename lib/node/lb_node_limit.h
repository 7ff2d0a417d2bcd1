#pragma once
/**
 * @file
 * How many ICMP errors a worker sends: so many a second together, and fragmentation-needed (which
 * clients cannot do without) so many a second for each client, or for those that share its place.
 * Owned by one worker.
 */

#include <stdbool.h>
#include <stdint.h>

#include <rte_byteorder.h>

#define LB_NODE_LIMIT_ERRORS 1000 /**< A second, all errors but fragmentation needed. */
#define LB_NODE_LIMIT_CLIENT 10   /**< Fragmentation needed, a second and client. */
#define LB_NODE_LIMIT_CLIENTS 1024

/** Counts of the running second. */
struct lb_node_limit {
	uint32_t second;
	uint32_t errors;
	struct lb_node_limit_client {
		uint32_t second;
		uint32_t errors;
	} clients[LB_NODE_LIMIT_CLIENTS];
};

/** Whether one more error may be sent in this second, and count it. */
bool lb_node_limit_error(struct lb_node_limit *limit, uint32_t second);

/** The same for fragmentation needed to a client. */
bool lb_node_limit_frag_needed(struct lb_node_limit *limit, uint32_t second, rte_be32_t client);
