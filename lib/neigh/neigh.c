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

#include "lb_ip6.h"

/* Neighbours served by one call, a call a millisecond: 100,000 that start together take 0.4 s. */
#define NEIGH_BUDGET 256

static const struct rte_ether_addr neigh_all = { { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff } };

static bool
neigh_may_be_asked(const struct lb_neigh_table *table, uint8_t port, const struct lb_addr *addr)
{
	struct rte_ether_addr mac;
	struct lb_addr from;

	return !lb_addr_is_special(addr) &&
	       table->env.source(table->env.arg, port, addr, &mac, &from);
}

/* Where a request about a neighbour leaves from, and what it is sent to. */
struct neigh_request {
	struct rte_ether_addr mac;
	struct lb_addr from;
	bool all; /* Its MAC is not known, or not believed. */
};

/* Its target MAC is what is asked for, and so 0 (RFC 826). */
static void
neigh_send_arp(const struct lb_neigh_table *table, const struct neigh *n,
	const struct neigh_request *request)
{
	const struct lb_arp arp = {
		.op = RTE_ARP_OP_REQUEST,
		.sender_mac = request->mac,
		.sender_ip = request->from.ip4,
		.target_ip = n->addr.ip4,
	};
	uint8_t frame[LB_ARP_FRAME];

	lb_arp_frame(frame, request->all ? &neigh_all : &n->mac, &request->mac, &arp);
	table->env.send(table->env.arg, n->port, frame, sizeof(frame));
}

static void
neigh_send_nd(const struct lb_neigh_table *table, const struct neigh *n,
	const struct neigh_request *request)
{
	const struct lb_nd nd = {
		.type = LB_ND_SOLICIT,
		.mac = request->mac,
		.src = request->from,
		.dst = request->all ? lb_ip6_solicited(&n->addr) : n->addr,
		.target = n->addr,
	};
	const struct rte_ether_addr dst = request->all ? lb_ip6_group_mac(&nd.dst) : n->mac;
	uint8_t frame[LB_ND_FRAME];

	lb_nd_frame(frame, &dst, &request->mac, &nd);
	table->env.send(table->env.arg, n->port, frame, sizeof(frame));
}

static void
neigh_send(const struct lb_neigh_table *table, const struct neigh *n, enum neigh_ask ask)
{
	struct neigh_request request = { .all = ask == NEIGH_ASK_ALL };

	if (!table->env.source(table->env.arg, n->port, &n->addr, &request.mac, &request.from))
		return;
	if (n->addr.family == AF_INET6)
		neigh_send_nd(table, n, &request);
	else
		neigh_send_arp(table, n, &request);
}

uint32_t
lb_neigh_get(
	struct lb_neigh_table *table, uint8_t port, const struct lb_addr *addr, uint64_t now_ms)
{
	uint32_t index = lb_neigh_find(&table->view, port, addr);
	struct neigh *n;

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

void
lb_neigh_hold(struct lb_neigh_table *table, uint32_t index)
{
	assert(table->neighs[index].refs != 0);
	table->neighs[index].refs++;
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

/* What was heard: an address of a port is at a MAC. */
struct neigh_news {
	struct lb_addr addr;
	uint8_t port;
	struct rte_ether_addr mac;
};

/* Do what the machine made of it; index: of the address, if it is known. */
static void
neigh_take(struct lb_neigh_table *table, const struct neigh_news *news, uint32_t index,
	enum neigh_hint hint, uint64_t now_ms)
{
	struct neigh *n = NULL;

	if (hint == NEIGH_REFRESH)
		n = &table->neighs[index];
	else if (hint == NEIGH_LEARN && neigh_may_be_asked(table, news->port, &news->addr))
		n = neigh_learn_new(table, news->port, &news->addr, now_ms);
	if (n == NULL)
		return;
	n->life.heard_ms = now_ms;
	if (n->life.state != LB_NEIGH_REACHABLE)
		neigh_heap_set(&table->heap, neigh_index(table, n),
			neigh_stale_ms(&n->life, &table->timing));
	neigh_touch(table, n);
	neigh_show(table, n, LB_NEIGH_REACHABLE, &news->mac);
}

void
lb_neigh_heard(struct lb_neigh_table *table, uint8_t port, const struct lb_arp *arp, bool ours,
	uint64_t now_ms)
{
	const struct neigh_news news = { lb_addr_ip4(arp->sender_ip), port, arp->sender_mac };
	uint32_t index = lb_neigh_find(&table->view, port, &news.addr);
	const struct neigh_life *life = index == 0 ? NULL : &table->neighs[index].life;

	neigh_take(table, &news, index, neigh_on_arp(arp, life, ours), now_ms);
}

void
lb_neigh_heard6(struct lb_neigh_table *table, uint8_t port, const struct lb_nd *nd, bool ours,
	uint64_t now_ms)
{
	struct neigh_news news = {
		.addr = nd->type == LB_ND_ADVERT ? nd->target : nd->src,
		.port = port,
		.mac = nd->mac,
	};
	uint32_t index = lb_neigh_find(&table->view, port, &news.addr);
	const struct neigh *known = &table->neighs[index];
	const struct neigh_life *life = index == 0 ? NULL : &known->life;

	if (!nd->has_mac)
		news.mac = known->mac;
	neigh_take(table, &news, index, neigh_on_nd(nd, life, &known->mac, ours), now_ms);
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
		neigh_send(table, n, step.ask);
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
