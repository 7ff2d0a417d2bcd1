/* Log lines: levels by name, the threshold, and one whole line per event. */

#include "lb_log.h"
#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int saved_stderr;
static int log_pipe[2];

/* Let lines go into a pipe, without a time stamp. */
static void
capture_begin(void)
{
	setenv("JOURNAL_STREAM", "8:1", 1);
	CU_ASSERT_EQUAL_FATAL(pipe(log_pipe), 0);
	saved_stderr = dup(STDERR_FILENO);
	dup2(log_pipe[1], STDERR_FILENO);
}

/* What came, as text. */
static void
capture_end(char *text, size_t size)
{
	ssize_t n;

	dup2(saved_stderr, STDERR_FILENO);
	close(saved_stderr);
	close(log_pipe[1]);
	n = read(log_pipe[0], text, size - 1);
	CU_ASSERT_TRUE_FATAL(n >= 0);
	text[n] = '\0';
	close(log_pipe[0]);
	unsetenv("JOURNAL_STREAM");
}

static void
levels_are_found_by_their_names(void)
{
	CU_ASSERT_EQUAL(lb_log_level_find("error"), LB_LOG_ERROR);
	CU_ASSERT_EQUAL(lb_log_level_find("warn"), LB_LOG_WARN);
	CU_ASSERT_EQUAL(lb_log_level_find("info"), LB_LOG_INFO);
	CU_ASSERT_EQUAL(lb_log_level_find("debug"), LB_LOG_DEBUG);
}

static void
other_names_are_no_levels(void)
{
	static const char *const names[] = { "", "Error", "err", "errors", "notice", " info" };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		CU_ASSERT_EQUAL(lb_log_level_find(names[i]), -1);
}

static void
line_has_its_level_in_front(void)
{
	char text[256];

	capture_begin();
	lb_log(LB_LOG_WARN, "port \"%s\": %d packets", "wan", 3);
	capture_end(text, sizeof(text));
	CU_ASSERT_STRING_EQUAL(text, "warn: port \"wan\": 3 packets\n");
}

static void
outside_the_journal_a_line_begins_with_its_time(void)
{
	unsigned int year, month, day, hour, minute, second, ms;
	char text[256], rest[64];

	capture_begin();
	unsetenv("JOURNAL_STREAM");
	lb_log(LB_LOG_ERROR, "text");
	capture_end(text, sizeof(text));
	CU_ASSERT_EQUAL(sscanf(text, "%4u-%2u-%2u %2u:%2u:%2u.%3u %63[^\n]", &year, &month, &day,
				&hour, &minute, &second, &ms, rest),
		8);
	CU_ASSERT_STRING_EQUAL(rest, "error: text");
}

static void
lines_above_the_level_are_not_written(void)
{
	char text[256];

	capture_begin();
	lb_log(LB_LOG_DEBUG, "not by default");
	lb_log_set_level(LB_LOG_ERROR);
	lb_log(LB_LOG_WARN, "not at error");
	lb_log(LB_LOG_ERROR, "at error");
	lb_log_set_level(LB_LOG_DEBUG);
	lb_log(LB_LOG_DEBUG, "at debug");
	lb_log_set_level(LB_LOG_INFO);
	capture_end(text, sizeof(text));
	CU_ASSERT_STRING_EQUAL(text, "error: at error\ndebug: at debug\n");
}

static void
long_line_is_cut_and_still_ends(void)
{
	char long_text[3000], text[4000];
	size_t n;

	memset(long_text, 'x', sizeof(long_text) - 1);
	long_text[sizeof(long_text) - 1] = '\0';
	capture_begin();
	lb_log(LB_LOG_INFO, "%s", long_text);
	lb_log(LB_LOG_INFO, "next");
	capture_end(text, sizeof(text));
	n = strspn(text + strlen("info: "), "x");
	CU_ASSERT_TRUE(n > 900 && n < 1024);
	CU_ASSERT_STRING_EQUAL(text + strlen("info: ") + n, "\ninfo: next\n");
}

static const struct unit_test tests[] = {
	UNIT_TEST(levels_are_found_by_their_names),
	UNIT_TEST(other_names_are_no_levels),
	UNIT_TEST(line_has_its_level_in_front),
	UNIT_TEST(outside_the_journal_a_line_begins_with_its_time),
	UNIT_TEST(lines_above_the_level_are_not_written),
	UNIT_TEST(long_line_is_cut_and_still_ends),
	UNIT_END,
};

const struct unit_suite unit_base_log = { "log", tests };
