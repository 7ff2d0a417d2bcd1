/*
 * The life of a connection: made by a first packet, followed by later ones, ended by time.
 *
 * Each starts in the FIFO and leaves it after 3 packets over at least 1 s, which no flood of single
 * packets does; so a flood fills only what it may lose again. A packet of an established flow reads
 * the connection's line and, once a second, stamps its expiry there; the wheel learns of that when
 * the connection comes up at the old time. Only when a state change brings the expiry forward is
 * the wheel touched at once.
 */

#include <errno.h>
#include <netinet/in.h>

#include <rte_prefetch.h>

#include "conn_table.h"

/* A connection leaves the FIFO after so many packets over so many ticks. */
#define PROMOTION_PACKETS 3
#define PROMOTION_TICKS LB_TICKS_PER_SECOND

static uint64_t
hash_of(const struct lb_conn_table *table, const struct lb_conn *conn,
	enum lb_fwd_direction direction)
{
	struct lb_conn_key key = conn_key(&conn->target, conn->protocol, direction);

	return conn_index_hash(&table->index, &key);
}

static void
leave_fifo(struct lb_conn_table *table, struct lb_conn *conn)
{
	conn_fifo_remove(table->fifo, conn_number(table, conn));
	conn->flags &= (uint8_t)~LB_CONN_HALF_OPEN;
	table->stats.half_open--;
}

/* Count what a connection, or a template, that begins or ends is to its server. */
static void
count_load(struct lb_conn_table *table, const struct lb_conn *conn, int32_t sign)
{
	int32_t active = (conn->flags & LB_CONN_ACTIVE) != 0;

	table->stats.entries += (uint64_t)sign;
	if (conn->protocol == LB_CONN_TEMPLATE) {
		table->stats.templates += (uint64_t)sign;
		table->load->own[conn->slot].templates += (uint32_t)sign;
	} else {
		lb_slot_add(table->load, conn->slot, sign * active, sign * (1 - active));
	}
}

/* Make what has ended free: no packet is on its way any more that found it. */
static void
reclaim(struct lb_conn_table *table)
{
	while (table->ended != LB_CONN_NONE) {
		struct lb_conn *conn = &table->conns[table->ended];
		uint32_t next = conn->wheel.next;

		conn->slot = LB_SLOT_NONE;
		conn->wheel.next = table->free;
		table->free = table->ended;
		table->ended = next;
	}
}

/* Forget a connection that the wheel no longer has. Its line can still be read. */
static void
release(struct lb_conn_table *table, struct lb_conn *conn)
{
	uint32_t number = conn_number(table, conn);

	conn_index_remove(&table->index, hash_of(table, conn, LB_FWD_REQUEST), number);
	if (conn->flags & LB_CONN_REPLY_KEY)
		conn_index_remove(&table->index, hash_of(table, conn, LB_FWD_REPLY), number);
	if (conn->flags & LB_CONN_HALF_OPEN)
		leave_fifo(table, conn);
	if (lb_conn_get_reset(conn) == LB_CONN_RESET_MARKED)
		table->stats.reset_silent++;
	count_load(table, conn, -1);
	conn->wheel.next = table->ended;
	table->ended = number;
}

uint64_t
lb_conn_hash(const struct lb_conn_table *table, const struct lb_conn_key *key)
{
	return conn_index_hash(&table->index, key);
}

struct lb_conn *
lb_conn_find(
	struct lb_conn_table *table, const struct lb_conn_key *key, uint64_t hash, uint32_t now)
{
	uint32_t number = conn_index_find(&table->index, key, hash);
	struct lb_conn *conn = &table->conns[number];

	if (number == LB_CONN_NONE)
		return NULL;
	if (!conn_has_expired(conn, now))
		return conn;
	table->stats.expired++;
	lb_conn_end(table, conn);
	return NULL;
}

/*
 * Whether a new connection can have the key of a direction, after one that may go has gone. *hash
 * becomes that of the key.
 */
static bool
vacate(struct lb_conn_table *table, const struct lb_conn_new *new, enum lb_fwd_direction direction,
	uint32_t now, uint64_t *hash)
{
	struct lb_conn_key key = conn_key(&new->target, new->protocol, direction);
	struct lb_conn *conn;

	*hash = conn_index_hash(&table->index, &key);
	conn = lb_conn_find(table, &key, *hash, now);
	if (conn == NULL)
		return true;
	if (!lb_conn_is_closing(conn->state))
		return false;
	lb_conn_end(table, conn);
	return true;
}

/* Whether there is a free connection, after the oldest half-open one has gone if need be. */
static bool
make_room(struct lb_conn_table *table)
{
	uint32_t oldest = conn_fifo_first(table->fifo);

	if (table->free == LB_CONN_NONE)
		reclaim(table);
	if (table->stats.entries < table->connections)
		return true;
	if (oldest == LB_CONN_NONE)
		return false;
	lb_conn_end(table, &table->conns[oldest]);
	table->stats.evicted++;
	return true;
}

static struct lb_conn *
refuse(struct lb_conn_table *table, int error)
{
	table->stats.refused++;
	errno = error;
	return NULL;
}

