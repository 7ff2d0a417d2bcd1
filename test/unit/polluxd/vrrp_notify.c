/*
 * Notices of a director that has nothing else: what the program gets, in which order, and what
 * becomes of them when it is slow. The program appends a line to "log" of the bed's folder.
 */

#include "bed.h"
#include "director.h"
#include "fixture.h"

static struct director *director;
static struct bed bed;
static const char *words[3];
static char program[128];
static struct lb_conf_notify notify;

static void
begin(const char *script)
{
	bed_init(&bed);
	director = calloc(1, sizeof(*director));
	CU_ASSERT_PTR_NOT_NULL_FATAL(director);
	director->helper = bed.scripts;
	vrrp_notify_init(&director->notify);
	words[0] = bed_write(&bed, "notify", script, program);
	words[1] = "own argument";
	notify = (struct lb_conf_notify){ .command = { .words = words, .n = 2 } };
}

static void
end(void)
{
	bed_fini(&bed);
	vrrp_notify_fini(&director->notify);
	free(director);
}

static void
post(const char *name, const char *state, const char *before, uint8_t priority)
{
	vrrp_notify_post(director, &notify,
		&(struct vrrp_notice){
			.type = priority == 0 ? "GROUP" : "INSTANCE",
			.name = name,
			.state = state,
			.before = before,
			.reason = "10.1.0.12 has \"left\"",
			.priority = priority,
			.sequence = 77,
		});
}

static bool
is_idle(void)
{
	return director->notify.running == NULL && director->notify.n == 0;
}

/* What the program has written. */
static const char *
logged(void)
{
	static char text[65536];
	char path[128];
	FILE *file = fopen(bed_path(&bed, "log", path), "re");

	CU_ASSERT_PTR_NOT_NULL_FATAL(file);
	text[fread(text, 1, sizeof(text) - 1, file)] = '\0';
	fclose(file);
	return text;
}

static void
program_gets_arguments_of_keepalived_and_variables(void)
{
	begin("echo \"$#|$1|$2|$3|$4|$5|$POLLUX_STATE|$POLLUX_BEFORE|$POLLUX_REASON|"
	      "$POLLUX_SEQUENCE\" >> log");
	post("wan", "active", "backup", 150);
	BED_UNTIL(&bed, is_idle());
	CU_ASSERT_STRING_EQUAL(logged(), "5|own argument|INSTANCE|wan|MASTER|150|active|backup|"
					 "10.1.0.12 has \"left\"|77\n");
	end();
}

static void
states_have_the_words_of_keepalived(void)
{
	begin("echo \"$2 $3 $4 $5\" >> log");
	post("wan", "active", "backup", 255);
	post("wan", "backup", "active", 1);
	post("wan", "fault", "backup", 100);
	post("wan", "standby", "backup", 100);
	post("wan", "init", "backup", 100);
	post("pair", "active", "backup", 0);
	BED_UNTIL(&bed, is_idle());
	CU_ASSERT_STRING_EQUAL(logged(), "INSTANCE wan MASTER 255\n"
					 "INSTANCE wan BACKUP 1\n"
					 "INSTANCE wan FAULT 100\n"
					 "INSTANCE wan FAULT 100\n"
					 "INSTANCE wan STOP 100\n"
					 "GROUP pair MASTER 0\n");
	end();
}

/* Two at once would find the folder. */
static void
one_runs_at_a_time_in_their_order(void)
{
	char want[1024] = "", name[8];
	size_t n = 0;

	begin("mkdir busy || echo twice >> log; echo $3 >> log; sleep 0.02; rmdir busy");
	for (int i = 0; i < 20; i++) {
		snprintf(name, sizeof(name), "i%d", i);
		post(name, "backup", "init", 100);
		n += (size_t)snprintf(want + n, sizeof(want) - n, "i%d\n", i);
	}
	BED_UNTIL(&bed, is_idle());
	CU_ASSERT_STRING_EQUAL(logged(), want);
	end();
}

/* The first one runs, as many wait as may, and then each takes the place of its like. */
static void
many_become_the_latest_of_each(void)
{
	begin("until [ -e go ]; do sleep 0.01; done; echo \"$3 $4\" >> log");
	post("first", "active", "backup", 100);
	post("other", "active", "backup", 100);
	for (int i = 0; i < 5 * VRRP_NOTIFY_MANY; i++)
		post("wan", i % 2 == 0 ? "active" : "backup", "fault", 100);
	CU_ASSERT_EQUAL(director->notify.n, VRRP_NOTIFY_MANY);
	for (int i = 0; i < VRRP_NOTIFY_MANY; i++) /* what is left of the former ones goes */
		post("wan", "fault", "backup", 100);
	CU_ASSERT_EQUAL(director->notify.n, VRRP_NOTIFY_MANY);
	post("pair", "active", "backup", 0);
	CU_ASSERT_EQUAL(director->notify.n, VRRP_NOTIFY_MANY + 1);
	fclose(fopen(bed_path(&bed, "go", program), "we"));
	BED_UNTIL(&bed, is_idle());
	CU_ASSERT_PTR_NOT_NULL(strstr(logged(), "first MASTER\nother MASTER\nwan FAULT\n"));
	CU_ASSERT_PTR_NOT_NULL(strstr(logged(), "wan FAULT\npair MASTER\n"));
	end();
}

