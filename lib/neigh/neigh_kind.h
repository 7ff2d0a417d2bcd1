#pragma once
/**
 * @file
 * Pinned and learnt neighbours: who is which, and who goes when the learnt are full. Control lcore.
 */

#include "neigh_table.h"

/** A new pinned neighbour, without a time; NULL: no room. */
struct neigh *neigh_pin_new(struct lb_neigh_table *table, uint8_t port, const struct lb_addr *addr);

/** The same, learnt, maybe in the place of one that is not in use; NULL: no room. */
struct neigh *neigh_learn_new(
	struct lb_neigh_table *table, uint8_t port, const struct lb_addr *addr, uint64_t now_ms);

/** Make a learnt neighbour a pinned one, or the other way. false: no room, nothing changed. */
bool neigh_pin(struct lb_neigh_table *table, struct neigh *n);
bool neigh_unpin(struct lb_neigh_table *table, struct neigh *n, uint64_t now_ms);

/** It was heard of, or seen in use: if learnt, it is the last to go. */
void neigh_touch(struct lb_neigh_table *table, struct neigh *n);

/** Ask whether workers used it since the last time, and note that they did. */
void neigh_ask_used(struct lb_neigh_table *table, struct neigh *n, uint64_t now_ms);

/** It is neither any more, and leaves the table. */
void neigh_forget(struct lb_neigh_table *table, struct neigh *n);
