/*
 * The packets that wait: see lb_node_hold.h. A small array in order of arrival, walked as a whole:
 * it is empty but for the moments when a neighbour is being asked for, and it is looked at every 2
 * ms only.
 */

#include "lb_node_hold.h"

#include "lb_node.h"
#include "next_hop.h"

#define LOOK_US 2000

static bool
is_same_neighbour(const struct lb_node_held *a, const struct lb_node_held *b)
{
	return a->hop == b->hop &&
	       (next_hop_is_known(a->hop) || lb_addr_equal(&a->address, &b->address));
}

static uint32_t
hold_count(const struct lb_node_hold *hold, const struct lb_node_held *like)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < hold->n; i++)
		n += is_same_neighbour(&hold->held[i], like);
	return n;
}

enum lb_node_hold_result
lb_node_hold_add(struct lb_node_env *env, struct rte_mbuf *m)
{
	struct lb_node_hold *hold = &env->hold;
	struct lb_node_held held = {
		.m = m,
		.deadline = env->tsc + hold->cycles_per_s,
		.generation = env->generation,
		.hop = lb_node_meta(m)->hop,
	};
	uint32_t like;

	if (hold->n >= hold->limit)
		return LB_NODE_HOLD_FULL;
	if (!next_hop_is_known(held.hop))
		held.address = next_hop_address(m);
	like = hold_count(hold, &held);
	if (like >= LB_NODE_HOLD_PER_NEIGHBOUR)
		return LB_NODE_HOLD_FULL;
	hold->held[hold->n++] = held;
	return next_hop_is_known(held.hop) || like > 0 ? LB_NODE_HOLD_TAKEN : LB_NODE_HOLD_ASK;
}

/* The neighbour to send to now, or 0. */
static uint32_t
held_hop(const struct lb_node_env *env, const struct lb_node_held *held)
{
	uint32_t hop = held->hop;

	if (!next_hop_is_known(hop))
		hop = lb_neigh_find(env->neigh, next_hop_port(env, hop), &held->address);
	else if (held->generation != env->generation)
		return 0; /* the number may mean another neighbour by now */
	return hop != 0 && lb_neigh_is_usable(lb_neigh_word(env->neigh, hop)) ? hop : 0;
}

static bool
is_over(const struct lb_node_env *env, const struct lb_node_held *held)
{
	return env->tsc >= held->deadline ||
	       (next_hop_is_known(held->hop) && held->generation != env->generation);
}

uint16_t
lb_node_hold_take(struct lb_node_env *env, struct rte_mbuf **out, uint16_t max)
{
	struct lb_node_hold *hold = &env->hold;
	uint16_t taken = 0;
	uint32_t kept = 0;

	if (hold->n == 0 || env->tsc < hold->next_look)
		return 0;
	for (uint32_t i = 0; i < hold->n; i++) {
		const struct lb_node_held *held = &hold->held[i];
		uint32_t hop = taken < max ? held_hop(env, held) : 0;

		if (taken == max || (hop == 0 && !is_over(env, held))) {
			hold->held[kept++] = *held; /* the order stays */
			continue;
		}
		lb_node_meta(held->m)->hop = hop;
		out[taken++] = held->m;
	}
	hold->n = kept;
	if (taken < max)
		hold->next_look = env->tsc + hold->cycles_per_s / 1000000 * LOOK_US;
	return taken;
}
