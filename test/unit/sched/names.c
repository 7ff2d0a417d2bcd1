/* Schedulers are found by name, and say what they do not know. */

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "lb_sched.h"
#include "unit.h"

static void
scheduler_is_found_by_its_whole_name(void)
{
	CU_ASSERT_STRING_EQUAL(lb_sched_find(lb_sched_table, "rr")->name, "rr");
	CU_ASSERT_STRING_EQUAL(lb_sched_find(lb_sched_table, "wrr")->name, "wrr");
	CU_ASSERT_PTR_NULL(lb_sched_find(lb_sched_table, "r"));
	CU_ASSERT_PTR_NULL(lb_sched_find(lb_sched_table, "rrr"));
	CU_ASSERT_PTR_NULL(lb_sched_find(lb_sched_table, ""));
}

static void
names_are_listed_in_the_order_of_the_table(void)
{
	static const struct lb_sched_ops rr = { .name = "rr" }, wrr = { .name = "wrr" };
	static const struct lb_sched_ops *const both[] = { &rr, &wrr, NULL };
	static const struct lb_sched_ops *const nobody[] = { NULL };
	char out[32], small[5];

	CU_ASSERT_STRING_EQUAL(lb_sched_names(both, out, sizeof(out)), "rr, wrr");
	CU_ASSERT_STRING_EQUAL(lb_sched_names(both, small, sizeof(small)), "rr, ");
	CU_ASSERT_STRING_EQUAL(lb_sched_names(nobody, out, sizeof(out)), "");
}

static void
option_of_a_scheduler_without_options_is_refused_by_name(void)
{
	static const struct lb_sched_option list[] = { { .name = "fallback" }, { .name = "port" } };
	static const struct lb_sched_options some = { .n = 2, .list = list };
	static const struct lb_sched_dest dest = { .weight = 1 };
	static const char *const schedulers[] = { "rr", "wrr", "lc", "wlc", "sed", "nq", "fo",
		"ovf", "twos", "dh" };

	for (size_t i = 0; i < sizeof(schedulers) / sizeof(schedulers[0]); i++) {
		const struct lb_sched_ops *ops = lb_sched_find(lb_sched_table, schedulers[i]);
		struct lb_error err = { 0 };
		char start[64];

		snprintf(start, sizeof(start), "scheduler \"%s\": no option \"fallback\"; ",
			schedulers[i]);
		CU_ASSERT_PTR_NULL(ops->build(&dest, 1, &some, 1, &err));
		CU_ASSERT_EQUAL(err.code, EINVAL);
		CU_ASSERT_EQUAL(strncmp(err.text, start, strlen(start)), 0);
	}
}

static void
destroying_nothing_is_allowed(void)
{
	for (const struct lb_sched_ops *const *ops = lb_sched_table; *ops != NULL; ops++) {
		(*ops)->destroy(NULL);
		CU_ASSERT_PTR_NOT_NULL((*ops)->pick);
	}
}

static const struct unit_test tests[] = {
	UNIT_TEST(scheduler_is_found_by_its_whole_name),
	UNIT_TEST(names_are_listed_in_the_order_of_the_table),
	UNIT_TEST(option_of_a_scheduler_without_options_is_refused_by_name),
	UNIT_TEST(destroying_nothing_is_allowed),
	UNIT_END,
};

const struct unit_suite unit_sched_names = { "names", tests };
