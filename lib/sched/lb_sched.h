#pragma once
/**
 * @file
 * Schedulers choose the real server of a new flow.
 *
 * The control lcore (or a libuv work thread, on private copies) calls build() and destroy(). All
 * workers call pick(), changed() and tick() at the same time on the same state: they may not
 * allocate, lock, log or enter the kernel, and write only to their own `local`.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lb_addr.h"
#include "lb_error.h"

/** Most server slots that ever exist; total, delta and closed are indexed by slot. */
#define LB_SCHED_SLOTS 262144

/** The greatest weight; products of a weight and a load fit into 64 bits. */
#define LB_SCHED_WEIGHT 65535

/** What a scheduler may know about a real server. */
struct lb_sched_dest {
	uint32_t slot;   /**< Stable number of the server, below LB_SCHED_SLOTS. */
	uint32_t weight; /**< 0: takes no new flow; at most LB_SCHED_WEIGHT. */
	struct lb_addr addr;
	rte_be16_t port;
};

/** Servers that one tick() looks at. */
#define LB_SCHED_TICK 1024

/** Flows of a server; the sum of total and delta may wrap on the way. Read and added to as one. */
struct lb_sched_load {
	uint32_t active;
	uint32_t inactive;
} __attribute__((aligned(8)));

/** Why a server takes no new flows, whatever its weight: two bits of each slot. */
enum lb_sched_closed {
	LB_SCHED_DOWN = 1, /**< It does not answer, or is not wanted. */
	LB_SCHED_FULL = 2, /**< It has as many flows as it may have. */
};

/** Words of `closed` that hold so many slots. */
#define LB_SCHED_CLOSED(slots) (((slots) + 31) / 32)

/** One entry of the configuration's `scheduler_options`. */
struct lb_sched_option {
	const char *name;
	enum lb_sched_option_type {
		LB_SCHED_OPTION_BOOL,
		LB_SCHED_OPTION_INT,
		LB_SCHED_OPTION_STRING,
	} type;
	int64_t number;   /**< Also the bool. */
	const char *text; /**< Of a string. */
};

/** Options of a service; belongs to the caller, valid during the call. */
struct lb_sched_options {
	size_t n;
	const struct lb_sched_option *list;
};

/** An option that a scheduler has; a list of them ends with name NULL. */
struct lb_sched_rule {
	const char *name;
	enum lb_sched_option_type type;
	int64_t min; /**< Of a number. */
	int64_t max;
	int64_t fallback; /**< If not given; a string is then "". */
};

/**
 * Head of what a scheduler keeps per worker and service. It outlives versions of the service, so it
 * remembers slots, not indices, and repairs itself when `version` is not the state's. A block
 * starts zeroed but for worker and workers. Written by its worker only.
 */
struct lb_sched_local {
	uint64_t version; /**< Of the state that the rest was made for; 0: of none. */
	uint32_t worker;  /**< 0 .. workers - 1; schedulers spread their start by it. */
	uint32_t workers;
	uint64_t next_tick; /**< TSC; of who calls tick(). */
};

/**
 * What a scheduler may know about a new flow and the worker that has it. total, delta and closed
 * stay where they are as long as `local`, so that changed() and tick() can look at them too.
 */
struct lb_sched_flow {
	struct lb_addr src;
	struct lb_addr dst;
	rte_be16_t sport;
	rte_be16_t dport;
	uint32_t hash;                     /**< Of client address and port; for tie-breaking. */
	uint64_t now;                      /**< TSC. */
	const struct lb_sched_load *total; /**< All workers', at most 1 ms old; by slot. */
	const struct lb_sched_load *delta; /**< This worker's, not yet in total; by slot. */
	const uint64_t *closed;            /**< Two bits by slot: enum lb_sched_closed. */
};

/** A scheduler. Members marked optional may be NULL. */
struct lb_sched_ops {
	const char *name; /**< As in the configuration: "wrr". */

	/** build() may take more than 1 ms. It runs in a work thread then, and leaves slots alone.
	 */
	bool slow;

