#pragma once
/**
 * @file
 * A table of neighbours with a clock that stands still, a wire that only remembers, and workers
 * that use what the test says. Port 3 is 02:00:00:00:00:33 with 10.1.0.11 and fe80::33; port 9 has
 * no address.
 */

#include <stdlib.h>
#include <string.h>

#include "lb_neigh.h"
#include "unit.h"

#define BED_PORT 3
#define BED_PORT_WITHOUT_ADDRESS 9
#define BED_START 1000000

/** Timing of every test unless it says otherwise. */
static const struct lb_neigh_timing bed_timing = {
	.reachable_ms = 5000,
	.learnt_ms = 30000,
	.retry_ms = 1000,
	.probes = 3,
	.idle_ms = 300000,
};

struct bed {
	struct lb_neigh_table *table;
	const struct lb_neigh_view *view;
	uint64_t now;
	bool *used;        /**< By index: what workers did. */
	uint32_t asked;    /**< Calls of used(). */
	uint32_t sent;     /**< Frames. */
	uint8_t frame[96]; /**< The last one: 42 bytes of ARP, or 86 of ND. */
	size_t len;
	uint8_t port;     /**< It left by. */
	uint32_t ups;     /**< Calls of changed(), usable. */
	uint32_t downs;   /**< And not. */
	uint32_t changed; /**< The last one's index. */
};

/** fe80::n */
static inline struct lb_addr
bed_addr6(uint8_t n)
{
	return (struct lb_addr){ .bytes = { 0xfe, 0x80, [15] = n }, .family = AF_INET6 };
}

static inline void
bed_send(void *arg, uint8_t port, const void *frame, size_t len)
{
	struct bed *bed = arg;

	CU_ASSERT_FATAL(len == 42 || len == 86);
	bed->len = len;
	memcpy(bed->frame, frame, len);
	bed->port = port;
	bed->sent++;
}

static inline bool
bed_source(void *arg, uint8_t port, const struct lb_addr *addr, struct rte_ether_addr *mac,
	struct lb_addr *from)
{
	(void)arg;
	*mac = (struct rte_ether_addr){ { 0x02, 0, 0, 0, 0, 0x33 } };
	*from = lb_addr_ip4(RTE_BE32(0x0a01000b));
	if (addr->family == AF_INET6)
		*from = bed_addr6(0x33);
	return port != BED_PORT_WITHOUT_ADDRESS;
}

static inline bool
bed_used(void *arg, uint32_t index)
{
	struct bed *bed = arg;
	bool was = bed->used[index];

	bed->asked++;
	bed->used[index] = false;
	return was;
}

static inline void
bed_changed(void *arg, uint32_t index, bool usable)
{
	struct bed *bed = arg;

	*(usable ? &bed->ups : &bed->downs) += 1;
	bed->changed = index;
	CU_ASSERT_EQUAL(lb_neigh_is_usable(lb_neigh_word(bed->view, index)), usable);
}

static inline void
bed_init(struct bed *bed, uint32_t learnt_max, uint32_t pinned_max)
{
	const struct lb_neigh_env env = { bed, bed_send, bed_source, bed_used, bed_changed };

	unit_eal();
	memset(bed, 0, sizeof(*bed));
	bed->now = BED_START;
	bed->table = lb_neigh_create(learnt_max, pinned_max, &env, &bed_timing);
	CU_ASSERT_PTR_NOT_NULL_FATAL(bed->table);
	bed->view = lb_neigh_view(bed->table);
	bed->used = calloc(bed->view->size, sizeof(bed->used[0]));
	CU_ASSERT_PTR_NOT_NULL_FATAL(bed->used);
}

static inline void
bed_fini(struct bed *bed)
{
	lb_neigh_destroy(bed->table);
	free(bed->used);
}

/** 10.1.0.0 + n */
static inline struct lb_addr
bed_addr(uint32_t n)
{
	return lb_addr_ip4(rte_cpu_to_be_32(0x0a010000 + n));
}

/** 06:... with n in the last bytes. */
static inline struct rte_ether_addr
bed_mac(uint32_t n)
{
	return (struct rte_ether_addr){ { 0x06, 0, (uint8_t)(n >> 24), (uint8_t)(n >> 16),
		(uint8_t)(n >> 8), (uint8_t)n } };
}

static inline uint32_t
bed_get(struct bed *bed, uint32_t n)
{
	struct lb_addr addr = bed_addr(n);

	return lb_neigh_get(bed->table, BED_PORT, &addr, bed->now);
}

/** Address n is at MAC m, whatever ARP says. */
static inline uint32_t
bed_fix(struct bed *bed, uint32_t n, uint32_t m)
{
	struct lb_addr addr = bed_addr(n);
	struct rte_ether_addr mac = bed_mac(m);

	return lb_neigh_fix(bed->table, BED_PORT, &addr, &mac, bed->now);
}

static inline bool
bed_flush(struct bed *bed, uint32_t n)
{
	struct lb_addr addr = bed_addr(n);

	return lb_neigh_flush(bed->table, BED_PORT, &addr, bed->now);
}

static inline void
bed_want(struct bed *bed, uint32_t n)
{
	struct lb_addr addr = bed_addr(n);

	lb_neigh_want(bed->table, BED_PORT, &addr, bed->now);
}

static inline uint32_t
bed_find(const struct bed *bed, uint32_t n)
{
	struct lb_addr addr = bed_addr(n);

	return lb_neigh_find(bed->view, BED_PORT, &addr);
}

/** Address n at MAC m speaks: to us by a request, or an unasked reply to somebody else. */
static inline void
bed_hear(struct bed *bed, uint32_t n, uint32_t m, bool ours)
{
	const struct lb_arp arp = {
		.op = ours ? RTE_ARP_OP_REQUEST : RTE_ARP_OP_REPLY,
		.sender_mac = bed_mac(m),
		.sender_ip = bed_addr(n).ip4,
		.target_ip = ours ? RTE_BE32(0x0a01000b) : RTE_BE32(0x0a0100fe),
	};

	lb_neigh_heard(bed->table, BED_PORT, &arp, ours, bed->now);
}

/** Run the table through ms, at each time that it asks for; returns how many frames left. */
static inline uint32_t
bed_pass(struct bed *bed, uint64_t ms)
{
	uint64_t end = bed->now + ms;
	uint32_t before = bed->sent;
	uint64_t next = lb_neigh_run(bed->table, bed->now);

	while (next <= end) {
		CU_ASSERT_TRUE_FATAL(next > bed->now);
		bed->now = next;
		next = lb_neigh_run(bed->table, bed->now);
	}
	bed->now = end;
	return bed->sent - before;
}

static inline enum lb_neigh_state
bed_state(const struct bed *bed, uint32_t index)
{
	return (enum lb_neigh_state)(lb_neigh_word(bed->view, index) >> LB_NEIGH_STATE_SHIFT);
}
