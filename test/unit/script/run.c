/* What programs get, and what is told of their end. Scripts are the shell's, written here. */

#include "bed.h"

#define NOBODY 65534

static void
exit_status_is_told(void)
{
	struct bed bed;

	bed_init(&bed);
	bed_shell(&bed, "exit 0", BED_LONG_MS);
	CU_ASSERT_TRUE(lb_script_is_good(&bed.result));
	bed_shell(&bed, "exit 7", BED_LONG_MS);
	CU_ASSERT_EQUAL(bed.result.end, LB_SCRIPT_EXITED);
	CU_ASSERT_EQUAL(bed.result.value, 7);
	CU_ASSERT_STRING_EQUAL(bed.result.text, "exit status 7");
	bed_shell(&bed, "kill -TERM $$", BED_LONG_MS);
	CU_ASSERT_EQUAL(bed.result.end, LB_SCRIPT_KILLED);
	CU_ASSERT_EQUAL(bed.result.value, SIGTERM);
	CU_ASSERT_FALSE(lb_script_is_good(&bed.result));
	bed_fini(&bed);
}

static void
both_outputs_are_told_on_one_line(void)
{
	struct bed bed;

	bed_init(&bed);
	bed_shell(&bed, "echo no; printf ' \\033 answer\\n\\n' >&2; exit 1", BED_LONG_MS);
	CU_ASSERT_STRING_EQUAL(bed.result.text, "exit status 1, and wrote \"no ? answer\"");
	bed_fini(&bed);
}

static void
last_words_are_kept(void)
{
	struct bed bed;
	size_t n;

	bed_init(&bed);
	bed_shell(&bed, "i=0; while [ $i -lt 500 ]; do echo line $i; i=$((i + 1)); done",
		BED_LONG_MS);
	CU_ASSERT_TRUE(lb_script_is_good(&bed.result));
	n = strlen(bed.result.text);
	CU_ASSERT_STRING_EQUAL(
		bed.result.text + n - strlen("line 498 line 499\""), "line 498 line 499\"");
	bed_fini(&bed);
}

static void
words_reach_the_program_as_they_are(void)
{
	char path[128];
	struct bed bed;
	const char *argv[] = { NULL, "a  b", "$HOME", "*", "; exit 3", "", "`id`", NULL };

	bed_init(&bed);
	argv[0] = bed_write(&bed, "run", "printf '<%s>' \"$@\"", path);
	bed_run(&bed, &(struct lb_script){ .argv = argv, .timeout_ms = BED_LONG_MS });
	CU_ASSERT_STRING_EQUAL(
		bed.result.text, "exit status 0, and wrote \"<a b><$HOME><*><; exit 3><><`id`>\"");
	bed_fini(&bed);
}

static void
environment_is_path_and_what_is_asked_for(void)
{
	const char *argv[] = { "/usr/bin/env", NULL };
	const char *env[] = { "STATE=active", NULL };
	struct bed bed;

	setenv("POLLUX_SECRET", "1", 1);
	bed_init(&bed);
	bed_run(&bed, &(struct lb_script){ .argv = argv, .env = env, .timeout_ms = BED_LONG_MS });
	CU_ASSERT_STRING_EQUAL(bed.result.text,
		"exit status 0, and wrote \"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:"
		"/sbin:/bin STATE=active\"");
	unsetenv("POLLUX_SECRET");
	bed_fini(&bed);
}

static void
nothing_of_ours_is_open(void)
{
	const char *list[] = { "/bin/ls", "/proc/self/fd", NULL };
	const char *in[] = { "/bin/readlink", "/proc/self/fd/0", NULL };
	int ours = open("/dev/null", O_RDONLY); /* without O_CLOEXEC */
	struct bed bed;

	bed_init(&bed);
	bed_run(&bed, &(struct lb_script){ .argv = list, .timeout_ms = BED_LONG_MS });
	/* 3 is the folder that ls itself has opened */
	CU_ASSERT_STRING_EQUAL(bed.result.text, "exit status 0, and wrote \"0 1 2 3\"");
	bed_run(&bed, &(struct lb_script){ .argv = in, .timeout_ms = BED_LONG_MS });
	CU_ASSERT_STRING_EQUAL(bed.result.text, "exit status 0, and wrote \"/dev/null\"");
	close(ours);
	bed_fini(&bed);
}

static void
limits_are_set_and_signals_are_not_blocked(void)
{
	struct bed bed;

	bed_init(&bed);
	bed_shell(&bed,
		"ulimit -c; ulimit -n; grep -h -e SigBlk -e SigIgn /proc/self/status; pwd -P "
		"> /dev/null; umask",
		BED_LONG_MS);
	CU_ASSERT_STRING_EQUAL(bed.result.text,
		"exit status 0, and wrote \"0 1024 SigBlk: 0000000000000000 SigIgn: "
		"0000000000000000 0022\"");
	bed_fini(&bed);
}

static void
program_has_a_session_of_its_own(void)
{
	struct bed bed;

	bed_init(&bed);
	bed_shell(&bed, "echo $$ > pid; cut -d ' ' -f 5,6 /proc/$$/stat > group", BED_LONG_MS);
	CU_ASSERT_NOT_EQUAL(bed_number(&bed, "pid"), 0);
	CU_ASSERT_EQUAL(bed_number(&bed, "group"), bed_number(&bed, "pid"));
	bed_fini(&bed);
}

