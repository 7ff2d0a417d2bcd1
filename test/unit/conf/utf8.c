/*
 * UTF-8 by RFC 3629: the borders of each form, and texts of the configuration that break it. The
 * bytes are those of the table in section 3 and of the examples in section 10.
 */

#include "conf_utf8.h"

#include "fixture.h"

static void
letters_of_each_length_are_taken(void)
{
	static const char *const texts[] = { "", "text", "\x7f", "\xc2\x80", "\xdf\xbf",
		"\xe0\xa0\x80", "\xed\x9f\xbf", "\xee\x80\x80", "\xef\xbf\xbf", "\xf0\x90\x80\x80",
		"\xf4\x8f\xbf\xbf", "A\xe2\x89\xa2\xce\x91.", "\xf0\xa3\x8e\xb4" };

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		CU_ASSERT_TRUE(conf_is_utf8(texts[i]));
}

static void
stray_bytes_and_forbidden_forms_are_not(void)
{
	static const char *const texts[] = { "\x80", "\xbf", "a\xff", "\xfe",
		/* cut */ "\xc2", "\xe1\x80", "\xf1\x80\x80", "\xe1\x80z", "\xc2z",
		/* longer than needed */ "\xc0\x80", "\xc1\xbf", "\xe0\x9f\xbf", "\xf0\x8f\xbf\xbf",
		/* halves of pairs */ "\xed\xa0\x80", "\xed\xbf\xbf",
		/* beyond U+10FFFF */ "\xf4\x90\x80\x80", "\xf5\x80\x80\x80" };

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		CU_ASSERT_FALSE(conf_is_utf8(texts[i]));
}

static void
no_string_is_taken_that_is_no_utf8(void)
{
	static const struct fixture_fault faults[] = {
		{ "ports = ( { name = \"wan\";\ndevice = \"d\xe9\"; } );",
			"pollux.conf:2: port \"wan\": device is no UTF-8; save the file as UTF-8, "
			"and write no \\x80 or above" },
		{ NETS "rpc: { socket = \"/run/\\xff\"; };",
			"pollux.conf:2: rpc: socket is no UTF-8; save the file as UTF-8, and write "
			"no \\x80 or above" },
		{ NETS "services = ( { name = \"web\"; address = \"10.1.0.200\"; port = 80;\n"
		       "scheduler_options = { a = \"\\xc3\"; }; } );",
			"pollux.conf:3: service \"web\": scheduler_options: a is no UTF-8; save "
			"the "
			"file as UTF-8, and write no \\x80 or above" },
	};

	fixture_faults(faults, sizeof(faults) / sizeof(faults[0]));
}

static const struct unit_test tests[] = {
	UNIT_TEST(letters_of_each_length_are_taken),
	UNIT_TEST(stray_bytes_and_forbidden_forms_are_not),
	UNIT_TEST(no_string_is_taken_that_is_no_utf8),
	UNIT_END,
};

const struct unit_suite unit_conf_utf8 = { "utf8", tests };
