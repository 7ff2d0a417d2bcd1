#pragma once
/**
 * @file
 * What is measured: a table of cases. Most are a configuration of the director and traffic for it,
 * of which the walks are timed; a case may also be measured in a way of its own.
 */

#include <stdbool.h>
#include <stdint.h>

#include <rte_mbuf.h>

#include "lb_conf.h"
#include "lb_error.h"

struct lane;
struct plan;
struct samples;

/** How the packets of a case come about. Called on the lane's lcore, never while time is taken. */
struct bench_traffic {
	/** Optional: bring the lane's connections into the state that is measured. 0, or err. */
	int (*prepare)(struct lane *lane, struct lb_error *err);

	/** Write the next packets into n fresh mbufs. */
	void (*fill)(struct lane *lane, struct rte_mbuf **mbufs, uint16_t n);

	/** Optional: let time pass before a walk of the director; absent, it passes by itself. */
	void (*pass)(struct lane *lane);

	/** Optional: after the last round, whether the state was kept. 0 or -errno with err. */
	int (*check)(const struct lane *lane, struct lb_error *err);
};

/** Each is told at the head of its file, established.c and so on. */
extern const struct bench_traffic bench_established;
extern const struct bench_traffic bench_fresh;
extern const struct bench_traffic bench_unknown;
extern const struct bench_traffic bench_mixed;
extern const struct bench_traffic bench_handover;
extern const struct bench_traffic bench_flood;

/** How a case is measured that is no matter of walks. Main lcore. */
struct bench_own {
	/** The configuration whose memory EAL must have. NULL: err; the caller destroys it. */
	struct lb_conf *(*conf)(const struct plan *plan, struct lb_error *err);

	/** Measure: samples_add() for each figure, once per round. 0 or -errno with err. */
	int (*run)(const struct plan *plan, uint32_t rounds, struct samples *samples,
		struct lb_error *err);
};

/** A case. Members of the configuration that are 0 have the usual value. */
struct bench_case {
	const char *name;
	const struct bench_own *own; /**< NULL: walks are timed, and the rest is set. */

	uint64_t (*walk)(struct lane *lane); /**< What is timed: see walk.h. */
	const struct bench_traffic *traffic;
	const uint32_t *sizes; /**< Of the table, ends with 0; NULL: it is of no matter. */
	uint32_t room;         /**< Beside them the table holds their share 1/room; 0: none. */
	uint32_t workers;      /**< At least; 0: 1. */
	uint16_t burst;        /**< Packets of a walk: BED_BURST. */
	uint32_t one_in;       /**< One in so many packets is of an established connection. */
	bool each_walk;        /**< Walks are told apart: see measure.h. */
	bool replies;          /**< Packets come from the servers. */

	const char *forward;   /**< "dr". */
	const char *scheduler; /**< "rr". */
	const char *unknown;   /**< "rst". */
	uint32_t services;     /**< 1. */
	uint32_t servers;      /**< Of each service: 10. */
	uint32_t weights;      /**< Servers weigh 1 to this, in turn: 1. */
};

/** All cases, in the order in which they are run; ends with a name that is NULL. */
extern const struct bench_case bench_cases[];

/** The case called name, or NULL. */
const struct bench_case *bench_case_find(const char *name);
