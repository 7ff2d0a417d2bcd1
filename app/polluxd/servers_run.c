/*
 * Deadlines of servers: every tenth of a second each server of which something is known is looked
 * at, some of them per turn. Those whose connections are to be reset are collected, and the workers
 * visit their tables once for all of them.
 */

#include <string.h>

#include "director.h"
#include "lb_clock.h"
#include "servers.h"
#include "share.h"

#define ROUND_MS 100
#define PIECE 1024

/* The connections of a server that left have ended, or its number is another's. */
static bool
has_left(const struct director *director, const struct server_state *state)
{
	return state->removed &&
	       (servers_left(director, state) == 0 ||
		       lb_slots_lookup(director->slots, state->service, &state->at) != state->slot);
}

/*
 * The share of a server that starts slowly grows. Not while a change is under way, which may be
 * about this service and weighs it anew itself.
 */
static void
grow(struct director *director, struct server_state *state)
{
	const struct lb_conf_service *service =
		lb_conf_find_service(director->conf, state->service);
	struct lb_svc_draft draft = { 0 };
	struct lb_error err = { 0 };
	uint32_t share = SHARE_WHOLE;

	if (!STAILQ_EMPTY(&director->changes))
		return;
	if (service != NULL && service->slow_start_ms != 0)
		share = share_at(lb_clock_ms() - state->slow_ms, service->slow_start_ms);
	if (share == SHARE_WHOLE)
		state->slow_ms = 0;
	if (service != NULL && share != state->share)
		director_retune(director, service, &draft, &err); /* else with the next step */
	state->share = share;
	servers_put(director, state);
}

static void
look_at(struct director *director, struct server_state *state, uint64_t now_ms)
{
	struct servers *servers = &director->servers;

	if (has_left(director, state)) {
		state->removed = false;
		servers_put(director, state);
		return;
	}
	if (state->slow_ms != 0) {
		grow(director, state);
		return;
	}
	if (state->over || now_ms < state->deadline_ms)
		return;
	if (state->reset && servers->resetting)
		return; /* with the next ones */
	state->over = true;
	if (!state->reset)
		return;
	servers->slots[state->slot / 64] |= UINT64_C(1) << (state->slot % 64);
	servers->slots_n++;
}

static void
begin_reset(struct director *director)
{
	struct servers *servers = &director->servers;

	servers->resetting = true;
	for (uint32_t w = 0; w < director->workers_n; w++) {
		lb_worker_reset_init(&servers->resets[w], servers->slots);
		servers->posted[w] = false;
	}
}

/* Ask workers whose mailbox was full; whether all are done. */
static bool
is_reset(struct director *director)
{
	struct servers *servers = &director->servers;
	bool done = true;

	for (uint32_t w = 0; w < director->workers_n; w++) {
		struct lb_worker_message *message = &servers->resets[w].message;

		if (!servers->posted[w])
			servers->posted[w] = lb_worker_post(director->workers[w], message) == 0;
		done = done && servers->posted[w] && lb_worker_is_done(message);
	}
	return done;
}

static void
end_reset(struct servers *servers)
{
	memset(servers->slots, 0, LB_SCHED_SLOTS / 8);
	servers->slots_n = 0;
	servers->resetting = false;
}

/* Look at some; true: the round is over. */
static bool
look_on(struct director *director, uint64_t now_ms)
{
	struct servers *servers = &director->servers;

	for (int piece = PIECE; piece > 0 && servers->cursor != NULL; piece--) {
		struct server_state *state = servers->cursor;

		servers->cursor = TAILQ_NEXT(state, link);
		look_at(director, state, now_ms);
	}
	return servers->cursor == NULL;
}

uint64_t
servers_run(struct director *director, uint64_t now_ms)
{
	struct servers *servers = &director->servers;

	if (servers->resetting && is_reset(director))
		end_reset(servers);
	if (TAILQ_EMPTY(&servers->list))
		return servers->resetting ? now_ms + 1 : UINT64_MAX;
	if (servers->cursor == NULL && now_ms >= servers->due_ms) {
		servers->cursor = TAILQ_FIRST(&servers->list);
		servers->due_ms = now_ms + ROUND_MS;
	}
	if (!look_on(director, now_ms))
		return now_ms;
	if (servers->slots_n > 0 && !servers->resetting) {
		begin_reset(director);
		is_reset(director);
	}
	return servers->resetting ? now_ms + 1 : servers->due_ms;
}
