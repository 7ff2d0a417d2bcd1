#pragma once
/**
 * @file
 * What a connection table is made of. Private to lib/conn.
 */

#include <stdbool.h>
#include <stdint.h>

#include "conn_fifo.h"
#include "conn_index.h"
#include "lb_clock.h"
#include "lb_conn.h"

/** Keys or connections that are prefetched together. */
#define CONN_BURST 32

/** Connection 0 is none; free ones have no slot. Loose ones have the numbers behind all others. */
struct lb_conn_table {
	struct lb_conn *conns;
	struct conn_index index;
	struct conn_fifo_link *fifo;
	struct lb_slot_worker *load;
	uint32_t connections; /**< That may live at one time. */
	uint32_t numbers;     /**< Of them, and of those that ended lately. */
	uint32_t loose;       /**< Loose ones since the last lb_conn_expire(). */
	uint32_t free;        /**< First free connection; the rest by wheel.next. */
	uint32_t ended;       /**< Likewise those that ended since the last lb_conn_expire(). */
	struct lb_conn_stats stats;
	struct lb_wheel wheel;
} __rte_cache_aligned;

/** The number of a connection. */
static inline uint32_t
conn_number(const struct lb_conn_table *table, const struct lb_conn *conn)
{
	return (uint32_t)(conn - table->conns);
}

/** Whether a connection has lived its time, though it may not have been taken off yet. */
static inline bool
conn_has_expired(const struct lb_conn *conn, uint32_t now)
{
	return !lb_tick_after(conn->expiry, now);
}
