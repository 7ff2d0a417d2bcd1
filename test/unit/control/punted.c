/* Budgets, rates and turns of punted packets, with a clock that only the test moves. */

#include "punted.h"
#include "bed.h"

#define NO_LIMIT 1000000

static struct bed bed;
static struct punted punted;

static void
begin(uint32_t workers, uint32_t budget, uint32_t rate)
{
	bed_begin(&bed, workers, budget, rate);
	punted = (struct punted){ .conf = &bed.conf };
}

/* Serve one turn; returns how many packets were served. */
static uint32_t
serve(uint64_t now_ms)
{
	uint32_t before = bed.calls_n;

	punted_serve(&punted, now_ms);
	return bed.calls_n - before;
}

static void
classes_are_served_in_their_order(void)
{
	begin(2, 64, NO_LIMIT);
	bed_put(&bed, 0, LB_CTLQ_NEIGH, 1, 2);
	bed_put(&bed, 1, LB_CTLQ_ARP_VIP, 3, 2);
	CU_ASSERT_EQUAL(serve(BED_START_MS), 4);
	for (uint32_t i = 0; i < 4; i++)
		CU_ASSERT_EQUAL(bed.calls[i].class, i < 2 ? LB_CTLQ_ARP_VIP : LB_CTLQ_NEIGH);
	CU_ASSERT_EQUAL(bed.calls[0].number, 3);
	CU_ASSERT_EQUAL(bed.calls[1].number, 4);
	CU_ASSERT_EQUAL(bed.calls[2].number, 1);
	CU_ASSERT_EQUAL(bed.calls[3].number, 2);
	bed_end(&bed);
}

static void
handler_is_told_the_worker(void)
{
	begin(3, 64, NO_LIMIT);
	for (uint32_t w = 0; w < 3; w++)
		bed_put(&bed, w, LB_CTLQ_NEIGH, w + 10, 1);
	CU_ASSERT_EQUAL(serve(BED_START_MS), 3);
	for (uint32_t i = 0; i < 3; i++)
		CU_ASSERT_EQUAL(bed.calls[i].number, bed.calls[i].worker + 10);
	bed_end(&bed);
}

static void
budget_is_for_all_workers_together(void)
{
	begin(2, 5, NO_LIMIT);
	bed_put(&bed, 0, LB_CTLQ_NEIGH, 1, 4);
	bed_put(&bed, 1, LB_CTLQ_NEIGH, 11, 4);
	CU_ASSERT_EQUAL(serve(BED_START_MS), 5);
	CU_ASSERT_TRUE(punted_is_due(&punted));
	CU_ASSERT_EQUAL(serve(BED_START_MS), 3);
	CU_ASSERT_FALSE(punted_is_due(&punted));
	bed_end(&bed);
}

static void
budget_larger_than_a_burst_is_used_up(void)
{
	begin(1, 100, NO_LIMIT);
	bed_put(&bed, 0, LB_CTLQ_NEIGH, 1, 300);
	CU_ASSERT_EQUAL(serve(BED_START_MS), 100);
	CU_ASSERT_EQUAL(serve(BED_START_MS), 100);
	for (uint32_t i = 0; i < 200; i++)
		CU_ASSERT_EQUAL(bed.calls[i].number, i + 1);
	bed_end(&bed);
}

static void
flood_of_one_class_leaves_the_others_their_budget(void)
{
	begin(1, 4, NO_LIMIT);
	bed_put(&bed, 0, LB_CTLQ_ARP_VIP, 1, 100);
	bed_put(&bed, 0, LB_CTLQ_NEIGH, 1, 100);
	CU_ASSERT_EQUAL(serve(BED_START_MS), 8);
	for (uint32_t i = 0; i < 8; i++)
		CU_ASSERT_EQUAL(bed.calls[i].class, i < 4 ? LB_CTLQ_ARP_VIP : LB_CTLQ_NEIGH);
	bed_end(&bed);
}

static void
workers_are_first_in_turn(void)
{
	begin(3, 1, NO_LIMIT);
	for (uint32_t w = 0; w < 3; w++)
		bed_put(&bed, w, LB_CTLQ_NEIGH, 1, 10);
	for (uint32_t i = 0; i < 9; i++) {
		CU_ASSERT_EQUAL(serve(BED_START_MS + i), 1);
		CU_ASSERT_EQUAL(bed.calls[i].worker, i % 3);
	}
	bed_end(&bed);
}

