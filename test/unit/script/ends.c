/* The ends of helper and asker, in order and out of it. */

#include "bed.h"

/* Ask for a script that writes its number into pid and goes on for ever. */
static void
start_endless(struct bed *bed, bool last)
{
	char path[128];
	const char *argv[] = { bed_write(bed, "endless", "echo $$ > pid; exec sleep 1000", path),
		NULL };
	struct lb_script script = { .argv = argv, .timeout_ms = BED_LONG_MS, .last = last };

	CU_ASSERT_EQUAL_FATAL(lb_scripts_run(bed->scripts, &script, bed_done, bed), 0);
}

static void
dead_helper_is_noticed(void)
{
	const char *argv[] = { "/bin/true", NULL };
	struct lb_script script = { .argv = argv, .timeout_ms = BED_LONG_MS };
	struct bed bed;

	bed_init(&bed);
	start_endless(&bed, false);
	BED_UNTIL(&bed, bed_number(&bed, "pid") != 0);
	kill(bed.helper, SIGKILL);
	BED_UNTIL(&bed, bed.lost);
	CU_ASSERT_EQUAL(bed.done, 1);
	CU_ASSERT_EQUAL(bed.result.end, LB_SCRIPT_LOST);
	CU_ASSERT_STRING_EQUAL(bed.result.text, "the script helper is dead; restart polluxd");
	CU_ASSERT_EQUAL(lb_scripts_run(bed.scripts, &script, bed_done, &bed), -EPIPE);
	BED_UNTIL(&bed, !bed_lives(bed_number(&bed, "pid")));
	bed_fini(&bed);
}

static void
helper_minds_no_signal_of_the_session(void)
{
	struct bed bed;

	bed_init(&bed);
	kill(bed.helper, SIGTERM);
	kill(bed.helper, SIGINT);
	kill(bed.helper, SIGHUP);
	bed_shell(&bed, "exit 0", BED_LONG_MS);
	CU_ASSERT_TRUE(lb_script_is_good(&bed.result));
	bed_fini(&bed);
}

/* A process that has a helper, says where to look, and waits for its death. */
static void
be_a_parent(int fd)
{
	struct bed bed;
	char path[128];
	FILE *file;

	bed_init(&bed);
	if (write(fd, bed.directory, sizeof(bed.directory)) < 0)
		_exit(1);
	start_endless(&bed, true);
	file = fopen(bed_path(&bed, "helper", path), "we");
	fprintf(file, "%d\n", bed.helper);
	fclose(file);
	for (;;)
		bed_turn(&bed);
}

static void
helper_ends_when_its_parent_dies(void)
{
	struct bed bed = { 0 };
	long script, helper;
	pid_t pid;
	int fds[2];

	CU_ASSERT_EQUAL_FATAL(pipe(fds), 0);
	pid = fork();
	if (pid == 0)
		be_a_parent(fds[1]);
	CU_ASSERT_EQUAL_FATAL(
		read(fds[0], bed.directory, sizeof(bed.directory)), (ssize_t)sizeof(bed.directory));
	uv_loop_init(&bed.loop);
	BED_UNTIL(&bed, bed_number(&bed, "pid") != 0 && bed_number(&bed, "helper") != 0);
	script = bed_number(&bed, "pid");
	helper = bed_number(&bed, "helper");
	CU_ASSERT_TRUE(bed_lives(script) && bed_lives(helper));
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	BED_UNTIL(&bed, !bed_lives(script) && !bed_lives(helper));
	close(fds[0]);
	close(fds[1]);
	bed_fini(&bed);
}

/* Four that are last, asked for at the end, write their numbers one after the other. */
static void
last_ones_run_in_their_order(void)
{
	static const char *const numbers[] = { "1", "2", "3", "4" };
	char path[128], said[64] = "";
	struct bed bed;
	FILE *file;

	bed_init(&bed);
	start_endless(&bed, false);
	BED_UNTIL(&bed, bed_number(&bed, "pid") != 0);
	lb_scripts_farewell(bed.scripts);
	bed_write(&bed, "last", "printf '<%s' $1 >> out; sleep 0.05; printf '>' >> out", path);
	for (int i = 0; i < 4; i++) {
		const char *argv[] = { path, numbers[i], NULL };
		struct lb_script script = {
			.argv = argv,
			.timeout_ms = BED_LONG_MS,
			.last = true,
		};

		CU_ASSERT_EQUAL(lb_scripts_run(bed.scripts, &script, bed_done, &bed), 0);
	}
	bed_end_loop(&bed);
	lb_scripts_leave(bed.scripts, BED_LONG_MS);
	CU_ASSERT_FALSE(bed_lives(bed.helper));
	CU_ASSERT_FALSE(bed_lives(bed_number(&bed, "pid")));
	file = fopen(bed_path(&bed, "out", path), "re");
	CU_ASSERT_PTR_NOT_NULL_FATAL(file);
	CU_ASSERT_PTR_NOT_NULL(fgets(said, sizeof(said), file));
	fclose(file);
	CU_ASSERT_STRING_EQUAL(said, "<1><2><3><4>");
	uv_loop_init(&bed.loop);
	bed_fini(&bed);
}

static void
leaving_takes_no_longer_than_asked(void)
{
	struct bed bed;
	uint64_t before;
	long script;

	bed_init(&bed);
	start_endless(&bed, true);
	BED_UNTIL(&bed, bed_number(&bed, "pid") != 0);
	script = bed_number(&bed, "pid");
	lb_scripts_farewell(bed.scripts);
	before = uv_hrtime();
	lb_scripts_leave(bed.scripts, 300);
	CU_ASSERT_TRUE(uv_hrtime() - before >= 250000000ULL);
	CU_ASSERT_TRUE(uv_hrtime() - before < 30000000000ULL);
	BED_UNTIL(&bed, !bed_lives(script));
	bed_fini(&bed);
}

static const struct unit_test tests[] = {
	UNIT_TEST(dead_helper_is_noticed),
	UNIT_TEST(helper_minds_no_signal_of_the_session),
	UNIT_TEST(helper_ends_when_its_parent_dies),
	UNIT_TEST(last_ones_run_in_their_order),
	UNIT_TEST(leaving_takes_no_longer_than_asked),
	UNIT_END,
};

const struct unit_suite unit_script_ends = { "ends", tests };