static void
program_that_fails_does_not_stop_the_next(void)
{
	begin("echo $3 >> log; exit 1");
	post("a", "active", "backup", 100);
	post("b", "active", "backup", 100);
	BED_UNTIL(&bed, is_idle());
	CU_ASSERT_STRING_EQUAL(logged(), "a\nb\n");
	end();
}

static void
nothing_is_run_without_a_command_or_a_helper(void)
{
	begin("touch log");
	notify.command.n = 0;
	post("wan", "active", "backup", 100);
	CU_ASSERT_TRUE(is_idle());
	notify.command.n = 2;
	director->helper = NULL;
	post("wan", "active", "backup", 100);
	CU_ASSERT_TRUE(is_idle());
	end();
}

/* As at the end of polluxd: one runs, others wait, and all are told in their order. */
static void
farewell_keeps_the_order(void)
{
	begin("sleep 0.05; echo \"$3 $4\" >> log");
	post("a", "active", "backup", 100);
	post("a", "init", "active", 100);
	post("b", "init", "backup", 100);
	helper_farewell(director);
	CU_ASSERT_EQUAL(director->notify.n, 0);
	bed_end_loop(&bed);
	lb_scripts_leave(bed.scripts, BED_LONG_MS);
	CU_ASSERT_STRING_EQUAL(logged(), "a MASTER\na STOP\nb STOP\n");
	uv_loop_init(&bed.loop);
	end();
}

static void
dead_helper_leaves_nothing_waiting(void)
{
	begin("sleep 1000");
	post("a", "active", "backup", 100);
	post("b", "active", "backup", 100);
	CU_ASSERT_EQUAL(director->notify.n, 1);
	kill(bed.helper, SIGKILL);
	BED_UNTIL(&bed, bed.lost);
	CU_ASSERT_TRUE(is_idle());
	post("c", "active", "backup", 100);
	CU_ASSERT_TRUE(is_idle());
	end();
}

static void
refused(const char *text, const char *sentence)
{
	struct lb_conf *conf = fixture_good(text);
	struct lb_error err = { 0 };

	CU_ASSERT_NOT_EQUAL(director_check(conf, NULL, &err), 0);
	CU_ASSERT_STRING_EQUAL(err.text, sentence);
	lb_conf_destroy(conf);
}

static void
program_that_is_not_there_is_refused(void)
{
#define WAN "name = \"wan\"; port = \"wan\"; vrid = 51; addresses = [ \"10.1.0.100/24\" ]; "
	refused(NETS "vrrp: { instances = ( { " WAN "\nnotify = [ \"/nowhere/at/all\" ]; } ); };",
		"pollux.conf:3: vrrp: instance \"wan\": notify: /nowhere/at/all is not there (No "
		"such file or directory); install it, or write the path that it has");
	refused(NETS "vrrp: { instances = ( { " WAN "} ); groups = ( { name = \"pair\"; members = "
		     "[ \"wan\" ];\nnotify = [ \"/bin/true\" ]; notify_user = \"no-such-user\"; "
		     "} ); };",
		"pollux.conf:3: vrrp: group \"pair\": notify: there is no user \"no-such-user\"; "
		"make it, or name one that exists");
}

static const struct unit_test tests[] = {
	UNIT_TEST(program_gets_arguments_of_keepalived_and_variables),
	UNIT_TEST(states_have_the_words_of_keepalived),
	UNIT_TEST(one_runs_at_a_time_in_their_order),
	UNIT_TEST(many_become_the_latest_of_each),
	UNIT_TEST(program_that_fails_does_not_stop_the_next),
	UNIT_TEST(nothing_is_run_without_a_command_or_a_helper),
	UNIT_TEST(farewell_keeps_the_order),
	UNIT_TEST(dead_helper_leaves_nothing_waiting),
	UNIT_TEST(program_that_is_not_there_is_refused),
	UNIT_END,
};

const struct unit_suite unit_polluxd_vrrp_notify = { "vrrp_notify", tests };
