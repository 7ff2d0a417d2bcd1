/* The table of servers of which something is known: see servers.h. Slots lead to them. */

#include "servers.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "conf_diff.h"
#include "director.h"
#include "lb_clock.h"
#include "share.h"

int
servers_init(struct servers *servers)
{
	TAILQ_INIT(&servers->list);
	servers->by_slot = calloc(LB_SCHED_SLOTS, sizeof(*servers->by_slot));
	servers->slots = calloc(LB_SCHED_SLOTS / 64, sizeof(*servers->slots));
	return servers->by_slot == NULL || servers->slots == NULL ? -ENOMEM : 0;
}

void
servers_fini(struct servers *servers)
{
	struct server_state *state;

	while (servers->by_slot != NULL && (state = TAILQ_FIRST(&servers->list)) != NULL) {
		TAILQ_REMOVE(&servers->list, state, link);
		free(state);
	}
	free(servers->by_slot);
	free(servers->slots);
}

struct server_state *
servers_find(const struct director *director, const char *service, const struct lb_endpoint *at)
{
	uint32_t slot = lb_slots_lookup(director->slots, service, at);

	return slot == LB_SLOT_NONE ? NULL : director->servers.by_slot[slot];
}

struct server_state *
servers_get(struct director *director, const char *service, const struct lb_endpoint *at)
{
	struct servers *servers = &director->servers;
	uint32_t slot = lb_slots_lookup(director->slots, service, at);
	struct server_state *state;

	if (slot == LB_SLOT_NONE)
		return NULL;
	if (servers->by_slot[slot] != NULL)
		return servers->by_slot[slot];
	state = calloc(1, sizeof(*state));
	if (state == NULL)
		return NULL;
	snprintf(state->service, sizeof(state->service), "%s", service);
	state->at = *at;
	state->slot = slot;
	servers->by_slot[slot] = state;
	TAILQ_INSERT_TAIL(&servers->list, state, link);
	servers->due_ms = 0;
	return state;
}

void
servers_put(struct director *director, struct server_state *state)
{
	struct servers *servers = &director->servers;

	if (state->drains || state->removed || state->pending != SERVER_SETTLED ||
		state->slow_ms != 0)
		return;
	if (servers->cursor == state)
		servers->cursor = TAILQ_NEXT(state, link);
	TAILQ_REMOVE(&servers->list, state, link);
	servers->by_slot[state->slot] = NULL;
	free(state);
}

static void
set_pending(struct director *director, struct server_state *state, enum server_pending pending)
{
	director->servers.pending += pending != SERVER_SETTLED;
	director->servers.pending -= state->pending != SERVER_SETTLED;
	state->pending = pending;
}

int
servers_begin_drain(struct director *director, const char *service, const struct lb_endpoint *at,
	const struct server_drain *drain)
{
	struct server_state *state = servers_get(director, service, at);

	if (state == NULL)
		return lb_slots_lookup(director->slots, service, at) == LB_SLOT_NONE ? -ENOENT
										     : -ENOMEM;
	state->wanted = *drain;
	set_pending(director, state, SERVER_BEGINS);
	return 0;
}

int
servers_end_drain(struct director *director, const char *service, const struct lb_endpoint *at)
{
	struct server_state *state = servers_find(director, service, at);

	if (state == NULL || !state->drains)
		return -ENOENT;
	set_pending(director, state, SERVER_ENDS);
	return 0;
}

/* A drain that goes on with another deadline has begun when it did. */
static void
drain_begins(struct server_state *state, uint64_t now_ms)
{
	if (!state->drains)
		state->since_ms = now_ms;
	state->drains = true;
	state->slow_ms = 0;
	state->over = false;
	state->reset = state->wanted.reset;
	state->deadline_ms =
		state->wanted.timeout_ms == 0 ? SERVERS_NEVER : now_ms + state->wanted.timeout_ms;
}

/* It takes part from now on, slowly if its service says so. */
static void
start_slowly(struct server_state *state, const struct lb_conf_service *service)
{
	if (service == NULL || service->slow_start_ms == 0)
		return;
	state->slow_ms = lb_clock_ms();
	state->share = share_at(0, service->slow_start_ms);
}

void
servers_settle(struct director *director, bool applied)
{
	struct server_state *state, *next;

	if (director->servers.pending == 0)
		return;
	for (state = TAILQ_FIRST(&director->servers.list); state != NULL; state = next) {
		next = TAILQ_NEXT(state, link);
		if (state->pending == SERVER_BEGINS && applied)
			drain_begins(state, lb_clock_ms());
		if (state->pending == SERVER_ENDS && applied) {
			state->drains = false;
			start_slowly(state, lb_conf_find_service(director->conf, state->service));
		}
		set_pending(director, state, SERVER_SETTLED);
		servers_put(director, state);
	}
	director->servers.due_ms = 0;
}

/* Whether it takes nothing new once the change that is under way is applied. */
static bool
is_closed(const struct server_state *state)
{
	return state->pending == SERVER_BEGINS || (state->drains && state->pending != SERVER_ENDS);
}

/*
 * Whether a server takes part in a service that has been there before, and did not. Searched for at
 * the place that it has now.
 */
