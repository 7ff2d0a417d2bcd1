/*
 * rr: round robin. Each worker walks the servers in turn from a cursor of its own, so workers share
 * nothing; over many flows every server gets the same. Weights matter only in that 0 takes none.
 */

#include <errno.h>

#include "lb_sched.h"
#include "walk.h"

struct rr_local {
	struct lb_sched_local head;
	struct walk_cursor cursor;
};

static void *
rr_build(const struct lb_sched_dest *dests, size_t n, const struct lb_sched_options *options,
	uint64_t version, struct lb_error *err)
{
	struct walk_list *list;

	if (lb_sched_no_options("rr", options, err) != 0)
		return NULL;
	list = walk_build(dests, n, version);
	if (list == NULL)
		lb_error_set(err, ENOMEM,
			"scheduler \"rr\": no memory for %zu servers; give the machine more", n);
	return list;
}

static size_t
rr_local_size(const void *state)
{
	(void)state;
	return sizeof(struct rr_local);
}

static int
rr_pick(const void *state, struct lb_sched_local *local, const struct lb_sched_flow *flow)
{
	struct walk_cursor *cursor = &((struct rr_local *)local)->cursor;
	const struct walk_list *list = state;
	uint32_t at;

	if (local->version != list->version) {
		walk_repair(list, cursor, local);
		local->version = list->version;
	}
	at = cursor->next;
	for (uint32_t i = 0; i < list->n; i++, at++) {
		if (at >= list->n)
			at = 0;
		if (!lb_sched_is_closed(flow, list->servers[at].slot))
			return walk_use(list, cursor, at);
	}
	return -1;
}

static int
rr_peek(const void *state, const struct lb_sched_local *local)
{
	return walk_peek(state, &((const struct rr_local *)local)->cursor, local);
}

const struct lb_sched_ops lb_sched_rr = {
	.name = "rr",
	.build = rr_build,
	.local_size = rr_local_size,
	.pick = rr_pick,
	.peek = rr_peek,
	.destroy = free,
};
