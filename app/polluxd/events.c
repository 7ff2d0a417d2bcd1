/*
 * A ring of events, and clients that each stand somewhere in it. Nothing is sent where something
 * happens: the chores move every client on, a few events in a turn, so neither a takeover of 255
 * instances nor a client that wants all that is kept makes an advert late.
 */

#include "events.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "director.h"

/* Events that a turn sends, to all clients together. */
#define BUDGET 64

struct events_client {
	TAILQ_ENTRY(events_client) link;
	struct lb_rpc_listener *listener; /* NULL: it has gone */
	struct events_wish wish;
	uint64_t next; /* event to look at */
};

static const char *const kinds[] = {
	[EVENT_VRRP] = "vrrp",
	[EVENT_GROUP] = "group",
	[EVENT_SCRIPT] = "script",
	[EVENT_LINK] = "link",
	[EVENT_RELOAD] = "reload",
	[EVENT_WORKER] = "worker",
};

int
events_kind_find(const char *name)
{
	for (int kind = 0; kind < EVENT_KINDS; kind++)
		if (strcmp(kinds[kind], name) == 0)
			return kind;
	return -1;
}

const char *
events_kind_name(enum event_kind kind)
{
	return kinds[kind];
}

/* Now, as RFC 3339 has it. */
static void
time_text(char out[EVENTS_TIME])
{
	struct timespec now;
	struct tm tm;
	size_t n;

	clock_gettime(CLOCK_REALTIME, &now);
	gmtime_r(&now.tv_sec, &tm);
	n = strftime(out, EVENTS_TIME, "%FT%T", &tm);
	snprintf(out + n, EVENTS_TIME - n, ".%03dZ", (int)(now.tv_nsec / 1000000) % 1000);
}

void
events_init(struct events *events)
{
	TAILQ_INIT(&events->clients);
	time_text(events->start);
}

static void
free_client(struct events *events, struct events_client *client)
{
	TAILQ_REMOVE(&events->clients, client, link);
	free(client);
}

void
events_fini(struct events *events)
{
	struct events_client *client;

	while ((client = TAILQ_FIRST(&events->clients)) != NULL)
		free_client(events, client);
	for (size_t i = 0; i < EVENTS_KEPT; i++)
		json_decref(events->kept[i]);
}

/* The number of the first event that is kept. */
static uint64_t
oldest(const struct events *events)
{
	return events->sequence < EVENTS_KEPT ? 1 : events->sequence - EVENTS_KEPT + 1;
}

static json_t *
event_json(const struct event *event, uint64_t sequence)
{
	char now[EVENTS_TIME];

	time_text(now);
	return json_pack("{s:I, s:s, s:s, s:s, s:s, s:s*, s:s}", "sequence", (json_int_t)sequence,
		"time", now, "kind", kinds[event->kind], "object", event->object, "state",
		event->state, "before", event->before, "reason", event->reason);
}

/* An event for which there is no memory, or that is no UTF-8, has its number all the same. */
void
events_post(struct director *director, const struct event *event)
{
	struct events *events = &director->events;
	json_t **place = &events->kept[++events->sequence % EVENTS_KEPT];

	json_decref(*place);
	*place = event_json(event, events->sequence);
	if (!TAILQ_EMPTY(&events->clients) && director->control != NULL)
		lb_control_hurry(director->control);
}

/* Say that events up to the first that is kept will never come. */
static void
tell_lost(const struct events *events, struct events_client *client)
{
	uint64_t first = oldest(events);
	char now[EVENTS_TIME];
	json_t *params;

	time_text(now);
	params = json_pack("{s:I, s:s, s:s, s:s, s:s, s:o}", "sequence", (json_int_t)(first - 1),
		"time", now, "kind", "lost", "object", "events", "state", "lost", "reason",
		json_sprintf("%llu events came too quickly, and are no longer kept",
			(unsigned long long)(first - client->next)));
	client->next = first;
	lb_rpc_notify(client->listener, "event", params);
	json_decref(params);
}

static bool
wants(const struct events_client *client, const json_t *event)
{
	const char *kind = json_string_value(json_object_get(event, "kind"));

	return kind != NULL && (client->wish.kinds & 1U << events_kind_find(kind)) != 0;
}

/* Move a client on; returns what is left of the budget. */
static uint32_t
serve(const struct events *events, struct events_client *client, uint32_t budget)
{
	if (client->next < oldest(events))
		tell_lost(events, client);
	for (; budget > 0 && client->listener != NULL && client->next <= events->sequence;
		budget--) {
		json_t *event = events->kept[client->next++ % EVENTS_KEPT];

		if (wants(client, event))
			lb_rpc_notify(client->listener, "event", event);
	}
	return budget;
}

/* Who was served stands behind the others in the next turn. */
uint64_t
events_run(struct director *director, uint64_t now_ms)
{
	struct events *events = &director->events;
	struct events_client *client, *next;
	TAILQ_HEAD(, events_client) served = TAILQ_HEAD_INITIALIZER(served);
	uint32_t budget = BUDGET;
	bool more = false;

	for (client = TAILQ_FIRST(&events->clients); client != NULL && budget > 0; client = next) {
		next = TAILQ_NEXT(client, link);
		if (client->listener != NULL)
			budget = serve(events, client, budget);
		if (client->listener == NULL) {
			free_client(events, client);
			continue;
		}
		more |= client->next <= events->sequence;
		TAILQ_REMOVE(&events->clients, client, link);
		TAILQ_INSERT_TAIL(&served, client, link);
	}
	more |= !TAILQ_EMPTY(&events->clients);
	TAILQ_CONCAT(&events->clients, &served, link);
	return more ? now_ms : UINT64_MAX;
}

/* It may be in the middle of being told. */
static void
on_gone(void *arg)
{
	((struct events_client *)arg)->listener = NULL;
}

bool
events_has_lost(const struct events *events, uint64_t since)
{
	return since != UINT64_MAX && (since + 1 < oldest(events) || since > events->sequence);
}

bool
events_subscribe(struct events *events, struct lb_rpc_call *call, const struct events_wish *wish)
{
	struct events_client *client = calloc(1, sizeof(*client));

	if (client == NULL)
		return false;
	client->listener = lb_rpc_listen(call, on_gone, client);
	if (client->listener == NULL) {
		free(client);
		return false;
	}
	client->wish = *wish;
	client->next = events->sequence + 1;
	if (wish->since != UINT64_MAX)
		client->next =
			events_has_lost(events, wish->since) ? oldest(events) : wish->since + 1;
	TAILQ_INSERT_TAIL(&events->clients, client, link);
	return true;
}
