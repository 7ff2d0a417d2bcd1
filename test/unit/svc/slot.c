/* Slots: who gets which, what is counted on them, and when they are given away. */

#include <stdlib.h>
#include <string.h>

#include "lb_slot.h"
#include "unit.h"

static uint64_t nothing[LB_SCHED_SLOTS / 64];

static struct lb_endpoint
server(uint32_t host, uint16_t port)
{
	return (struct lb_endpoint){
		.addr = lb_addr_ip4(rte_cpu_to_be_32(UINT32_C(0x0a020000) + host)),
		.port = rte_cpu_to_be_16(port),
	};
}

static struct lb_slots *
create(uint32_t workers)
{
	struct lb_slots *slots = lb_slots_create(workers);

	CU_ASSERT_PTR_NOT_NULL_FATAL(slots);
	return slots;
}

/* Sweep while no connection is left. */
static uint32_t
sweep(struct lb_slots *slots)
{
	lb_slots_sweep_begin(slots);
	return lb_slots_sweep_end(slots, nothing);
}

static void
key_is_service_address_and_port(void)
{
	struct lb_endpoint a = server(1, 80), b = server(1, 81), c = server(2, 80);
	struct lb_slots *slots = create(1);
	uint32_t first = lb_slots_take(slots, "web", &a);

	CU_ASSERT_EQUAL(lb_slots_take(slots, "web", &a), first);
	CU_ASSERT_EQUAL(lb_slots_lookup(slots, "web", &a), first);
	CU_ASSERT_EQUAL(lb_slots_lookup(slots, "web", &b), LB_SLOT_NONE);
	CU_ASSERT_NOT_EQUAL(lb_slots_take(slots, "web", &b), first);
	CU_ASSERT_NOT_EQUAL(lb_slots_take(slots, "web", &c), first);
	CU_ASSERT_NOT_EQUAL(lb_slots_take(slots, "dns", &a), first);
	CU_ASSERT_EQUAL(lb_slots_lookup(slots, "we", &a), LB_SLOT_NONE);
	lb_slots_destroy(slots);
}

static void
retired_slot_waits_for_a_sweep_without_connections(void)
{
	struct lb_endpoint a = server(1, 80), b = server(2, 80);
	struct lb_slots *slots = create(1);
	uint32_t slot = lb_slots_take(slots, "web", &a);
	uint64_t *used = calloc(LB_SCHED_SLOTS / 64, sizeof(*used));

	lb_slots_retire(slots, slot);
	CU_ASSERT_EQUAL(lb_slots_retired(slots), 1);
	CU_ASSERT_NOT_EQUAL(lb_slots_take(slots, "web", &b), slot);
	CU_ASSERT_EQUAL(lb_slots_sweep_begin(slots), 1);
	used[slot / 64] |= UINT64_C(1) << (slot % 64);
	CU_ASSERT_EQUAL(lb_slots_sweep_end(slots, used), 0);
	CU_ASSERT_EQUAL(lb_slots_retired(slots), 1);
	CU_ASSERT_EQUAL(lb_slots_lookup(slots, "web", &a), slot);
	CU_ASSERT_EQUAL(sweep(slots), 1);
	CU_ASSERT_EQUAL(lb_slots_retired(slots), 0);
	CU_ASSERT_EQUAL(lb_slots_lookup(slots, "web", &a), LB_SLOT_NONE);
	CU_ASSERT_EQUAL(lb_slots_take(slots, "dns", &b), slot);
	free(used);
	lb_slots_destroy(slots);
}