	/**
	 * Prepare to pick among n servers, in the order of the configuration. dests stays valid as
	 * long as the state. version is unique per call and never 0. NULL: err is set. The caller
	 * destroys it.
	 */
	void *(*build)(const struct lb_sched_dest *dests, size_t n,
		const struct lb_sched_options *options, uint64_t version, struct lb_error *err);

	/** Bytes of local memory, its head included. */
	size_t (*local_size)(const void *state);

	/** Index into dests, or -1 when no server takes new flows. */
	int (*pick)(
		const void *state, struct lb_sched_local *local, const struct lb_sched_flow *flow);

	/**
	 * Optional: the index that pick() is likely to return next, or -1. What is kept of that
	 * server is then on its way into the cache; nothing else comes of it. Writes nothing.
	 */
	int (*peek)(const void *state, const struct lb_sched_local *local);

	/**
	 * Optional: load, or the closed bit, of dests[i] changed on this worker. Called before the
	 * next pick(); never with the index of another version.
	 */
	void (*changed)(const void *state, struct lb_sched_local *local, size_t i);

	/**
	 * Optional: what others changed is to be looked at, LB_SCHED_TICK servers at most. Called
	 * before a pick(), when the last call is a millisecond ago. now: TSC.
	 */
	void (*tick)(const void *state, struct lb_sched_local *local, uint64_t now);

	/**
	 * While servers and closed bits stay, each packet of a flow gets the same server. So
	 * pick() keeps nothing in its local memory, which may be another scheduler's.
	 */
	bool steady;

	/** Weights are ratios: with all of them times the same number nothing changes. */
	bool ratios;

	/** Release what build() returned. NULL is allowed. */
	void (*destroy)(void *state);
};

/** The table that meson writes from the list of plug-ins; ends with NULL. */
extern const struct lb_sched_ops *const lb_sched_table[];

/** The scheduler called name in table, or NULL. */
const struct lb_sched_ops *lb_sched_find(const struct lb_sched_ops *const *table, const char *name);

/** A version for build() that no other has. Any thread. */
uint64_t lb_sched_version(void);

/** Write the names in table as "rr, wrr" into out, for messages; returns out. */
const char *lb_sched_names(const struct lb_sched_ops *const *table, char *out, size_t size);

/**
 * Read options into values, which are in the order of the rules. 0, or -EINVAL: unknown, of another
 * type or out of range. Texts belong to whom options belong to.
 */
int lb_sched_read_options(const char *scheduler, const struct lb_sched_rule *rules,
	const struct lb_sched_options *options, struct lb_sched_option *values,
	struct lb_error *err);

/** 0, or -EINVAL naming the first option: for schedulers that have none. */
int lb_sched_no_options(
	const char *scheduler, const struct lb_sched_options *options, struct lb_error *err);

/** Load of a slot as the worker of the flow sees it. */
static inline struct lb_sched_load
lb_sched_load_of(const struct lb_sched_flow *flow, uint32_t slot)
{
	const struct lb_sched_load *total = &flow->total[slot], *delta = &flow->delta[slot];

	return (struct lb_sched_load){
		.active = __atomic_load_n(&total->active, __ATOMIC_RELAXED) + delta->active,
		.inactive = __atomic_load_n(&total->inactive, __ATOMIC_RELAXED) + delta->inactive,
	};
}

/** Overhead: a connection that is no longer active weighs little beside one that is. */
static inline uint64_t
lb_sched_overhead(struct lb_sched_load load)
{
	return 256 * (uint64_t)load.active + load.inactive;
}

/** The bit of a slot in its word of `closed`, which is number slot / 32. */
static inline uint64_t
lb_sched_closed_bit(uint32_t slot, enum lb_sched_closed why)
{
	return (uint64_t)why << (slot % 32 * 2);
}

/** Whether the server of a slot is full or down. */
static inline bool
lb_sched_is_closed(const struct lb_sched_flow *flow, uint32_t slot)
{
	uint64_t word = __atomic_load_n(&flow->closed[slot / 32], __ATOMIC_RELAXED);

	return (word >> (slot % 32 * 2) & (LB_SCHED_DOWN | LB_SCHED_FULL)) != 0;
}
