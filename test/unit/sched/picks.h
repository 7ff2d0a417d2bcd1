#pragma once
/**
 * @file
 * A scheduler under test: versions written as "A4 B3 C2", picks read as "AABABCABC".
 *
 * The letter is the server: its slot is the letter's number, whatever its position.
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
	uint64_t version;
	uint64_t closed[1];
	char text[256];
};

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
	picks->state = picks->ops->build(picks->dests, picks->n, &none, ++picks->version, &err);
	CU_ASSERT_PTR_NOT_NULL_FATAL(picks->state);
}

/** A fresh service on worker `worker` of `workers`. */
static inline void
picks_begin(struct picks *picks, const char *scheduler, const char *servers, uint32_t worker,
	uint32_t workers)
{
	memset(picks, 0, sizeof(*picks));
	picks->ops = lb_sched_find(lb_sched_table, scheduler);
	CU_ASSERT_PTR_NOT_NULL_FATAL(picks->ops);
	picks_edit(picks, servers);
	picks->local = calloc(1, picks->ops->local_size(picks->state));
	CU_ASSERT_PTR_NOT_NULL_FATAL(picks->local);
	picks->local->worker = worker;
	picks->local->workers = workers;
}

static inline void
picks_end(struct picks *picks)
{
	picks->ops->destroy(picks->state);
	free(picks->local);
}

static inline void
picks_close(struct picks *picks, char server, bool closed)
{
	uint64_t bit = UINT64_C(1) << (server - 'A');

	picks->closed[0] = closed ? picks->closed[0] | bit : picks->closed[0] & ~bit;
}

/** The next n picks; '-': no server takes new flows. */
static inline const char *
picks_next(struct picks *picks, size_t n)
{
	const struct lb_sched_flow flow = { .closed = picks->closed };

	for (size_t i = 0; i < n; i++) {
		int at = picks->ops->pick(picks->state, picks->local, &flow);

		picks->text[i] = at < 0 ? '-' : (char)('A' + picks->dests[at].slot);
	}
	picks->text[n] = '\0';
	return picks->text;
}
