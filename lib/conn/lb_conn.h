#pragma once
/**
 * @file
 * The connection table of one worker: single writer, sized at start, never grows.
 *
 * A lookup touches one 64-byte bucket and one 64-byte line, the connection. Bursts are hashed and
 * prefetched as a whole before a bucket is touched, and all connections before one is touched.
 *
 * All functions belong to the worker that owns the table, but lb_conn_create() and
 * lb_conn_destroy(), which control calls while it does not run. Times are ticks of lb_clock.h.
 * Addresses and ports are in network order.
 */

#include <assert.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <rte_branch_prediction.h>
#include <rte_common.h>

#include "lb_clock.h"
#include "lb_conn_state.h"
#include "lb_fwd.h"
#include "lb_slot.h"
#include "lb_wheel.h"

/** No connection. Indices of connections start at 1. */
#define LB_CONN_NONE 0

/**
 * A connection that ends can still be read until the next lb_conn_expire(): packets of the same
 * walk may have found it before. So many connections may be made between two lb_conn_expire()
 * before a number is used anew.
 */
#define LB_CONN_SPARE 1024

/** Connections of lb_conn_loose() between two lb_conn_expire(). */
#define LB_CONN_LOOSE 512

/**
 * Protocol of a template, which no packet has: the entry that keeps a persistent client at its
 * server. Its target has the client's masked address, and as vip the number of the service; ports
 * are 0. It is in no load, but in its slot's `templates`.
 */
#define LB_CONN_TEMPLATE 255

/** Bits of lb_conn.flags. */
enum lb_conn_flag {
	LB_CONN_ONE_WAY = 1 << 0,   /**< No packet of the server was seen (DR, TUN). */
	LB_CONN_ACTIVE = 1 << 1,    /**< Counted as active, not inactive. */
	LB_CONN_HALF_OPEN = 1 << 2, /**< In the FIFO of those that may be evicted. */
	LB_CONN_REPLY_KEY = 1 << 3, /**< Also found by its reply direction. */
	LB_CONN_RESET_SHIFT = 4,    /**< Two bits: enum lb_conn_reset. */
	LB_CONN_SEEN_SHIFT = 6,     /**< Two bits count packets until promotion. */
};

/** How far the reset of a connection is. */
enum lb_conn_reset {
	LB_CONN_RESET_NONE,
	LB_CONN_RESET_MARKED, /**< Nobody has been told. */
	LB_CONN_RESET_CLIENT, /**< The client has been told, the server has not. */
	LB_CONN_RESET_SERVER, /**< The other way round. */
};

/** A marked connection without a packet ends after so many ticks. */
#define LB_CONN_RESET_TICKS (60 * LB_TICKS_PER_SECOND)

/** An IPv4 connection: one cache line. */
struct lb_conn {
	struct lb_fwd_target target; /**< Both keys, and where packets go. */
	uint8_t protocol;
	uint8_t state;       /**< enum lb_conn_tcp_state; 0 for protocols without states. */
	uint8_t method;      /**< Index of the forwarding method. */
	uint8_t flags;       /**< enum lb_conn_flag. */
	uint32_t slot;       /**< Of the real server. */
	uint32_t created;    /**< Tick. */
	uint16_t generation; /**< Of the next hops; 0: to be resolved. */
	uint16_t timeout_class;
	uint32_t expiry;            /**< Tick; from then on a lookup misses. */
	uint32_t armed;             /**< Tick for which the wheel has it. */
	struct lb_wheel_link wheel; /**< next: also the list of free connections. */
} __rte_cache_aligned;

/** What a packet is looked up by. Request: other = VIP; reply: other = server. */
struct lb_conn_key {
	union {
		struct {
			rte_be32_t client;
			rte_be32_t other;
			rte_be16_t client_port;
			rte_be16_t other_port;
			uint8_t protocol;
			uint8_t direction; /**< enum lb_fwd_direction. */
			uint16_t zero;     /**< Always: it is hashed too. */
		};
		uint64_t words[2]; /**< All of it, to be hashed. */
	};
};

static_assert(sizeof(struct lb_conn_key) == 16, "a key is two words without a hole");

