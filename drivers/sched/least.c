/*
 * Choosing the server of least cost: see least.h.
 *
 * The tree is made at the first pick of a version, from the loads of that moment; that also
 * repairs whatever was not told before. A closed bit may be set by another worker or by control at
 * any time, so the winner's is looked at again before it is chosen.
 */

#include "least.h"

#include <errno.h>
#include <stdlib.h>

struct least_local {
	struct lb_sched_local head;
	struct least_tree mine;
};

void
least_init(struct least *least, const struct least_rule *rule, const struct lb_sched_dest *dests,
	size_t n, uint64_t version)
{
	least->version = version;
	least->rule = rule;
	least->dests = dests;
	least->n = (uint32_t)n;
	least->leaves = tree_leaves(least->n);
}

size_t
least_tree_size(uint32_t leaves)
{
	return offsetof(struct least_tree, tree) + tree_size(leaves);
}

static struct tree_cost
least_cost(const struct least *least, const struct least_tree *mine, uint32_t i)
{
	const struct lb_sched_dest *dest = &least->dests[i];

	if (dest->weight == 0 || lb_sched_is_closed(&mine->seen, dest->slot))
		return TREE_OUT;
	return least->rule->cost(lb_sched_load_of(&mine->seen, dest->slot), dest->weight);
}

void
least_repair(const struct least *least, struct least_tree *mine, const struct lb_sched_flow *flow)
{
	mine->seen = (struct lb_sched_flow){
		.total = flow->total,
		.delta = flow->delta,
		.closed = flow->closed,
	};
	mine->next = 0;
	tree_clear(&mine->tree, least->leaves);
	for (uint32_t i = 0; i < least->n; i++)
		mine->tree.costs[i] = least_cost(least, mine, i);
	tree_play_all(&mine->tree);
}

int
least_first(const struct least *least, struct least_tree *mine, const struct lb_sched_flow *flow)
{
	for (;;) {
		int i = tree_first(&mine->tree);

		if (i < 0 || !lb_sched_is_closed(flow, least->dests[i].slot))
			return i;
		tree_set(&mine->tree, (uint32_t)i, TREE_OUT);
	}
}

void
least_refresh(const struct least *least, struct least_tree *mine, uint32_t i)
{
	struct tree_cost cost = least_cost(least, mine, i);

	if (!tree_equals(&mine->tree, i, cost))
		tree_set(&mine->tree, i, cost);
}

void
least_refresh_some(const struct least *least, struct least_tree *mine)
{
	for (uint32_t k = 0; k < LB_SCHED_TICK && k < least->n; k++) {
		least_refresh(least, mine, mine->next);
		if (++mine->next == least->n)
			mine->next = 0;
	}
}

void *
least_build(const struct least_rule *rule, const struct lb_sched_dest *dests, size_t n,
	uint64_t version, struct lb_error *err)
{
	struct least *least = malloc(sizeof(*least));

	if (least == NULL)
		lb_error_set(err, ENOMEM,
			"scheduler \"%s\": no memory for %zu servers; give the machine more",
			rule->name, n);
	else
		least_init(least, rule, dests, n, version);
	return least;
}

size_t
least_local_size(const void *state)
{
	const struct least *least = state;

	return offsetof(struct least_local, mine) + least_tree_size(least->leaves);
}

int
least_pick(const void *state, struct lb_sched_local *local, const struct lb_sched_flow *flow)
{
	struct least_tree *mine = &((struct least_local *)local)->mine;
	const struct least *least = state;

	if (local->version != least->version) {
		least_repair(least, mine, flow);
		local->version = least->version;
	}
	return least_first(least, mine, flow);
}

void
least_changed(const void *state, struct lb_sched_local *local, size_t i)
{
	const struct least *least = state;

	if (local->version == least->version)
		least_refresh(least, &((struct least_local *)local)->mine, (uint32_t)i);
}

void
least_tick(const void *state, struct lb_sched_local *local, uint64_t now)
{
	const struct least *least = state;

	(void)now;
	if (local->version == least->version)
		least_refresh_some(least, &((struct least_local *)local)->mine);
}
