#pragma once
/**
 * @file
 * The table itself: indices, the map and the words. Control lcore.
 */

#include <sys/queue.h>

#include "lb_neigh.h"
#include "neigh_heap.h"
#include "neigh_machine.h"

TAILQ_HEAD(neigh_list, neigh);

/** What control knows of a neighbour; its place in the table's array is its index. */
struct neigh {
	TAILQ_ENTRY(neigh) links; /**< Among the learnt, or among the retired. */
	struct neigh_life life;
	struct lb_addr addr;
	uint32_t refs; /**< How often it is pinned. */
	uint8_t port;
	struct rte_ether_addr mac; /**< Zero while it is not usable. */
};

struct lb_neigh_table {
	struct lb_neigh_view view;
	struct lb_neigh_env env;
	struct lb_neigh_timing timing;
	struct neigh *neighs; /**< By index. */
	struct neigh_heap heap;
	struct neigh_list lru;     /**< The learnt; the first is the next to go. */
	struct neigh_list retired; /**< Out of the map, oldest first. */
	uint32_t waiting;          /**< How many are retired. */
	uint32_t batch;            /**< The first so many of them are being swept. */
	uint32_t learnt;
	uint32_t learnt_max;
	uint32_t pinned;
	uint32_t pinned_max;
};

static inline uint32_t
neigh_index(const struct lb_neigh_table *table, const struct neigh *n)
{
	return (uint32_t)(n - table->neighs);
}

/** A new and incomplete neighbour, of no kind and without a time; NULL: the map is full. */
struct neigh *neigh_add(struct lb_neigh_table *table, uint8_t port, const struct lb_addr *addr);

/** Take one of no kind any more off the map; its index waits to be retired. */
void neigh_remove(struct lb_neigh_table *table, struct neigh *n);

/** Let workers see state and MAC, and tell when it became usable or stopped being so. */
void neigh_show(struct lb_neigh_table *table, struct neigh *n, enum lb_neigh_state state,
	const struct rte_ether_addr *mac);
