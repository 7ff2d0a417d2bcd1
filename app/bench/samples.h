#pragma once
/**
 * @file
 * What rounds found: series of numbers, each called as in the output of --json, unit included, with
 * a point where that has an object. A round adds one number to each of its case's series.
 *
 * What is told is the median of quiet rounds. A virtual CPU may be slower for seconds or minutes,
 * and cannot see why; then everything takes half as long again, plain forwarding too. So a round is
 * quiet if plain forwarding beside it was hardly slower than in the best round of the case.
 *
 * Main lcore.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** Rounds at most. */
#define SAMPLES_ROUNDS 1000

/** Series of a case at most. */
#define SAMPLES_SERIES 64

/** Letters of a name at most, with the zero at its end. */
#define SAMPLES_NAME 48

/** What every case that is walked has: see measure.h. */
#define SAMPLES_NS "ns_per_packet"
#define SAMPLES_MPPS "mpps"
#define SAMPLES_EMPTY "empty_ns"
#define SAMPLES_L2 "l2_ns"

/** One number per round, in order. */
struct samples_series {
	char name[SAMPLES_NAME];
	uint32_t n;
	double *values; /**< SAMPLES_ROUNDS. */
};

/** All that is known of a case; begins with zeros. */
struct samples {
	uint64_t packets; /**< Of timed walks of the case, all rounds and workers. */
	size_t n;
	struct samples_series series[SAMPLES_SERIES];
};

/** A round is quiet if plain forwarding took so many times as long as in the best one at most. */
#define SAMPLES_QUIET 1.2

/** A figure over rounds; zeros when there is none. */
struct samples_figure {
	double median; /**< Of quiet rounds. */
	double least, most;
};

/** Add what a round found. What does not fit or finds no memory is left out. */
void samples_add(struct samples *samples, const char *name, double value);

struct samples_figure samples_figure(const struct samples *samples, const char *name);

/** How many rounds were quiet; 0 if no packet was forwarded beside them. */
uint32_t samples_quiet(const struct samples *samples);

/** Whether a series is one of those that every case has which is walked. */
bool samples_is_common(const struct samples_series *series);

/** Free the numbers. */
void samples_fini(struct samples *samples);

/** Sort numbers, least first. */
void samples_sort(double *values, size_t n);
