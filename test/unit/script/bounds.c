/* What ends programs before they want to, and what bounds helper and asker. */

#include "bed.h"

static bool
is_gone(const struct bed *bed, const char *name)
{
	long pid = bed_number(bed, name);

	return pid != 0 && !bed_lives(pid);
}

/* A script with a child that has a child, all of which would go on for ever. */
static const char family[] = "sh -c 'echo $$ > child; sleep 1000 & echo $! > grandchild; wait' &\n"
			     "until [ -s grandchild ]; do :; done; echo started; ";

static void
time_limit_kills_children_of_children(void)
{
	struct bed bed;
	char text[512];

	bed_init(&bed);
	snprintf(text, sizeof(text), "%s touch ready; wait", family);
	bed_shell(&bed, text, 2000);
	CU_ASSERT_EQUAL(bed.result.end, LB_SCRIPT_LATE);
	CU_ASSERT_STRING_EQUAL(bed.result.text,
		"killed, since it took longer than 2000 ms, and wrote \"started\"");
	BED_UNTIL(&bed, is_gone(&bed, "child") && is_gone(&bed, "grandchild"));
	bed_fini(&bed);
}

static void
what_a_program_leaves_behind_is_killed(void)
{
	struct bed bed;
	char text[512];

	bed_init(&bed);
	snprintf(text, sizeof(text), "%s exit 0", family);
	bed_shell(&bed, text, BED_LONG_MS);
	CU_ASSERT_TRUE(lb_script_is_good(&bed.result));
	BED_UNTIL(&bed, is_gone(&bed, "child") && is_gone(&bed, "grandchild"));
	bed_fini(&bed);
}

static void
time_limit_comes_when_signals_are_ignored(void)
{
	struct bed bed;

	bed_init(&bed);
	bed_shell(&bed, "trap '' TERM INT HUP; while :; do :; done", 200);
	CU_ASSERT_EQUAL(bed.result.end, LB_SCRIPT_LATE);
	bed_fini(&bed);
}

static void
too_much_output_ends_the_program(void)
{
	const char *argv[] = { "/usr/bin/yes", NULL };
	struct bed bed;

	bed_init(&bed);
	bed_run(&bed, &(struct lb_script){ .argv = argv, .timeout_ms = BED_LONG_MS });
	CU_ASSERT_EQUAL(bed.result.end, LB_SCRIPT_CHATTY);
	CU_ASSERT_EQUAL(strncmp(bed.result.text, "killed, since it wrote more than 64 KiB", 39), 0);
	bed_shell(&bed, "head -c 60000 /dev/zero", BED_LONG_MS);
	CU_ASSERT_TRUE(lb_script_is_good(&bed.result));
	bed_fini(&bed);
}

static void
a_thousand_programs_leave_no_open_file(void)
{
	const char *argv[] = { "/bin/true", NULL };
	struct lb_script script = { .argv = argv, .timeout_ms = BED_LONG_MS };
	unsigned int ours, helpers;
	struct bed bed;

	bed_init(&bed);
	bed_run(&bed, &script);
	ours = bed_files(getpid());
	helpers = bed_files(bed.helper);
	for (int i = 0; i < 1000; i++)
		bed_run(&bed, &script);
	CU_ASSERT_EQUAL(bed.done, 1001);
	CU_ASSERT_EQUAL(bed_files(getpid()), ours);
	CU_ASSERT_EQUAL(bed_files(bed.helper), helpers);
	bed_fini(&bed);
}

/* As many at once as may wait, four times what may run: each ends, and one more is refused. */
static void
queue_is_bounded_and_served(void)
{
	const char *argv[] = { "/bin/true", NULL };
	struct lb_script script = { .argv = argv, .timeout_ms = BED_LONG_MS };
	struct bed bed;

	bed_init(&bed);
	for (int i = 0; i < LB_SCRIPT_WAITING_MAX; i++)
		CU_ASSERT_EQUAL(lb_scripts_run(bed.scripts, &script, bed_done, &bed), 0);
	CU_ASSERT_EQUAL(lb_scripts_run(bed.scripts, &script, bed_done, &bed), -ENOBUFS);
	BED_UNTIL(&bed, bed.done == LB_SCRIPT_WAITING_MAX);
	CU_ASSERT_EQUAL(lb_scripts_run(bed.scripts, &script, bed_done, &bed), 0);
	BED_UNTIL(&bed, bed.done == LB_SCRIPT_WAITING_MAX + 1);
	CU_ASSERT_TRUE(lb_script_is_good(&bed.result));
	bed_fini(&bed);
}

static void
too_many_bytes_are_refused(void)
{
	static char word[LB_SCRIPT_BYTES_MAX + 1];
	const char *argv[LB_SCRIPT_WORDS_MAX + 2] = { "/bin/true", word };
	struct lb_script script = { .argv = argv, .timeout_ms = BED_LONG_MS };
	struct bed bed;

	memset(word, 'x', sizeof(word) - 1);
	bed_init(&bed);
	CU_ASSERT_EQUAL(lb_scripts_run(bed.scripts, &script, bed_done, &bed), -E2BIG);
	for (int i = 1; i <= LB_SCRIPT_WORDS_MAX; i++)
		argv[i] = "x";
	CU_ASSERT_EQUAL(lb_scripts_run(bed.scripts, &script, bed_done, &bed), -E2BIG);
	argv[LB_SCRIPT_WORDS_MAX] = NULL;
	bed_run(&bed, &script);
	CU_ASSERT_TRUE(lb_script_is_good(&bed.result));
	bed_fini(&bed);
}

/* A helper that is stopped takes nothing and answers nothing. */
static void
silent_helper_holds_nobody_up(void)
{
	const char *argv[] = { "/bin/true", NULL };
	struct lb_script script = { .argv = argv, .timeout_ms = 100 };
	struct bed bed;

	bed_init(&bed);
	kill(bed.helper, SIGSTOP);
	for (int i = 0; i < LB_SCRIPT_WAITING_MAX; i++)
		CU_ASSERT_EQUAL(lb_scripts_run(bed.scripts, &script, bed_done, &bed), 0);
	BED_UNTIL(&bed, bed.done == LB_SCRIPT_WAITING_MAX);
	CU_ASSERT_EQUAL(bed.result.end, LB_SCRIPT_LOST);
	CU_ASSERT_STRING_EQUAL(
		bed.result.text, "the script helper does not answer; restart polluxd");
	CU_ASSERT_FALSE(bed.lost);
	bed_fini(&bed); /* which kills it */
}

static const struct unit_test tests[] = {
	UNIT_TEST(time_limit_kills_children_of_children),
	UNIT_TEST(what_a_program_leaves_behind_is_killed),
	UNIT_TEST(time_limit_comes_when_signals_are_ignored),
	UNIT_TEST(too_much_output_ends_the_program),
	UNIT_TEST(a_thousand_programs_leave_no_open_file),
	UNIT_TEST(queue_is_bounded_and_served),
	UNIT_TEST(too_many_bytes_are_refused),
	UNIT_TEST(silent_helper_holds_nobody_up),
	UNIT_END,
};

const struct unit_suite unit_script_bounds = { "bounds", tests };