static void
what_cannot_be_run_is_explained(void)
{
	const char *missing[] = { "/nowhere/at/all", NULL }, *folder[] = { "/tmp", NULL };
	struct bed bed;

	bed_init(&bed);
	bed_run(&bed, &(struct lb_script){ .argv = missing, .timeout_ms = BED_LONG_MS });
	CU_ASSERT_EQUAL(bed.result.end, LB_SCRIPT_REFUSED);
	CU_ASSERT_EQUAL(bed.result.value, ENOENT);
	CU_ASSERT_STRING_EQUAL(
		bed.result.text, "/nowhere/at/all cannot be run (No such file or directory)");
	bed_run(&bed, &(struct lb_script){ .argv = folder, .timeout_ms = BED_LONG_MS });
	CU_ASSERT_EQUAL(bed.result.value, EACCES);
	bed_fini(&bed);
}

static void
program_that_ends_with_status_127_was_run(void)
{
	struct bed bed;

	bed_init(&bed);
	bed_shell(&bed, "exit 127", BED_LONG_MS);
	CU_ASSERT_EQUAL(bed.result.end, LB_SCRIPT_EXITED);
	CU_ASSERT_EQUAL(bed.result.value, 127);
	bed_fini(&bed);
}

static void
root_runs_programs_as_nobody(void)
{
	char want[64];
	struct bed bed;

	bed_init(&bed);
	bed_shell(&bed, "id -u; id -g; id -G", BED_LONG_MS);
	if (geteuid() == 0)
		snprintf(want, sizeof(want), "exit status 0, and wrote \"%d %d %d\"", NOBODY,
			NOBODY, NOBODY);
	else
		snprintf(want, sizeof(want), "exit status 0, and wrote \"%u %u", geteuid(),
			getegid());
	CU_ASSERT_EQUAL(strncmp(bed.result.text, want, strlen(want)), 0);
	bed_fini(&bed);
}

static void
user_can_be_named(void)
{
	const char *argv[] = { "/usr/bin/id", "-un", NULL };
	struct lb_script script = { .argv = argv, .timeout_ms = BED_LONG_MS, .user = "root" };
	struct bed bed;

	bed_init(&bed);
	bed_run(&bed, &script);
	CU_ASSERT_STRING_EQUAL(bed.result.text,
		geteuid() == 0 ? "exit status 0, and wrote \"root\""
			       : "polluxd cannot become user \"root\" (Operation not permitted)");
	script.user = "no-such-user";
	bed_run(&bed, &script);
	CU_ASSERT_STRING_EQUAL(bed.result.text, "there is no user \"no-such-user\"");
	bed_fini(&bed);
}

/* Who runs the check: root, or in a process of its own nobody. */
static void
check_as_nobody(FILE *out)
{
	const char *const users[] = { NULL, "nobody", "root" };

	for (size_t i = 0; i < 3; i++) {
		struct lb_error err = { 0 };

		lb_script_check_user(users[i], &err);
		fprintf(out, "%s\n", err.text);
	}
}

static void
user_that_cannot_be_taken_is_refused(void)
{
	struct lb_error err = { 0 };
	char said[1024] = "";
	int fds[2];
	pid_t pid;

	CU_ASSERT_EQUAL(lb_script_check_user("no-such-user", &err), -ENOENT);
	CU_ASSERT_STRING_EQUAL(
		err.text, "there is no user \"no-such-user\"; make it, or name one that exists");
	if (geteuid() != 0)
		return;
	CU_ASSERT_EQUAL(pipe(fds), 0);
	pid = fork();
	if (pid == 0) {
		FILE *out = fdopen(fds[1], "w");

		if (setresuid(NOBODY, NOBODY, NOBODY) == 0)
			check_as_nobody(out);
		fclose(out);
		_exit(0);
	}
	close(fds[1]);
	CU_ASSERT_EQUAL(waitpid(pid, NULL, 0), pid);
	CU_ASSERT_TRUE(read(fds[0], said, sizeof(said) - 1) > 0);
	close(fds[0]);
	CU_ASSERT_STRING_EQUAL(said,
		"\n\nuser \"root\" cannot be taken, since polluxd runs as \"nobody\"; leave user "
		"out, or run polluxd as root\n");
}

static const struct unit_test tests[] = {
	UNIT_TEST(exit_status_is_told),
	UNIT_TEST(both_outputs_are_told_on_one_line),
	UNIT_TEST(last_words_are_kept),
	UNIT_TEST(words_reach_the_program_as_they_are),
	UNIT_TEST(environment_is_path_and_what_is_asked_for),
	UNIT_TEST(nothing_of_ours_is_open),
	UNIT_TEST(limits_are_set_and_signals_are_not_blocked),
	UNIT_TEST(program_has_a_session_of_its_own),
	UNIT_TEST(what_cannot_be_run_is_explained),
	UNIT_TEST(program_that_ends_with_status_127_was_run),
	UNIT_TEST(root_runs_programs_as_nobody),
	UNIT_TEST(user_can_be_named),
	UNIT_TEST(user_that_cannot_be_taken_is_refused),
	UNIT_END,
};

const struct unit_suite unit_script_run = { "run", tests };
