/* When the defence against floods begins and ends, look by look. */

#include "defence.h"

#include "unit.h"

/* So many more since the last look. */
static enum defence_state
look(struct defence_worker *worker, uint64_t evicted, uint64_t refused)
{
	struct defence_counts now = worker->counts;

	now.evicted += evicted;
	now.refused += refused;
	defence_look(worker, &now);
	return worker->state;
}

static void
worse_begins_at_once(void)
{
	struct defence_worker worker = { 0 };

	CU_ASSERT_EQUAL(look(&worker, 0, 0), DEFENCE_OFF);
	CU_ASSERT_EQUAL(look(&worker, 1, 0), DEFENCE_EVICTING);
	CU_ASSERT_EQUAL(look(&worker, 5, 1), DEFENCE_REFUSING);
	CU_ASSERT_STRING_EQUAL(defence_name(worker.state), "refusing");
}

static void
first_packets_that_pass_are_the_least_of_it(void)
{
	struct defence_worker worker = { 0 };
	struct defence_counts now = { .passed = 1 };

	defence_look(&worker, &now);
	CU_ASSERT_STRING_EQUAL(defence_name(worker.state), "hashing");
	now.passed++;
	now.evicted++;
	defence_look(&worker, &now);
	CU_ASSERT_STRING_EQUAL(defence_name(worker.state), "evicting");
	now.passed++;
	for (int i = 0; i < 10; i++) {
		CU_ASSERT_EQUAL(worker.state, DEFENCE_EVICTING);
		now.passed++;
		defence_look(&worker, &now);
	}
	CU_ASSERT_EQUAL(worker.state, DEFENCE_HASHING);
}

static void
better_is_believed_after_ten_looks(void)
{
	struct defence_worker worker = { 0 };

	look(&worker, 1, 1);
	for (int i = 0; i < 9; i++)
		CU_ASSERT_EQUAL(look(&worker, 1, 0), DEFENCE_REFUSING);
	CU_ASSERT_EQUAL(look(&worker, 1, 0), DEFENCE_EVICTING);
	for (int i = 0; i < 9; i++)
		CU_ASSERT_EQUAL(look(&worker, 0, 0), DEFENCE_EVICTING);
	CU_ASSERT_EQUAL(look(&worker, 0, 0), DEFENCE_OFF);
}

static void
waves_are_one_flood(void)
{
	struct defence_worker worker = { 0 };

	for (int wave = 0; wave < 5; wave++) {
		CU_ASSERT_EQUAL(look(&worker, 1, 0), DEFENCE_EVICTING);
		for (int i = 0; i < 9; i++)
			CU_ASSERT_EQUAL(look(&worker, 0, 0), DEFENCE_EVICTING);
	}
}

static const struct unit_test tests[] = {
	UNIT_TEST(worse_begins_at_once),
	UNIT_TEST(first_packets_that_pass_are_the_least_of_it),
	UNIT_TEST(better_is_believed_after_ten_looks),
	UNIT_TEST(waves_are_one_flood),
	UNIT_END,
};

const struct unit_suite unit_polluxd_defence = { "defence", tests };
