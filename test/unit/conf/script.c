/* Scripts: their keys, and what holds between them. */

#include "fixture.h"

#define RUN(faults) fixture_faults(faults, sizeof(faults) / sizeof(faults[0]))

/* Line 1 has the ports; the scripts begin on line 2. */
#define SCRIPTS(scripts) NETS "vrrp: { scripts = (\n" scripts " ); };"
#define GW(keys) SCRIPTS("{ name = \"gw\"; command = [ \"/bin/true\" ];\n" keys " }")
#define COMMAND(command) SCRIPTS("{ name = \"gw\"; command = " command "; }")

static void
script_is_read_as_written(void)
{
	struct lb_conf *conf =
		fixture_good(SCRIPTS("{ name = \"gw\"; command = [ \"/usr/bin/ping\", \"-c1\", "
				     "\"\", \"a b\" ]; interval_ms = 86400000;\n"
				     "timeout_ms = 60000; rise = 1000; fall = 1; user = "
				     "\"www-data\"; },\n"
				     "{ name = \"other\"; command = ( \"/bin/true\" ); }"));
	const struct lb_conf_script *script = &conf->scripts[0];

	CU_ASSERT_EQUAL_FATAL(conf->scripts_n, 2);
	CU_ASSERT_STRING_EQUAL(script->name, "gw");
	CU_ASSERT_EQUAL_FATAL(script->command.n, 4);
	CU_ASSERT_STRING_EQUAL(script->command.words[0], "/usr/bin/ping");
	CU_ASSERT_STRING_EQUAL(script->command.words[1], "-c1");
	CU_ASSERT_STRING_EQUAL(script->command.words[2], "");
	CU_ASSERT_STRING_EQUAL(script->command.words[3], "a b");
	CU_ASSERT_EQUAL(script->interval_ms, 86400000);
	CU_ASSERT_EQUAL(script->timeout_ms, 60000);
	CU_ASSERT_EQUAL(script->rise, 1000);
	CU_ASSERT_EQUAL(script->fall, 1);
	CU_ASSERT_STRING_EQUAL(script->user, "www-data");
	CU_ASSERT_EQUAL(script->place.line, 3);
	lb_conf_destroy(conf);
}

static void
what_is_left_out_has_its_default(void)
{
	struct lb_conf *conf = fixture_good(GW(""));

	CU_ASSERT_EQUAL(conf->scripts[0].interval_ms, 1000);
	CU_ASSERT_EQUAL(conf->scripts[0].timeout_ms, 1000);
	CU_ASSERT_EQUAL(conf->scripts[0].rise, 2);
	CU_ASSERT_EQUAL(conf->scripts[0].fall, 3);
	CU_ASSERT_PTR_NULL(conf->scripts[0].user);
	lb_conf_destroy(conf);
	conf = fixture_good(NETS);
	CU_ASSERT_EQUAL(conf->scripts_n, 0);
	lb_conf_destroy(conf);
}

static void
time_limit_follows_the_interval(void)
{
	struct lb_conf *conf = fixture_good(GW("interval_ms = 500;"));

	CU_ASSERT_EQUAL(conf->scripts[0].timeout_ms, 500);
	lb_conf_destroy(conf);
	conf = fixture_good(GW("interval_ms = 3600000; timeout_ms = 0;"));
	CU_ASSERT_EQUAL(conf->scripts[0].timeout_ms, 60000);
	lb_conf_destroy(conf);
}

static void
bad_script_is_refused(void)
{
	static const struct fixture_fault faults[] = {
		{ SCRIPTS("{ command = [ \"/bin/true\" ]; }"),
			"pollux.conf:3: vrrp: script #1: name is missing; add name = \"gw\"" },
		{ SCRIPTS("{ name = \"gw\"; }"),
			"pollux.conf:3: vrrp: script \"gw\": command is missing; add command = [ "
			"\"/usr/bin/ping\", \"-c1\", \"10.1.0.1\" ]" },
		{ COMMAND("[ ]"), "pollux.conf:3: vrrp: script \"gw\": command is empty; write the "
				  "program and its arguments, as in command = [ "
				  "\"/usr/bin/ping\", \"-c1\", \"10.1.0.1\" ]" },
		{ COMMAND("[ \"ping\" ]"),
			"pollux.conf:3: vrrp: script \"gw\": command begins with \"ping\"; write "
			"the path of the program, as in command = [ \"/usr/bin/ping\", \"-c1\", "
			"\"10.1.0.1\" ]" },
		{ COMMAND("\"/usr/bin/ping -c1\""),
			"pollux.conf:3: vrrp: script \"gw\": command is a string; "
			"write a list: ( element, element )" },
		{ GW("interval_ms = 99;"),
			"pollux.conf:4: vrrp: script \"gw\": interval_ms is 99, which is "
			"out of range; write 100 to 86400000" },
		{ GW("\ntimeout_ms = 1001;"),
			"pollux.conf:5: vrrp: script \"gw\": timeout_ms is 1001, more than "
			"interval_ms, which is 1000: a script never runs twice at once; lower one, "
			"or raise the other" },
		{ GW("rise = 0;"), "pollux.conf:4: vrrp: script \"gw\": rise is 0, which is out of "
				   "range; write 1 to 1000" },
		{ GW("user = \"\";"), "pollux.conf:4: vrrp: script \"gw\": user is empty; write "
				      "something between the quotes" },
		{ SCRIPTS("{ name = \"gw\"; command = [ \"/bin/true\" ]; },\n"
			  "{ name = \"gw\"; command = [ \"/bin/false\" ]; }"),
			"pollux.conf:4: vrrp: script \"gw\": the script of pollux.conf:3 has this "
			"name too; rename one" },
	};

	RUN(faults);
}

static void
command_is_bounded(void)
{
	static char text[8192], word[LB_CONF_COMMAND_MAX];
	struct lb_conf *conf;
	char sentence[256];
	int n = LB_CONF_COMMAND_MAX - (int)sizeof("/bin/true") - 1;
	struct fixture_fault fault = { text, sentence };

	memset(word, 'x', (size_t)n + 1);
	snprintf(text, sizeof(text), "%s%.*s%s",
		NETS "vrrp: { scripts = ( { name = \"gw\"; "
		     "command = [ \"/bin/true\", \"",
		n, word, "\" ]; } ); };");
	conf = fixture_good(text);
	lb_conf_destroy(conf);
	snprintf(text, sizeof(text), "%s%.*s%s",
		NETS "vrrp: { scripts = ( { name = \"gw\"; "
		     "command = [ \"/bin/true\", \"",
		n + 1, word, "\" ]; } ); };");
	snprintf(sentence, sizeof(sentence),
		"pollux.conf:2: vrrp: script \"gw\": command has %d letters, and may have %d; put "
		"some of it into the program",
		LB_CONF_COMMAND_MAX + 1, LB_CONF_COMMAND_MAX);
	fixture_faults(&fault, 1);
}

static const struct unit_test tests[] = {
	UNIT_TEST(script_is_read_as_written),
	UNIT_TEST(what_is_left_out_has_its_default),
	UNIT_TEST(time_limit_follows_the_interval),
	UNIT_TEST(bad_script_is_refused),
	UNIT_TEST(command_is_bounded),
	UNIT_END,
};

const struct unit_suite unit_conf_script = { "script", tests };