static void
slot_retired_while_a_sweep_runs_waits_for_the_next(void)
{
	struct lb_endpoint a = server(1, 80), b = server(2, 80);
	struct lb_slots *slots = create(1);
	uint32_t early = lb_slots_take(slots, "web", &a), late = lb_slots_take(slots, "web", &b);

	lb_slots_retire(slots, early);
	CU_ASSERT_EQUAL(lb_slots_sweep_begin(slots), 1);
	lb_slots_retire(slots, late);
	CU_ASSERT_EQUAL(lb_slots_take(slots, "web", &a), early);
	lb_slots_retire(slots, early);
	CU_ASSERT_EQUAL(lb_slots_sweep_end(slots, nothing), 0);
	CU_ASSERT_EQUAL(lb_slots_retired(slots), 2);
	CU_ASSERT_EQUAL(sweep(slots), 2);
	lb_slots_destroy(slots);
}

static void
released_slot_is_as_if_never_taken(void)
{
	struct lb_endpoint a = server(1, 80), b = server(2, 80);
	struct lb_slots *slots = create(1);
	uint32_t slot = lb_slots_take(slots, "web", &a);

	lb_slots_release(slots, slot);
	CU_ASSERT_EQUAL(lb_slots_lookup(slots, "web", &a), LB_SLOT_NONE);
	CU_ASSERT_EQUAL(lb_slots_retired(slots), 0);
	CU_ASSERT_EQUAL(lb_slots_take(slots, "web", &b), slot);
	lb_slots_retire(slots, slot);
	CU_ASSERT_EQUAL(lb_slots_take(slots, "web", &b), slot);
	CU_ASSERT_EQUAL(lb_slots_retired(slots), 0);
	lb_slots_release(slots, slot);
	CU_ASSERT_EQUAL(lb_slots_lookup(slots, "web", &b), slot);
	CU_ASSERT_EQUAL(lb_slots_retired(slots), 1);
	lb_slots_destroy(slots);
}

static void
server_that_comes_back_has_its_counters_and_a_new_one_none(void)
{
	struct lb_endpoint a = server(1, 80), b = server(2, 80);
	struct lb_slots *slots = create(2);
	uint32_t slot = lb_slots_take(slots, "web", &a);
	const uint64_t *closed = lb_slots_worker(slots, 0)->closed;

	for (uint32_t w = 0; w < 2; w++) {
		lb_slots_worker(slots, w)->own[slot].conns++;
		lb_slot_count(lb_slots_worker(slots, w), slot, 0, 100);
		lb_slot_count(lb_slots_worker(slots, w), slot, 1, 1500);
	}
	lb_slots_worker(slots, 0)->own[slot].templates = 3;
	lb_slots_worker(slots, 1)->own[slot].templates = UINT32_MAX; /* one that the other began */
	lb_slots_set_closed(slots, slot, 1);
	lb_slots_set_limits(slots, slot, 1, 0);
	lb_slot_add(lb_slots_worker(slots, 0), slot, 1, 0);
	lb_slots_retire(slots, slot);
	CU_ASSERT_EQUAL(lb_slots_take(slots, "web", &a), slot);
	CU_ASSERT_EQUAL(lb_slots_stats(slots, slot).conns, 2);
	CU_ASSERT_EQUAL(lb_slots_stats(slots, slot).templates, 2);
	CU_ASSERT_EQUAL(lb_slots_stats(slots, slot).packets[0], 2);
	CU_ASSERT_EQUAL(lb_slots_stats(slots, slot).bytes[0], 200);
	CU_ASSERT_EQUAL(lb_slots_stats(slots, slot).bytes[1], 3000);
	CU_ASSERT_EQUAL(closed[slot / 32], lb_sched_closed_bit(slot, LB_SCHED_DOWN) |
						   lb_sched_closed_bit(slot, LB_SCHED_FULL));
	lb_slots_retire(slots, slot);
	CU_ASSERT_EQUAL(sweep(slots), 1);
	CU_ASSERT_EQUAL(lb_slots_take(slots, "web", &b), slot);
	CU_ASSERT_EQUAL(lb_slots_stats(slots, slot).conns, 0);
	CU_ASSERT_EQUAL(lb_slots_stats(slots, slot).templates, 0);
	CU_ASSERT_EQUAL(lb_slots_stats(slots, slot).packets[0], 0);
	CU_ASSERT_EQUAL(lb_slots_stats(slots, slot).bytes[1], 0);
	CU_ASSERT_EQUAL(closed[slot / 32], 0);
	CU_ASSERT_EQUAL(lb_slots_worker(slots, 0)->own[slot].limit.upper, 0);
	lb_slots_destroy(slots);
}

