/*
 * The memory of a connection table, and walks over all of it.
 *
 * All of a table is one piece: its head with the wheel, the connections, the buckets of the index,
 * the links of the FIFO. It is written at start from end to end, so that a page which is not there
 * shows then and not in traffic.
 */

#include <assert.h>
#include <errno.h>
#include <string.h>

#include <rte_malloc.h>

#include "conn_table.h"

/* Offsets of the parts, in the order in which they lie. */
struct layout {
	size_t conns;
	size_t buckets;
	size_t fifo;
	size_t total;
};

static struct layout
layout_of(uint32_t connections)
{
	size_t numbers = (size_t)connections + LB_CONN_SPARE + 1;
	struct layout at;

	at.conns = sizeof(struct lb_conn_table);
	at.buckets = at.conns + (numbers + LB_CONN_LOOSE) * sizeof(struct lb_conn);
	at.fifo = at.buckets + (size_t)conn_index_buckets(connections) * sizeof(struct conn_bucket);
	at.total = at.fifo + numbers * sizeof(struct conn_fifo_link);
	return at;
}

/* Chain all connections as free, the lowest number first. */
static void
free_all(struct lb_conn_table *table)
{
	for (uint32_t i = 0; i <= table->numbers; i++) {
		table->conns[i].slot = LB_SLOT_NONE;
		table->conns[i].wheel.next = i == table->numbers ? LB_CONN_NONE : i + 1;
	}
	for (uint32_t i = 1; i <= LB_CONN_LOOSE; i++)
		table->conns[table->numbers + i].slot = LB_SLOT_NONE;
	table->free = 1;
}

struct lb_conn_table *
lb_conn_create(
	uint32_t connections, int socket, struct lb_slot_worker *load, uint64_t seed, uint32_t now)
{
	struct layout at = layout_of(connections);
	uint8_t *memory = rte_malloc_socket("lb_conn", at.total, RTE_CACHE_LINE_SIZE, socket);
	struct lb_conn_table *table = (struct lb_conn_table *)memory;

	static_assert(sizeof(struct lb_conn) == 64, "a connection is one cache line");
	assert(connections > 0);
	if (table == NULL) {
		errno = ENOMEM;
		return NULL;
	}
	memset(memory, 0, at.total);
	table->conns = (struct lb_conn *)(memory + at.conns);
	table->fifo = (struct conn_fifo_link *)(memory + at.fifo);
	table->load = load;
	table->connections = connections;
	table->numbers = connections + LB_CONN_SPARE;
	conn_index_init(&table->index, (struct conn_bucket *)(memory + at.buckets), connections,
		table->conns, seed);
	lb_wheel_init(&table->wheel, table->conns, sizeof(struct lb_conn),
		offsetof(struct lb_conn, wheel), now);
	free_all(table);
	return table;
}

void
lb_conn_destroy(struct lb_conn_table *table)
{
	rte_free(table);
}

size_t
lb_conn_memory(uint32_t connections)
{
	return layout_of(connections).total;
}

uint32_t
lb_conn_sweep(struct lb_conn_table *table, uint32_t from, uint32_t budget, uint16_t generation,
	uint64_t *used)
{
	uint64_t end = RTE_MIN((uint64_t)from + budget, (uint64_t)table->numbers + 1);

	for (uint64_t i = from; i < end; i++) {
		struct lb_conn *conn = &table->conns[i];

		if (conn->slot == LB_SLOT_NONE)
			continue;
		used[conn->slot / 64] |= UINT64_C(1) << (conn->slot % 64);
		if (conn->generation != generation)
			conn->generation = 0;
		table->stats.swept++;
	}
	return end > table->numbers ? 0 : (uint32_t)end;
}

const struct lb_conn_stats *
lb_conn_get_stats(const struct lb_conn_table *table)
{
	return &table->stats;
}

uint32_t
lb_conn_index(const struct lb_conn_table *table, const struct lb_conn *conn)
{
	return conn_number(table, conn);
}

struct lb_conn *
lb_conn_at(struct lb_conn_table *table, uint32_t index)
{
	struct lb_conn *conn = &table->conns[index];

	return conn->slot != LB_SLOT_NONE ? conn : NULL;
}

struct lb_conn *
lb_conn_all(struct lb_conn_table *table)
{
	return table->conns;
}

uint32_t
lb_conn_last(const struct lb_conn_table *table)
{
	return table->numbers;
}
