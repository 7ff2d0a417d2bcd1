/*
 * The script helper is forked by main(), before there is a director, and given to it here. Tests
 * boot a director without one: then nothing is run.
 */

#include "helper.h"

#include "director.h"
#include "lb_log.h"

/* Polluxd ends after so many ms whatever is still run: the manager of services waits for it. */
#define WAIT_MS 5000

static void
on_lost(void *arg)
{
	static const struct event event = {
		.kind = EVENT_SCRIPT,
		.object = "",
		.state = "dead",
		.reason = "the script helper is dead; restart polluxd",
	};
	struct director *director = arg;

	lb_log(LB_LOG_ERROR,
		"scripts: their helper is dead, so all of them count as failed and nobody is "
		"notified; restart polluxd");
	events_post(director, &event);
	vrrp_scripts_lost(director);
}

/* What a script says counts for the instances that track it. */
static void
on_changed(struct director *director, uint32_t script, enum vrrp_script_state state)
{
	vrrp_track_set(director, LB_CONF_TRACK_SCRIPT, director->conf->scripts[script].name,
		state != VRRP_SCRIPT_DOWN);
}

int
helper_start(struct director *director, struct lb_script_helper *helper, struct lb_error *err)
{
	director->scripts.changed = on_changed;
	director->helper = lb_scripts_create(
		lb_control_loop(director->control), helper, on_lost, director, err);
	return director->helper == NULL ? -err->code : 0;
}

void
helper_farewell(struct director *director)
{
	if (director->helper == NULL)
		return;
	lb_scripts_farewell(director->helper);
	vrrp_notify_farewell(director);
}

void
helper_end(struct director *director)
{
	if (director->helper != NULL)
		lb_scripts_leave(director->helper, WAIT_MS);
	lb_scripts_destroy(director->helper);
}
