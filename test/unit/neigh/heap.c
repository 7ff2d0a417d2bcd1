/* The heap of due times against a plain array. */

#include "neigh_heap.h"
#include "unit.h"

#define SIZE 200

static uint32_t
draw(uint32_t n)
{
	static uint64_t state = 0xda3e39cb94b95bdb;

	state = state * 6364136223846793005 + 1442695040888963407;
	return (uint32_t)((state >> 33) % n);
}

static uint64_t
model_earliest(const uint64_t *due)
{
	uint64_t earliest = UINT64_MAX;

	for (uint32_t i = 1; i < SIZE; i++)
		if (due[i] < earliest)
			earliest = due[i];
	return earliest;
}

static void
earliest_is_on_top_whatever_is_set_moved_or_dropped(void)
{
	uint64_t due[SIZE];
	struct neigh_heap heap;

	CU_ASSERT_EQUAL_FATAL(neigh_heap_init(&heap, SIZE), 0);
	for (uint32_t i = 0; i < SIZE; i++)
		due[i] = UINT64_MAX;
	for (int round = 0; round < 100000; round++) {
		uint32_t index = 1 + draw(SIZE - 1);
		struct neigh_due top;

		if (draw(3) == 0) {
			due[index] = UINT64_MAX;
			neigh_heap_drop(&heap, index);
		} else {
			due[index] = draw(1000);
			neigh_heap_set(&heap, index, due[index]);
		}
		top = neigh_heap_top(&heap);
		CU_ASSERT_EQUAL_FATAL(top.ms, model_earliest(due));
		CU_ASSERT_TRUE_FATAL(top.index == 0 || due[top.index] == top.ms);
	}
	neigh_heap_fini(&heap);
}

static void
heap_is_emptied_in_order(void)
{
	struct neigh_heap heap;
	uint64_t last = 0;

	CU_ASSERT_EQUAL_FATAL(neigh_heap_init(&heap, SIZE), 0);
	for (uint32_t i = 1; i < SIZE; i++)
		neigh_heap_set(&heap, i, draw(1000));
	for (uint32_t i = 1; i < SIZE; i++) {
		struct neigh_due top = neigh_heap_top(&heap);

		CU_ASSERT_TRUE(top.ms >= last);
		last = top.ms;
		neigh_heap_drop(&heap, top.index);
	}
	CU_ASSERT_EQUAL(neigh_heap_top(&heap).index, 0);
	CU_ASSERT_EQUAL(neigh_heap_top(&heap).ms, UINT64_MAX);
	neigh_heap_fini(&heap);
}

static const struct unit_test tests[] = {
	UNIT_TEST(earliest_is_on_top_whatever_is_set_moved_or_dropped),
	UNIT_TEST(heap_is_emptied_in_order),
	UNIT_END,
};

const struct unit_suite unit_neigh_heap = { "heap", tests };
