/* What is refused before libconfig sees it, and what libconfig itself refuses. */

#include "fixture.h"

#define RUN(faults) fixture_faults(faults, sizeof(faults) / sizeof(faults[0]))

static void
number_that_libconfig_would_wrap_is_refused(void)
{
	static const struct fixture_fault faults[] = {
		{ NETS "\nmemory: { connections = 4294967297; };",
			"pollux.conf:3: 4294967297 does not fit into 32 bits; write a smaller "
			"number, or add the suffix L" },
		{ NETS "cpu: { control = 2147483648; };",
			"pollux.conf:2: 2147483648 does not fit into 32 bits; write a smaller "
			"number, or add the suffix L" },
		{ NETS "cpu: { control = -2147483649; };",
			"pollux.conf:2: -2147483649 does not fit into 32 bits; write a smaller "
			"number, or add the suffix L" },
		{ NETS "cpu: { control = 0xFFFFFFFF; };",
			"pollux.conf:2: 0xFFFFFFFF does not fit into 32 bits; write a smaller "
			"number, or add the suffix L" },
		{ NETS "cpu: { control = 9223372036854775808L; };",
			"pollux.conf:2: 9223372036854775808L does not fit into 64 bits; write a "
			"smaller number" },
		{ NETS "cpu: { control = 0xFFFFFFFFFFFFFFFFL; };",
			"pollux.conf:2: 0xFFFFFFFFFFFFFFFFL does not fit into 64 bits; write a "
			"smaller number" },
		{ NETS "cpu: { control = 99999999999999999999999; };",
			"pollux.conf:2: 99999999999999999999999 does not fit into 64 bits; write a "
			"smaller number" },
		/* At the border the number itself passes, and its key refuses it. */
		{ NETS "cpu: { control = 2147483647; };",
			"pollux.conf:2: cpu: control is 2147483647, which is out of range; write 0 "
			"to 1023" },
		{ NETS "cpu: { control = -2147483648; };",
			"pollux.conf:2: cpu: control is -2147483648, which is out of range; write "
			"0 to 1023" },
		{ NETS "cpu: { control = 0x7fffffff; };",
			"pollux.conf:2: cpu: control is 2147483647, which is out of range; write 0 "
			"to 1023" },
		{ NETS "cpu: { control = 9223372036854775807LL; };",
			"pollux.conf:2: cpu: control is 9223372036854775807, which is out of "
			"range; write 0 to 1023" },
		{ NETS "cpu: { control = -9223372036854775808L; };",
			"pollux.conf:2: cpu: control is -9223372036854775808, which is out of "
			"range; write 0 to 1023" },
	};

	RUN(faults);
}

static void
word_is_a_key_or_a_number_as_a_whole(void)
{
	static const struct fixture_fault faults[] = {
		{ NETS "cpu: { control = 5workers=[ 1 ]; };",
			"pollux.conf:2: 5workers is neither a key nor a number; put text between "
			"quotes" },
		{ NETS "vips = [ 10.1.0.200 ];", "pollux.conf:2: 10.1.0.200 is neither a key nor a "
						 "number; put text between quotes" },
		{ NETS "cpu: { control = 1e3; };", "pollux.conf:2: 1e3 is neither a key nor a "
						   "number; put text between quotes" },
		{ NETS "cpu: { control = 0x; };", "pollux.conf:2: 0x is neither a key nor a "
						  "number; put text between quotes" },
		{ NETS "cpu: { control = 5-3; };", "pollux.conf:2: 5-3 is neither a key nor a "
						   "number; put text between quotes" },
		{ NETS "cpu: { control = 5LLL; };", "pollux.conf:2: 5LLL is neither a key nor a "
						    "number; put text between quotes" },
		{ NETS "cpu: { control = .5e+; };", "pollux.conf:2: .5e+ is neither a key nor a "
						    "number; put text between quotes" },
		{ NETS "cpu: { control = %; };", "pollux.conf:2: % has no meaning here; put text "
						 "between quotes, or take it out" },
		{ NETS "cpu: { control = 1; } / ;", "pollux.conf:2: / has no meaning here; put "
						    "text between quotes, or take it out" },
		{ NETS "n\xc3\xa4me = 1;", "pollux.conf:2: the byte 0xc3 has no meaning here; put "
					   "text between quotes, or take it out" },
	};

	RUN(faults);
}

static void
string_and_comment_end_where_they_should(void)
{
	static const struct fixture_fault faults[] = {
		{ NETS "rpc: { socket = \"/run/x;\n};\n",
			"pollux.conf:2: the string that begins here does not end on its line; "
			"close it with a quote" },
		{ NETS "rpc: { socket = \"/run/x\\\"; };",
			"pollux.conf:2: the string that begins here does not end on its line; "
			"close it with a quote" },
		{ NETS "rpc: { socket = \"/run\\x00/x\"; };",
			"pollux.conf:2: a string holds a NUL byte (\\x00); leave it out" },
		{ NETS "/* one\ntwo\n", "pollux.conf:2: the comment that begins here is never "
					"closed; close it with */" },
		{ NETS "/*/\nlog: { };", "pollux.conf:2: the comment that begins here is never "
					 "closed; close it with */" },
	};

	RUN(faults);
}

