#pragma once
/**
 * @file
 * Server slots: the stable numbers of real servers, their loads and their counters.
 *
 * A slot is keyed by (service name, address, port) and stays the same while anything refers to it:
 * a server that comes back gets its slot, counters and connections. A slot is used for another
 * server only after it was unpublished, after a grace period, and after every worker has swept its
 * connections and found none.
 *
 * Loads: `total` is shared and dense; each worker adds to its own `delta` and, once a millisecond,
 * moves the deltas of its dirty list into total with relaxed atomics. Load = total + own delta.
 * The arrays are reserved for LB_SCHED_SLOTS slots and take memory where they are touched.
 */

#include <stddef.h>
#include <stdint.h>

#include "lb_addr.h"
#include "lb_sched.h"

/** No slot. */
#define LB_SLOT_NONE UINT32_MAX

/** Counters of one slot on one worker. Written by that worker, read by control, relaxed. */
struct lb_slot_stats {
	uint64_t conns;
	uint64_t packets[2]; /**< By enum lb_fwd_direction. */
	uint64_t bytes[2];   /**< IP length, without layer 2. */
};

/** What one worker keeps of all slots. */
struct lb_slot_worker {
	struct lb_sched_load *delta; /**< By slot. Owned by the worker. */
	struct lb_sched_load *total; /**< By slot. All workers add; see lb_slot_flush(). */
	struct lb_slot_stats *stats; /**< By slot. */
	const uint64_t *closed;      /**< Bitmap by slot; bits change atomically. */
	uint32_t *dirty;             /**< Slots with a delta. */
	uint32_t dirty_n;
	uint64_t *dirty_map; /**< Bitmap of what stands in dirty. */
};

/** All slots of the process. Control lcore. */
struct lb_slots;

/* Control lcore. */

/** NULL and errno when the address space cannot be had. */
struct lb_slots *lb_slots_create(uint32_t workers);
void lb_slots_destroy(struct lb_slots *slots);

/** What worker number `worker` uses; valid as long as slots. */
struct lb_slot_worker *lb_slots_worker(struct lb_slots *slots, uint32_t worker);

/**
 * The slot of (service, server): the one it has or had, else a free one, else LB_SLOT_NONE. It is
 * in use until lb_slots_retire(). Taking one that is in use already gives the same again.
 */
uint32_t lb_slots_take(
	struct lb_slots *slots, const char *service, const struct lb_endpoint *server);

/** Like lb_slots_take() but changes nothing: LB_SLOT_NONE when there is none. */
uint32_t lb_slots_lookup(
	const struct lb_slots *slots, const char *service, const struct lb_endpoint *server);

/** Undo a lb_slots_take() that no worker has seen; the slot was not in use before it. */
void lb_slots_release(struct lb_slots *slots, uint32_t slot);

/** The slot is in no published version and the grace period has passed. It waits for a sweep. */
void lb_slots_retire(struct lb_slots *slots, uint32_t slot);

/** How many retired slots wait for the next sweep. */
uint32_t lb_slots_retired(const struct lb_slots *slots);

/** A sweep starts now: slots retired later are not part of it. Returns how many are. */
uint32_t lb_slots_sweep_begin(struct lb_slots *slots);

/**
 * Every worker has swept. used: bitmap by slot of those that have connections. Slots of the sweep
 * that are not in it, and were not taken again meanwhile, become free with counters at 0; the
 * others wait for the next sweep. Returns how many became free.
 */
uint32_t lb_slots_sweep_end(struct lb_slots *slots, const uint64_t *used);

/** Mark a server as taking no new flows (down), or not. Atomic; workers see it soon. */
void lb_slots_set_closed(struct lb_slots *slots, uint32_t slot, int closed);

/** Sums over all workers, relaxed: each number is true, together they may be of different moments.
 */
struct lb_sched_load lb_slots_load(const struct lb_slots *slots, uint32_t slot);
struct lb_slot_stats lb_slots_stats(const struct lb_slots *slots, uint32_t slot);

/* Workers, each on its own struct lb_slot_worker. */

/** Move all deltas into total. Once a millisecond, and before a sleep. */
void lb_slot_flush(struct lb_slot_worker *worker);

/** Add to a slot's load; the amounts may be negative. */
static inline void
lb_slot_add(struct lb_slot_worker *worker, uint32_t slot, int32_t active, int32_t inactive)
{
	worker->delta[slot].active += (uint32_t)active;
	worker->delta[slot].inactive += (uint32_t)inactive;
	if ((worker->dirty_map[slot / 64] >> (slot % 64) & 1) == 0) {
		worker->dirty_map[slot / 64] |= UINT64_C(1) << (slot % 64);
		worker->dirty[worker->dirty_n++] = slot;
	}
}

/** Count one packet of `bytes` IP bytes. */
static inline void
lb_slot_count(struct lb_slot_worker *worker, uint32_t slot, unsigned int direction, uint32_t bytes)
{
	worker->stats[slot].packets[direction]++;
	worker->stats[slot].bytes[direction] += bytes;
}
