/* Rates: one step by numbers made by hand, and steps of many slots in slices. */

#include <stdlib.h>

#include "lb_slot.h"
#include "unit.h"

#define EVENTS(n) ((uint64_t)(n) << LB_RATE_EVENTS)

static struct lb_endpoint
server(uint32_t host)
{
	return (struct lb_endpoint){
		.addr = lb_addr_ip4(rte_cpu_to_be_32(UINT32_C(0x0a020000) + host)),
		.port = RTE_BE16(80),
	};
}

/* 100 in each 2 seconds are 50 in one: 12.5, 21.875, 28.90625, 34.1796875 times 1024. */
static void
average_moves_a_quarter_of_the_way(void)
{
	static const uint64_t expected[] = { 12800, 22400, 29600, 35000 };
	static const uint64_t shown[] = { 12, 22, 29, 34 };
	uint64_t average = 0;

	for (int i = 0; i < 4; i++) {
		average = lb_rate_step(average, 100, LB_RATE_EVENTS);
		CU_ASSERT_EQUAL(average, expected[i]);
		CU_ASSERT_EQUAL(lb_rate_per_second(average, LB_RATE_EVENTS), shown[i]);
	}
	for (int i = 0; i < 100; i++)
		average = lb_rate_step(average, 100, LB_RATE_EVENTS);
	CU_ASSERT_EQUAL(lb_rate_per_second(average, LB_RATE_EVENTS), 50);
}

/* 3000 bytes in 2 seconds: 1500 * 32 / 4, and so on. */
static void
bytes_have_a_shorter_fraction(void)
{
	uint64_t average = lb_rate_step(0, 3000, LB_RATE_BYTES);

	CU_ASSERT_EQUAL(average, 12000);
	CU_ASSERT_EQUAL(lb_rate_per_second(average, LB_RATE_BYTES), 375);
	average = lb_rate_step(average, 0, LB_RATE_BYTES);
	CU_ASSERT_EQUAL(average, 9000);
	CU_ASSERT_EQUAL(lb_rate_per_second(average, LB_RATE_BYTES), 281); /* 281.25 */
	/* 400 Gbit/s */
	average = 0;
	for (int i = 0; i < 100; i++)
		average = lb_rate_step(average, UINT64_C(100000000000), LB_RATE_BYTES);
	CU_ASSERT_EQUAL(lb_rate_per_second(average, LB_RATE_BYTES), UINT64_C(50000000000));
}

static void
average_falls_to_nothing(void)
{
	uint64_t average = EVENTS(1000000);
	int steps = 0;

	while (average != 0 && steps < 200) {
		uint64_t next = lb_rate_step(average, 0, LB_RATE_EVENTS);

		CU_ASSERT_TRUE(next < average);
		average = next;
		steps++;
	}
	CU_ASSERT_EQUAL(average, 0);
	CU_ASSERT_TRUE(steps > 60);
}

static void
half_is_rounded_down_and_more_up(void)
{
	CU_ASSERT_EQUAL(lb_rate_per_second(512, LB_RATE_EVENTS), 0);
	CU_ASSERT_EQUAL(lb_rate_per_second(513, LB_RATE_EVENTS), 1);
	CU_ASSERT_EQUAL(lb_rate_per_second(16, LB_RATE_BYTES), 0);
	CU_ASSERT_EQUAL(lb_rate_per_second(17, LB_RATE_BYTES), 1);
}

