/*
 * The life of a neighbour:
 *
 *                      heard                     stale
 *     INCOMPLETE ----------------> REACHABLE -----------> PROBE
 *     broadcast each retry_ms <-.     ^                   unicast each retry_ms
 *          |                    |     |       heard         |     |
 *          |                    |     `---------------------'     |
 *          | learnt:            `---------------------------------|  `probes` unanswered: pinned
 *          v `probes` unanswered                                  v  learnt
 *         FREE                                                   FREE
 *
 * Of Neighbor Discovery a question counts as heard like one of ARP, and an advertisement by the
 * rules of RFC 4861; what that calls STALE and DELAY is REACHABLE here until its time is over.
 *
 * A pinned neighbour is stale after reachable_ms, less up to a quarter that differs between
 * neighbours, lest those resolved together be probed together for ever. A learnt one is stale after
 * learnt_ms, but probed only when workers used it since it was heard; if not it keeps silent, looks
 * again each learnt_ms, and is forgotten after idle_ms.
 *
 * PERMANENT is outside of this: one enters by being fixed and leaves by being flushed, and neither
 * time nor what is heard does anything to it.
 */

#include "neigh_machine.h"

#include <rte_common.h>

uint64_t
neigh_stale_ms(const struct neigh_life *life, const struct lb_neigh_timing *timing)
{
	uint32_t early = (uint32_t)((uint64_t)timing->reachable_ms * life->jitter / (4 * 256));

	return life->heard_ms + (life->pinned ? timing->reachable_ms - early : timing->learnt_ms);
}

bool
neigh_is_in_use(
	const struct neigh_life *life, const struct lb_neigh_timing *timing, uint64_t now_ms)
{
	return life->used_ms != 0 && now_ms - life->used_ms < timing->learnt_ms;
}

static struct neigh_step
machine_ask(enum lb_neigh_state state, uint32_t asked, const struct lb_neigh_timing *timing,
	uint64_t now_ms)
{
	return (struct neigh_step){
		.state = state,
		.ask = state == LB_NEIGH_PROBE ? NEIGH_ASK_IT : NEIGH_ASK_ALL,
		.asked = asked,
		.due_ms = now_ms + timing->retry_ms,
	};
}

static struct neigh_step
machine_keep(const struct neigh_life *life, uint64_t due_ms)
{
	return (struct neigh_step){
		.state = life->state,
		.ask = NEIGH_ASK_NOBODY,
		.asked = life->asked,
		.due_ms = due_ms,
	};
}

static struct neigh_step
machine_reachable(
	const struct neigh_life *life, const struct lb_neigh_timing *timing, uint64_t now_ms)
{
	uint64_t stale = neigh_stale_ms(life, timing);
	uint64_t idle = life->heard_ms + timing->idle_ms;

	if (now_ms < stale)
		return machine_keep(life, stale);
	if (life->pinned || life->used_ms > life->heard_ms)
		return machine_ask(LB_NEIGH_PROBE, 1, timing, now_ms);
	if (now_ms >= idle)
		return (struct neigh_step){ .state = LB_NEIGH_FREE };
	return machine_keep(life, RTE_MIN(now_ms + timing->learnt_ms, idle));
}

struct neigh_step
neigh_on_time(const struct neigh_life *life, const struct lb_neigh_timing *timing, uint64_t now_ms)
{
	bool given_up = life->asked >= timing->probes;

	if (life->state == LB_NEIGH_REACHABLE)
		return machine_reachable(life, timing, now_ms);
	if (!given_up)
		return machine_ask(life->state, life->asked + 1, timing, now_ms);
	if (!life->pinned)
		return (struct neigh_step){ .state = LB_NEIGH_FREE };
	return machine_ask(LB_NEIGH_INCOMPLETE, life->asked, timing, now_ms);
}

enum neigh_hint
neigh_on_arp(const struct lb_arp *arp, const struct neigh_life *sender, bool ours)
{
	struct lb_addr address = lb_addr_ip4(arp->sender_ip);

	/* The special ones include 0, the sender of a probe (RFC 5227), who has no address yet. */
	if (lb_addr_is_special(&address))
		return NEIGH_IGNORE;
	if (sender != NULL)
		return sender->state == LB_NEIGH_PERMANENT ? NEIGH_IGNORE : NEIGH_REFRESH;
	return ours ? NEIGH_LEARN : NEIGH_IGNORE;
}

/* It tells of an address that is asked for, or known; nobody is learnt from it (RFC 4861 7.2.5). */
static enum neigh_hint
machine_on_advert(
	const struct lb_nd *nd, const struct neigh_life *target, const struct rte_ether_addr *known)
{
	bool same;

	if (target == NULL || target->state == LB_NEIGH_PERMANENT)
		return NEIGH_IGNORE;
	same = !nd->has_mac || rte_is_same_ether_addr(&nd->mac, known);
	if (target->state == LB_NEIGH_INCOMPLETE)
		return nd->has_mac ? NEIGH_REFRESH : NEIGH_IGNORE;
	if (!same)
		return nd->override ? NEIGH_REFRESH : NEIGH_IGNORE;
	return nd->solicited || nd->override ? NEIGH_REFRESH : NEIGH_IGNORE;
}

enum neigh_hint
neigh_on_nd(const struct lb_nd *nd, const struct neigh_life *who,
	const struct rte_ether_addr *known, bool ours)
{
	if (nd->type == LB_ND_ADVERT)
		return machine_on_advert(nd, who, known);
	/* The special ones include ::, from which a host tries an address out. */
	if (!nd->has_mac || lb_addr_is_special(&nd->src))
		return NEIGH_IGNORE;
	if (who != NULL)
		return who->state == LB_NEIGH_PERMANENT ? NEIGH_IGNORE : NEIGH_REFRESH;
	return ours ? NEIGH_LEARN : NEIGH_IGNORE;
}
