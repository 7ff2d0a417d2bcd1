/*
 * Indices, the map and the words.
 *
 * An index is a position of the map plus 1. The map frees no position by itself: a forgotten
 * neighbour leaves the map and its word becomes 0, but a connection may still hold the index, so it
 * waits in a list until all workers have swept. The first `batch` of that list are being swept.
 *
 * There are more positions than neighbours can be, for those that wait.
 */

#include "neigh_table.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <rte_errno.h>
#include <rte_hash.h>
#include <rte_jhash.h>
#include <rte_malloc.h>
#include <rte_random.h>

/* Positions for indices that wait: two batches. */
#define TABLE_WAITING 8192

static_assert(sizeof(struct lb_neigh_key) == 32, "the map compares keys of 32 bytes fastest");

static struct rte_hash *
table_map(uint32_t entries)
{
	const struct rte_hash_parameters params = {
		.name = "lb_neigh",
		.entries = entries,
		.key_len = sizeof(struct lb_neigh_key),
		.hash_func = rte_jhash,
		.hash_func_init_val = (uint32_t)rte_rand(),
		.socket_id = SOCKET_ID_ANY,
		.extra_flag =
			RTE_HASH_EXTRA_FLAGS_RW_CONCURRENCY_LF | RTE_HASH_EXTRA_FLAGS_EXT_TABLE,
	};

	return rte_hash_create(&params);
}

struct lb_neigh_table *
lb_neigh_create(uint32_t learnt_max, uint32_t pinned_max, const struct lb_neigh_env *env,
	const struct lb_neigh_timing *timing)
{
	struct lb_neigh_table *table = calloc(1, sizeof(*table));
	uint32_t size = learnt_max + pinned_max + TABLE_WAITING + 1;

	if (table == NULL)
		return NULL;
	table->env = *env;
	table->timing = *timing;
	table->learnt_max = learnt_max;
	table->pinned_max = pinned_max;
	table->view.size = size;
	TAILQ_INIT(&table->lru);
	TAILQ_INIT(&table->retired);
	table->neighs = calloc(size, sizeof(table->neighs[0]));
	table->view.words =
		rte_zmalloc("lb_neigh_words", size * sizeof(uint64_t), RTE_CACHE_LINE_SIZE);
	if (table->neighs == NULL || table->view.words == NULL ||
		neigh_heap_init(&table->heap, size) != 0) {
		lb_neigh_destroy(table);
		errno = ENOMEM;
		return NULL;
	}
	table->view.map = table_map(size - 1);
	if (table->view.map == NULL) {
		lb_neigh_destroy(table);
		errno = rte_errno;
		return NULL;
	}
	return table;
}

void
lb_neigh_destroy(struct lb_neigh_table *table)
{
	if (table == NULL)
		return;
	rte_hash_free(table->view.map);
	neigh_heap_fini(&table->heap);
	rte_free((void *)table->view.words);
	free(table->neighs);
	free(table);
}

const struct lb_neigh_view *
lb_neigh_view(const struct lb_neigh_table *table)
{
	return &table->view;
}

/* The map compares all bytes, and what pads an address may be anything. */
static struct lb_neigh_key
table_key(uint8_t port, const struct lb_addr *addr)
{
	struct lb_neigh_key key;

	memset(&key, 0, sizeof(key));
	key.addr.words[0] = addr->words[0];
	key.addr.words[1] = addr->words[1];
	key.addr.family = addr->family;
	key.port = port;
	return key;
}

uint32_t
lb_neigh_find(const struct lb_neigh_view *view, uint8_t port, const struct lb_addr *addr)
{
	struct lb_neigh_key key = table_key(port, addr);
	int32_t position = rte_hash_lookup(view->map, &key);

	return position < 0 ? 0 : (uint32_t)position + 1;
}

void
neigh_show(struct lb_neigh_table *table, struct neigh *n, enum lb_neigh_state state,
	const struct rte_ether_addr *mac)
{
	uint32_t index = neigh_index(table, n);
	bool was = n->life.state >= LB_NEIGH_REACHABLE;
	bool is = state >= LB_NEIGH_REACHABLE;
	uint64_t word = 0;

	n->life.state = state;
	n->mac = is ? *mac : (struct rte_ether_addr){ { 0 } };
	if (state != LB_NEIGH_FREE) {
		for (int i = 0; i < RTE_ETHER_ADDR_LEN; i++)
			word |= (uint64_t)n->mac.addr_bytes[i] << 8 * i;
		word |= (uint64_t)n->port << LB_NEIGH_PORT_SHIFT;
		word |= (uint64_t)state << LB_NEIGH_STATE_SHIFT;
	}
	/* What is heard again and again must not take the line away from workers. */
	if (word != lb_neigh_word(&table->view, index))
		atomic_store_explicit(&table->view.words[index], word, memory_order_relaxed);
	if (was != is)
		table->env.changed(table->env.arg, index, is);
}

struct neigh *
neigh_add(struct lb_neigh_table *table, uint8_t port, const struct lb_addr *addr)
{
	struct lb_neigh_key key = table_key(port, addr);
	int32_t position = rte_hash_add_key(table->view.map, &key);
	uint32_t index = (uint32_t)position + 1;
	struct neigh *n = &table->neighs[index];

	if (position < 0)
		return NULL;
	memset(n, 0, sizeof(*n));
	n->addr = key.addr;
	n->port = port;
	/* Consecutive indices lie far apart: the golden ratio of 2^32. */
	n->life.jitter = (uint8_t)(index * 0x9e3779b1u >> 24);
	neigh_show(table, n, LB_NEIGH_INCOMPLETE, NULL);
	return n;
}

void
neigh_remove(struct lb_neigh_table *table, struct neigh *n)
{
	struct lb_neigh_key key = table_key(n->port, &n->addr);

	rte_hash_del_key(table->view.map, &key);
	neigh_heap_drop(&table->heap, neigh_index(table, n));
	neigh_show(table, n, LB_NEIGH_FREE, NULL);
	TAILQ_INSERT_TAIL(&table->retired, n, links);
	table->waiting++;
}

uint32_t
lb_neigh_retire_begin(struct lb_neigh_table *table, uint32_t max)
{
	if (table->batch != 0)
		return 0;
	table->batch = RTE_MIN(max, table->waiting);
	return table->batch;
}

void
lb_neigh_retire_end(struct lb_neigh_table *table)
{
	for (; table->batch != 0; table->batch--) {
		struct neigh *n = TAILQ_FIRST(&table->retired);

		TAILQ_REMOVE(&table->retired, n, links);
		table->waiting--;
		rte_hash_free_key_with_position(
			table->view.map, (int32_t)neigh_index(table, n) - 1);
	}
}

bool
lb_neigh_info(const struct lb_neigh_table *table, uint32_t index, struct lb_neigh_info *info)
{
	const struct neigh *n;

	if (index >= table->view.size)
		return false;
	n = &table->neighs[index];
	if (n->life.state == LB_NEIGH_FREE)
		return false;
	*info = (struct lb_neigh_info){
		.addr = n->addr,
		.port = n->port,
		.pinned = n->life.pinned,
		.state = n->life.state,
		.mac = n->mac,
		.asked = n->life.asked,
		.heard_ms = n->life.heard_ms,
	};
	return true;
}
