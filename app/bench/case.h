#pragma once
/**
 * @file
 * What is measured: a table of cases, each a configuration of the director and traffic for it.
 */

#include <stdbool.h>
#include <stdint.h>

#include <rte_mbuf.h>

#include "lb_error.h"

struct lane;

/** How the packets of a case come about. Called on the lane's lcore, never while time is taken. */
struct bench_traffic {
	/** Bring the lane's connections into the state that is measured. 0 or -errno with err. */
	int (*prepare)(struct lane *lane, struct lb_error *err);

	/** Write the next packets into n fresh mbufs. */
	void (*fill)(struct lane *lane, struct rte_mbuf **mbufs, uint16_t n);

	/** Optional: let time pass before a walk of the director; absent, it passes by itself. */
	void (*pass)(struct lane *lane);

	/** Optional: after the last round, whether the state was kept. 0 or -errno with err. */
	int (*check)(const struct lane *lane, struct lb_error *err);
};

/** Packets of connections that exist, in random order; and each packet a new connection. */
extern const struct bench_traffic bench_established;
extern const struct bench_traffic bench_fresh;

/** A case. Members of the configuration that are 0 have the usual value. */
struct bench_case {
	const char *name;
	uint64_t (*walk)(struct lane *lane); /**< What is timed: see walk.h. */
	const struct bench_traffic *traffic;
	bool sized;            /**< Measured once for each number of connections. */
	bool replies;          /**< Packets come from the servers. */
	const char *forward;   /**< "dr". */
	const char *scheduler; /**< "rr". */
	uint32_t servers;      /**< 10. */
	uint32_t weights;      /**< Servers weigh 1 to this, in turn: 1. */
};

/** All cases, in the order in which they are run; ends with a name that is NULL. */
extern const struct bench_case bench_cases[];

/** The case called name, or NULL. */
const struct bench_case *bench_case_find(const char *name);
