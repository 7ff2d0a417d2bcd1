#pragma once
/** @file The command line. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "case.h"

/** Words behind an option at most. */
#define OPTIONS_WORDS 16

/** Numbers that were given; the list ends with 0. */
struct options_numbers {
	size_t n;
	uint32_t list[OPTIONS_WORDS + 1];
};

/** What a user asked for. */
struct options {
	const struct bench_case *cases[OPTIONS_WORDS];
	size_t cases_n;                     /**< 0: all cases. */
	struct options_numbers connections; /**< None: those that each case is measured with. */
	struct options_numbers workers;
	bool cold;
	bool nodes;
	uint32_t rounds;
	bool json;
	bool no_huge;
	const char *compare; /**< A file of an earlier --json; NULL: none. */
};

/** Read the arguments. false: exit with *status, all is said. */
bool options_read(struct options *options, int argc, char **argv, int *status);
