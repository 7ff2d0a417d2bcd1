#pragma once
/**
 * @file
 * What every unit test program shares: suites of CUnit tests, reported as TAP.
 */

#include <stddef.h>

#include <CUnit/CUnit.h>

/** One behaviour; the name is the sentence that must hold. */
struct unit_test {
	const char *name;
	void (*run)(void);
};

/** UNIT_TEST(drained_server_gets_no_new_flow) */
#define UNIT_TEST(function)                                                                        \
	{                                                                                          \
#function, function                                                                \
	}
#define UNIT_END                                                                                   \
	{                                                                                          \
		NULL, NULL                                                                         \
	}

/** The tests of one file. */
struct unit_suite {
	const char *name;
	const struct unit_test *tests; /**< Ends with UNIT_END. */
};

extern const char unit_program[];
extern const struct unit_suite *const unit_suites[];

/** Start DPDK's EAL without hugepages, devices or files; once, later calls do nothing. */
void unit_eal(void);

/** Let a thread run on every CPU: it inherits the one that EAL keeps the main thread on. */
void unit_any_cpu(void);

/** The same with so many MiB. */
void unit_eal_mb(unsigned int mb);
