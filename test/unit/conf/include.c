/* Files: what is read, what is included, and what is not. */

#include "fixture.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

static void
put(const char *name, const char *text)
{
	fixture_file(name, text, strlen(text));
}

static void
include_is_relative_to_the_including_file(void)
{
	struct lb_conf *conf;
	struct lb_error err;
	char folder[32];

	fixture_enter(folder);
	CU_ASSERT_EQUAL(mkdir("d", 0755), 0);
	put("pollux.conf", "@include \"d/nets.conf\"\n@include \"d/empty.conf\"\nlog: { @include "
			   "\"d/level\\\".conf\"\n };\n");
	put("d/nets.conf", "# deeper\n  @include \"more.conf\"\n");
	put("d/more.conf", NETS);
	put("d/empty.conf", "");
	put("d/level\".conf", "level = \"debug\"");
	conf = fixture_load(&err);
	CU_ASSERT_STRING_EQUAL(err.text, "");
	CU_ASSERT_PTR_NOT_NULL_FATAL(conf);
	CU_ASSERT_EQUAL(conf->ports_n, 2);
	CU_ASSERT_STRING_EQUAL(conf->ports[1].place.file, "d/more.conf");
	CU_ASSERT_EQUAL(conf->ports[1].place.line, 1);
	CU_ASSERT_STRING_EQUAL(conf->log_level, "debug");
	lb_conf_destroy(conf);
	unlink("d/nets.conf");
	unlink("d/more.conf");
	unlink("d/empty.conf");
	unlink("d/level\".conf");
	rmdir("d");
	fixture_leave(folder);
}

static void
fault_in_an_included_file_has_its_line(void)
{
	char folder[32], name[64], text[128], sentence[256];

	fixture_enter(folder);
	put("a.conf", "\n\ncpu: { contrl = 0; };\n");
	fixture_refused(NETS "@include \"a.conf\"\nlog: { };\n",
		"a.conf:3: cpu: unknown key \"contrl\"; did you mean \"control\"?");
	put("a.conf", "cpu: { control = 0; };\n\n");
	fixture_refused(NETS "@include \"a.conf\" log: { levl = \"info\"; };\n",
		"pollux.conf:2: log: unknown key \"levl\"; did you mean \"level\"?");
	put("a.conf", "/* open\n");
	fixture_refused(NETS "@include \"a.conf\"\n*/",
		"a.conf:1: the comment that begins here is never closed; close it with */");
	snprintf(name, sizeof(name), "%s/a.conf", folder);
	put("a.conf", "$");
	snprintf(text, sizeof(text), "@include \"%s\"\n", name);
	snprintf(sentence, sizeof(sentence),
		"%s:1: $ has no meaning here; put text between quotes, or take it out", name);
	fixture_refused(text, sentence);
	unlink("a.conf");
	fixture_leave(folder);
}

static void
include_of_what_is_no_regular_file_is_refused(void)
{
	char folder[32];

	fixture_enter(folder);
	CU_ASSERT_EQUAL(mkdir("d", 0755), 0);
	CU_ASSERT_EQUAL(mkfifo("f", 0644), 0);
	fixture_refused(
		"\n@include \"d\"\n", "pollux.conf:2: d is a directory; name a regular file");
	fixture_refused(
		"@include \"f\"\n", "pollux.conf:1: f is no regular file; name a regular file");
	fixture_refused("@include \"/dev/zero\"\n",
		"pollux.conf:1: /dev/zero is no regular file; name a regular file");
	fixture_refused("@include \"gone.conf\"\n",
		"pollux.conf:1: gone.conf cannot be opened: No such file or directory; name a file "
		"that exists and that polluxd may read");
	fixture_refused("@include gone.conf\n",
		"pollux.conf:1: @include names no file; write @include \"FILE\" with the quotes");
	unlink("f");
	rmdir("d");
	fixture_leave(folder);
}

static void
file_that_cannot_be_read_is_named(void)
{
	struct lb_error err = { 0 };
	char folder[32];

	CU_ASSERT_PTR_NULL(lb_conf_load("/nowhere/pollux.conf", &err));
	CU_ASSERT_EQUAL(err.code, ENOENT);
	CU_ASSERT_STRING_EQUAL(err.text, "/nowhere/pollux.conf cannot be opened: No such file or "
					 "directory; name a file that exists and that polluxd may "
					 "read");
	memset(&err, 0, sizeof(err));
	CU_ASSERT_PTR_NULL(lb_conf_load("/", &err));
	CU_ASSERT_STRING_EQUAL(err.text, "/ is a directory; name a regular file");
	fixture_enter(folder);
	CU_ASSERT_EQUAL(mkfifo("pollux.conf", 0644), 0);
	CU_ASSERT_PTR_NULL(fixture_load(&err));
	CU_ASSERT_STRING_EQUAL(err.text, "pollux.conf is no regular file; name a regular file");
	fixture_leave(folder);
}

