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
 *
 * Limits: a slot that may hold only so many connections is full from the one that brings it to its
 * upper limit, until so many have ended that it opens again. Who adds to a load sees to that: at
 * once for what it has added itself, and when it moves its deltas for what others have. So a limit
 * is exact with one worker, and otherwise as old as a load is.
 *
 * A scheduler that keeps an order of its servers watches them: a slot whose load changed on this
 * worker waits, once, in the list of its watcher, until that asks. A watcher is a number that the
 * locals of one service have; 0 is none.
 *
 * The arrays are reserved for LB_SCHED_SLOTS slots and take memory where they are touched.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <rte_prefetch.h>

#include "lb_addr.h"
#include "lb_sched.h"

/** No slot. */
#define LB_SLOT_NONE UINT32_MAX

/** Counters of one slot, of all workers together. */
struct lb_slot_stats {
	uint64_t conns;
	uint64_t templates;  /**< Persistent clients now. */
	uint64_t packets[2]; /**< By enum lb_fwd_direction. */
	uint64_t bytes[2];   /**< IP length, without layer 2. */
};

/** Seconds from one step of all rates to the next. */
#define LB_RATE_SECONDS 2

/** Bits of the fraction that averages have: of connections and packets, and of bytes. */
#define LB_RATE_EVENTS 10
#define LB_RATE_BYTES 5

/** What happens per second: averages with a fraction, which can be added up. */
struct lb_slot_rates {
	uint64_t conns;
	uint64_t packets[2]; /**< By enum lb_fwd_direction. */
	uint64_t bytes[2];
};

/** How many connections a slot may hold. Written by control, read by workers, as one. */
struct lb_slot_limit {
	uint32_t upper;  /**< Full when it holds so many; 0: there is no limit. */
	uint32_t reopen; /**< Full no more when it holds fewer. */
} __attribute__((aligned(8)));

/** Who wants to know of a slot's changes on one worker. */
struct lb_slot_watch {
	uint32_t watcher; /**< 0: nobody. */
	uint32_t index;   /**< Of the server, in the version that the watcher saw last. */
	uint32_t next;    /**< In the watcher's list: slot + 1, or LB_SLOT_NONE; 0: not in it. */
};

/**
 * What one worker keeps of one slot beside its load, in one cache line: a flow that begins needs
 * all of it. Counters are written by the worker and read by control, relaxed.
 */
struct lb_slot_own {
	uint64_t conns;
	uint64_t packets[2]; /**< By enum lb_fwd_direction. */
	uint64_t bytes[2];
	struct lb_slot_limit limit;
	uint32_t templates; /**< May be below 0, as a number of 32 bits; the sum is right. */
	struct lb_slot_watch watch;
} __attribute__((aligned(64)));

