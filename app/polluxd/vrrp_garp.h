#pragma once
/**
 * @file
 * When an instance's gratuitous ARP is due: a burst on becoming Active, a second one after a delay,
 * and refreshing. Pure: it sends nothing and reads no clock. Times are us of CLOCK_MONOTONIC.
 */

#include <stdbool.h>
#include <stdint.h>

#include "lb_conf.h"

/** Where announcing stands; a time is UINT64_MAX when there is nothing to come. */
struct vrrp_garp {
	uint32_t rounds;     /**< Over all addresses, still to be sent. */
	uint32_t next;       /**< Address of the next frame. */
	uint32_t first;      /**< Address that rounds begin and end with. */
	uint32_t urgent_to;  /**< Address that the urgent round ends with. */
	bool urgent;         /**< It is the first round after there was nothing to announce. */
	uint64_t due_us;     /**< Of the next frame, while there are rounds. */
	uint64_t again_us;   /**< The second burst. */
	uint64_t refresh_us; /**< The next refreshing. */
};

/** Nothing to announce. */
void vrrp_garp_end(struct vrrp_garp *garp);

/**
 * Announce from now on. What is under way starts anew where it stands and at its pace: who makes us
 * begin again and again, as a router of lower priority does, keeps no address from its turn.
 */
void vrrp_garp_begin(struct vrrp_garp *garp, const struct lb_conf_garp *conf, uint64_t now_us);

/** When there is something to send. */
uint64_t vrrp_garp_due(const struct vrrp_garp *garp);

/** Bring bursts that are due about; returns how many frames, of `most`, may be sent now. */
uint32_t vrrp_garp_take(
	struct vrrp_garp *garp, const struct lb_conf_garp *conf, uint32_t most, uint64_t now_us);

/** The address of the next frame, of n; the frame is sent. */
uint32_t vrrp_garp_next(struct vrrp_garp *garp, uint32_t n);