static bool
is_fresh(const struct lb_conf *before, const struct lb_conf_service *service,
	const struct lb_conf_server *server)
{
	const struct lb_conf_service *old =
		before == NULL ? NULL : lb_conf_find_service(before, service->name);
	size_t at = (size_t)(server - service->servers);
	const struct lb_conf_server *was = conf_diff_server(old, &server->at, &at);

	return old != NULL && server->weight != 0 && (was == NULL || was->weight == 0);
}

uint32_t
servers_share(const struct director *director, const struct lb_conf_service *service,
	const struct lb_conf_server *server)
{
	const struct server_state *state = servers_find(director, service->name, &server->at);

	if (state != NULL && is_closed(state))
		return 0;
	if (service->slow_start_ms == 0)
		return SHARE_WHOLE;
	if (state != NULL && state->slow_ms != 0)
		return share_at(lb_clock_ms() - state->slow_ms, service->slow_start_ms);
	if ((state != NULL && state->pending == SERVER_ENDS) ||
		is_fresh(director->applied, service, server))
		return share_at(0, service->slow_start_ms);
	return SHARE_WHOLE;
}

void
servers_weigh(const struct director *director, const struct lb_conf_service *service,
	uint32_t *weights, size_t stride)
{
	bool all_whole = true;

	for (size_t i = 0; i < service->servers_n; i++) {
		uint32_t share = servers_share(director, service, &service->servers[i]);

		*(uint32_t *)RTE_PTR_ADD(weights, i * stride) = share;
		all_whole = all_whole && (share == 0 || share == SHARE_WHOLE);
	}
	for (size_t i = 0; i < service->servers_n; i++) {
		uint32_t *weight = RTE_PTR_ADD(weights, i * stride);

		*weight = *weight == 0
				  ? 0
				  : share_weight(service->servers[i].weight, *weight, all_whole);
	}
}

int
servers_copy_closed(const struct director *director, struct servers_closed *closed)
{
	const struct server_state *state;
	size_t n = 0;

	TAILQ_FOREACH(state, &director->servers.list, link)
		n += is_closed(state);
	closed->n = 0;
	closed->list = calloc(n + 1, sizeof(*closed->list));
	if (closed->list == NULL)
		return -ENOMEM;
	TAILQ_FOREACH(state, &director->servers.list, link) {
		struct server_key *key = &closed->list[closed->n];

		if (!is_closed(state))
			continue;
		memcpy(key->service, state->service, sizeof(key->service));
		key->at = state->at;
		closed->n++;
	}
	return 0;
}

void
servers_free_closed(struct servers_closed *closed)
{
	free(closed->list);
	memset(closed, 0, sizeof(*closed));
}

bool
servers_is_closed(
	const struct servers_closed *closed, const char *service, const struct lb_endpoint *at)
{
	for (size_t i = 0; closed != NULL && i < closed->n; i++)
		if (closed->list[i].at.port == at->port &&
			lb_addr_equal(&closed->list[i].at.addr, &at->addr) &&
			strcmp(closed->list[i].service, service) == 0)
			return true;
	return false;
}

/* Its connections go on for a while. Short of memory they go on until they end. */
static void
remove_server(void *arg, const struct lb_conf_service *service, const struct lb_conf_server *server)
{
	struct director *director = arg;
	struct server_state *state = servers_get(director, service->name, &server->at);
	uint64_t now_ms = lb_clock_ms();

	if (state == NULL)
		return;
	state->removed = state->reset = true;
	state->drains = state->over = false;
	state->slow_ms = 0;
	state->since_ms = now_ms;
	state->deadline_ms =
		service->drain_timeout_ms == 0 ? SERVERS_NEVER : now_ms + service->drain_timeout_ms;
	director->servers.due_ms = 0;
}

/* It may be one that has come back before all its connections had ended. */
static void
add_server(void *arg, const struct lb_conf_service *service, const struct lb_conf_server *server)
{
	struct director *director = arg;
	struct server_state *state = servers_find(director, service->name, &server->at);

	if (state == NULL)
		return;
	state->removed = false;
	servers_put(director, state);
}

/* Short of memory a server starts at once. */
static void
start_fresh(struct director *director, const struct lb_conf *before,
	const struct lb_conf_service *service)
{
	for (size_t i = 0; i < service->servers_n; i++) {
		struct server_state *state = NULL;

		if (is_fresh(before, service, &service->servers[i]))
			state = servers_get(director, service->name, &service->servers[i].at);
		if (state != NULL && !state->drains)
			start_slowly(state, service);
	}
}

void
servers_leave(
	struct director *director, const struct lb_conf_service *service, const struct lb_conf *now)
{
	conf_diff_servers(service, now, remove_server, director);
}

void
servers_come(struct director *director, const struct lb_conf_service *service,
	const struct lb_conf *before)
{
	conf_diff_servers(service, before, add_server, director);
	if (service->slow_start_ms != 0)
		start_fresh(director, before, service);
}

void
servers_reset_now(struct director *director, const char *service, const struct lb_endpoint *at)
{
	struct server_state *state = servers_find(director, service, at);

	if (state == NULL || !state->removed)
		return;
	state->deadline_ms = lb_clock_ms();
	director->servers.due_ms = 0;
}

uint32_t
servers_left(const struct director *director, const struct server_state *state)
{
	struct lb_sched_load load = lb_slots_load(director->slots, state->slot);

	return load.active + load.inactive;
}
