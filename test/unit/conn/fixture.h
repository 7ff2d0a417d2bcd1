#pragma once
/**
 * @file
 * A connection table with slots made by hand, and flows by number.
 */

#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#include <rte_common.h>
#include <rte_memory.h>

#include "lb_clock.h"
#include "lb_conn.h"
#include "unit.h"

#define FIXTURE_SLOTS 64
#define SECONDS(s) ((uint32_t)((s)*LB_TICKS_PER_SECOND))

/** Most ticks by which a connection outlives its timeout. */
#define JITTER_MAX 15

struct fixture {
	struct lb_slot_worker load;
	struct lb_conn_table *table;
	uint64_t closed[LB_SCHED_CLOSED(FIXTURE_SLOTS)];
	struct lb_slot_own own[FIXTURE_SLOTS];
};

/** A table for so many connections that starts at tick now. */
static inline void
fixture_init(struct fixture *f, uint32_t connections, uint32_t now)
{
	unit_eal();
	lb_conn_timeouts_init();
	memset(f, 0, sizeof(*f));
	f->load = (struct lb_slot_worker){
		.delta = calloc(FIXTURE_SLOTS, sizeof(*f->load.delta)),
		.total = calloc(FIXTURE_SLOTS, sizeof(*f->load.total)),
		.own = f->own,
		.closed = f->closed,
		.dirty = calloc(FIXTURE_SLOTS, sizeof(*f->load.dirty)),
		.dirty_map = calloc(FIXTURE_SLOTS / 64, sizeof(*f->load.dirty_map)),
		.changed = calloc(1, sizeof(*f->load.changed)),
	};
	f->table = lb_conn_create(connections, SOCKET_ID_ANY, &f->load, 0x5eed, now);
	CU_ASSERT_PTR_NOT_NULL_FATAL(f->table);
}

static inline void
fixture_fini(struct fixture *f)
{
	lb_conn_destroy(f->table);
	free(f->load.delta);
	free(f->load.total);
	free(f->load.dirty);
	free(f->load.dirty_map);
	free(f->load.changed);
}

/** TCP flow number n as its SYN makes it, by DR: VIP 10.1.0.100:80, server 10.2.0.21:80, slot 3. */
static inline struct lb_conn_new
flow_dr(uint32_t n)
{
	return (struct lb_conn_new){
		.target = {
			.client = RTE_BE32(0xc6336400) + RTE_BE32(1) * (n % 250),
			.vip = RTE_BE32(0x0a010064),
			.server = RTE_BE32(0x0a020015),
			.client_port = rte_cpu_to_be_16((uint16_t)(1024 + n / 250)),
			.vip_port = RTE_BE16(80),
			.server_port = RTE_BE16(80),
		},
		.protocol = IPPROTO_TCP,
		.one_way = true,
		.event = LB_CONN_EVENT_SYN,
		.slot = 3,
		.generation = 1,
	};
}

/** The same by NAT to port 8080. */
static inline struct lb_conn_new
flow_nat(uint32_t n)
{
	struct lb_conn_new new = flow_dr(n);

	new.target.server_port = RTE_BE16(8080);
	new.one_way = false;
	new.reply_key = true;
	return new;
}

/** UDP flow number n. */
static inline struct lb_conn_new
flow_udp(uint32_t n)
{
	struct lb_conn_new new = flow_dr(n);

	new.protocol = IPPROTO_UDP;
	new.event = LB_CONN_EVENT_NONE;
	return new;
}

/** The key of a flow's packets in one direction. */
static inline struct lb_conn_key
key_of(const struct lb_conn_new *new, enum lb_fwd_direction direction)
{
	struct lb_conn_key key = { .zero = 0 };

	key.client = new->target.client;
	key.client_port = new->target.client_port;
	key.other = direction == LB_FWD_REPLY ? new->target.server : new->target.vip;
	key.other_port = direction == LB_FWD_REPLY ? new->target.server_port : new->target.vip_port;
	key.protocol = new->protocol;
	key.direction = (uint8_t)direction;
	return key;
}

/** Look one packet up. */
static inline struct lb_conn *
find(struct fixture *f, const struct lb_conn_new *new, enum lb_fwd_direction direction,
	uint32_t now)
{
	struct lb_conn_key key = key_of(new, direction);
	struct lb_conn *conn;

	lb_conn_lookup(f->table, &key, 1, now, &conn);
	return conn;
}

/** Add a flow, which must succeed. */
static inline struct lb_conn *
add(struct fixture *f, const struct lb_conn_new *new, uint32_t now)
{
	struct lb_conn *conn = lb_conn_add(f->table, new, now);

	CU_ASSERT_PTR_NOT_NULL_FATAL(conn);
	return conn;
}

/** Open flows of a slot, as the table counted them. */
static inline bool
load_is(const struct fixture *f, uint32_t slot, uint32_t active, uint32_t inactive)
{
	return f->load.delta[slot].active == active && f->load.delta[slot].inactive == inactive;
}
