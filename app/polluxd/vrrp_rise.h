#pragma once
/** @file From results of a script to whether it is up: a pure function. */

#include <stdbool.h>
#include <stdint.h>

/**
 * What a script says. While it is unknown, an instance that depends on it neither counts on it nor
 * is punished for it: it waits.
 */
enum vrrp_script_state {
	VRRP_SCRIPT_UNKNOWN, /**< No result yet. */
	VRRP_SCRIPT_UP,
	VRRP_SCRIPT_DOWN,
};

/** What its results have come to. All zeros: unknown. */
struct vrrp_rise {
	enum vrrp_script_state state;
	uint32_t against; /**< Results in a row that speak against the state. */
};

/**
 * Take a result. rise and fall: how many in a row it takes; the first decides alone. true: the
 * state has changed.
 */
bool vrrp_rise_take(struct vrrp_rise *rise, bool good, uint32_t rises, uint32_t falls);

/** "unknown", "up" or "down". */
const char *vrrp_script_name(enum vrrp_script_state state);
