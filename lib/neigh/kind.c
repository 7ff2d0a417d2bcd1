/*
 * Pinned neighbours are as many as control wants; learnt ones stand in a list, the one longest not
 * heard of first, and when they are full the first that is not in use goes. One that was seen in
 * use lately goes behind the others instead, whatever was heard from whom meanwhile: a flood of ARP
 * may ask for places as fast as it likes. After a few of those the newcomer is not learnt, so each
 * costs the same.
 *
 * A learnt newcomer never takes a position that a pinned neighbour may need, so that a flood, which
 * also fills the list of those that wait to be retired, cannot keep a server out.
 */

#include "neigh_kind.h"

/* How many that are in use are passed over for one newcomer. */
#define KIND_TRIES 8

/* Positions that neither neighbours nor those that wait hold. */
static uint32_t
kind_free(const struct lb_neigh_table *table)
{
	return table->view.size - 1 - table->learnt - table->pinned - table->waiting;
}

static void
kind_enter_learnt(struct lb_neigh_table *table, struct neigh *n)
{
	n->life.pinned = false;
	TAILQ_INSERT_TAIL(&table->lru, n, links);
	table->learnt++;
}

static void
kind_leave_learnt(struct lb_neigh_table *table, struct neigh *n)
{
	TAILQ_REMOVE(&table->lru, n, links);
	table->learnt--;
}

void
neigh_touch(struct lb_neigh_table *table, struct neigh *n)
{
	if (n->life.pinned)
		return;
	TAILQ_REMOVE(&table->lru, n, links);
	TAILQ_INSERT_TAIL(&table->lru, n, links);
}

void
neigh_ask_used(struct lb_neigh_table *table, struct neigh *n, uint64_t now_ms)
{
	if (!table->env.used(table->env.arg, neigh_index(table, n)))
		return;
	n->life.used_ms = now_ms;
	neigh_touch(table, n);
}

void
neigh_forget(struct lb_neigh_table *table, struct neigh *n)
{
	if (n->life.pinned)
		table->pinned--;
	else
		kind_leave_learnt(table, n);
	neigh_remove(table, n);
}

/* Make the learnt fewer than they may be. */
static bool
kind_make_room(struct lb_neigh_table *table, uint64_t now_ms)
{
	if (table->learnt < table->learnt_max)
		return true;
	for (int tries = 0; tries < KIND_TRIES; tries++) {
		struct neigh *oldest = TAILQ_FIRST(&table->lru);

		if (oldest == NULL)
			return false;
		if (!neigh_is_in_use(&oldest->life, &table->timing, now_ms))
			neigh_ask_used(table, oldest, now_ms);
		if (!neigh_is_in_use(&oldest->life, &table->timing, now_ms)) {
			neigh_forget(table, oldest);
			return true;
		}
		neigh_touch(table, oldest);
	}
	return false;
}

struct neigh *
neigh_learn_new(
	struct lb_neigh_table *table, uint8_t port, const struct lb_addr *addr, uint64_t now_ms)
{
	/* One evicted waits, so its position is no gain: there must be one beforehand. */
	bool position = kind_free(table) > table->pinned_max - table->pinned;
	struct neigh *n;

	if (!position || !kind_make_room(table, now_ms))
		return NULL;
	n = neigh_add(table, port, addr);
	if (n != NULL)
		kind_enter_learnt(table, n);
	return n;
}

struct neigh *
neigh_pin_new(struct lb_neigh_table *table, uint8_t port, const struct lb_addr *addr)
{
	struct neigh *n;

	if (table->pinned == table->pinned_max || kind_free(table) == 0)
		return NULL;
	n = neigh_add(table, port, addr);
	if (n == NULL)
		return NULL;
	n->life.pinned = true;
	table->pinned++;
	return n;
}

bool
neigh_pin(struct lb_neigh_table *table, struct neigh *n)
{
	if (table->pinned == table->pinned_max)
		return false;
	kind_leave_learnt(table, n);
	n->life.pinned = true;
	table->pinned++;
	return true;
}

bool
neigh_unpin(struct lb_neigh_table *table, struct neigh *n, uint64_t now_ms)
{
	if (!kind_make_room(table, now_ms))
		return false;
	table->pinned--;
	kind_enter_learnt(table, n);
	return true;
}
