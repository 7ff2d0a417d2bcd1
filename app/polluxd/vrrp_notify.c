/*
 * A queue of notices, each with its whole command, so that no reload reaches it. While a program
 * takes its time and states change quickly the queue does not grow with the changes: who is told
 * late is told the latest.
 */

#include "vrrp_notify.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "director.h"
#include "lb_log.h"

#define TIMEOUT_MS 30000
#define TIMEOUT_LAST_MS 5000 /* when polluxd ends */

/* Arguments that are put behind the command's, and variables. */
#define ARGS 4
#define VARIABLES 4

/* A notice that waits or runs. All that it points to is behind it. */
struct vrrp_told {
	STAILQ_ENTRY(vrrp_told) next;
	const char *argv[LB_CONF_WORDS_MAX + ARGS + 1];
	const char *env[VARIABLES + 1];
	const char *user;
	const char *type;
	const char *name;
	const char *word;
	char *end; /* of what is written */
	char bytes[];
};

const char *
vrrp_notify_word(const char *state)
{
	if (strcmp(state, "active") == 0)
		return "MASTER";
	if (strcmp(state, "backup") == 0)
		return "BACKUP";
	return strcmp(state, "init") == 0 ? "STOP" : "FAULT";
}

static const char *
put(struct vrrp_told *told, const char *key, const char *text)
{
	char *at = told->end;

	told->end += sprintf(at, "%s%s", key, text) + 1;
	return at;
}

static const char *
put_number(struct vrrp_told *told, const char *key, uint64_t number)
{
	char text[24];

	snprintf(text, sizeof(text), "%llu", (unsigned long long)number);
	return put(told, key, text);
}

/* Room for all the texts. */
static size_t
size_of(const struct lb_conf_notify *conf, const struct vrrp_notice *notice)
{
	size_t n = sizeof(struct vrrp_told) + 256; /* for keys, zeros and numbers */

	for (size_t i = 0; i < conf->command.n; i++)
		n += strlen(conf->command.words[i]) + 1;
	n += conf->user == NULL ? 0 : strlen(conf->user);
	return n + strlen(notice->name) + strlen(notice->state) + strlen(notice->before) +
	       strlen(notice->reason);
}

static struct vrrp_told *
told_create(const struct lb_conf_notify *conf, const struct vrrp_notice *notice)
{
	struct vrrp_told *told = calloc(1, size_of(conf, notice));
	size_t n = conf->command.n;

	if (told == NULL)
		return NULL;
	told->end = told->bytes;
	for (size_t i = 0; i < n; i++)
		told->argv[i] = put(told, "", conf->command.words[i]);
	told->user = conf->user == NULL ? NULL : put(told, "", conf->user);
	told->type = told->argv[n++] = notice->type;
	told->name = told->argv[n++] = put(told, "", notice->name);
	told->word = told->argv[n++] = vrrp_notify_word(notice->state);
	told->argv[n] = put_number(told, "", notice->priority);
	told->env[0] = put(told, "POLLUX_STATE=", notice->state);
	told->env[1] = put(told, "POLLUX_BEFORE=", notice->before);
	told->env[2] = put(told, "POLLUX_REASON=", notice->reason);
	told->env[3] = put_number(told, "POLLUX_SEQUENCE=", notice->sequence);
	return told;
}

static void
say_untold(const struct vrrp_told *told, const char *why)
{
	lb_log(LB_LOG_WARN, "notify: %s \"%s\" %s: %s", told->type, told->name, told->word, why);
}

static void start_next(struct director *director);

static void
on_done(void *arg, const struct lb_script_result *result)
{
	struct director *director = arg;
	struct vrrp_notify *notify = &director->notify;
	struct vrrp_told *told = notify->running;

	if (!lb_script_is_good(result))
		say_untold(told, result->text);
	free(told);
	notify->running = NULL;
	start_next(director);
}

static int
run(struct director *director, const struct vrrp_told *told, uint32_t timeout_ms)
{
	const struct lb_script script = {
		.argv = told->argv,
		.env = told->env,
		.user = told->user,
		.timeout_ms = timeout_ms,
		.last = true,
	};
	int ret = lb_scripts_run(director->helper, &script, on_done, director);

	if (ret != 0)
		say_untold(told, ret == -EPIPE ? "the script helper is dead; restart polluxd"
					       : strerror(-ret));
	return ret;
}

static struct vrrp_told *
take_first(struct vrrp_notify *notify)
{
	struct vrrp_told *told = STAILQ_FIRST(&notify->waiting);

	STAILQ_REMOVE_HEAD(&notify->waiting, next);
	notify->n--;
	return told;
}

static void
start_next(struct director *director)
{
	struct vrrp_notify *notify = &director->notify;

	while (notify->running == NULL && notify->n > 0) {
		struct vrrp_told *told = take_first(notify);

		if (run(director, told, TIMEOUT_MS) == 0)
			notify->running = told;
		else
			free(told);
	}
}

/* Many wait: what waits about the same thing is told no more. */
static void
skip_older(struct vrrp_notify *notify, const struct vrrp_told *newer)
{
	struct vrrp_told *told;

	STAILQ_FOREACH(told, &notify->waiting, next) {
		if (strcmp(told->type, newer->type) != 0 || strcmp(told->name, newer->name) != 0)
			continue;
		say_untold(told, "skipped, since many wait and it is no longer so; make the "
				 "program quicker");
		STAILQ_REMOVE(&notify->waiting, told, vrrp_told, next);
		notify->n--;
		free(told);
		return;
	}
}

void
vrrp_notify_post(struct director *director, const struct lb_conf_notify *conf,
	const struct vrrp_notice *notice)
{
	struct vrrp_notify *notify = &director->notify;
	struct vrrp_told *told;

	if (director->helper == NULL || conf->command.n == 0)
		return;
	told = told_create(conf, notice);
	if (told == NULL) {
		lb_log(LB_LOG_WARN,
			"notify: %s \"%s\": no memory for it; add memory to the machine",
			notice->type, notice->name);
		return;
	}
	if (notify->n >= VRRP_NOTIFY_MANY)
		skip_older(notify, told);
	STAILQ_INSERT_TAIL(&notify->waiting, told, next);
	notify->n++;
	start_next(director);
}

void
vrrp_notify_farewell(struct director *director)
{
	while (director->notify.n > 0) {
		struct vrrp_told *told = take_first(&director->notify);

		run(director, told, TIMEOUT_LAST_MS);
		free(told);
	}
}

void
vrrp_notify_init(struct vrrp_notify *notify)
{
	STAILQ_INIT(&notify->waiting);
}

void
vrrp_notify_fini(struct vrrp_notify *notify)
{
	while (notify->n > 0)
		free(take_first(notify));
	free(notify->running);
}

static int
check(const struct lb_conf_notify *notify, const char *kind, const char *name, struct lb_error *err)
{
	if (notify->command.n == 0 ||
		vrrp_scripts_check_command(&notify->command, notify->user, err) == 0)
		return 0;
	lb_error_prefix(err, "vrrp: %s \"%s\": notify: ", kind, name);
	return lb_conf_fault(&notify->command.place, err);
}

int
vrrp_notify_check(const struct lb_conf *conf, struct lb_error *err)
{
	int ret = 0;

	for (size_t i = 0; i < conf->vrrp_n && ret == 0; i++)
		ret = check(&conf->vrrp[i].notify, "instance", conf->vrrp[i].name, err);
	for (size_t i = 0; i < conf->groups_n && ret == 0; i++)
		ret = check(&conf->groups[i].notify, "group", conf->groups[i].name, err);
	return ret;
}