/* Counters of all workers, each rate from its own. */
static void
slot_has_rates_of_what_all_workers_count(void)
{
	struct lb_slots *slots = lb_slots_create(2);
	struct lb_endpoint a = server(1);
	uint32_t slot = lb_slots_take(slots, "web", &a);
	struct lb_slot_rates rates;

	for (uint32_t w = 0; w < 2; w++) {
		struct lb_slot_worker *worker = lb_slots_worker(slots, w);

		worker->own[slot].conns += 4;
		for (int i = 0; i < 16; i++)
			lb_slot_count(worker, slot, 0, 100);
		for (int i = 0; i < 8; i++)
			lb_slot_count(worker, slot, 1, 1500);
	}
	CU_ASSERT_EQUAL(lb_slots_rate_some(slots, 0, 10), 0);
	rates = lb_slots_rates(slots, slot);
	CU_ASSERT_EQUAL(rates.conns, EVENTS(1));
	CU_ASSERT_EQUAL(rates.packets[0], EVENTS(4));
	CU_ASSERT_EQUAL(rates.packets[1], EVENTS(2));
	CU_ASSERT_EQUAL(lb_rate_per_second(rates.bytes[0], LB_RATE_BYTES), 400);
	CU_ASSERT_EQUAL(lb_rate_per_second(rates.bytes[1], LB_RATE_BYTES), 3000);
	CU_ASSERT_EQUAL(lb_slots_rate_some(slots, 0, 10), 0);
	CU_ASSERT_EQUAL(lb_slots_rates(slots, slot).conns, 768);
	lb_slots_destroy(slots);
}

/* Each slot makes one step in a round, whatever the slices are, and free ones make none. */
static void
round_is_made_in_slices(void)
{
	uint64_t *used = calloc(LB_SCHED_SLOTS / 64, sizeof(*used));
	struct lb_slots *slots = lb_slots_create(1);
	uint32_t at = 0, slices = 0;
	unsigned int wrong = 0;

	for (uint32_t i = 0; i < 1000; i++) {
		struct lb_endpoint a = server(i);
		uint32_t slot = lb_slots_take(slots, "web", &a);

		lb_slots_worker(slots, 0)->own[slot].conns = 8 * i;
		if (i % 10 == 0)
			lb_slots_retire(slots, slot);
	}
	lb_slots_sweep_begin(slots);
	used[0] |= 1; /* the first has connections still */
	CU_ASSERT_EQUAL(lb_slots_sweep_end(slots, used), 99);
	do {
		at = lb_slots_rate_some(slots, at, 64);
		slices++;
	} while (at != 0);
	CU_ASSERT_EQUAL(slices, 15); /* 901 by 64 */
	for (uint32_t i = 0; i < 1000; i++)
		wrong += lb_slots_rates(slots, i).conns != (i % 10 == 0 ? 0 : EVENTS(i));
	CU_ASSERT_EQUAL(wrong, 0);
	free(used);
	lb_slots_destroy(slots);
}

static void
server_that_gets_a_used_slot_has_no_rates(void)
{
	uint64_t *used = calloc(LB_SCHED_SLOTS / 64, sizeof(*used));
	struct lb_slots *slots = lb_slots_create(1);
	struct lb_endpoint a = server(1), b = server(2);
	uint32_t slot = lb_slots_take(slots, "web", &a);

	lb_slots_worker(slots, 0)->own[slot].conns = 80;
	lb_slots_rate_some(slots, 0, 10);
	CU_ASSERT_EQUAL(lb_slots_rates(slots, slot).conns, EVENTS(10));
	lb_slots_retire(slots, slot);
	CU_ASSERT_EQUAL(lb_slots_take(slots, "web", &a), slot);
	CU_ASSERT_EQUAL(lb_slots_rates(slots, slot).conns, EVENTS(10));
	lb_slots_retire(slots, slot);
	lb_slots_sweep_begin(slots);
	CU_ASSERT_EQUAL(lb_slots_sweep_end(slots, used), 1);
	CU_ASSERT_EQUAL(lb_slots_take(slots, "web", &b), slot);
	lb_slots_rate_some(slots, 0, 10);
	CU_ASSERT_EQUAL(lb_slots_rates(slots, slot).conns, 0);
	free(used);
	lb_slots_destroy(slots);
}

static const struct unit_test tests[] = {
	UNIT_TEST(average_moves_a_quarter_of_the_way),
	UNIT_TEST(bytes_have_a_shorter_fraction),
	UNIT_TEST(average_falls_to_nothing),
	UNIT_TEST(half_is_rounded_down_and_more_up),
	UNIT_TEST(slot_has_rates_of_what_all_workers_count),
	UNIT_TEST(round_is_made_in_slices),
	UNIT_TEST(server_that_gets_a_used_slot_has_no_rates),
	UNIT_END,
};

const struct unit_suite unit_svc_rate = { "rate", tests };
