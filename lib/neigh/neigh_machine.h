#pragma once
/**
 * @file
 * What time and ARP do to a neighbour. Pure functions.
 */

#include <stdbool.h>
#include <stdint.h>

#include "lb_neigh.h"

/** All of a neighbour that decides what becomes of it. */
struct neigh_life {
	enum lb_neigh_state state;
	bool pinned;
	uint8_t jitter;    /**< Pinned: probed this many 1024ths of reachable_ms early. */
	uint32_t asked;    /**< Requests of this state that had no answer. */
	uint64_t heard_ms; /**< 0: never. */
	uint64_t used_ms;  /**< When workers were last seen to use it; 0: never. */
};

enum neigh_ask {
	NEIGH_ASK_NOBODY,
	NEIGH_ASK_ALL, /**< By broadcast. */
	NEIGH_ASK_IT,  /**< By unicast. */
};

/** What a neighbour does next. */
struct neigh_step {
	enum lb_neigh_state state; /**< LB_NEIGH_FREE: it is forgotten. */
	enum neigh_ask ask;
	uint32_t asked;
	uint64_t due_ms;
};

/** Its time has come, or not quite: the step says when it will. A permanent one has no time. */
struct neigh_step neigh_on_time(
	const struct neigh_life *life, const struct lb_neigh_timing *timing, uint64_t now_ms);

/** What an ARP means to the neighbour that sent it. */
enum neigh_hint {
	NEIGH_IGNORE,
	NEIGH_REFRESH, /**< It lives and has this MAC. */
	NEIGH_LEARN,   /**< The same, and it was not known. */
};

/** sender: the life of who sent it; NULL: it is not in the table. ours: it was addressed to us. */
enum neigh_hint neigh_on_arp(const struct lb_arp *arp, const struct neigh_life *sender, bool ours);

/**
 * The same of Neighbor Discovery: who is the life of the sender of a question, or of the target of
 * an advertisement, with the MAC that is known of it.
 */
enum neigh_hint neigh_on_nd(const struct lb_nd *nd, const struct neigh_life *who,
	const struct rte_ether_addr *known, bool ours);

/** When a reachable neighbour has not been heard of for too long. */
uint64_t neigh_stale_ms(const struct neigh_life *life, const struct lb_neigh_timing *timing);

/** Whether workers were seen to use it lately, so that it may not be evicted. */
bool neigh_is_in_use(
	const struct neigh_life *life, const struct lb_neigh_timing *timing, uint64_t now_ms);