static void
loop_of_includes_is_named(void)
{
	char folder[32];

	fixture_enter(folder);
	put("a.conf", "\n@include \"./b.conf\"");
	put("b.conf", "\n\n@include \"a.conf\"");
	fixture_refused("@include \"pollux.conf\"\n",
		"pollux.conf:1: pollux.conf includes itself, directly or through others; take this "
		"@include out");
	fixture_refused("@include \"a.conf\"\n", "./b.conf:3: a.conf includes itself, directly or "
						 "through others; take this @include out");
	unlink("a.conf");
	unlink("b.conf");
	fixture_leave(folder);
}

static void
same_file_may_be_included_twice_in_turn(void)
{
	struct lb_conf *conf;
	struct lb_error err;
	char folder[32];

	fixture_enter(folder);
	put("server.conf", "{ address = \"10.2.0.21\"; }");
	put("pollux.conf",
		NETS "services = ( { name = \"a\"; address = \"10.1.0.200\"; port = 80; servers = "
		     "(\n@include \"server.conf\"\n); },\n{ name = \"b\"; address = "
		     "\"10.1.0.200\"; port = 81; servers = (\n@include \"server.conf\"\n); } );");
	conf = fixture_load(&err);
	CU_ASSERT_STRING_EQUAL(err.text, "");
	CU_ASSERT_PTR_NOT_NULL_FATAL(conf);
	CU_ASSERT_EQUAL(conf->services[0].servers[0].at.port, rte_cpu_to_be_16(80));
	CU_ASSERT_EQUAL(conf->services[1].servers[0].at.port, rte_cpu_to_be_16(81));
	lb_conf_destroy(conf);
	unlink("server.conf");
	fixture_leave(folder);
}

/* pollux.conf includes 1.conf, and so on; the last one has no include. */
static void
includes_end_at_their_depth(void)
{
	char folder[32], name[32], text[64];
	struct lb_conf *conf;
	struct lb_error err;

	fixture_enter(folder);
	put("pollux.conf", "@include \"1.conf\"");
	for (int i = 1; i <= 11; i++) {
		snprintf(name, sizeof(name), "%d.conf", i);
		snprintf(text, sizeof(text), "@include \"%d.conf\"", i + 1);
		put(name, i == 10 ? NETS : text);
	}
	conf = fixture_load(&err);
	CU_ASSERT_PTR_NOT_NULL(conf);
	lb_conf_destroy(conf);
	put("10.conf", "\n@include \"11.conf\"");
	put("11.conf", NETS);
	fixture_refused("@include \"1.conf\"",
		"10.conf:2: includes are nested more than 10 deep; include this file further up");
	for (int i = 1; i <= 11; i++) {
		snprintf(name, sizeof(name), "%d.conf", i);
		unlink(name);
	}
	fixture_leave(folder);
}

static void
too_many_and_too_large_files_are_refused(void)
{
	static const char one[] = "@include \"a.conf\"\n";
	char *many = malloc(1000 * (sizeof(one) - 1) + 1);
	char folder[32];

	CU_ASSERT_PTR_NOT_NULL_FATAL(many);
	fixture_enter(folder);
	put("a.conf", "#");
	for (size_t i = 0; i < 1000; i++)
		memcpy(many + i * (sizeof(one) - 1), one, sizeof(one));
	fixture_refused(
		many, "pollux.conf:1000: more than 999 files are included; put several into one");
	free(many);
	CU_ASSERT_EQUAL(truncate("a.conf", (64 << 20) - 18 + 1), 0);
	fixture_refused(one,
		"pollux.conf:1: a.conf makes the configuration larger than 64 MiB with all that it "
		"includes; make it smaller");
	unlink("a.conf");
	fixture_leave(folder);
}

static const struct unit_test tests[] = {
	UNIT_TEST(include_is_relative_to_the_including_file),
	UNIT_TEST(fault_in_an_included_file_has_its_line),
	UNIT_TEST(include_of_what_is_no_regular_file_is_refused),
	UNIT_TEST(file_that_cannot_be_read_is_named),
	UNIT_TEST(loop_of_includes_is_named),
	UNIT_TEST(same_file_may_be_included_twice_in_turn),
	UNIT_TEST(includes_end_at_their_depth),
	UNIT_TEST(too_many_and_too_large_files_are_refused),
	UNIT_END,
};

const struct unit_suite unit_conf_include = { "include", tests };
