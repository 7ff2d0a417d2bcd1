#pragma once
/**
 * @file
 * How many packets that answer others a worker sends: so many ICMP errors a second together, but
 * fragmentation-needed (which clients cannot do without) so many a second for each client, or for
 * those that share its place; and so many resets. Owned by one worker.
 */

#include <stdbool.h>
#include <stdint.h>

#include <rte_byteorder.h>

#define LB_NODE_LIMIT_ERRORS 1000  /**< A second, all errors but fragmentation needed. */
#define LB_NODE_LIMIT_CLIENT 10    /**< Fragmentation needed, a second and client. */
#define LB_NODE_LIMIT_RESETS 10000 /**< TCP resets, a second. */
#define LB_NODE_LIMIT_CLIENTS 1024

/** Packets of one kind in one second. */
struct lb_node_limit_count {
	uint32_t second;
	uint32_t sent;
};

/** Counts of the running second. */
struct lb_node_limit {
	struct lb_node_limit_count errors;
	struct lb_node_limit_count resets;
	struct lb_node_limit_count clients[LB_NODE_LIMIT_CLIENTS];
};

/** Whether one more error may be sent in this second, and count it. */
bool lb_node_limit_error(struct lb_node_limit *limit, uint32_t second);

/** The same for fragmentation needed to a client. */
bool lb_node_limit_frag_needed(struct lb_node_limit *limit, uint32_t second, rte_be32_t client);

/** The same for a reset. */
bool lb_node_limit_reset(struct lb_node_limit *limit, uint32_t second);
