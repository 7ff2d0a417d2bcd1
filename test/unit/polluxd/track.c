/* When a tracked file counts as up, and how long the data path has stood still. */

#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fixture.h"
#include "vrrp_files.h"
#include "vrrp_path.h"

static void
holds(const char *text, bool up)
{
	FILE *file = fopen("file", "w");

	CU_ASSERT_PTR_NOT_NULL_FATAL(file);
	fputs(text, file);
	fclose(file);
	CU_ASSERT_EQUAL(vrrp_files_is_up("file"), up);
	unlink("file");
}

static void
file_is_up_while_it_is_there_and_does_not_say_0(void)
{
	char folder[32];

	fixture_enter(folder);
	CU_ASSERT_FALSE(vrrp_files_is_up("file"));
	holds("", true);
	holds("0", false);
	holds(" 0\n", false);
	holds("-0 is none\n", false);
	holds("1\n", true);
	holds("-5\n", true);
	holds("0.5\n", true);
	holds("05\n", true);
	holds("zero\n", true);
	fixture_leave(folder);
}

/* A FIFO that nobody writes would hold up who opens it. */
static void
what_is_no_regular_file_is_down_and_holds_nobody_up(void)
{
	char folder[32];

	fixture_enter(folder);
	CU_ASSERT_EQUAL_FATAL(mkfifo("file", 0600), 0);
	CU_ASSERT_FALSE(vrrp_files_is_up("file"));
	unlink("file");
	CU_ASSERT_EQUAL_FATAL(mkdir("file", 0700), 0);
	CU_ASSERT_FALSE(vrrp_files_is_up("file"));
	rmdir("file");
	CU_ASSERT_FALSE(vrrp_files_is_up("/dev/null"));
	fixture_leave(folder);
}

static void
pulse_counts_how_long_something_stood(void)
{
	struct vrrp_pulse pulse = { .mark = 5 };

	vrrp_pulse_look(&pulse, 5, false, 10);
	vrrp_pulse_look(&pulse, 5, false, 20);
	CU_ASSERT_EQUAL(pulse.stood_us, 30);
	vrrp_pulse_look(&pulse, 6, false, 10);
	CU_ASSERT_EQUAL(pulse.stood_us, 0);
	vrrp_pulse_look(&pulse, 6, false, 10);
	CU_ASSERT_EQUAL(pulse.stood_us, 10);
	vrrp_pulse_look(&pulse, 6, true, 10);
	CU_ASSERT_EQUAL(pulse.stood_us, 0);
}

static const struct unit_test tests[] = {
	UNIT_TEST(file_is_up_while_it_is_there_and_does_not_say_0),
	UNIT_TEST(what_is_no_regular_file_is_down_and_holds_nobody_up),
	UNIT_TEST(pulse_counts_how_long_something_stood),
	UNIT_END,
};

const struct unit_suite unit_polluxd_track = { "track", tests };
