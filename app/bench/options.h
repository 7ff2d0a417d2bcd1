#pragma once
/** @file The command line. */

#include <stdbool.h>
#include <stdint.h>

#include "case.h"

/** What a user asked for. */
struct options {
	const struct bench_case *only; /**< NULL: all cases. */
	uint32_t connections;          /**< 0: each number that the case is measured with. */
	uint32_t workers;
	uint32_t rounds;
	bool json;
	bool no_huge;
	const char *compare; /**< A file of an earlier --json; NULL: none. */
};

/** Read the arguments. false: exit with *status, all is said. */
bool options_read(struct options *options, int argc, char **argv, int *status);