static void
at_most_a_tenth_of_a_second_is_served_at_once(void)
{
	begin(1, NO_LIMIT, 1000);
	bed_put(&bed, 0, LB_CTLQ_NEIGH, 1, 500);
	CU_ASSERT_EQUAL(serve(BED_START_MS), 101);
	CU_ASSERT_EQUAL(serve(BED_START_MS), 0);
	CU_ASSERT_EQUAL(serve(BED_START_MS + 10000), 101);
	bed_end(&bed);
}

static void
packet_beyond_the_rate_is_held_back_not_due(void)
{
	begin(1, 64, 10);
	bed_put(&bed, 0, LB_CTLQ_NEIGH, 1, 3);
	CU_ASSERT_EQUAL(serve(BED_START_MS), 2);
	CU_ASSERT_FALSE(punted_is_due(&punted));
	CU_ASSERT_TRUE(punted_is_held_back(&punted));
	CU_ASSERT_EQUAL(serve(BED_START_MS + 99), 0);
	CU_ASSERT_EQUAL(serve(BED_START_MS + 100), 1);
	CU_ASSERT_FALSE(punted_is_held_back(&punted));
	bed_end(&bed);
}

static void
class_that_is_held_back_does_not_hold_others(void)
{
	begin(1, 64, 10);
	bed.conf.classes[LB_CTLQ_NEIGH].rate = NO_LIMIT;
	bed_put(&bed, 0, LB_CTLQ_ARP_VIP, 1, 20);
	bed_put(&bed, 0, LB_CTLQ_NEIGH, 1, 20);
	CU_ASSERT_EQUAL(serve(BED_START_MS), 2 + 20);
	bed_put(&bed, 0, LB_CTLQ_NEIGH, 1, 1);
	CU_ASSERT_TRUE(punted_is_due(&punted));
	CU_ASSERT_TRUE(punted_is_held_back(&punted));
	bed_end(&bed);
}

/* Packets served in 10 s with a turn every step_ms, behind what is served at once. */
static uint32_t
served_in_10_s(uint32_t rate, uint32_t step_ms)
{
	uint32_t served = 0;

	begin(1, NO_LIMIT, rate);
	bed_put(&bed, 0, LB_CTLQ_NEIGH, 1, 500);
	serve(BED_START_MS);
	for (uint32_t ms = step_ms; ms <= 10000; ms += step_ms) {
		served += serve(BED_START_MS + ms);
		bed.calls_n = 0;
		bed_put(&bed, 0, LB_CTLQ_NEIGH, 1,
			rte_ring_free_count(bed.queues[0].rings[LB_CTLQ_NEIGH]));
	}
	bed_end(&bed);
	return served;
}

static void
rate_is_kept_whatever_the_turns_are(void)
{
	CU_ASSERT_EQUAL(served_in_10_s(1500, 1), 15000);
	CU_ASSERT_EQUAL(served_in_10_s(1000, 1), 10000);
	CU_ASSERT_EQUAL(served_in_10_s(999, 5), 9990);
	CU_ASSERT_EQUAL(served_in_10_s(30, 10), 300);
	CU_ASSERT_EQUAL(served_in_10_s(100, 7), 999);
}

static void
nothing_punted_is_neither_due_nor_held_back(void)
{
	begin(3, 64, 10);
	CU_ASSERT_FALSE(punted_is_due(&punted));
	CU_ASSERT_FALSE(punted_is_held_back(&punted));
	CU_ASSERT_EQUAL(serve(BED_START_MS), 0);
	CU_ASSERT_FALSE(punted_is_due(&punted));
	bed_end(&bed);
}

static const struct unit_test tests[] = {
	UNIT_TEST(classes_are_served_in_their_order),
	UNIT_TEST(handler_is_told_the_worker),
	UNIT_TEST(budget_is_for_all_workers_together),
	UNIT_TEST(budget_larger_than_a_burst_is_used_up),
	UNIT_TEST(flood_of_one_class_leaves_the_others_their_budget),
	UNIT_TEST(workers_are_first_in_turn),
	UNIT_TEST(at_most_a_tenth_of_a_second_is_served_at_once),
	UNIT_TEST(packet_beyond_the_rate_is_held_back_not_due),
	UNIT_TEST(class_that_is_held_back_does_not_hold_others),
	UNIT_TEST(rate_is_kept_whatever_the_turns_are),
	UNIT_TEST(nothing_punted_is_neither_due_nor_held_back),
	UNIT_END,
};

const struct unit_suite unit_control_punted = { "punted", tests };
