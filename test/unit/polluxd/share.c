/* Shares of servers that start slowly. */

#include "share.h"

#include "unit.h"

static void
share_grows_evenly_from_a_twentieth_to_the_whole(void)
{
	uint32_t last = 0, steps = 0;

	CU_ASSERT_EQUAL(share_at(0, 10000), 1);
	for (uint64_t age = 0; age <= 10000; age += 100) {
		uint32_t share = share_at(age, 10000);

		CU_ASSERT_TRUE(share == last || share == last + 1);
		steps += share != last;
		last = share;
	}
	CU_ASSERT_EQUAL(steps, SHARE_WHOLE);
	CU_ASSERT_EQUAL(share_at(9999, 10000), SHARE_WHOLE - 1);
	CU_ASSERT_EQUAL(share_at(10000, 10000), SHARE_WHOLE);
	CU_ASSERT_EQUAL(share_at(UINT64_MAX, 1), SHARE_WHOLE);
	CU_ASSERT_EQUAL(share_at(0, 0), SHARE_WHOLE);
}

static void
weights_are_as_they_are_when_all_shares_are_whole(void)
{
	CU_ASSERT_EQUAL(share_weight(7, SHARE_WHOLE, 1), 7);
	CU_ASSERT_EQUAL(share_weight(7, SHARE_WHOLE, 0), 7 * SHARE_WHOLE);
	CU_ASSERT_EQUAL(share_weight(7, 1, 0), 7);
	CU_ASSERT_EQUAL(share_weight(65535, SHARE_WHOLE, 0), 65535 * SHARE_WHOLE);
	CU_ASSERT_EQUAL(share_weight(0, SHARE_WHOLE, 0), 0);
}

static const struct unit_test tests[] = {
	UNIT_TEST(share_grows_evenly_from_a_twentieth_to_the_whole),
	UNIT_TEST(weights_are_as_they_are_when_all_shares_are_whole),
	UNIT_END,
};

const struct unit_suite unit_polluxd_share = { "share", tests };
