/*
 * Runs the suites of a program with CUnit and prints one TAP line per test, so that every kind of
 * test is counted alike. Arguments: names of tests, or of suites, to run; none: all.
 */

#include "unit.h"

#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <CUnit/TestRun.h>
#include <rte_eal.h>

static int number;

void
unit_eal_mb(unsigned int mb)
{
	static bool started;
	char program[] = "unit", no_huge[] = "--no-huge", no_pci[] = "--no-pci";
	char no_telemetry[] = "--no-telemetry", memory[16], lcores[] = "--lcores=0@0";
	char level[] = "--log-level=error", shared[] = "--no-shconf";
	char *argv[] = { program, no_huge, no_pci, no_telemetry, memory, lcores, level, shared,
		NULL };

	if (started)
		return;
	started = true;
	snprintf(memory, sizeof(memory), "-m%u", mb);
	unsetenv("XDG_RUNTIME_DIR");
	if (rte_eal_init((int)(sizeof(argv) / sizeof(argv[0])) - 1, argv) < 0) {
		printf("Bail out! rte_eal_init failed\n");
		exit(1);
	}
}

void
unit_eal(void)
{
	unit_eal_mb(256);
}

void
unit_any_cpu(void)
{
	cpu_set_t all;

	memset(&all, 0xff, sizeof(all));
	CU_ASSERT_EQUAL(sched_setaffinity(0, sizeof(all), &all), 0);
}

static void
unit_report(const CU_pTest test, const CU_pSuite suite, const CU_pFailureRecord failure)
{
	printf("%sok %d - %s: %s\n", failure == NULL ? "" : "not ", ++number, suite->pName,
		test->pName);
	for (CU_pFailureRecord f = failure; f != NULL; f = f->pNext)
		printf("# %s:%u: %s\n", f->strFileName, f->uiLineNumber, f->strCondition);
	fflush(stdout);
}

static bool
unit_wanted(const char *suite, const char *test, int argc, char **argv)
{
	for (int i = 1; i < argc; i++)
		if (strcmp(argv[i], suite) == 0 || strcmp(argv[i], test) == 0)
			return true;
	return argc == 1;
}

int
main(int argc, char **argv)
{
	unsigned int failures;
	int planned = 0;

	if (CU_initialize_registry() != CUE_SUCCESS)
		return 1;
	for (size_t s = 0; unit_suites[s] != NULL; s++) {
		const struct unit_suite *suite = unit_suites[s];
		CU_pSuite added = CU_add_suite(suite->name, NULL, NULL);

		for (const struct unit_test *test = suite->tests; test->name != NULL; test++) {
			if (!unit_wanted(suite->name, test->name, argc, argv))
				continue;
			if (CU_add_test(added, test->name, test->run) == NULL)
				return 1;
			planned++;
		}
	}
	printf("1..%d\n", planned);
	CU_set_test_complete_handler(unit_report);
	CU_run_all_tests();
	failures = CU_get_number_of_failures();
	CU_cleanup_registry();
	return failures == 0 && number == planned ? 0 : 1;
}
