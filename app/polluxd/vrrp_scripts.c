/*
 * Starts scripts when they are due and counts their results. A place whose script has another
 * definition now waits for the end of what runs there, and does not look at how it ended.
 */

#include "vrrp_scripts.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "director.h"
#include "lb_clock.h"
#include "lb_log.h"

int
vrrp_scripts_check_command(
	const struct lb_conf_command *command, const char *user, struct lb_error *err)
{
	struct stat file;

	if (stat(command->words[0], &file) != 0)
		return lb_error_set(err, errno,
			"%.200s is not there (%s); install it, or write the path that it has",
			command->words[0], strerror(errno));
	if (!S_ISREG(file.st_mode) || (file.st_mode & (S_IXUSR | S_IXGRP | S_IXOTH)) == 0)
		return lb_error_set(err, EACCES,
			"%.200s cannot be run; make it an executable file (chmod +x)",
			command->words[0]);
	return lb_script_check_user(user, err);
}

int
vrrp_scripts_check(const struct lb_conf *conf, struct lb_error *err)
{
	for (size_t i = 0; i < conf->scripts_n; i++) {
		const struct lb_conf_script *script = &conf->scripts[i];

		if (vrrp_scripts_check_command(&script->command, script->user, err) == 0)
			continue;
		lb_error_prefix(err, "vrrp: script \"%s\": ", script->name);
		return lb_conf_fault(&script->place, err);
	}
	return 0;
}

static bool
same_text(const char *a, const char *b)
{
	return a == b || (a != NULL && b != NULL && strcmp(a, b) == 0);
}

static bool
same_command(const struct lb_conf_command *a, const struct lb_conf_command *b)
{
	if (a->n != b->n)
		return false;
	for (size_t i = 0; i < a->n; i++)
		if (strcmp(a->words[i], b->words[i]) != 0)
			return false;
	return true;
}

static bool
is_same(const struct lb_conf_script *a, const struct lb_conf_script *b)
{
	return strcmp(a->name, b->name) == 0 && same_command(&a->command, &b->command) &&
	       a->interval_ms == b->interval_ms && a->timeout_ms == b->timeout_ms &&
	       a->rise == b->rise && a->fall == b->fall && same_text(a->user, b->user);
}

/* The number of a script in the running configuration. */
static uint32_t
number_of(const struct vrrp_scripts *scripts, const struct vrrp_script *script)
{
	uint32_t i = 0;

	while (&scripts->list[scripts->places[i]] != script)
		i++;
	return i;
}

static void
tell(struct vrrp_script *script, enum vrrp_script_state before, const char *reason)
{
	struct vrrp_scripts *scripts = &script->director->scripts;
	bool up = script->rise.state == VRRP_SCRIPT_UP;
	const struct event event = {
		.kind = EVENT_SCRIPT,
		.object = script->conf->name,
		.state = vrrp_script_name(script->rise.state),
		.before = vrrp_script_name(before),
		.reason = reason,
	};

	lb_log(up ? LB_LOG_INFO : LB_LOG_WARN, "script \"%s\": %s after %s: %s", script->conf->name,
		vrrp_script_name(script->rise.state), vrrp_script_name(before), reason);
	events_post(script->director, &event);
	if (scripts->changed != NULL)
		scripts->changed(script->director, number_of(scripts, script), script->rise.state);
}

static void
take(struct vrrp_script *script, bool good, const char *reason)
{
	enum vrrp_script_state before = script->rise.state;

	if (vrrp_rise_take(&script->rise, good, script->conf->rise, script->conf->fall))
		tell(script, before, reason);
	else if (!good)
		lb_log(LB_LOG_DEBUG, "script \"%s\": %s", script->conf->name, reason);
}

static void
on_done(void *arg, const struct lb_script_result *result)
{
	struct vrrp_script *script = arg;
	bool wanted = !script->outdated && script->conf != NULL;

	script->running = script->outdated = false;
	if (wanted)
		take(script, lb_script_is_good(result), result->text);
}

