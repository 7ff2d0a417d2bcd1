/*
 * wrr: weighted round robin. A walk goes round at falling levels: at the level c every server of
 * weight c or more gets one flow, then c falls by g, the weights' greatest common divisor, and
 * after the lowest level it starts again at the top. So weights 4, 3, 2 give AABABCABC.
 *
 * Cursor and level belong to one worker and survive an edit: the walk goes on where it was, and an
 * edit never lifts the level, so editing before every pick starves nobody.
 *
 * When nobody is open at a level, the walk goes straight to the level of the heaviest open server;
 * passes in between would find nobody either. So a pick looks at each server three times at most,
 * whatever the weights are.
 */

#include <errno.h>

#include <rte_common.h>

#include "lb_sched.h"
#include "walk.h"

struct wrr {
	uint32_t step; /* g: all weights are multiples of it */
	uint32_t top;  /* the highest level; lower ones are top - step, ... 1 */
	struct walk_list *list;
};

struct wrr_local {
	struct lb_sched_local head;
	struct walk_cursor cursor;
	uint32_t level;
};

static uint32_t
wrr_gcd(uint32_t a, uint32_t b)
{
	while (b != 0) {
		uint32_t rest = a % b;

		a = b;
		b = rest;
	}
	return a;
}

static void
wrr_levels(struct wrr *wrr)
{
	uint32_t heaviest = 0;

	wrr->step = 0;
	for (uint32_t i = 0; i < wrr->list->n; i++) {
		uint32_t weight = wrr->list->servers[i].weight;

		wrr->step = wrr_gcd(wrr->step, weight);
		heaviest = RTE_MAX(heaviest, weight);
	}
	wrr->top = heaviest - wrr->step + 1;
}

static void
wrr_destroy(void *state)
{
	struct wrr *wrr = state;

	if (wrr == NULL)
		return;
	free(wrr->list);
	free(wrr);
}

static void *
wrr_build(const struct lb_sched_dest *dests, size_t n, const struct lb_sched_options *options,
	uint64_t version, struct lb_error *err)
{
	struct wrr *wrr;

	if (lb_sched_no_options("wrr", options, err) != 0)
		return NULL;
	wrr = calloc(1, sizeof(*wrr));
	if (wrr != NULL)
		wrr->list = walk_build(dests, n, version);
	if (wrr == NULL || wrr->list == NULL) {
		lb_error_set(err, ENOMEM,
			"scheduler \"wrr\": no memory for %zu servers; give the machine more", n);
		wrr_destroy(wrr);
		return NULL;
	}
	wrr_levels(wrr);
	return wrr;
}

static size_t
wrr_local_size(const void *state)
{
	(void)state;
	return sizeof(struct wrr_local);
}

/* The level of this version that the same servers reach as before, or its top. */
static void
wrr_repair(const struct wrr *wrr, struct wrr_local *local)
{
	walk_repair(wrr->list, &local->cursor, &local->head);
	if (local->cursor.used == 0 || local->level > wrr->top)
		local->level = wrr->top;
	else
		local->level = (local->level - 1) / wrr->step * wrr->step + 1;
	local->head.version = wrr->list->version;
}

/*
 * The first open server from a position on that reaches the level, or n. Then heaviest is the
 * greatest weight among the open ones that were looked at.
 */
static uint32_t
wrr_scan(const struct walk_list *list, uint32_t at, uint32_t level,
	const struct lb_sched_flow *flow, uint32_t *heaviest)
{
	*heaviest = 0;
	for (; at < list->n; at++) {
		const struct walk_server *server = &list->servers[at];

		if (lb_sched_is_closed(flow, server->slot))
			continue;
		if (server->weight >= level)
			break;
		*heaviest = RTE_MAX(*heaviest, server->weight);
	}
	return at;
}

static int
wrr_pick(const void *state, struct lb_sched_local *local, const struct lb_sched_flow *flow)
{
	struct wrr_local *mine = (struct wrr_local *)local;
	const struct wrr *wrr = state;
	const struct walk_list *list = wrr->list;
	uint32_t level, at, heaviest;

	if (list->n == 0)
		return -1;
	if (local->version != list->version)
		wrr_repair(wrr, mine);
	level = mine->level;
	at = wrr_scan(list, mine->cursor.next, level, flow, &heaviest);
	if (at == list->n) {
		level = level > wrr->step ? level - wrr->step : wrr->top;
		at = wrr_scan(list, 0, level, flow, &heaviest);
	}
	while (at == list->n && heaviest != 0) { /* again only if that one was closed just now */
		level = heaviest - wrr->step + 1;
		at = wrr_scan(list, 0, level, flow, &heaviest);
	}
	if (at == list->n)
		return -1;
	mine->level = level;
	return walk_use(list, &mine->cursor, at);
}

static int
wrr_peek(const void *state, const struct lb_sched_local *local)
{
	const struct wrr *wrr = state;

	return walk_peek(wrr->list, &((const struct wrr_local *)local)->cursor, local);
}

const struct lb_sched_ops lb_sched_wrr = {
	.name = "wrr",
	.ratios = true,
	.build = wrr_build,
	.local_size = wrr_local_size,
	.pick = wrr_pick,
	.peek = wrr_peek,
	.destroy = wrr_destroy,
};
