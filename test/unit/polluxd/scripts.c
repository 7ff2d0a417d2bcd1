/*
 * Scripts of a director that has nothing else: a helper, a loop, and a configuration. A script is
 * the test for a file, so the test says what it finds, and when.
 */

#include "bed.h"
#include "director.h"
#include "fixture.h"

/* Runs every 100 ms, and is up while the file "flag" is there. */
#define FLAG(name, keys)                                                                           \
	"{ name = \"" name "\"; command = [ \"/usr/bin/test\", \"-e\", \"%s/flag\" ]; "            \
	"interval_ms = 100; timeout_ms = 100; rise = 1; fall = 1; " keys " }"

/* The last change that was told. */
static struct {
	unsigned int n;
	uint32_t script;
	enum vrrp_script_state state;
} told;

static struct director *director;
static struct bed bed;

static void
on_changed(struct director *of, uint32_t script, enum vrrp_script_state state)
{
	CU_ASSERT_PTR_EQUAL(of, director);
	told.n++;
	told.script = script;
	told.state = state;
}

/* Another configuration, with these scripts. */
static void
apply(const char *scripts)
{
	const struct lb_conf *before = director->conf;
	char text[8192], list[6144];

	snprintf(list, sizeof(list), scripts, bed.directory, bed.directory);
	snprintf(text, sizeof(text), NETS "vrrp: { scripts = ( %s ); };", list);
	director->conf = fixture_good(text);
	vrrp_scripts_apply(director);
	lb_conf_destroy((struct lb_conf *)before);
}

static void
create(void)
{
	bed_init(&bed);
	director = calloc(1, sizeof(*director));
	CU_ASSERT_PTR_NOT_NULL_FATAL(director);
	director->helper = bed.scripts;
	events_init(&director->events);
}

static void
begin(const char *scripts)
{
	memset(&told, 0, sizeof(told));
	create();
	director->scripts.changed = on_changed;
	apply(scripts);
}

static void
end(void)
{
	bed_fini(&bed);
	lb_conf_destroy((struct lb_conf *)director->conf);
	events_fini(&director->events);
	free(director);
}

static bool
is(uint32_t i, enum vrrp_script_state state)
{
	vrrp_scripts_run(director, uv_hrtime() / 1000000);
	return vrrp_scripts_state(director, i) == state;
}

static void
raise_flag(void)
{
	char path[128];
	FILE *file = fopen(bed_path(&bed, "flag", path), "we");

	CU_ASSERT_PTR_NOT_NULL_FATAL(file);
	fclose(file);
}

static void
lower_flag(void)
{
	char path[128];

	CU_ASSERT_EQUAL(unlink(bed_path(&bed, "flag", path)), 0);
}

static void
script_goes_up_and_down_with_its_results(void)
{
	begin(FLAG("gw", ""));
	CU_ASSERT_EQUAL(vrrp_scripts_state(director, 0), VRRP_SCRIPT_UNKNOWN);
	BED_UNTIL(&bed, is(0, VRRP_SCRIPT_DOWN));
	CU_ASSERT_EQUAL(told.n, 1);
	raise_flag();
	BED_UNTIL(&bed, is(0, VRRP_SCRIPT_UP));
	CU_ASSERT_TRUE(told.n == 2 && told.script == 0 && told.state == VRRP_SCRIPT_UP);
	lower_flag();
	BED_UNTIL(&bed, is(0, VRRP_SCRIPT_DOWN));
	end();
}

static void
script_that_takes_too_long_is_down(void)
{
	begin("{ name = \"slow\"; command = [ \"/bin/sleep\", \"1000\" ]; interval_ms = 100; }");
	BED_UNTIL(&bed, is(0, VRRP_SCRIPT_DOWN));
	end();
}

static void
script_runs_once_at_a_time(void)
{
	uint64_t now_ms = 1000;
	char path[128], text[1024];

	create();
	bed_write(
		&bed, "once", "mkdir busy || { touch twice; exit; }; sleep 0.3; rmdir busy", path);
	snprintf(text, sizeof(text),
		"{ name = \"once\"; command = [ \"%s\" ]; interval_ms = 60000; }", path);
	apply(text);
	for (int i = 0; i < 5; i++) { /* the test's clock is faster than the script */
		CU_ASSERT_EQUAL(vrrp_scripts_run(director, now_ms), now_ms + 60000);
		now_ms += 60000;
	}
	BED_UNTIL(&bed, vrrp_scripts_state(director, 0) == VRRP_SCRIPT_UP);
	CU_ASSERT_NOT_EQUAL(access(bed_path(&bed, "twice", path), F_OK), 0);
	end();
}

