#pragma once
/**
 * @file
 * Packets that wait for the MAC of their next hop: at most 8 per neighbour and 512 per worker, for
 * at most 1 s. Owned by one worker.
 */

#include <stdint.h>

#include <rte_mbuf.h>

#include "lb_addr.h"

#define LB_NODE_HOLD 512
#define LB_NODE_HOLD_PER_NEIGHBOUR 8

/** A packet that waits. */
struct lb_node_held {
	struct rte_mbuf *m;
	uint64_t deadline; /**< TSC. */
	uint16_t generation;
	uint32_t hop;           /**< As in the packet's meta. */
	struct lb_addr address; /**< Of an unknown hop. */
};

/** What waits, in the order of arrival. */
struct lb_node_hold {
	uint32_t n;
	uint32_t limit;        /**< At most LB_NODE_HOLD, and this worker's part of the pool. */
	uint64_t next_look;    /**< TSC. */
	uint64_t cycles_per_s; /**< Of the TSC. */
	struct lb_node_held held[LB_NODE_HOLD];
};

struct lb_node_env;

/** What became of a packet that has no usable next hop. */
enum lb_node_hold_result {
	LB_NODE_HOLD_TAKEN,
	LB_NODE_HOLD_ASK, /**< Taken, and the first for an address that nobody has asked for. */
	LB_NODE_HOLD_FULL,
};

/** Keep a packet; its meta has hop, and the address of an unknown one. The worker. */
enum lb_node_hold_result lb_node_hold_add(struct lb_node_env *env, struct rte_mbuf *m);

/**
 * Take up to max packets whose next hop is known now (meta.hop is set), or whose time is over
 * (meta.hop is 0), into out; returns how many. The worker.
 */
uint16_t lb_node_hold_take(struct lb_node_env *env, struct rte_mbuf **out, uint16_t max);

/** What a worker asks of control: an mbuf of the neighbour class and of no known packet type is
 * this.
 */
struct lb_node_want {
	struct lb_addr addr;
	uint8_t port;
};
