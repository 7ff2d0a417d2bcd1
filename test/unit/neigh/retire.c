/* Indices that left the map are not used again before all workers have swept. */

#include "bed.h"

#define POSITIONS(bed) ((bed)->view->size - 1)

static uint32_t
get_and_put(struct bed *bed, uint32_t n)
{
	uint32_t index = bed_get(bed, n);

	CU_ASSERT_NOT_EQUAL_FATAL(index, 0);
	lb_neigh_put(bed->table, index, bed->now);
	return index;
}

static void
one_batch_is_in_flight_at_a_time(void)
{
	struct bed bed;

	bed_init(&bed, 16, 16);
	CU_ASSERT_EQUAL(lb_neigh_retire_begin(bed.table, 4096), 0);
	for (uint32_t n = 0; n < 10; n++)
		get_and_put(&bed, n);
	CU_ASSERT_EQUAL(lb_neigh_retire_begin(bed.table, 7), 7);
	CU_ASSERT_EQUAL(lb_neigh_retire_begin(bed.table, 7), 0);
	get_and_put(&bed, 10);
	lb_neigh_retire_end(bed.table);
	CU_ASSERT_EQUAL(lb_neigh_retire_begin(bed.table, 7), 4);
	lb_neigh_retire_end(bed.table);
	CU_ASSERT_EQUAL(lb_neigh_retire_begin(bed.table, 7), 0);
	bed_fini(&bed);
}

static void
address_that_comes_back_has_a_new_index(void)
{
	struct bed bed;
	uint32_t first, second;

	bed_init(&bed, 16, 16);
	first = get_and_put(&bed, 1);
	second = bed_get(&bed, 1);
	CU_ASSERT_NOT_EQUAL(first, second);
	bed_hear(&bed, 1, 1, true);
	CU_ASSERT_EQUAL(lb_neigh_word(bed.view, first), 0);
	CU_ASSERT_EQUAL(lb_neigh_retire_begin(bed.table, 4096), 1);
	CU_ASSERT_EQUAL(lb_neigh_word(bed.view, first), 0);
	lb_neigh_retire_end(bed.table);
	CU_ASSERT_EQUAL(lb_neigh_word(bed.view, first), 0);
	CU_ASSERT_EQUAL(bed_find(&bed, 1), second);
	bed_fini(&bed);
}

/* Use up all positions: the first comes back after its batch has ended, and not before. */
static void
index_is_used_again_after_the_sweep_only(void)
{
	struct bed bed;
	uint32_t first, n;

	bed_init(&bed, 16, 16);
	first = get_and_put(&bed, 0);
	for (n = 1; n < POSITIONS(&bed); n++)
		CU_ASSERT_NOT_EQUAL_FATAL(get_and_put(&bed, n), first);
	CU_ASSERT_EQUAL(bed_get(&bed, n), 0);
	CU_ASSERT_EQUAL(lb_neigh_retire_begin(bed.table, 1), 1);
	CU_ASSERT_EQUAL(bed_get(&bed, n), 0);
	lb_neigh_retire_end(bed.table);
	CU_ASSERT_EQUAL(bed_get(&bed, n), first);
	CU_ASSERT_EQUAL(bed_get(&bed, n + 1), 0);
	bed_fini(&bed);
}

static void
batches_give_all_positions_back(void)
{
	struct bed bed;

	bed_init(&bed, 16, 16);
	for (int round = 0; round < 5; round++) {
		uint32_t left = POSITIONS(&bed);

		for (uint32_t n = 0; n < POSITIONS(&bed); n++)
			get_and_put(&bed, n);
		for (uint32_t n; (n = lb_neigh_retire_begin(bed.table, 4096)) != 0; left -= n) {
			CU_ASSERT_TRUE(n <= 4096);
			lb_neigh_retire_end(bed.table);
		}
		CU_ASSERT_EQUAL(left, 0);
	}
	bed_fini(&bed);
}

static const struct unit_test tests[] = {
	UNIT_TEST(one_batch_is_in_flight_at_a_time),
	UNIT_TEST(address_that_comes_back_has_a_new_index),
	UNIT_TEST(index_is_used_again_after_the_sweep_only),
	UNIT_TEST(batches_give_all_positions_back),
	UNIT_END,
};

const struct unit_suite unit_neigh_retire = { "retire", tests };
