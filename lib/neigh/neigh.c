/*
 * What control does with neighbours: it decides nothing here. machine.c says what becomes of one,
 * kind.c who has a place, table.c has the places, heap.c the times.
 *
 * A reachable neighbour that is heard again keeps its place in the heap: when that comes up, the
 * machine looks at heard_ms and says when it is really due. So ARP from a known sender costs a look
 * at the map.
 */

#include "neigh_kind.h"

#include <assert.h>

#include <rte_common.h>

/* Neighbours served by one call, a call a millisecond: 100,000 that start together take 0.4 s. */
#define NEIGH_BUDGET 256

static const struct rte_ether_addr neigh_all = { { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff } };

static bool
neigh_may_be_asked(const struct lb_neigh_table *table, uint8_t port, const struct lb_addr *addr)
{
	struct rte_ether_addr mac;
	struct lb_addr from;

	return addr->family == AF_INET && !lb_addr_is_special(addr) &&
	       table->env.source(table->env.arg, port, addr, &mac, &from);
}

/* Send a request about n. Its target MAC is what is asked for, and so 0 (RFC 826). */
static void
neigh_send(
	const struct lb_neigh_table *table, const struct neigh *n, const struct rte_ether_addr *dst)
{
	struct lb_arp arp = { .op = RTE_ARP_OP_REQUEST, .target_ip = n->addr.ip4 };
	uint8_t frame[LB_ARP_FRAME];
	struct lb_addr from;

	if (!table->env.source(table->env.arg, n->port, &n->addr, &arp.sender_mac, &from))
		return;
	arp.sender_ip = from.ip4;
	lb_arp_frame(frame, dst, &arp.sender_mac, &arp);
	table->env.send(table->env.arg, n->port, frame, sizeof(frame));
}

uint32_t
lb_neigh_get(
	struct lb_neigh_table *table, uint8_t port, const struct lb_addr *addr, uint64_t now_ms)
{
	struct neigh *n;
	uint32_t index;

	if (addr->family != AF_INET)
		return 0;
	index = lb_neigh_find(&table->view, port, addr);
	if (index == 0) {
		n = neigh_pin_new(table, port, addr);
		if (n == NULL)
			return 0;
		index = neigh_index(table, n);
		neigh_heap_set(&table->heap, index, now_ms);
	}
	n = &table->neighs[index];
	if (!n->life.pinned) {
		if (!neigh_pin(table, n))
			return 0;
		/* It is stale earlier now than the time that it has. */
		if (n->life.state == LB_NEIGH_REACHABLE)
			neigh_heap_set(
				&table->heap, index, neigh_stale_ms(&n->life, &table->timing));
	}
	n->refs++;
	return index;
}

void
lb_neigh_put(struct lb_neigh_table *table, uint32_t index, uint64_t now_ms)
{
	struct neigh *n = &table->neighs[index];

	assert(n->refs != 0);
	if (--n->refs != 0)
		return;
	if (n->life.state == LB_NEIGH_INCOMPLETE || !neigh_unpin(table, n, now_ms))
		neigh_forget(table, n);
}

/* What was known is known no more. */
static void
neigh_restart(struct neigh_life *life)
{
	life->asked = 0;
	life->heard_ms = 0;
	life->used_ms = 0;
}

uint32_t
lb_neigh_fix(struct lb_neigh_table *table, uint8_t port, const struct lb_addr *addr,
	const struct rte_ether_addr *mac, uint64_t now_ms)
{
	uint32_t index = lb_neigh_find(&table->view, port, addr);
	struct neigh *n;

	/* It has one pin for being fixed, however often. */
	if (index == 0 || table->neighs[index].life.state != LB_NEIGH_PERMANENT)
		index = lb_neigh_get(table, port, addr, now_ms);
	if (index == 0)
		return 0;
	n = &table->neighs[index];
	neigh_heap_drop(&table->heap, index);
	neigh_restart(&n->life);
	neigh_show(table, n, LB_NEIGH_PERMANENT, mac);
	return index;
}

bool
lb_neigh_flush(
	struct lb_neigh_table *table, uint8_t port, const struct lb_addr *addr, uint64_t now_ms)
{
	uint32_t index = lb_neigh_find(&table->view, port, addr);
	struct neigh *n = &table->neighs[index];

	if (index == 0)
		return false;
	if (n->life.state == LB_NEIGH_PERMANENT)
		n->refs--;
	if (n->refs == 0) {
		neigh_forget(table, n);
		return true;
	}
	neigh_restart(&n->life);
	neigh_heap_set(&table->heap, index, now_ms);
	neigh_show(table, n, LB_NEIGH_INCOMPLETE, NULL);
	return true;
}

void
lb_neigh_want(
	struct lb_neigh_table *table, uint8_t port, const struct lb_addr *addr, uint64_t now_ms)
{
	struct neigh *n;

	if (lb_neigh_find(&table->view, port, addr) != 0 || !neigh_may_be_asked(table, port, addr))
		return;
	n = neigh_learn_new(table, port, addr, now_ms);
	if (n != NULL)
		neigh_heap_set(&table->heap, neigh_index(table, n), now_ms);
}

void
lb_neigh_heard(struct lb_neigh_table *table, uint8_t port, const struct lb_arp *arp, bool ours,
	uint64_t now_ms)
{
	struct lb_addr sender = lb_addr_ip4(arp->sender_ip);
	uint32_t index = lb_neigh_find(&table->view, port, &sender);
	const struct neigh_life *life = index == 0 ? NULL : &table->neighs[index].life;
	enum neigh_hint hint = neigh_on_arp(arp, life, ours);
	struct neigh *n = NULL;

	if (hint == NEIGH_REFRESH)
		n = &table->neighs[index];
	else if (hint == NEIGH_LEARN && neigh_may_be_asked(table, port, &sender))
		n = neigh_learn_new(table, port, &sender, now_ms);
	if (n == NULL)
		return;
	n->life.heard_ms = now_ms;
	if (n->life.state != LB_NEIGH_REACHABLE)
		neigh_heap_set(&table->heap, neigh_index(table, n),
			neigh_stale_ms(&n->life, &table->timing));
	neigh_touch(table, n);
	neigh_show(table, n, LB_NEIGH_REACHABLE, &arp->sender_mac);
}

static void
neigh_turn(struct lb_neigh_table *table, struct neigh *n, uint64_t now_ms)
{
	struct neigh_step step;

	if (!n->life.pinned && n->life.state == LB_NEIGH_REACHABLE &&
		now_ms >= neigh_stale_ms(&n->life, &table->timing))
		neigh_ask_used(table, n, now_ms);
	step = neigh_on_time(&n->life, &table->timing, now_ms);
	if (step.state == LB_NEIGH_FREE) {
		neigh_forget(table, n);
		return;
	}
	n->life.asked = step.asked;
	neigh_heap_set(&table->heap, neigh_index(table, n), step.due_ms);
	if (step.ask != NEIGH_ASK_NOBODY)
		neigh_send(table, n, step.ask == NEIGH_ASK_IT ? &n->mac : &neigh_all);
	if (step.state != n->life.state)
		neigh_show(table, n, step.state, &n->mac);
}

uint64_t
lb_neigh_run(struct lb_neigh_table *table, uint64_t now_ms)
{
	for (int i = 0; i < NEIGH_BUDGET; i++) {
		struct neigh_due top = neigh_heap_top(&table->heap);

		if (top.ms > now_ms)
			return top.ms;
		neigh_turn(table, &table->neighs[top.index], now_ms);
	}
	return RTE_MAX(neigh_heap_top(&table->heap).ms, now_ms + 1);
}
