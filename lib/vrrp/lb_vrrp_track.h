#pragma once
/**
 * @file
 * What an instance's tracking makes of it: the priority in effect, and whether it can serve at all.
 *
 * Both are recomputed from all terms whenever one changes, never adjusted by steps, so that no
 * sequence of events leaves anything behind. Pure.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** Largest weight, either way. */
#define LB_VRRP_WEIGHT_MAX 253

/** Something tracked. */
struct lb_vrrp_term {
	/** 0: without it the instance is in fault. Positive: added while it is up. Negative: taken
	 * off while it is down. */
	int16_t weight;
	bool up;
};

/** What all terms come to. */
struct lb_vrrp_effect {
	uint8_t priority; /**< 1 to 254, or LB_VRRP_OWNER. */
	bool fault;
};

/** What a term adds to the priority now. */
int lb_vrrp_term_adds(const struct lb_vrrp_term *term);

/** base: the priority without tracking; an owner's, LB_VRRP_OWNER, stays what it is. */
struct lb_vrrp_effect lb_vrrp_track(uint8_t base, const struct lb_vrrp_term *terms, size_t n);