/** A key, put together in registers. */
static inline struct lb_conn_key
lb_conn_key(rte_be32_t client, rte_be16_t client_port, rte_be32_t other, rte_be16_t other_port,
	uint8_t protocol, enum lb_fwd_direction direction)
{
	return (struct lb_conn_key){
		.words = {
			client | (uint64_t)other << 32,
			client_port | (uint32_t)other_port << 16 | (uint64_t)protocol << 32 |
				(uint64_t)direction << 40,
		},
	};
}

/** A connection to be made. */
struct lb_conn_new {
	struct lb_fwd_target target;
	uint8_t protocol;
	uint8_t method;
	bool one_way;   /**< Only requests will be seen. */
	bool reply_key; /**< Also found by its reply direction (NAT). */
	uint8_t event;  /**< enum lb_conn_event of the first packet. */
	uint32_t slot;
	uint16_t generation;
	uint16_t timeout_class;
	uint32_t lifetime; /**< Of a template: ticks, also without a packet. */
	uint64_t hash;     /**< Of its key, if lb_conn_find() has found nobody with it; else 0. */
};

/** What happened in a table. Written by the worker, read by control, relaxed. */
struct lb_conn_stats {
	uint64_t entries;   /**< Connections and templates now. */
	uint64_t templates; /**< Of them. */
	uint64_t half_open; /**< Of them in the FIFO: less than 3 packets, or younger than 1 s. */
	uint64_t created;
	uint64_t expired;
	uint64_t evicted;                  /**< Half-open ones that made room. */
	uint64_t refused;                  /**< No room and nothing to evict, or a key was taken. */
	uint64_t swept;                    /**< Visited by sweeps. */
	uint64_t reset[LB_FWD_DIRECTIONS]; /**< Resets that answered a packet, by its direction. */
	uint64_t reset_silent; /**< Connections to be reset that ended and told nobody. */
};

/** A table. */
struct lb_conn_table;

/**
 * Make a table for so many connections. socket: NUMA node or SOCKET_ID_ANY. load: the worker's
 * slots, kept, not owned: loads and `conns` counters are kept here. seed: secrets of the hash come
 * from it (getrandom at start; tests pass their own). NULL: errno ENOMEM.
 */
struct lb_conn_table *lb_conn_create(
	uint32_t connections, int socket, struct lb_slot_worker *load, uint64_t seed, uint32_t now);
void lb_conn_destroy(struct lb_conn_table *table);

/** Bytes that lb_conn_create() takes for so many connections. Any thread. */
size_t lb_conn_memory(uint32_t connections);

/** Find n keys; any number is split into bursts; conns[i] is NULL for a miss. */
void lb_conn_lookup(struct lb_conn_table *table, const struct lb_conn_key *keys, uint16_t n,
	uint32_t now, struct lb_conn **conns);

/** The hash of a key, by which this table finds it. */
uint64_t lb_conn_hash(const struct lb_conn_table *table, const struct lb_conn_key *key);

/** The connection with this key, or NULL: nobody has it, since one that has expired ends now. */
struct lb_conn *lb_conn_find(
	struct lb_conn_table *table, const struct lb_conn_key *key, uint64_t hash, uint32_t now);

/**
 * Make a connection; its state is what the first packet's event makes of none. A flow that has one
 * of its keys and has expired or is closing ends. When full, the oldest half-open one ends. NULL
 * with errno ENOSPC (full of
 * others) or EEXIST (a key is taken by a live flow); both are counted.
 */
struct lb_conn *lb_conn_add(
	struct lb_conn_table *table, const struct lb_conn_new *new, uint32_t now);

/**
 * A connection for one packet: in no index, counted as made in its slot's `conns` but in no load,
 * gone with the next lb_conn_expire(). event is not looked at. NULL: there are LB_CONN_LOOSE.
 */
struct lb_conn *lb_conn_loose(struct lb_conn_table *table, const struct lb_conn_new *new);

/** Up to 15 ticks of a connection's own, so that what came at once does not go at once. */
static inline uint32_t
lb_conn_jitter(const struct lb_conn *conn)
{
	return (uint32_t)((uintptr_t)conn / sizeof(*conn)) * UINT32_C(0x9e3779b1) >> 28;
}

/** The tick at which a connection expires when no packet comes after one at `now`. */
static inline uint32_t
lb_conn_expiry(const struct lb_conn *conn, uint32_t now)
{
	return now + lb_conn_timeout(conn->timeout_class, conn->protocol, conn->state) +
	       lb_conn_jitter(conn);
}

