#pragma once
/**
 * @file
 * What struct lb_slots consists of: one reserved mapping, carved into arrays by slot, and the life
 * of each slot. Private to the files slot*.c. Control lcore.
 */

#include <rte_common.h>

#include "lb_slot.h"
#include "lb_svc.h"

/** Where a slot is in its life. */
enum slot_state {
	SLOT_FREE,
	SLOT_USED,    /**< Taken. */
	SLOT_RETIRED, /**< Waits for a sweep; its key still finds it. */
	SLOT_SWEPT,   /**< Retired before the sweep that runs now. */
};

/** Whose a slot is. */
struct slot_key {
	char service[LB_SVC_NAME];
	struct lb_endpoint server;
	uint32_t next;  /**< In its chain, or in the list of free slots: slot + 1; 0: last. */
	uint8_t before; /**< enum slot_state when it was last taken. */
};

/** Rates of a slot, and what had been counted at the last step. */
struct slot_rates {
	struct lb_slot_rates now;
	struct lb_slot_stats last;
};

/** Workers write into theirs, so each has its own cache lines. */
struct slot_worker {
	struct lb_slot_worker worker;
} __rte_cache_aligned;

struct lb_slots {
	size_t size; /**< Of the mapping, which begins with this struct. */
	uint32_t workers_n;
	uint32_t high;    /**< Slots from here on were never used. */
	uint32_t free;    /**< First of the freed ones: slot + 1. */
	uint32_t retired; /**< Slots in SLOT_RETIRED. */
	bool sweeping;
	uint8_t *states; /**< enum slot_state by slot. */
	struct slot_key *keys;
	uint32_t *chains;  /**< First slot of each chain of keys: slot + 1. */
	uint32_t *service; /**< Number of the service by slot. */
	struct lb_sched_load *total;
	uint64_t *closed;
	struct slot_rates *rates;
	uint32_t *watchers;   /**< Numbers of watchers that are free again: a stack. */
	uint32_t watchers_n;  /**< How many lie on it. */
	uint32_t watcher_top; /**< The highest number that was ever taken. */
	struct slot_worker *workers;
};

/** Let a slot that nobody refers to have counters and rates of 0, no limits, and be open. */
void slot_count_reset(struct lb_slots *slots, uint32_t slot);