static void
reload_keeps_the_state_of_what_stays_the_same(void)
{
	begin(FLAG("a", "") ", " FLAG("b", ""));
	raise_flag();
	BED_UNTIL(&bed, is(0, VRRP_SCRIPT_UP) && is(1, VRRP_SCRIPT_UP));
	CU_ASSERT_EQUAL(told.n, 2);
	apply(FLAG("new", "") ", " FLAG("b", "")); /* b has another number than its place */
	CU_ASSERT_EQUAL(vrrp_scripts_state(director, 0), VRRP_SCRIPT_UNKNOWN);
	CU_ASSERT_EQUAL(vrrp_scripts_state(director, 1), VRRP_SCRIPT_UP);
	apply(FLAG("b", ""));
	CU_ASSERT_EQUAL(vrrp_scripts_state(director, 0), VRRP_SCRIPT_UP);
	told.n = 0;
	lower_flag();
	BED_UNTIL(&bed, is(0, VRRP_SCRIPT_DOWN));
	CU_ASSERT_TRUE(told.n == 1 && told.script == 0);
	apply(FLAG("b", "user = \"root\";"));
	CU_ASSERT_EQUAL(vrrp_scripts_state(director, 0), VRRP_SCRIPT_UNKNOWN);
	end();
}

/* All places are taken, so the new definition gets that of the old one, which still runs. */
static void
result_of_another_definition_does_not_count(void)
{
	struct vrrp_script *script;
	char scripts[LB_CONF_SCRIPTS_MAX * 96] = "";
	size_t n = 0;

	begin("{ name = \"gw\"; command = [ \"/bin/sleep\", \"1000\" ]; interval_ms = 400; }");
	vrrp_scripts_run(director, 1000);
	script = &director->scripts.list[director->scripts.places[0]];
	CU_ASSERT_TRUE(script->running);
	for (int i = 0; i < LB_CONF_SCRIPTS_MAX; i++)
		n += (size_t)snprintf(scripts + n, sizeof(scripts) - n,
			"%s{ name = \"s%d\"; command = [ \"/bin/true\" ]; interval_ms = 60000; }",
			i == 0 ? "" : ", ", i);
	apply(scripts);
	CU_ASSERT_TRUE(script->running && script->outdated);
	BED_UNTIL(&bed, !script->running);
	CU_ASSERT_EQUAL(script->rise.state, VRRP_SCRIPT_UNKNOWN);
	CU_ASSERT_EQUAL(told.n, 0);
	end();
}

static void
without_the_helper_all_are_down(void)
{
	begin(FLAG("gw", ""));
	raise_flag();
	BED_UNTIL(&bed, is(0, VRRP_SCRIPT_UP));
	kill(bed.helper, SIGKILL);
	BED_UNTIL(&bed, bed.lost);
	vrrp_scripts_lost(director);
	CU_ASSERT_EQUAL(vrrp_scripts_state(director, 0), VRRP_SCRIPT_DOWN);
	for (uint64_t ms = 1; ms < 10; ms++)
		vrrp_scripts_run(director, uv_hrtime() / 1000000 + ms * 1000);
	CU_ASSERT_EQUAL(vrrp_scripts_state(director, 0), VRRP_SCRIPT_DOWN);
	end();
}

static void
refused(const char *script, const char *sentence)
{
	char text[512];
	struct lb_error err = { 0 };
	struct lb_conf *conf;

	snprintf(text, sizeof(text), NETS "vrrp: { scripts = (\n{ name = \"gw\"; %s } ); };",
		script);
	conf = fixture_good(text);
	CU_ASSERT_NOT_EQUAL(director_check(conf, NULL, &err), 0);
	CU_ASSERT_STRING_EQUAL(err.text, sentence);
	lb_conf_destroy(conf);
}

static void
script_that_cannot_run_is_refused(void)
{
	refused("command = [ \"/nowhere/at/all\" ];",
		"pollux.conf:3: vrrp: script \"gw\": /nowhere/at/all is not there (No such file or "
		"directory); install it, or write the path that it has");
	refused("command = [ \"/etc/passwd\" ];",
		"pollux.conf:3: vrrp: script \"gw\": /etc/passwd cannot be run; make it an "
		"executable file (chmod +x)");
	refused("command = [ \"/tmp\" ];", "pollux.conf:3: vrrp: script \"gw\": /tmp cannot be "
					   "run; make it an executable file "
					   "(chmod +x)");
	refused("command = [ \"/bin/true\" ]; user = \"no-such-user\";",
		"pollux.conf:3: vrrp: script \"gw\": there is no user \"no-such-user\"; make it, "
		"or "
		"name one that exists");
}

static const struct unit_test tests[] = {
	UNIT_TEST(script_goes_up_and_down_with_its_results),
	UNIT_TEST(script_that_takes_too_long_is_down),
	UNIT_TEST(script_runs_once_at_a_time),
	UNIT_TEST(reload_keeps_the_state_of_what_stays_the_same),
	UNIT_TEST(result_of_another_definition_does_not_count),
	UNIT_TEST(without_the_helper_all_are_down),
	UNIT_TEST(script_that_cannot_run_is_refused),
	UNIT_END,
};

const struct unit_suite unit_polluxd_scripts = { "scripts", tests };
