#pragma once
/**
 * @file
 * Neighbours: who has which MAC on which port, learnt and kept by ARP (RFC 826), and for IPv6 by
 * Neighbor Discovery (RFC 4861).
 *
 * Control keeps states, timers and the LRU of clients. Workers read two things: one 64-bit word per
 * neighbour in a flat array, which control writes with one atomic store, so that a changed MAC
 * moves all flows at once; and the map from (port, address) to index. Index 0 is invalid.
 *
 * No I/O and no clock in here: time comes in as milliseconds, which start above 0; frames go out
 * through a function.
 *
 * Kinds: a pinned neighbour (a server, a gateway) is asked for all the time, used or not, until it
 * is put; a learnt one (a client on a link) is one of at most `learnt_max`, the least recently used
 * goes when it is full, but none that a connection was seen to use. A fixed neighbour is a pinned
 * one whose MAC somebody has said: it is not asked for, and what is heard of it is not believed.
 */

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <rte_ether.h>

#include "lb_addr.h"
#include "lb_arp.h"
#include "lb_nd.h"

/** State in a word. Packets are sent to states from LB_NEIGH_REACHABLE on. */
enum lb_neigh_state {
	LB_NEIGH_FREE,
	LB_NEIGH_INCOMPLETE, /**< Not known; asked for by broadcast, or its group. */
	LB_NEIGH_REACHABLE,  /**< Heard of lately. */
	LB_NEIGH_PROBE,      /**< Not heard of lately; asked by unicast, still used. */
	LB_NEIGH_PERMANENT,  /**< Fixed: not asked for, and deaf. */
};

/** Word: MAC in the low 48 bits (first byte lowest), port in the next 8, state in the highest 8. */
#define LB_NEIGH_PORT_SHIFT 48
#define LB_NEIGH_STATE_SHIFT 56

/** What workers see. */
struct lb_neigh_view {
	_Atomic uint64_t *words; /**< By index. Written by control. */
	uint32_t size;           /**< Indices 1 .. size - 1 can exist. */
	struct rte_hash *map;    /**< struct lb_neigh_key to index; written by control. */
};

/** Key of the map; padding is zero. */
struct lb_neigh_key {
	struct lb_addr addr;
	uint8_t port;
	uint8_t zero[7];
} __attribute__((packed));

/** Timing, in milliseconds. */
struct lb_neigh_timing {
	uint32_t reachable_ms; /**< A pinned neighbour not heard of for this long is probed (5000).
				*/
	uint32_t learnt_ms;    /**< The same for a learnt one that is in use (30000). */
	uint32_t retry_ms;     /**< Between two requests (1000). */
	uint32_t probes;       /**< Unanswered unicast requests until it is unresolved (3). */
	uint32_t idle_ms;      /**< A learnt one not in use for this long is forgotten (300000). */
};

/** How a table gets at its surroundings. No function calls the table back. */
struct lb_neigh_env {
	void *arg;
	/** Send an unpadded Ethernet frame. */
	void (*send)(void *arg, uint8_t port, const void *frame, size_t len);
	/** MAC and address that requests about addr leave a port with; false: none, do not ask. */
	bool (*source)(void *arg, uint8_t port, const struct lb_addr *addr,
		struct rte_ether_addr *mac, struct lb_addr *from);
	/** Whether a worker has used a neighbour since the last call for it (asks and clears). */
	bool (*used)(void *arg, uint32_t index);
	/** A neighbour became usable, or stopped being so. */
	void (*changed)(void *arg, uint32_t index, bool usable);
};

struct lb_neigh_table;

/* Control lcore. */

/**
 * NULL and errno. learnt_max: clients; pinned_max: servers and gateways. env and timing are copied.
 */
struct lb_neigh_table *lb_neigh_create(uint32_t learnt_max, uint32_t pinned_max,
	const struct lb_neigh_env *env, const struct lb_neigh_timing *timing);
void lb_neigh_destroy(struct lb_neigh_table *table);

const struct lb_neigh_view *lb_neigh_view(const struct lb_neigh_table *table);

/**
 * Pin a neighbour and start asking; counted, one lb_neigh_put() for each. 0: no room. Pinned
 * ones that were put take room until they are retired.
 */