/** What one worker keeps of all slots. */
struct lb_slot_worker {
	struct lb_sched_load *delta; /**< By slot. Owned by the worker. */
	struct lb_sched_load *total; /**< By slot. All workers add; see lb_slot_flush(). */
	struct lb_slot_own *own;     /**< By slot. */
	const uint32_t *service;     /**< By slot: number of its service. */
	uint64_t *closed; /**< Two bits by slot: enum lb_sched_closed; they change atomically. */
	uint32_t *dirty;  /**< Slots with a delta. */
	uint32_t dirty_n;
	uint64_t *dirty_map; /**< Bitmap of what stands in dirty. */
	uint32_t *changed;   /**< By watcher: first slot of its list, plus 1; 0: none. */
	uint32_t number;     /**< Of the worker. */
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

/** The name of the service that a slot, which is not free, belongs to. */
const char *lb_slots_service(const struct lb_slots *slots, uint32_t slot);

/** Let workers know by a number which service a slot belongs to; 0 at first. */
void lb_slots_set_service(struct lb_slots *slots, uint32_t slot, uint32_t number);

/** Mark a server as taking no new flows (down), or not. Atomic; workers see it soon. */
void lb_slots_set_closed(struct lb_slots *slots, uint32_t slot, int closed);

/**
 * Let a server have so many connections at most, and let it be full or not by that at once. upper
 * 0: any number. lower 0: it opens again below three quarters of upper.
 */
void lb_slots_set_limits(struct lb_slots *slots, uint32_t slot, uint32_t upper, uint32_t lower);

/** Whether these limits are in force. */
bool lb_slots_has_limits(
	const struct lb_slots *slots, uint32_t slot, uint32_t upper, uint32_t lower);

/** Whether a server has as many connections as it may have. */
bool lb_slots_is_full(const struct lb_slots *slots, uint32_t slot);

/** A number for a watcher, free on all workers; 0 when there is none left. */
uint32_t lb_slots_watcher_take(struct lb_slots *slots);

/** No worker uses the number any more. 0 is allowed. */
void lb_slots_watcher_put(struct lb_slots *slots, uint32_t watcher);

/** Sums over all workers, relaxed: each number is true, together they may be of different moments.
 */
struct lb_sched_load lb_slots_load(const struct lb_slots *slots, uint32_t slot);
struct lb_slot_stats lb_slots_stats(const struct lb_slots *slots, uint32_t slot);

/**
 * Let the rates of slots in use, from number `from` on and at most budget of them, make a step.
 * Every LB_RATE_SECONDS for each; returns where to go on, 0: at the end.
 */
uint32_t lb_slots_rate_some(struct lb_slots *slots, uint32_t from, uint32_t budget);

/** What a slot did lately. */
struct lb_slot_rates lb_slots_rates(const struct lb_slots *slots, uint32_t slot);

/** The average after a step in which so many were counted. Pure. */
uint64_t lb_rate_step(uint64_t average, uint64_t counted, unsigned int fraction);

/** An average as a whole number, rounded. Pure. */
uint64_t lb_rate_per_second(uint64_t average, unsigned int fraction);

/* Workers, each on its own struct lb_slot_worker. */

/** Move all deltas into total. Once a millisecond, and before a sleep. */
void lb_slot_flush(struct lb_slot_worker *worker);

/** Whether a slot that holds so many connections is full; full: whether it was before. Pure. */
bool lb_slot_limit_full(struct lb_slot_limit limit, uint32_t held, bool full);

/** See whether a slot is full, and say so in closed; true: that has changed. */
bool lb_slot_judge(struct lb_slot_worker *worker, uint32_t slot);

/** The watcher wants to know of a slot, whose server now has this index. */
void lb_slot_watch(struct lb_slot_worker *worker, uint32_t slot, uint32_t watcher, uint32_t index);

/** Take a slot out of the watcher's list of changed ones; LB_SLOT_NONE: it is empty. */
static inline uint32_t
lb_slot_take_changed(struct lb_slot_worker *worker, uint32_t watcher)
{
	uint32_t slot = worker->changed[watcher] - 1;
	struct lb_slot_watch *watch;

	if (slot == LB_SLOT_NONE)
		return slot;
	watch = &worker->own[slot].watch;
	worker->changed[watcher] = watch->next == LB_SLOT_NONE ? 0 : watch->next;
	watch->next = 0;
	return slot;
}

/** Load or closed bit of a slot changed on this worker. */
static inline void
lb_slot_tell(struct lb_slot_worker *worker, uint32_t slot)
{
	struct lb_slot_watch *watch = &worker->own[slot].watch;
	uint32_t *first = &worker->changed[watch->watcher];

	if (watch->watcher == 0 || watch->next != 0)
		return;
	watch->next = *first == 0 ? LB_SLOT_NONE : *first;
	*first = slot + 1;
}

/** Ask for what is kept of a slot, to add to its load soon. */
static inline void
lb_slot_prefetch(const struct lb_slot_worker *worker, uint32_t slot)
{
	rte_prefetch0(&worker->own[slot]);
	rte_prefetch0(&worker->delta[slot]);
}

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
	if (__atomic_load_n(&worker->own[slot].limit.upper, __ATOMIC_RELAXED) != 0)
		lb_slot_judge(worker, slot);
	lb_slot_tell(worker, slot);
}

/** Count one packet of `bytes` IP bytes. */
static inline void
lb_slot_count(struct lb_slot_worker *worker, uint32_t slot, unsigned int direction, uint32_t bytes)
{
	worker->own[slot].packets[direction]++;
	worker->own[slot].bytes[direction] += bytes;
}
