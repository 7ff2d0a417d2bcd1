#pragma once
/** @file What is to be measured: a case with one number of connections and one of workers. */

#include <stddef.h>
#include <stdint.h>

#include "case.h"
#include "options.h"
#include "samples.h"

#define PLANS_MAX 128

/** One row of the table. */
struct plan {
	const struct bench_case *what;
	uint32_t connections; /**< 0: the case says nothing about them. */
	uint32_t workers;
	bool cold;       /**< Caches hold other things before each walk. */
	bool nodes;      /**< Cycles are told by node. */
	uint32_t rounds; /**< At most SAMPLES_ROUNDS. */
	struct samples samples;
};

/** All rows, in order. */
struct plans {
	size_t n;
	struct plan list[PLANS_MAX];
};

/** Plan what the user asked for; begins with zeros. 0 or -errno with err. */
int plans_make(struct plans *plans, const struct options *options, struct lb_error *err);

/** Start EAL with memory for the largest of all. 0 or -errno with err. */
int plans_start(const struct plans *plans, const struct options *options, struct lb_error *err);

/** Free what was found. */
void plans_fini(struct plans *plans);
