#pragma once
/**
 * @file
 * Links of ports, for the instances on them: an instance without a link is in fault; and for the
 * kernel, if it has a part in the port. Control lcore.
 */

#include <stdbool.h>
#include <stdint.h>

#include <uv.h>

#include "lb_error.h"
#include "lb_netif.h"

struct director;

/** What is known of links. */
struct vrrp_link {
	int watch; /**< Of the kernel's links; -1: none. */
	uv_poll_t poll;
	uint64_t due_us; /**< The next look at ports that do not tell by themselves. */
	bool up[LB_NETIF_PORTS];
};

/** Begin to watch; the control loop is there. 0 or -errno with the sentence. */
int vrrp_link_init(struct director *director, struct lb_error *err);

/** The control loop is gone. */
void vrrp_link_fini(struct vrrp_link *link);

/** Ports are up: see which links are. */
void vrrp_link_start(struct director *director);

/** Look at links if it is time; returns when to be called again, UINT64_MAX: not at all. */
uint64_t vrrp_link_turn(struct director *director, uint64_t now_us);