/* Take a free connection and describe the flow in it; nobody finds it yet. */
static struct lb_conn *
describe(struct lb_conn_table *table, const struct lb_conn_new *new, uint32_t now)
{
	struct lb_conn *conn = &table->conns[table->free];
	enum lb_conn_side side = new->one_way ? LB_CONN_INPUT_ONLY : LB_CONN_INPUT;
	unsigned int flags = LB_CONN_HALF_OPEN | 1 << LB_CONN_SEEN_SHIFT;

	table->free = conn->wheel.next;
	rte_prefetch0(&table->conns[table->free]);
	conn->target = new->target;
	conn->protocol = new->protocol;
	conn->state = (uint8_t)lb_conn_tcp_next(side, new->event, LB_CONN_NO);
	conn->method = new->method;
	if (new->one_way)
		flags |= LB_CONN_ONE_WAY;
	if (new->reply_key)
		flags |= LB_CONN_REPLY_KEY;
	if (new->protocol != LB_CONN_TEMPLATE && lb_conn_is_active(conn->protocol, conn->state))
		flags |= LB_CONN_ACTIVE;
	conn->flags = (uint8_t)flags;
	conn->slot = new->slot;
	conn->created = now;
	conn->generation = new->generation;
	conn->timeout_class = new->timeout_class;
	conn->expiry = new->lifetime != 0 ? now + new->lifetime : lb_conn_expiry(conn, now);
	return conn;
}

struct lb_conn *
lb_conn_add(struct lb_conn_table *table, const struct lb_conn_new *new, uint32_t now)
{
	uint64_t request = new->hash, reply;
	struct lb_conn *conn;
	uint32_t number;

	if (request == 0 && !vacate(table, new, LB_FWD_REQUEST, now, &request))
		return refuse(table, EEXIST);
	if (new->reply_key && !vacate(table, new, LB_FWD_REPLY, now, &reply))
		return refuse(table, EEXIST);
	if (!make_room(table))
		return refuse(table, ENOSPC);

	conn = describe(table, new, now);
	number = conn_number(table, conn);
	conn_index_insert(&table->index, request, number);
	if (new->reply_key)
		conn_index_insert(&table->index, reply, number);
	conn_fifo_push(table->fifo, number);
	conn->armed = lb_wheel_arm(&table->wheel, number, conn->expiry);
	count_load(table, conn, 1);
	table->stats.half_open++;
	if (new->protocol == LB_CONN_TEMPLATE)
		return conn;
	table->load->own[conn->slot].conns++;
	table->stats.created++;
	return conn;
}

struct lb_conn *
lb_conn_loose(struct lb_conn_table *table, const struct lb_conn_new *new)
{
	struct lb_conn *conn;

	if (table->loose == LB_CONN_LOOSE)
		return NULL;
	conn = &table->conns[table->numbers + ++table->loose];
	conn->target = new->target;
	conn->protocol = new->protocol;
	conn->method = new->method;
	conn->slot = new->slot;
	conn->generation = new->generation;
	table->load->own[conn->slot].conns++;
	return conn;
}

static void
set_state(struct lb_conn_table *table, struct lb_conn *conn, enum lb_conn_tcp_state state)
{
	bool active = lb_conn_is_active(conn->protocol, state);

	conn->state = (uint8_t)state;
	if (active == ((conn->flags & LB_CONN_ACTIVE) != 0))
		return;
	conn->flags ^= LB_CONN_ACTIVE;
	lb_slot_add(table->load, conn->slot, active ? 1 : -1, active ? -1 : 1);
}

/* Count a packet of a half-open connection; enough of them over enough time promote it. */
static void
count_packet(struct lb_conn_table *table, struct lb_conn *conn, uint32_t now)
{
	if (conn->flags >> LB_CONN_SEEN_SHIFT < PROMOTION_PACKETS)
		conn->flags += 1 << LB_CONN_SEEN_SHIFT;
	if (conn->flags >> LB_CONN_SEEN_SHIFT == PROMOTION_PACKETS &&
		now - conn->created >= PROMOTION_TICKS)
		leave_fifo(table, conn);
}

/* Tell the wheel of an expiry that was brought forward. */
static void
arm_again(struct lb_conn_table *table, struct lb_conn *conn)
{
	uint32_t number = conn_number(table, conn);

	lb_wheel_disarm(&table->wheel, number, conn->armed);
	conn->armed = lb_wheel_arm(&table->wheel, number, conn->expiry);
}

void
lb_conn_follow(struct lb_conn_table *table, struct lb_conn *conn, enum lb_fwd_direction direction,
	enum lb_conn_event event, uint32_t now)
{
	enum lb_conn_tcp_state next =
		lb_conn_tcp_next(lb_conn_side(conn, direction), event, conn->state);
	bool changed = next != conn->state;
	uint32_t expiry;