/** By which state table a packet goes. */
static inline enum lb_conn_side
lb_conn_side(const struct lb_conn *conn, enum lb_fwd_direction direction)
{
	if (direction == LB_FWD_REPLY)
		return LB_CONN_OUTPUT;
	return conn->flags & LB_CONN_ONE_WAY ? LB_CONN_INPUT_ONLY : LB_CONN_INPUT;
}

/**
 * Whether a packet changes nothing, as nearly all do: the state stays, the expiry was stamped in
 * this second, and the flow is known for long, also that it is seen both ways.
 */
static inline bool
lb_conn_is_settled(const struct lb_conn *conn, enum lb_fwd_direction direction,
	enum lb_conn_event event, uint32_t now)
{
	uint8_t young = LB_CONN_HALF_OPEN | (direction == LB_FWD_REPLY ? LB_CONN_ONE_WAY : 0);

	return (conn->flags & young) == 0 &&
	       lb_conn_tcp_next(lb_conn_side(conn, direction), event, conn->state) == conn->state &&
	       lb_conn_expiry(conn, now) - conn->expiry < LB_TICKS_PER_SECOND;
}

/** The same as lb_conn_track(), of a packet that changes something. */
void lb_conn_follow(struct lb_conn_table *table, struct lb_conn *conn,
	enum lb_fwd_direction direction, enum lb_conn_event event, uint32_t now);

/**
 * A packet of the connection passed: state, expiry, loads, promotion from the FIFO. event is 0 for
 * protocols without states.
 */
static inline void
lb_conn_track(struct lb_conn_table *table, struct lb_conn *conn, enum lb_fwd_direction direction,
	enum lb_conn_event event, uint32_t now)
{
	if (unlikely(!lb_conn_is_settled(conn, direction, event, now)))
		lb_conn_follow(table, conn, direction, event, now);
}

/** A new connection goes by a template, which from now on lives as long again. */
void lb_conn_template_use(
	struct lb_conn_table *table, struct lb_conn *template, uint32_t lifetime, uint32_t now);

/** End a connection now. */
void lb_conn_end(struct lb_conn_table *table, struct lb_conn *conn);

/**
 * A connection is to be reset: one of TCP is marked, which has its packets go to `method`, where a
 * reset answers them; it counts as closed and lives no longer than LB_CONN_RESET_TICKS. Others end,
 * and so do templates.
 */
void lb_conn_reset(struct lb_conn_table *table, struct lb_conn *conn, uint8_t method, uint32_t now);

/**
 * A reset goes to who sent a packet of this direction. The connection ends when all whose packets
 * we see have been told.
 */
void lb_conn_tell_reset(
	struct lb_conn_table *table, struct lb_conn *conn, enum lb_fwd_direction direction);

/**
 * A reset went on to the client in place of a packet of its server. Whether the client takes it is
 * not known: it counts, and the client's next packet is answered as ever.
 */
void lb_conn_warn_client(struct lb_conn_table *table);

static inline enum lb_conn_reset
lb_conn_get_reset(const struct lb_conn *conn)
{
	return (enum lb_conn_reset)(conn->flags >> LB_CONN_RESET_SHIFT & 3);
}

/**
 * After each walk: free what has ended before, and end what has expired, visiting at most budget
 * entries; returns how many ended.
 */
uint32_t lb_conn_expire(struct lb_conn_table *table, uint32_t now, uint32_t budget);

/**
 * Visit connections from index `from` on, at most budget: set the bit of each slot in used, and set
 * generation to 0 where it is not `generation`. Returns the index to go on from, 0 at the end;
 * start with 1.
 */
uint32_t lb_conn_sweep(struct lb_conn_table *table, uint32_t from, uint32_t budget,
	uint16_t generation, uint64_t *used);

const struct lb_conn_stats *lb_conn_get_stats(const struct lb_conn_table *table);

/**
 * The number of a connection, stable while it can be read; and back: NULL when none has it. A
 * number is one that lb_conn_index() gave, or at most lb_conn_last().
 */
uint32_t lb_conn_index(const struct lb_conn_table *table, const struct lb_conn *conn);
struct lb_conn *lb_conn_at(struct lb_conn_table *table, uint32_t index);

/** All connections by their number, for who has a number from this walk. 0 is none. */
struct lb_conn *lb_conn_all(struct lb_conn_table *table);

/** The highest number that a connection can have. */
uint32_t lb_conn_last(const struct lb_conn_table *table);
