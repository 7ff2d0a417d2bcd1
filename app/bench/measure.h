#pragma once
/** @file One case with one number of connections, measured in rounds. */

#include <stdint.h>

#include "case.h"

#define MEASURE_ROUNDS 1000

/** What to measure. */
struct measure_plan {
	const struct bench_case *what;
	uint32_t connections;
	uint32_t workers;
	uint32_t rounds; /**< At most MEASURE_ROUNDS. */
};

/** Which walk, in each round. */
enum measure_step {
	MEASURE_EMPTY,
	MEASURE_L2,
	MEASURE_CASE,
	MEASURE_STEPS,
};

/** What was taken, one number per round; begins with zeros. */
struct measure_samples {
	uint32_t rounds;
	uint64_t packets; /**< Of the case, all rounds and workers. */
	double ns[MEASURE_STEPS][MEASURE_ROUNDS];
	double mpps[MEASURE_ROUNDS];
	double bytes_per_connection;
};

/** A figure over rounds. */
struct measure_figure {
	double median, least, most;
};

/** What was found. Nanoseconds are per packet and worker. */
struct measure_result {
	struct measure_plan plan;
	struct measure_figure ns;
	double mpps; /**< Of all workers together. */
	double empty_ns;
	double l2_ns;
	uint64_t packets;
	double bytes_per_connection;
};

/** Take so many rounds more, on a director of their own. 0 or -errno with err. Main lcore. */
int measure(const struct measure_plan *plan, uint32_t rounds, struct measure_samples *samples,
	struct lb_error *err);

/** What all rounds together say; sorts them. */
struct measure_result measure_sum(const struct measure_plan *plan, struct measure_samples *samples);

/** In TSC cycles. */
double measure_cycles(double ns);