static void
start(struct vrrp_script *script)
{
	const struct lb_conf_script *conf = script->conf;
	const char *argv[LB_CONF_WORDS_MAX + 1] = { NULL };
	const struct lb_script what = {
		.argv = argv,
		.user = conf->user,
		.timeout_ms = conf->timeout_ms,
	};
	int ret;

	memcpy(argv, conf->command.words, conf->command.n * sizeof(argv[0]));
	ret = lb_scripts_run(script->director->helper, &what, on_done, script);
	if (ret == 0)
		script->running = true;
	else
		take(script, false, strerror(-ret));
}

uint64_t
vrrp_scripts_run(struct director *director, uint64_t now_ms)
{
	struct vrrp_scripts *scripts = &director->scripts;
	uint64_t next_ms = UINT64_MAX;

	if (director->helper == NULL)
		return UINT64_MAX;
	for (uint32_t i = 0; i < scripts->n; i++) {
		struct vrrp_script *script = &scripts->list[scripts->places[i]];

		if (now_ms >= script->due_ms) {
			script->due_ms = now_ms + script->conf->interval_ms;
			if (!script->running)
				start(script);
		}
		next_ms = RTE_MIN(next_ms, script->due_ms);
	}
	return next_ms;
}

void
vrrp_scripts_lost(struct director *director)
{
	struct vrrp_scripts *scripts = &director->scripts;

	for (uint32_t i = 0; i < scripts->n; i++) {
		struct vrrp_script *script = &scripts->list[scripts->places[i]];
		enum vrrp_script_state before = script->rise.state;

		if (before == VRRP_SCRIPT_DOWN)
			continue;
		script->rise = (struct vrrp_rise){ .state = VRRP_SCRIPT_DOWN };
		tell(script, before, "the script helper is dead; restart polluxd");
	}
}

enum vrrp_script_state
vrrp_scripts_state(const struct director *director, uint32_t i)
{
	return director->scripts.list[director->scripts.places[i]].rise.state;
}

/* A free place, rather one where nothing runs any more. */
static uint8_t
choose(const struct vrrp_scripts *scripts)
{
	uint8_t fallback = 0;

	for (uint8_t place = 0; place < LB_CONF_SCRIPTS_MAX; place++) {
		if (scripts->list[place].conf != NULL)
			continue;
		if (!scripts->list[place].running)
			return place;
		fallback = place;
	}
	return fallback;
}

/* The place of a script that goes on, which takes the new definition; or -1. */
static int
find(struct vrrp_scripts *scripts, const struct lb_conf_script *conf)
{
	for (uint32_t i = 0; i < scripts->n; i++)
		if (is_same(scripts->list[scripts->places[i]].conf, conf))
			return scripts->places[i];
	return -1;
}

void
vrrp_scripts_apply(struct director *director)
{
	const struct lb_conf *conf = director->conf;
	struct vrrp_scripts *scripts = &director->scripts;
	int found[LB_CONF_SCRIPTS_MAX];
	bool goes_on[LB_CONF_SCRIPTS_MAX] = { false };

	for (size_t i = 0; i < conf->scripts_n; i++) {
		found[i] = find(scripts, &conf->scripts[i]);
		if (found[i] >= 0)
			goes_on[found[i]] = true;
	}
	for (uint8_t place = 0; place < LB_CONF_SCRIPTS_MAX; place++)
		if (!goes_on[place])
			scripts->list[place].conf = NULL;
	scripts->n = (uint32_t)conf->scripts_n;
	for (size_t i = 0; i < conf->scripts_n; i++) {
		uint8_t place = found[i] >= 0 ? (uint8_t)found[i] : choose(scripts);
		struct vrrp_script *script = &scripts->list[place];

		scripts->places[i] = place;
		script->conf = &conf->scripts[i];
		if (found[i] >= 0)
			continue;
		script->director = director;
		script->rise = (struct vrrp_rise){ 0 };
		script->due_ms = 0;
		script->outdated = script->running;
	}
}