static void
flush_moves_deltas_into_the_total(void)
{
	struct lb_slots *slots = create(2);
	struct lb_slot_worker *one = lb_slots_worker(slots, 0), *two = lb_slots_worker(slots, 1);

	lb_slot_add(one, 7, 3, 0);
	lb_slot_add(one, 7, -1, 1);
	lb_slot_add(one, 262143, 0, 5);
	lb_slot_add(two, 7, 10, 0);
	CU_ASSERT_EQUAL(one->dirty_n, 2);
	CU_ASSERT_EQUAL(one->total[7].active, 0);
	CU_ASSERT_EQUAL(lb_slots_load(slots, 7).active, 12);
	lb_slot_flush(one);
	CU_ASSERT_EQUAL(one->dirty_n, 0);
	CU_ASSERT_EQUAL(one->delta[7].active, 0);
	CU_ASSERT_EQUAL(two->total[7].active, 2);
	CU_ASSERT_EQUAL(two->total[7].inactive, 1);
	CU_ASSERT_EQUAL(two->total[262143].inactive, 5);
	CU_ASSERT_EQUAL(two->delta[7].active, 10);
	CU_ASSERT_EQUAL(lb_slots_load(slots, 7).active, 12);
	lb_slot_add(one, 7, -2, -1);
	CU_ASSERT_EQUAL(one->dirty_n, 1);
	lb_slot_flush(one);
	lb_slot_flush(two);
	CU_ASSERT_EQUAL(one->total[7].active, 10);
	CU_ASSERT_EQUAL(lb_slots_load(slots, 7).inactive, 0);
	lb_slots_destroy(slots);
}

static void
all_slots_can_be_taken_and_no_more(void)
{
	struct lb_slots *slots = create(1);
	struct lb_endpoint one_more = server(LB_SCHED_SLOTS, 80);
	uint64_t *seen = calloc(LB_SCHED_SLOTS / 64, sizeof(*seen));
	unsigned int wrong = 0;

	for (uint32_t i = 0; i < LB_SCHED_SLOTS; i++) {
		struct lb_endpoint a = server(i, 80);
		uint32_t slot = lb_slots_take(slots, "web", &a);

		if (slot >= LB_SCHED_SLOTS || (seen[slot / 64] >> (slot % 64) & 1) != 0)
			wrong++;
		else
			seen[slot / 64] |= UINT64_C(1) << (slot % 64);
	}
	CU_ASSERT_EQUAL(wrong, 0);
	CU_ASSERT_EQUAL(lb_slots_take(slots, "web", &one_more), LB_SLOT_NONE);
	lb_slots_retire(slots, 1000);
	CU_ASSERT_EQUAL(lb_slots_take(slots, "web", &one_more), LB_SLOT_NONE);
	CU_ASSERT_EQUAL(sweep(slots), 1);
	CU_ASSERT_EQUAL(lb_slots_take(slots, "web", &one_more), 1000);
	free(seen);
	lb_slots_destroy(slots);
}

static const struct unit_test tests[] = {
	UNIT_TEST(key_is_service_address_and_port),
	UNIT_TEST(retired_slot_waits_for_a_sweep_without_connections),
	UNIT_TEST(slot_retired_while_a_sweep_runs_waits_for_the_next),
	UNIT_TEST(released_slot_is_as_if_never_taken),
	UNIT_TEST(server_that_comes_back_has_its_counters_and_a_new_one_none),
	UNIT_TEST(flush_moves_deltas_into_the_total),
	UNIT_TEST(all_slots_can_be_taken_and_no_more),
	UNIT_END,
};

const struct unit_suite unit_svc_slot = { "slot", tests };
