/* How many answers leave in a second: ICMP errors, fragmentation needed per client, resets. */

#include <stdlib.h>

#include "lb_node_limit.h"
#include "unit.h"

#define CLIENT RTE_BE32(0xc0000201)
#define OTHER RTE_BE32(0xc0000202)

static struct lb_node_limit *
limit_new(void)
{
	struct lb_node_limit *limit = calloc(1, sizeof(*limit));

	CU_ASSERT_PTR_NOT_NULL_FATAL(limit);
	return limit;
}

/* How many of n errors in one second may be sent. */
static uint32_t
errors(struct lb_node_limit *limit, uint32_t second, uint32_t n)
{
	uint32_t sent = 0;

	for (uint32_t i = 0; i < n; i++)
		sent += lb_node_limit_error(limit, second);
	return sent;
}

static uint32_t
frag_needed(struct lb_node_limit *limit, uint32_t second, rte_be32_t client, uint32_t n)
{
	uint32_t sent = 0;

	for (uint32_t i = 0; i < n; i++)
		sent += lb_node_limit_frag_needed(limit, second, client);
	return sent;
}

static void
thousand_errors_leave_in_a_second(void)
{
	struct lb_node_limit *limit = limit_new();

	CU_ASSERT_EQUAL(errors(limit, 5, 999), 999);
	CU_ASSERT_EQUAL(errors(limit, 5, 5000), 1);
	CU_ASSERT_EQUAL(errors(limit, 5, 1), 0);
	free(limit);
}

static void
next_second_begins_anew(void)
{
	struct lb_node_limit *limit = limit_new();

	CU_ASSERT_EQUAL(errors(limit, 5, 2000), 1000);
	CU_ASSERT_EQUAL(errors(limit, 6, 2000), 1000);
	CU_ASSERT_EQUAL(errors(limit, UINT32_MAX, 2000), 1000);
	CU_ASSERT_EQUAL(errors(limit, 0, 2000), 1000);
	free(limit);
}

static void
first_second_of_all_is_limited_too(void)
{
	struct lb_node_limit *limit = limit_new();

	CU_ASSERT_EQUAL(errors(limit, 0, 2000), 1000);
	CU_ASSERT_EQUAL(frag_needed(limit, 0, CLIENT, 50), 10);
	free(limit);
}

static void
client_is_told_of_fragmentation_ten_times_a_second(void)
{
	struct lb_node_limit *limit = limit_new();

	CU_ASSERT_EQUAL(frag_needed(limit, 5, CLIENT, 100), 10);
	CU_ASSERT_EQUAL(frag_needed(limit, 6, CLIENT, 100), 10);
	free(limit);
}

static void
client_does_not_use_up_the_share_of_another(void)
{
	struct lb_node_limit *limit = limit_new();

	CU_ASSERT_EQUAL(frag_needed(limit, 5, CLIENT, 100), 10);
	CU_ASSERT_EQUAL(frag_needed(limit, 5, OTHER, 100), 10);
	CU_ASSERT_EQUAL(frag_needed(limit, 5, CLIENT, 1), 0);
	free(limit);
}

static void
clients_that_share_a_place_share_its_limit(void)
{
	struct lb_node_limit *limit = limit_new();
	uint32_t sent = 0;

	for (uint32_t client = 0; client < 100 * LB_NODE_LIMIT_CLIENTS; client++)
		sent += lb_node_limit_frag_needed(limit, 5, rte_cpu_to_be_32(client));
	CU_ASSERT_TRUE(sent <= LB_NODE_LIMIT_CLIENTS * LB_NODE_LIMIT_CLIENT);
	free(limit);
}

static void
ten_thousand_resets_leave_in_a_second(void)
{
	struct lb_node_limit *limit = limit_new();
	uint32_t sent = 0;

	for (int i = 0; i < 20000; i++)
		sent += lb_node_limit_reset(limit, 5);
	CU_ASSERT_EQUAL(sent, 10000);
	CU_ASSERT_TRUE(lb_node_limit_reset(limit, 6));
	CU_ASSERT_EQUAL(errors(limit, 5, 2000), 1000);
	free(limit);
}

static void
two_limits_are_apart(void)
{
	struct lb_node_limit *limit = limit_new();

	CU_ASSERT_EQUAL(errors(limit, 5, 2000), 1000);
	CU_ASSERT_EQUAL(frag_needed(limit, 5, CLIENT, 3), 3);
	free(limit);
}

static const struct unit_test tests[] = {
	UNIT_TEST(thousand_errors_leave_in_a_second),
	UNIT_TEST(next_second_begins_anew),
	UNIT_TEST(first_second_of_all_is_limited_too),
	UNIT_TEST(client_is_told_of_fragmentation_ten_times_a_second),
	UNIT_TEST(client_does_not_use_up_the_share_of_another),
	UNIT_TEST(clients_that_share_a_place_share_its_limit),
	UNIT_TEST(ten_thousand_resets_leave_in_a_second),
	UNIT_TEST(two_limits_are_apart),
	UNIT_END,
};

const struct unit_suite unit_node_limit = { "limit", tests };
