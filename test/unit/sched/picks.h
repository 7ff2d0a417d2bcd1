#pragma once
/**
 * @file
 * A scheduler under test: versions written as "A4 B3 C2", picks read as "AABABCABC".
 *
 * The letter is the server: its slot is the letter's number, whatever its position. Loads are set
 * as "A1:0 B0:256", active and inactive, and told to the scheduler like those of own flows.
 */

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lb_sched.h"
#include "unit.h"

#define PICKS_MAX 26

/** One service on one worker. */
struct picks {
	const struct lb_sched_ops *ops;
	struct lb_sched_dest dests[PICKS_MAX];
	size_t n;
	void *state;
	struct lb_sched_local *local;
	size_t local_size;
	uint32_t worker;
	uint32_t workers;
	uint64_t version;
	uint64_t closed[LB_SCHED_CLOSED(PICKS_MAX)];
	struct lb_sched_load total[PICKS_MAX];
	struct lb_sched_load delta[PICKS_MAX];
	const struct lb_sched_options *options; /**< NULL: none. */
	uint32_t client;                        /**< Address, of the flows to come. */
	uint32_t virtual;
	uint16_t port; /**< Of the client. */
	uint64_t now;
	char text[256];
};

/** Local memory is kept from version to version as long as it fits. */
static inline void
picks_fit_local(struct picks *picks)
{
	size_t size = picks->ops->local_size(picks->state);

	if (size == picks->local_size)
		return;
	free(picks->local);
	picks->local = calloc(1, size);
	CU_ASSERT_PTR_NOT_NULL_FATAL(picks->local);
	picks->local_size = size;
	picks->local->worker = picks->worker;
	picks->local->workers = picks->workers;
}

/** Publish the next version of the service. */
static inline void
picks_edit(struct picks *picks, const char *servers)
{
	static const struct lb_sched_options none;
	struct lb_error err = { 0 };
	char *end;

	picks->ops->destroy(picks->state);
	picks->n = 0;
	for (const char *at = servers; *at != '\0'; at = *end == ' ' ? end + 1 : end)
		picks->dests[picks->n++] = (struct lb_sched_dest){
			.slot = (uint32_t)(at[0] - 'A'),
			.weight = (uint32_t)strtoul(at + 1, &end, 10),
		};
	picks->state = picks->ops->build(picks->dests, picks->n,
		picks->options == NULL ? &none : picks->options, ++picks->version, &err);
	CU_ASSERT_PTR_NOT_NULL_FATAL(picks->state);
	picks_fit_local(picks);
}

/** A fresh service on worker `worker` of `workers`; options may have been set before. */
static inline void
picks_start(struct picks *picks, const char *scheduler, const char *servers, uint32_t worker,
	uint32_t workers)
{
	picks->ops = lb_sched_find(lb_sched_table, scheduler);
	CU_ASSERT_PTR_NOT_NULL_FATAL(picks->ops);
	picks->worker = worker;
	picks->workers = workers;
	picks_edit(picks, servers);
}

static inline void
picks_begin(struct picks *picks, const char *scheduler, const char *servers, uint32_t worker,
	uint32_t workers)
{
	memset(picks, 0, sizeof(*picks));
	picks_start(picks, scheduler, servers, worker, workers);
}

static inline void
picks_end(struct picks *picks)
{
	picks->ops->destroy(picks->state);
	free(picks->local);
}

/** This worker changed something of a server. */
static inline void
picks_tell(struct picks *picks, uint32_t slot)
{
	for (size_t i = 0; i < picks->n && picks->ops->changed != NULL; i++)
		if (picks->dests[i].slot == slot)
			picks->ops->changed(picks->state, picks->local, i);
}

static inline void
picks_close(struct picks *picks, char server, bool closed)
{
	uint64_t bit = lb_sched_closed_bit((uint32_t)(server - 'A'), LB_SCHED_DOWN);

	picks->closed[0] = closed ? picks->closed[0] | bit : picks->closed[0] & ~bit;
	picks_tell(picks, (uint32_t)(server - 'A'));
}