static void
strings_side_by_side_are_refused(void)
{
	static const struct fixture_fault faults[] = {
		{ "ports = ( { name = \"wan\"; device = \"d0\";\n"
		  "addresses = [ \"10.1.0.11/24\"\n\"10.2.0.11/24\" ]; } );",
			"pollux.conf:3: two strings stand side by side and would be joined; put a "
			"comma between them" },
		{ NETS "vips = ( \"10.1.0.200\" /* no comma */ \"10.1.0.201\" );",
			"pollux.conf:2: two strings stand side by side and would be joined; put a "
			"comma between them" },
	};

	RUN(faults);
}

static void
string_stands_only_where_a_value_may(void)
{
	static const struct fixture_fault faults[] = {
		{ NETS "log: { \"level\" = \"info\"; };",
			"pollux.conf:2: a string is not expected here; write a setting as key = "
			"\"text\", the key without quotes" },
		{ NETS "log: { level \"info\"; };", "pollux.conf:2: a string is not expected here; "
						    "write a setting as key = \"text\", the key "
						    "without quotes" },
		{ NETS "cpu: { control = 0, \"1\"; };", "pollux.conf:2: a string is not expected "
							"here; write a setting as key = \"text\", "
							"the key without quotes" },
	};

	RUN(faults);
}

static void
bracket_without_its_partner_is_named(void)
{
	static const struct fixture_fault faults[] = {
		{ "cpu: {\ncontrol = 0;\n\n",
			"pollux.conf:1: the { that stands here is never closed; close it" },
		{ "cpu: {\nworkers = [ 1;\n};\n",
			"pollux.conf:3: } cannot close the [ of pollux.conf:2; close that first" },
		{ "cpu: { };\n)", "pollux.conf:2: ) closes nothing; take it out, or put the "
				  "missing ( before it" },
		{ "a = ((((((((((((((((((((((((((((((((\n(",
			"pollux.conf:2: brackets are nested more than 32 deep; close some" },
	};

	RUN(faults);
}

static void
syntax_that_libconfig_refuses_has_its_place(void)
{
	static const struct fixture_fault faults[] = {
		{ NETS "cpu: { control 0; };", "pollux.conf:2: 0 is not expected here (syntax "
					       "error); write a setting as key = value, and a list "
					       "as ( a, b )" },
		{ NETS "log: { level\n= ; };", "pollux.conf:3: ; is not expected here (syntax "
					       "error); write a setting as key = value, and a list "
					       "as ( a, b )" },
		{ NETS "log: {\nlevel = \"info\";\nlevel = \"debug\";\n};",
			"pollux.conf:4: level is set twice in this group; take one out" },
		{ NETS "cpu: { workers = [ 1,\n\"2\" ]; };",
			"pollux.conf:3: the elements between [ ] have different types; write all "
			"alike, or use ( )" },
	};

	RUN(faults);
}

static void
bytes_that_are_no_text_are_refused(void)
{
	static const char bom[] = "\xef\xbb\xbf" NETS;
	static const char nul[] = NETS "# \0 in a comment";
	char folder[32];

	fixture_enter(folder);
	fixture_refused_bytes(bom, sizeof(bom) - 1,
		"pollux.conf:1: the file begins with a byte order mark; save it without one");
	fixture_refused_bytes(nul, sizeof(nul) - 1,
		"pollux.conf:2: there is a NUL byte here; save the file as plain UTF-8 text");
	fixture_leave(folder);
}

static void
comments_and_escapes_are_skipped(void)
{
	struct lb_conf *conf = fixture_good("# \" { 99999999999 @include \"x\"\n"
					    "// ( */ '\n"
					    "/* \" \n [ 4294967296 \n @include \"x\" **/\r\n" NETS
					    "rpc: { socket = \"/run/\\\"a#b//c/*\\\\\"; };\t\f\n"
					    "# no newline at the end");

	CU_ASSERT_STRING_EQUAL(conf->rpc_socket, "/run/\"a#b//c/*\\");
	lb_conf_destroy(conf);
}

static void
lines_count_through_comments_and_lists(void)
{
	static const struct fixture_fault faults[] = {
		{ NETS "/* 2\n3 */ # 3\n\n// 5\nlog: { level =\n\"loud\" };",
			"pollux.conf:6: log: level is \"loud\"; this build has \"error\", "
			"\"warn\", \"info\", \"debug\"" },
		/* The last string of a list, where libconfig has already read on. */
		{ "ports = ( { name = \"wan\"; device = \"d0\"; } );\n"
		  "vips = (\n\"10.1.0.200\",\n\"10.1.0\"\n\n);\n",
			"pollux.conf:4: \"10.1.0\" is no address; write it as \"10.1.0.1\"" },
		/* A semicolon may be left out; the key after a string keeps its own line. */
		{ NETS "rpc: { socket = \"/run/x\"\nsockt = \"/run/y\" };",
			"pollux.conf:3: rpc: unknown key \"sockt\"; did you mean \"socket\"?" },
	};

	RUN(faults);
}

static const struct unit_test tests[] = {
	UNIT_TEST(number_that_libconfig_would_wrap_is_refused),
	UNIT_TEST(word_is_a_key_or_a_number_as_a_whole),
	UNIT_TEST(string_and_comment_end_where_they_should),
	UNIT_TEST(strings_side_by_side_are_refused),
	UNIT_TEST(string_stands_only_where_a_value_may),
	UNIT_TEST(bracket_without_its_partner_is_named),
	UNIT_TEST(syntax_that_libconfig_refuses_has_its_place),
	UNIT_TEST(bytes_that_are_no_text_are_refused),
	UNIT_TEST(comments_and_escapes_are_skipped),
	UNIT_TEST(lines_count_through_comments_and_lists),
	UNIT_END,
};

const struct unit_suite unit_conf_scan = { "scan", tests };