	if (direction == LB_FWD_REPLY)
		conn->flags &= (uint8_t)~LB_CONN_ONE_WAY; /* both ways are seen */
	if (changed)
		set_state(table, conn, next);
	if (conn->flags & LB_CONN_HALF_OPEN)
		count_packet(table, conn, now);
	expiry = lb_conn_expiry(conn, now);
	/* Also true when it lies before the present one: then the timeout itself was changed. */
	if (changed || expiry - conn->expiry >= LB_TICKS_PER_SECOND)
		conn->expiry = expiry;
	if (lb_tick_after(conn->armed, conn->expiry))
		arm_again(table, conn);
}

void
lb_conn_template_use(
	struct lb_conn_table *table, struct lb_conn *template, uint32_t lifetime, uint32_t now)
{
	if (template->flags & LB_CONN_HALF_OPEN)
		count_packet(table, template, now);
	template->expiry = now + lifetime;
	if (lb_tick_after(template->armed, template->expiry))
		arm_again(table, template);
}

void
lb_conn_end(struct lb_conn_table *table, struct lb_conn *conn)
{
	lb_wheel_disarm(&table->wheel, conn_number(table, conn), conn->armed);
	release(table, conn);
}

static void
set_reset(struct lb_conn *conn, enum lb_conn_reset reset)
{
	conn->flags &= (uint8_t) ~(3 << LB_CONN_RESET_SHIFT);
	conn->flags |= (uint8_t)(reset << LB_CONN_RESET_SHIFT);
}

void
lb_conn_reset(struct lb_conn_table *table, struct lb_conn *conn, uint8_t method, uint32_t now)
{
	uint32_t latest = now + LB_CONN_RESET_TICKS;

	if (lb_conn_get_reset(conn) != LB_CONN_RESET_NONE)
		return;
	if (conn->protocol == LB_CONN_TEMPLATE) {
		lb_conn_end(table, conn);
		return;
	}
	set_reset(conn, LB_CONN_RESET_MARKED);
	if (conn->protocol != IPPROTO_TCP) {
		lb_conn_end(table, conn);
		return;
	}
	conn->method = method;
	set_state(table, conn, LB_CONN_CL);
	if (lb_tick_after(conn->expiry, latest))
		conn->expiry = latest;
	if (lb_tick_after(conn->armed, conn->expiry))
		arm_again(table, conn);
}

void
lb_conn_tell_reset(
	struct lb_conn_table *table, struct lb_conn *conn, enum lb_fwd_direction direction)
{
	enum lb_conn_reset told =
		direction == LB_FWD_REQUEST ? LB_CONN_RESET_CLIENT : LB_CONN_RESET_SERVER;
	enum lb_conn_reset before = lb_conn_get_reset(conn);

	table->stats.reset[direction]++;
	set_reset(conn, told);
	if ((conn->flags & LB_CONN_REPLY_KEY) == 0 ||
		(before != LB_CONN_RESET_MARKED && before != told))
		lb_conn_end(table, conn);
}

void
lb_conn_warn_client(struct lb_conn_table *table)
{
	table->stats.reset[LB_FWD_REQUEST]++;
}

/* Ask for the lines that the end of a connection will touch; for neighbours in the FIFO later. */
static void
prefetch_end(const struct lb_conn_table *table, const struct lb_conn *conn)
{
	lb_slot_prefetch(table->load, conn->slot);
	rte_prefetch0(conn_index_home(&table->index, hash_of(table, conn, LB_FWD_REQUEST)));
	if (conn->flags & LB_CONN_REPLY_KEY)
		rte_prefetch0(conn_index_home(&table->index, hash_of(table, conn, LB_FWD_REPLY)));
	if (conn->flags & LB_CONN_HALF_OPEN)
		rte_prefetch0(&table->fifo[conn_number(table, conn)]);
}

static void
prefetch_neighbours(const struct lb_conn_table *table, uint32_t number)
{
	rte_prefetch0(&table->fifo[table->fifo[number].prev]);
	rte_prefetch0(&table->fifo[table->fifo[number].next]);
}

/* End a connection whose time in the wheel has come, or arm it again if packets came since. */
static bool
settle(struct lb_conn_table *table, struct lb_conn *conn, uint32_t now)
{
	if (!conn_has_expired(conn, now)) {
		conn->armed = lb_wheel_arm(&table->wheel, conn_number(table, conn), conn->expiry);
		return false;
	}
	release(table, conn);
	table->stats.expired++;
	return true;
}

uint32_t
lb_conn_expire(struct lb_conn_table *table, uint32_t now, uint32_t budget)
{
	uint32_t numbers[CONN_BURST], n, ended = 0;

	reclaim(table);
	table->loose = 0;
	do {
		n = lb_wheel_take(
			&table->wheel, now, numbers, RTE_MIN(budget, (uint32_t)CONN_BURST));
		budget -= n;
		for (uint32_t i = 0; i < n; i++)
			prefetch_end(table, &table->conns[numbers[i]]);
		for (uint32_t i = 0; i < n; i++)
			prefetch_neighbours(table, numbers[i]);
		for (uint32_t i = 0; i < n; i++)
			ended += settle(table, &table->conns[numbers[i]], now);
	} while (n == CONN_BURST);
	return ended;
}
