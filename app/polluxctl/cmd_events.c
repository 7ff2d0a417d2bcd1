/* polluxctl events: what happens, a line for each, until somebody stops it. */

#include <stdio.h>
#include <string.h>

#include "ctl.h"
#include "print.h"

/* Events to be shown; -1: without end. */
struct events {
	json_t *params;
	long long count;
};

static bool
read_args(int argc, char **argv, struct events *events)
{
	json_t *kinds = json_array();
	long long since;
	bool good = true;

	for (int i = 0; i < argc && good; i++) {
		const char *value = i + 1 < argc ? argv[i + 1] : NULL;

		if (strcmp(argv[i], "--count") == 0) {
			good = ctl_read_number(value, &events->count) && events->count >= 0;
			i++;
		} else if (strcmp(argv[i], "--since") == 0) {
			good = ctl_read_number(value, &since) && since >= 0;
			json_object_set_new(events->params, "since", json_integer(since));
			i++;
		} else {
			good = argv[i][0] != '-';
			json_array_append_new(kinds, json_string(argv[i]));
		}
	}
	if (json_array_size(kinds) > 0)
		json_object_set(events->params, "kinds", kinds);
	json_decref(kinds);
	return good;
}

static void
show(const struct ctl *ctl, const json_t *event)
{
	const json_t *before = json_object_get(event, "before");

	if (ctl->json) {
		print_json(event);
		return;
	}
	printf("%s %lld %s %s: %s", print_member(event, "time"),
		(long long)print_count(event, "sequence"), print_member(event, "kind"),
		print_member(event, "object"), print_member(event, "state"));
	if (before != NULL)
		printf(" after %s", json_string_value(before));
	printf(": %s\n", print_member(event, "reason"));
}

static enum ctl_status
follow(struct ctl *ctl, long long count)
{
	struct lb_error err = { 0 };
	json_t *event;

	while (count != 0) {
		if (lb_rpc_client_next(ctl->client, &event, &err) != 0) {
			fprintf(stderr, "polluxctl: %s\n", err.text);
			return CTL_NO_DAEMON;
		}
		show(ctl, event);
		json_decref(event);
		if (fflush(stdout) != 0)
			return CTL_REFUSED; /* main() says why */
		count -= count > 0;
	}
	return CTL_OK;
}

enum ctl_status
cmd_events(struct ctl *ctl, int argc, char **argv)
{
	struct events events = { .params = json_object(), .count = -1 };
	enum ctl_status status;
	json_t *result;

	if (!read_args(argc, argv, &events)) {
		json_decref(events.params);
		return ctl_usage(ctl);
	}
	status = ctl_call(ctl, "events.subscribe", events.params, &result);
	if (status != CTL_OK)
		return status;
	if (json_is_true(json_object_get(result, "lost")))
		fputs("polluxctl: some events since then are lost: they are no longer kept, or "
		      "polluxd has been started anew\n",
			stderr);
	json_decref(result);
	return follow(ctl, events.count);
}
