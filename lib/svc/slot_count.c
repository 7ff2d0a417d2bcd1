/*
 * Loads, counters and closed bits of slots: the arrays that workers share with control.
 *
 * All arrays are carved out of one mapping that is reserved whole and takes memory where it is
 * touched. A flush takes the delta away before it adds it to the total, and control reads the total
 * before the deltas: so what control sees of a worker is its load of now or of the last flush, and
 * never counts a flow twice.
 *
 * A slot whose connections have all ended has loads that add up to 0, and deltas on their way to
 * the total still will; so only the counters are set to 0 for the next server.
 */

#include "lb_slot.h"

#include <assert.h>
#include <string.h>
#include <sys/mman.h>

#include <rte_prefetch.h>

#include "svc_slots.h"

/* Arrays begin on pages of their own. */
#define SLOT_ALIGN 4096

/* A flush asks for the slots that come so many later. */
#define FLUSH_AHEAD 8

/* The next n elements of a mapping. */
static void *
slot_carve(struct lb_slots *slots, size_t n, size_t size)
{
	uint8_t *at = (uint8_t *)slots + slots->size;

	slots->size += RTE_ALIGN_CEIL(n * size, SLOT_ALIGN);
	return at;
}

/* Lay the arrays out, one behind the other. */
static void
slot_layout(struct lb_slots *slots)
{
	static_assert(sizeof(struct lb_slot_own) == 64, "a slot is one cache line");

	slot_carve(slots, 1, sizeof(*slots));
	slots->states = slot_carve(slots, LB_SCHED_SLOTS, sizeof(*slots->states));
	slots->keys = slot_carve(slots, LB_SCHED_SLOTS, sizeof(*slots->keys));
	slots->chains = slot_carve(slots, LB_SCHED_SLOTS, sizeof(*slots->chains));
	slots->service = slot_carve(slots, LB_SCHED_SLOTS, sizeof(*slots->service));
	slots->total = slot_carve(slots, LB_SCHED_SLOTS, sizeof(*slots->total));
	slots->closed = slot_carve(slots, LB_SCHED_CLOSED(LB_SCHED_SLOTS), sizeof(*slots->closed));
	slots->rates = slot_carve(slots, LB_SCHED_SLOTS, sizeof(*slots->rates));
	slots->watchers = slot_carve(slots, LB_SCHED_SLOTS, sizeof(*slots->watchers));
	slots->workers = slot_carve(slots, slots->workers_n, sizeof(*slots->workers));
	for (uint32_t w = 0; w < slots->workers_n; w++) {
		struct lb_slot_worker *worker = &slots->workers[w].worker;

		worker->delta = slot_carve(slots, LB_SCHED_SLOTS, sizeof(*worker->delta));
		worker->own = slot_carve(slots, LB_SCHED_SLOTS, sizeof(*worker->own));
		worker->dirty = slot_carve(slots, LB_SCHED_SLOTS, sizeof(*worker->dirty));
		worker->dirty_map = slot_carve(slots, LB_SCHED_SLOTS / 64, sizeof(uint64_t));
		worker->changed = slot_carve(slots, LB_SCHED_SLOTS, sizeof(*worker->changed));
		worker->number = w;
		worker->total = slots->total;
		worker->service = slots->service;
		worker->closed = slots->closed;
	}
}

/* At least what slot_layout() uses: each array ends on a page. */
static size_t
slot_mapping_size(uint32_t workers)
{
	size_t shared = sizeof(uint8_t) + sizeof(struct slot_key) + 3 * sizeof(uint32_t) +
			sizeof(struct lb_sched_load) + sizeof(struct slot_rates) + 1;
	size_t own = sizeof(struct lb_sched_load) + sizeof(struct lb_slot_own) +
		     2 * sizeof(uint32_t) + 1;

	return LB_SCHED_SLOTS * (shared + own * workers) + sizeof(struct lb_slots) + SLOT_ALIGN +
	       workers * sizeof(struct slot_worker) + SLOT_ALIGN;
}

