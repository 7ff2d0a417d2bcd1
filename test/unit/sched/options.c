/* Options of schedulers: read by their rules, refused in words. */

#include <errno.h>
#include <string.h>

#include "lb_sched.h"
#include "unit.h"

enum option {
	SIZE,
	QUICK,
	WORD,
	OPTIONS,
};

static const struct lb_sched_rule rules[] = {
	[SIZE] = { .name = "size", .type = LB_SCHED_OPTION_INT, .min = 3, .max = 9, .fallback = 5 },
	[QUICK] = { .name = "quick", .type = LB_SCHED_OPTION_BOOL, .fallback = true },
	[WORD] = { .name = "word", .type = LB_SCHED_OPTION_STRING },
	[OPTIONS] = { .name = NULL },
};

static struct lb_sched_option
number(const char *name, int64_t value)
{
	return (struct lb_sched_option){
		.name = name,
		.type = LB_SCHED_OPTION_INT,
		.number = value,
	};
}

/* Reading this one option is refused so. */
static void
check_refused(struct lb_sched_option option, const char *sentence)
{
	const struct lb_sched_options options = { .n = 1, .list = &option };
	struct lb_sched_option values[OPTIONS];
	struct lb_error err = { 0 };

	CU_ASSERT_EQUAL(lb_sched_read_options("x", rules, &options, values, &err), -EINVAL);
	CU_ASSERT_EQUAL(err.code, EINVAL);
	CU_ASSERT_STRING_EQUAL(err.text, sentence);
}

static void
what_is_not_given_has_its_fallback(void)
{
	static const struct lb_sched_options none;
	struct lb_sched_option values[OPTIONS];
	struct lb_error err = { 0 };

	CU_ASSERT_EQUAL(lb_sched_read_options("x", rules, &none, values, &err), 0);
	CU_ASSERT_EQUAL(values[SIZE].number, 5);
	CU_ASSERT_EQUAL(values[QUICK].number, true);
	CU_ASSERT_STRING_EQUAL(values[WORD].text, "");
}

static void
what_is_given_is_found_by_name(void)
{
	static const struct lb_sched_option list[] = {
		{ .name = "word", .type = LB_SCHED_OPTION_STRING, .text = "yes" },
		{ .name = "quick", .type = LB_SCHED_OPTION_BOOL, .number = false },
		{ .name = "size", .type = LB_SCHED_OPTION_INT, .number = 9 },
	};
	static const struct lb_sched_options all = { .n = 3, .list = list };
	struct lb_sched_option values[OPTIONS];
	struct lb_error err = { 0 };

	CU_ASSERT_EQUAL(lb_sched_read_options("x", rules, &all, values, &err), 0);
	CU_ASSERT_EQUAL(values[SIZE].number, 9);
	CU_ASSERT_EQUAL(values[QUICK].number, false);
	CU_ASSERT_STRING_EQUAL(values[WORD].text, "yes");
}

static void
unknown_option_is_refused_with_those_that_there_are(void)
{
	check_refused(
		number("sise", 5), "scheduler \"x\": no option \"sise\"; it has size, quick, word");
}

static void
number_out_of_range_is_refused_with_the_range(void)
{
	check_refused(number("size", 2),
		"scheduler \"x\": option \"size\" is 2; write a number from 3 to 9");
	check_refused(number("size", 10),
		"scheduler \"x\": option \"size\" is 10; write a number from 3 to 9");
}

static void
other_type_is_refused_with_the_right_one(void)
{
	check_refused(number("quick", 1),
		"scheduler \"x\": option \"quick\" is a whole number; write true or false");
	check_refused(number("word", 1),
		"scheduler \"x\": option \"word\" is a whole number; write a string");
}

static const struct unit_test tests[] = {
	UNIT_TEST(what_is_not_given_has_its_fallback),
	UNIT_TEST(what_is_given_is_found_by_name),
	UNIT_TEST(unknown_option_is_refused_with_those_that_there_are),
	UNIT_TEST(number_out_of_range_is_refused_with_the_range),
	UNIT_TEST(other_type_is_refused_with_the_right_one),
	UNIT_END,
};

const struct unit_suite unit_sched_options = { "options", tests };
