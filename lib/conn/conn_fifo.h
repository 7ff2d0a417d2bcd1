#pragma once
/**
 * @file
 * The FIFO of half-open connections: who goes first when the table is full. Private to lib/conn.
 *
 * Its links stand in an array beside the connections, whose lines have no room for them. It is
 * touched only when a connection is made, promoted or ended. Links are a ring through number 0.
 */

#include <stdint.h>

/** Numbers of connections, 0: the ring's head. */
struct conn_fifo_link {
	uint32_t prev;
	uint32_t next;
};

/** Put a connection, which is not in the FIFO, behind all others. */
static inline void
conn_fifo_push(struct conn_fifo_link *fifo, uint32_t number)
{
	uint32_t last = fifo[0].prev;

	fifo[number] = (struct conn_fifo_link){ .prev = last, .next = 0 };
	fifo[last].next = number;
	fifo[0].prev = number;
}

/** Take a connection out, wherever it stands. */
static inline void
conn_fifo_remove(struct conn_fifo_link *fifo, uint32_t number)
{
	struct conn_fifo_link link = fifo[number];

	fifo[link.prev].next = link.next;
	fifo[link.next].prev = link.prev;
}

/** Who has been in it longest; 0: it is empty. */
static inline uint32_t
conn_fifo_first(const struct conn_fifo_link *fifo)
{
	return fifo[0].next;
}
