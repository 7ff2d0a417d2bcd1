#pragma once
/**
 * @file
 * How many new TCP connections a worker enters into its table. A flood of first packets would have
 * it make entries, and end them again, that nobody comes back to; each costs several times what a
 * packet of an established connection does. So of those that come in one tick only so many are
 * entered. Others of services that need no entry go where a hash of the client leads, and are
 * forgotten.
 *
 * While that is so, and for some seconds after, the servers of all new connections are chosen by
 * the same hash, and so are those of packets in the middle of unknown flows: a client that is real
 * has been answered by that server, and its flow is entered now.
 *
 * Owned by one worker. Times are ticks of lb_clock.h.
 */

#include <stdbool.h>
#include <stdint.h>

#include "lb_clock.h"

/** Connections of first packets that are entered in a second, and as many of later packets. */
#define LB_NODE_BUDGET_RATE 125000
#define LB_NODE_BUDGET_TICK (LB_NODE_BUDGET_RATE / LB_TICKS_PER_SECOND)

/** The flood is over when the budget has sufficed for so long. */
#define LB_NODE_BUDGET_QUIET (5 * LB_TICKS_PER_SECOND)

/** What a connection begins with that is to be entered. */
enum lb_node_budget_kind {
	LB_NODE_BUDGET_FIRST, /**< Its first packet. */
	LB_NODE_BUDGET_LATER, /**< A packet of a flow that was not entered. */
	LB_NODE_BUDGET_KINDS,
};

struct lb_node_budget {
	uint32_t tick;                          /**< That the next two are of. */
	uint32_t entered[LB_NODE_BUDGET_KINDS]; /**< Connections. */
	uint32_t exceeded;                      /**< The last tick for which it did not suffice. */
	bool flooded;                           /**< Servers are chosen by hash. */
	uint64_t passed; /**< First packets that were not entered, ever. Control reads it. */
};

/** Whether it is a flood, at this tick. */
bool lb_node_budget_is_flooded(struct lb_node_budget *budget, uint32_t now);

/** Whether one more connection may be entered at this tick, which is counted. */
bool lb_node_budget_enter(
	struct lb_node_budget *budget, enum lb_node_budget_kind kind, uint32_t now);