static inline bool
picks_is_closed(const struct picks *picks, uint32_t slot)
{
	return (picks->closed[0] & (lb_sched_closed_bit(slot, LB_SCHED_DOWN) |
					   lb_sched_closed_bit(slot, LB_SCHED_FULL))) != 0;
}

/** Close a server for some reason, or open it; nobody is told. */
static inline void
picks_toggle(struct picks *picks, uint32_t slot)
{
	uint64_t both =
		lb_sched_closed_bit(slot, LB_SCHED_DOWN) | lb_sched_closed_bit(slot, LB_SCHED_FULL);

	if (picks_is_closed(picks, slot))
		picks->closed[0] &= ~both;
	else
		picks->closed[0] |=
			lb_sched_closed_bit(slot, (enum lb_sched_closed)(1 + rand() % 3));
}

/** Let servers have these loads, half of them in this worker's delta. */
static inline void
picks_load(struct picks *picks, const char *loads)
{
	char *end;

	for (const char *at = loads; *at != '\0'; at = *end == ' ' ? end + 1 : end) {
		uint32_t slot = (uint32_t)(at[0] - 'A');
		struct lb_sched_load load;

		load.active = (uint32_t)strtoul(at + 1, &end, 10);
		load.inactive = (uint32_t)strtoul(end + 1, &end, 10);
		picks->delta[slot].active = load.active / 2;
		picks->delta[slot].inactive = load.inactive / 2;
		picks->total[slot].active = load.active - load.active / 2;
		picks->total[slot].inactive = load.inactive - load.inactive / 2;
		picks_tell(picks, slot);
	}
}

/** The next pick as an index, or -1. */
static inline int
picks_one(struct picks *picks)
{
	const struct lb_sched_flow flow = {
		.src = lb_addr_ip4(rte_cpu_to_be_32(picks->client)),
		.dst = lb_addr_ip4(rte_cpu_to_be_32(picks->virtual)),
		.sport = rte_cpu_to_be_16(picks->port),
		.now = picks->now,
		.total = picks->total,
		.delta = picks->delta,
		.closed = picks->closed,
	};

	return picks->ops->pick(picks->state, picks->local, &flow);
}

/** Who is likely to be picked next, or '-'. */
static inline char
picks_peek(const struct picks *picks)
{
	int at = picks->ops->peek(picks->state, picks->local);

	return at < 0 ? '-' : (char)('A' + picks->dests[at].slot);
}

/** IPv4 address in host order. */
static inline uint32_t
picks_ip(const char *text)
{
	struct lb_addr addr;

	CU_ASSERT_EQUAL_FATAL(lb_addr_parse(text, &addr), 0);
	return rte_be_to_cpu_32(addr.ip4);
}

/** The server's letter for one flow from a client. */
static inline char
picks_from(struct picks *picks, const char *client)
{
	int at;

	picks->client = picks_ip(client);
	at = picks_one(picks);
	return at < 0 ? '-' : (char)('A' + picks->dests[at].slot);
}

/** The next n picks; '-': no server takes new flows. */
static inline const char *
picks_next(struct picks *picks, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		int at = picks_one(picks);

		picks->text[i] = at < 0 ? '-' : (char)('A' + picks->dests[at].slot);
	}
	picks->text[n] = '\0';
	return picks->text;
}

/** The same, and every flow stays active. */
static inline const char *
picks_fill(struct picks *picks, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		int at = picks_one(picks);

		picks->text[i] = at < 0 ? '-' : (char)('A' + picks->dests[at].slot);
		if (at < 0)
			continue;
		picks->delta[picks->dests[at].slot].active++;
		picks_tell(picks, picks->dests[at].slot);
	}
	picks->text[n] = '\0';
	return picks->text;
}