struct lb_slots *
lb_slots_create(uint32_t workers)
{
	size_t size = slot_mapping_size(workers);
	struct lb_slots *slots = mmap(NULL, size, PROT_READ | PROT_WRITE,
		MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	if (slots == MAP_FAILED)
		return NULL;
	slots->workers_n = workers;
	slot_layout(slots);
	assert(slots->size <= size);
	slots->size = size;
	return slots;
}

void
lb_slots_destroy(struct lb_slots *slots)
{
	if (slots != NULL)
		munmap(slots, slots->size);
}

struct lb_slot_worker *
lb_slots_worker(struct lb_slots *slots, uint32_t worker)
{
	return &slots->workers[worker].worker;
}

void
slot_count_reset(struct lb_slots *slots, uint32_t slot)
{
	for (uint32_t w = 0; w < slots->workers_n; w++) {
		struct lb_slot_own *own = &slots->workers[w].worker.own[slot];

		own->conns = 0;
		own->templates = 0;
		memset(own->packets, 0, sizeof(own->packets));
		memset(own->bytes, 0, sizeof(own->bytes));
	}
	memset(&slots->rates[slot], 0, sizeof(slots->rates[slot]));
	lb_slots_set_limits(slots, slot, 0, 0);
	lb_slots_set_closed(slots, slot, 0);
}

void
lb_slots_set_closed(struct lb_slots *slots, uint32_t slot, int closed)
{
	uint64_t bit = lb_sched_closed_bit(slot, LB_SCHED_DOWN);

	if (closed)
		__atomic_fetch_or(&slots->closed[slot / 32], bit, __ATOMIC_RELAXED);
	else
		__atomic_fetch_and(&slots->closed[slot / 32], ~bit, __ATOMIC_RELAXED);
}

/* A control lcore that was held up between two reads may see more ends than beginnings. */
static uint32_t
slot_not_negative(uint32_t sum)
{
	return (int32_t)sum < 0 ? 0 : sum;
}

struct lb_sched_load
lb_slots_load(const struct lb_slots *slots, uint32_t slot)
{
	struct lb_sched_load sum = {
		.active = __atomic_load_n(&slots->total[slot].active, __ATOMIC_ACQUIRE),
		.inactive = __atomic_load_n(&slots->total[slot].inactive, __ATOMIC_ACQUIRE),
	};

	for (uint32_t w = 0; w < slots->workers_n; w++) {
		const struct lb_sched_load *delta = &slots->workers[w].worker.delta[slot];

		sum.active += __atomic_load_n(&delta->active, __ATOMIC_RELAXED);
		sum.inactive += __atomic_load_n(&delta->inactive, __ATOMIC_RELAXED);
	}
	sum.active = slot_not_negative(sum.active);
	sum.inactive = slot_not_negative(sum.inactive);
	return sum;
}

struct lb_slot_stats
lb_slots_stats(const struct lb_slots *slots, uint32_t slot)
{
	struct lb_slot_stats sum = { 0 };
	uint32_t templates = 0;

	for (uint32_t w = 0; w < slots->workers_n; w++) {
		const struct lb_slot_own *own = &slots->workers[w].worker.own[slot];

		sum.conns += __atomic_load_n(&own->conns, __ATOMIC_RELAXED);
		templates += __atomic_load_n(&own->templates, __ATOMIC_RELAXED);
		for (int d = 0; d < LB_FWD_DIRECTIONS; d++) {
			sum.packets[d] += __atomic_load_n(&own->packets[d], __ATOMIC_RELAXED);
			sum.bytes[d] += __atomic_load_n(&own->bytes[d], __ATOMIC_RELAXED);
		}
	}
	sum.templates = templates;
	return sum;
}

/*
 * Move a delta, both numbers at once: a flow that became inactive is never seen as one more or one
 * less. The release keeps the order that the essay above promises.
 */
static void
slot_move(struct lb_sched_load *delta, struct lb_sched_load *total)
{
	struct lb_sched_load amount = *delta, seen, sum;

	if (amount.active == 0 && amount.inactive == 0)
		return;
	__atomic_store_n(&delta->active, 0, __ATOMIC_RELAXED);
	__atomic_store_n(&delta->inactive, 0, __ATOMIC_RELAXED);
	__atomic_load(total, &seen, __ATOMIC_RELAXED);
	do {
		sum.active = seen.active + amount.active;
		sum.inactive = seen.inactive + amount.inactive;
	} while (!__atomic_compare_exchange(
		total, &seen, &sum, true, __ATOMIC_SEQ_CST, __ATOMIC_RELAXED));
}

/* Whether a slot may have become full or open: also when its limit has just been taken away. */
static bool
slot_is_limited(const struct lb_slot_worker *worker, uint32_t slot)
{
	return __atomic_load_n(&worker->own[slot].limit.upper, __ATOMIC_SEQ_CST) != 0 ||
	       (__atomic_load_n(&worker->closed[slot / 32], __ATOMIC_RELAXED) &
		       lb_sched_closed_bit(slot, LB_SCHED_FULL)) != 0;
}

/* Ask for what a flush touches of the slot at a place of the list. */
static inline void
flush_prefetch(const struct lb_slot_worker *worker, uint32_t i)
{
	uint32_t slot;

	if (i >= worker->dirty_n)
		return;
	slot = worker->dirty[i];
	rte_prefetch0(&worker->delta[slot]);
	rte_prefetch0(&worker->total[slot]);
	rte_prefetch0(&worker->own[slot]);
}

void
lb_slot_flush(struct lb_slot_worker *worker)
{
	for (uint32_t i = 0; i < worker->dirty_n; i++) {
		uint32_t slot = worker->dirty[i];

		flush_prefetch(worker, i + FLUSH_AHEAD);
		slot_move(&worker->delta[slot], &worker->total[slot]);
		if (slot_is_limited(worker, slot))
			while (lb_slot_judge(worker, slot))
				;
		worker->dirty_map[slot / 64] &= ~(UINT64_C(1) << (slot % 64));
	}
	worker->dirty_n = 0;
}
