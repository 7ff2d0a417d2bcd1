#pragma once
/**
 * @file
 * Which destination has which value: the memory of lblc and lblcr on one worker.
 *
 * It lies in `local`, so it has a fixed size: up to DEST_MAP_GOAL destinations stay until nobody
 * has asked for them for the whole expiry time. More than that are kept for a while: once a minute
 * those go that were idle for 6 minutes, a part of them each time. When all entries are taken, a
 * new destination is not remembered.
 *
 * Times are ticks of lb_clock.h. Zeroed memory is an empty map.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <rte_common.h>

#include "hash.h"
#include "lb_addr.h"
#include "lb_clock.h"
#include "lb_sched.h"

#define DEST_MAP_GOAL UINT32_C(16384)
#define DEST_MAP_ENTRIES (DEST_MAP_GOAL + DEST_MAP_GOAL / 2)
#define DEST_MAP_BITS 14

/** The value of an entry that nobody has. */
#define DEST_MAP_FREE UINT32_MAX

/** Most entries that go early in one minute. */
#define DEST_MAP_EARLY (DEST_MAP_GOAL / 2)

/** Entries that one call of dest_map_sweep() visits. */
#define DEST_MAP_PIECE 1024

#define DEST_MAP_MINUTE (60 * LB_TICKS_PER_SECOND)

/** A destination; addresses of one service are of one family. */
struct dest_entry {
	uint64_t addr[2];
	uint32_t next;     /**< In its chain or the free ones: position + 1; 0: last. */
	uint32_t used;     /**< When it was asked for last. */
	uint32_t value;    /**< The scheduler's; DEST_MAP_FREE: the entry is free. */
	uint32_t modified; /**< The scheduler's: when the value was changed. */
};

struct dest_map {
	uint32_t n;     /**< Destinations. */
	uint32_t top;   /**< Entries from here on were never used. */
	uint32_t free;  /**< First of the freed entries: position + 1. */
	uint32_t left;  /**< Entries that the sweep has not visited yet; 0: it is over. */
	uint32_t early; /**< Entries that this sweep may still remove early. */
	uint32_t next_sweep;
	uint32_t heads[1 << DEST_MAP_BITS]; /**< First of each chain: position + 1. */
	struct dest_entry entries[DEST_MAP_ENTRIES];
};

/** Called with the value of an entry that goes. */
typedef void dest_map_drop_fn(void *arg, uint32_t value);

static inline uint32_t *
dest_map_chain(struct dest_map *map, const uint64_t addr[2])
{
	struct lb_addr key = { .words = { addr[0], addr[1] }, .family = AF_INET6 };

	return &map->heads[hash_bucket(hash_fold(&key), DEST_MAP_BITS)];
}

/** The entry of an address, or NULL. */
static inline struct dest_entry *
dest_map_find(struct dest_map *map, const struct lb_addr *addr)
{
	for (uint32_t at = *dest_map_chain(map, addr->words); at != 0;) {
		struct dest_entry *entry = &map->entries[at - 1];

		if (entry->addr[0] == addr->words[0] && entry->addr[1] == addr->words[1])
			return entry;
		at = entry->next;
	}
	return NULL;
}

/** Remember an address that is not there, with value 0; NULL: full. */
static inline struct dest_entry *
dest_map_add(struct dest_map *map, const struct lb_addr *addr, uint32_t now)
{
	uint32_t *chain = dest_map_chain(map, addr->words);
	struct dest_entry *entry;
	uint32_t at;

	if (map->free != 0) {
		at = map->free;
		map->free = map->entries[at - 1].next;
	} else if (map->top < DEST_MAP_ENTRIES) {
		at = ++map->top;
	} else {
		return NULL;
	}
	entry = &map->entries[at - 1];
	memcpy(entry->addr, addr->words, sizeof(entry->addr));
	entry->next = *chain;
	entry->used = entry->modified = now;
	entry->value = 0;
	*chain = at;
	map->n++;
	return entry;
}

static inline void
dest_map_remove(struct dest_map *map, struct dest_entry *entry)
{
	uint32_t at = (uint32_t)(entry - map->entries) + 1;
	uint32_t *link = dest_map_chain(map, entry->addr);

	while (*link != at)
		link = &map->entries[*link - 1].next;
	*link = entry->next;
	entry->value = DEST_MAP_FREE;
	entry->next = map->free;
	map->free = at;
	map->n--;
}

/** Remove what has expired: a piece of the map, if it is time. */
static inline void
dest_map_sweep(
	struct dest_map *map, uint32_t now, uint32_t expiry, dest_map_drop_fn *drop, void *arg)
{
	if (map->left == 0) {
		if (lb_tick_after(map->next_sweep, now))
			return;
		map->next_sweep = now + DEST_MAP_MINUTE;
		map->left = map->top;
		map->early = 0;
		if (map->n > DEST_MAP_GOAL)
			map->early = RTE_MIN((map->n - DEST_MAP_GOAL) * 4 / 3, DEST_MAP_EARLY);
	}
	for (int i = 0; i < DEST_MAP_PIECE && map->left != 0; i++) {
		struct dest_entry *entry = &map->entries[--map->left];
		uint32_t idle = now - entry->used;

		if (entry->value == DEST_MAP_FREE)
			continue;
		if (idle < expiry && (map->early == 0 || idle < 6 * DEST_MAP_MINUTE))
			continue;
		map->early -= idle < expiry;
		drop(arg, entry->value);
		dest_map_remove(map, entry);
	}
}