uint32_t lb_neigh_get(
	struct lb_neigh_table *table, uint8_t port, const struct lb_addr *addr, uint64_t now_ms);
void lb_neigh_put(struct lb_neigh_table *table, uint32_t index, uint64_t now_ms);

/** Pin one that is pinned once more. */
void lb_neigh_hold(struct lb_neigh_table *table, uint32_t index);

/**
 * Say where a neighbour is, known or not, until it is flushed; it is pinned meanwhile. A second
 * call changes the MAC. Returns its index; 0: as of lb_neigh_get().
 */
uint32_t lb_neigh_fix(struct lb_neigh_table *table, uint8_t port, const struct lb_addr *addr,
	const struct rte_ether_addr *mac, uint64_t now_ms);

/**
 * Forget where a neighbour is, also a fixed one. Who is pinned by lb_neigh_get() is asked for anew;
 * others leave the table. false: there is none.
 */
bool lb_neigh_flush(
	struct lb_neigh_table *table, uint8_t port, const struct lb_addr *addr, uint64_t now_ms);

/** A worker has packets for an address on a link that is not known: ask for it. */
void lb_neigh_want(
	struct lb_neigh_table *table, uint8_t port, const struct lb_addr *addr, uint64_t now_ms);

/**
 * ARP heard on a port. A reply or a gratuitous ARP updates what is known; `ours`: it was addressed
 * to us, so its sender is learnt too (it will talk to us), if env.source() can ask for it.
 */
void lb_neigh_heard(struct lb_neigh_table *table, uint8_t port, const struct lb_arp *arp, bool ours,
	uint64_t now_ms);

/**
 * The same of Neighbor Discovery: a question tells of its sender, an advertisement of its target,
 * and only if that is known or asked for. `ours`: a question is about an address of ours.
 */
void lb_neigh_heard6(struct lb_neigh_table *table, uint8_t port, const struct lb_nd *nd, bool ours,
	uint64_t now_ms);

/**
 * Send what is due; returns the time of the next call, UINT64_MAX: nothing is planned. The
 * functions above only plan: call it after them, too. Cheap when nothing is due, bounded when much
 * is.
 */
uint64_t lb_neigh_run(struct lb_neigh_table *table, uint64_t now_ms);

/**
 * Indices that left the map wait until no worker can use them: take the batch that is ready to be
 * retired (at most max, one batch at a time), and give it back when all workers have swept.
 */
uint32_t lb_neigh_retire_begin(struct lb_neigh_table *table, uint32_t max);
void lb_neigh_retire_end(struct lb_neigh_table *table);

/** Who a neighbour is, for listing. false: there is none. */
struct lb_neigh_info {
	struct lb_addr addr;
	uint8_t port;
	bool pinned;
	enum lb_neigh_state state;
	struct rte_ether_addr mac;
	uint32_t asked;    /**< Requests of this state that had no answer. */
	uint64_t heard_ms; /**< 0: never. */
};
bool lb_neigh_info(const struct lb_neigh_table *table, uint32_t index, struct lb_neigh_info *info);

/* Workers. */

/** Index of (port, address), or 0. */
uint32_t lb_neigh_find(const struct lb_neigh_view *view, uint8_t port, const struct lb_addr *addr);

static inline uint64_t
lb_neigh_word(const struct lb_neigh_view *view, uint32_t index)
{
	return atomic_load_explicit(&view->words[index], memory_order_relaxed);
}

static inline bool
lb_neigh_is_usable(uint64_t word)
{
	return word >> LB_NEIGH_STATE_SHIFT >= LB_NEIGH_REACHABLE;
}

static inline uint8_t
lb_neigh_port(uint64_t word)
{
	return (uint8_t)(word >> LB_NEIGH_PORT_SHIFT);
}

static inline struct rte_ether_addr
lb_neigh_mac(uint64_t word)
{
	struct rte_ether_addr mac;

	for (int i = 0; i < RTE_ETHER_ADDR_LEN; i++)
		mac.addr_bytes[i] = (uint8_t)(word >> (8 * i));
	return mac;
}
