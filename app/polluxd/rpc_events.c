/* events.subscribe: the client is told what happens, and first what it has missed. */

#include "events.h"

#include <errno.h>

#include "rpc_server.h"

/* The bits of the kinds that are named; all if none is. */
static int
read_kinds(const json_t *names, uint32_t *bits, struct lb_error *err)
{
	const json_t *name;
	size_t i;

	*bits = names == NULL ? UINT32_MAX : 0;
	json_array_foreach(names, i, name) {
		const char *text = json_string_value(name);
		int kind = text == NULL ? -1 : events_kind_find(text);

		if (kind < 0)
			return lb_error_set(err, EINVAL,
				"parameter \"kinds\" has \"%.40s\"; give some of vrrp, group, "
				"script, "
				"link, reload, worker",
				text == NULL ? "no text" : text);
		*bits |= 1U << kind;
	}
	return 0;
}

static int
read_wish(const json_t *params, struct events_wish *wish, struct lb_error *err)
{
	const json_t *since = json_object_get(params, "since");

	wish->since = since == NULL ? UINT64_MAX : (uint64_t)json_integer_value(since);
	if (since != NULL && json_integer_value(since) < 0)
		return lb_error_set(err, EINVAL,
			"parameter \"since\" is %lld; give the sequence of the last event that you "
			"know, or 0",
			(long long)json_integer_value(since));
	return read_kinds(json_object_get(params, "kinds"), &wish->kinds, err);
}

void
rpc_events_subscribe(struct lb_rpc_call *call, json_t *params, void *arg)
{
	struct director *director = arg;
	struct events *events = &director->events;
	struct lb_error err = { 0 };
	struct events_wish wish;

	if (read_wish(params, &wish, &err) != 0) {
		rpc_refuse_params(call, &err);
		return;
	}
	if (!events_subscribe(events, call, &wish)) {
		lb_rpc_answer(call, NULL);
		return;
	}
	lb_rpc_answer(
		call, json_pack("{s:I, s:b, s:s}", "sequence", (json_int_t)events->sequence, "lost",
			      events_has_lost(events, wish.since), "started", events->start));
	lb_control_hurry(director->control);
}
