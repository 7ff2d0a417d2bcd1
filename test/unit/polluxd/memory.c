/* The sum of memory: it grows with what the configuration asks for, and too little is refused. */

#include <errno.h>

#include "fixture.h"
#include "memory.h"

#define PORT(mtu)                                                                                  \
	"ports = ( { name = \"wan\"; device = \"d0\"; addresses = [ \"10.1.0.11/24\" ];" mtu       \
	" } );\n"

static struct memory_plan
plan_of(const char *text)
{
	struct lb_conf *conf = fixture_good(text);
	struct memory_plan plan = memory_plan(conf);

	lb_conf_destroy(conf);
	return plan;
}

static void
more_connections_need_more_memory(void)
{
	struct memory_plan few = plan_of(PORT("") "memory: { connections = 10000; };\n");
	struct memory_plan many = plan_of(PORT("") "memory: { connections = 1000000; };\n");

	CU_ASSERT_EQUAL(few.buffers, many.buffers);
	CU_ASSERT_TRUE(many.mb > few.mb);
	/* at most 96 bytes each, and an eighth of reserve */
	CU_ASSERT_TRUE(many.connections <= UINT64_C(96) * 1000000);
	CU_ASSERT_TRUE(many.connections >= UINT64_C(64) * 1000000);
	CU_ASSERT_TRUE(many.mb - few.mb <= 96 * 990000 / 8 * 9 / (1 << 20) + 1);
}

static void
hundred_million_connections_do_not_overflow(void)
{
	struct memory_plan plan = plan_of(PORT("") "memory: { connections = 100000000; };\n");

	CU_ASSERT_TRUE(plan.connections >= UINT64_C(64) * 100000000);
	CU_ASSERT_TRUE(plan.mb > plan.connections >> 20);
}

static void
larger_mtu_needs_larger_buffers(void)
{
	struct memory_plan small = plan_of(PORT("mtu = 1500;"));
	struct memory_plan large = plan_of(PORT("mtu = 9000;"));

	CU_ASSERT_EQUAL(small.mtu, 1500);
	CU_ASSERT_EQUAL(large.mtu, 9000);
	CU_ASSERT_EQUAL(small.mbufs, large.mbufs);
	/* 2048 or 9216 for the frame */
	CU_ASSERT_EQUAL(large.buffers - small.buffers, (size_t)small.mbufs * (9216 - 2048));
	CU_ASSERT_TRUE(large.mb > small.mb);
}

static void
largest_mtu_of_all_ports_counts(void)
{
	struct memory_plan plan = plan_of(
		"ports = ( { name = \"a\"; device = \"d0\"; addresses = [ \"10.1.0.11/24\" ]; mtu "
		"= 9000; },"
		"{ name = \"b\"; device = \"d1\"; addresses = [ \"10.2.0.11/24\" ]; } );\n");

	CU_ASSERT_EQUAL(plan.mtu, 9000);
}

static void
more_workers_and_queues_need_more_memory(void)
{
	struct memory_plan one = plan_of(PORT("") "cpu: { workers = [ 1 ]; };\n");
	struct memory_plan eight =
		plan_of(PORT("") "cpu: { workers = [ 1, 2, 3, 4, 5, 6, 7, 8 ]; };\n");
	struct memory_plan queues = plan_of(PORT("rx_queues = 64;") "cpu: { workers = [ 1 ]; };\n");

	CU_ASSERT_TRUE(eight.mbufs > one.mbufs);
	CU_ASSERT_EQUAL(eight.workers, 8 * one.workers);
	CU_ASSERT_TRUE(eight.mb > one.mb);
	CU_ASSERT_TRUE(queues.mbufs > one.mbufs);
}

static void
sum_covers_its_parts(void)
{
	struct memory_plan plan = plan_of(NETS);

	CU_ASSERT_TRUE(((uint64_t)plan.mb << 20) >
		       plan.buffers + plan.connections + plan.workers + plan.tables);
}

/* Check memory.mb = mb of a configuration; returns the sentence's code. */
static int
checked(uint32_t mb, struct lb_error *err)
{
	struct lb_conf *conf;
	char text[512];
	int ret;

	snprintf(
		text, sizeof(text), PORT("") "\nmemory: { connections = 100000; mb = %u; };\n", mb);
	conf = fixture_good(text);
	memset(err, 0, sizeof(*err));
	ret = memory_check(conf, err);
	lb_conf_destroy(conf);
	return ret;
}

static void
too_little_memory_is_refused_with_the_sum(void)
{
	struct memory_plan plan =
		plan_of(PORT("") "\nmemory: { connections = 100000; mb = 64; };\n");
	struct lb_error err;
	char sum[64];

	CU_ASSERT_EQUAL(checked(64, &err), -ENOSPC);
	snprintf(sum, sizeof(sum), "pollux.conf:3: memory.mb = 64: %u MB are needed (", plan.mb);
	CU_ASSERT_EQUAL(strncmp(err.text, sum, strlen(sum)), 0);
	CU_ASSERT_PTR_NOT_NULL(strstr(err.text, "; raise it, or set 0 to have it computed"));
	CU_ASSERT_EQUAL(checked(plan.mb - 1, &err), -ENOSPC);
	CU_ASSERT_EQUAL(checked(plan.mb, &err), 0);
	CU_ASSERT_STRING_EQUAL(err.text, "");
}

static void
memory_that_is_computed_always_suffices(void)
{
	struct lb_error err;

	CU_ASSERT_EQUAL(checked(0, &err), 0);
}

static const struct unit_test tests[] = {
	UNIT_TEST(more_connections_need_more_memory),
	UNIT_TEST(hundred_million_connections_do_not_overflow),
	UNIT_TEST(larger_mtu_needs_larger_buffers),
	UNIT_TEST(largest_mtu_of_all_ports_counts),
	UNIT_TEST(more_workers_and_queues_need_more_memory),
	UNIT_TEST(sum_covers_its_parts),
	UNIT_TEST(too_little_memory_is_refused_with_the_sum),
	UNIT_TEST(memory_that_is_computed_always_suffices),
	UNIT_END,
};

const struct unit_suite unit_polluxd_memory = { "memory", tests };
