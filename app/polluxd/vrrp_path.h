#pragma once
/**
 * @file
 * Whether the data path moves: that every worker walks its graph, and that no port refuses all that
 * a worker sends. For how long something has stood still is counted while control itself runs: a
 * process that was stopped as a whole finds nothing at fault. Control lcore.
 */

#include <stdbool.h>
#include <stdint.h>

#include "lb_netif.h"
#include "lb_node.h"

struct director;

/** Something that counts on while it moves. */
struct vrrp_pulse {
	uint64_t mark;
	uint64_t stood_us;
};

/** What control has seen of all workers. Zeroed at first. */
struct vrrp_path {
	uint64_t due_us;
	uint64_t seen_us; /**< The last look; 0: none yet. */
	struct vrrp_pulse walks[LB_NODE_WORKERS];
	struct vrrp_tx {
		struct vrrp_pulse pulse;
		uint32_t refused;
		uint64_t until_us; /**< It has stood still and is given up until then. */
	} tx[LB_NODE_WORKERS][LB_NETIF_PORTS];
	uint64_t stood_us; /**< Of what has stood longest. */
};

/** It is at mark now, gap_us after the last look. idle: it has no reason to move. Pure. */
void vrrp_pulse_look(struct vrrp_pulse *pulse, uint64_t mark, bool idle, uint64_t gap_us);

/** Look if it is time, once an interval; returns when to be called again. */
uint64_t vrrp_path_turn(struct director *director, uint64_t interval_us, uint64_t now_us);

/** How long the data path may stand before an instance of this interval is in fault. */
uint64_t vrrp_path_limit(const struct director *director, uint64_t interval_us);
