/* What pollux-bench tells of its rounds. */

#include "samples.h"

#include "unit.h"

static void
add_all(struct samples *samples, const char *name, const double *values, size_t n)
{
	for (size_t i = 0; i < n; i++)
		samples_add(samples, name, values[i]);
}

static void
median_is_of_quiet_rounds_and_span_of_all(void)
{
	static const double l2[] = { 5, 7, 4.5, 5.3, 5.5, 8 };
	static const double ns[] = { 60, 90, 50, 70, 85, 40 };
	struct samples samples = { 0 };
	struct samples_figure figure;

	add_all(&samples, SAMPLES_L2, l2, 6);
	add_all(&samples, SAMPLES_NS, ns, 6);
	figure = samples_figure(&samples, SAMPLES_NS);
	CU_ASSERT_EQUAL(samples_quiet(&samples), 3);
	CU_ASSERT_DOUBLE_EQUAL(figure.median, 60, 1e-9);
	CU_ASSERT_DOUBLE_EQUAL(figure.least, 40, 1e-9);
	CU_ASSERT_DOUBLE_EQUAL(figure.most, 90, 1e-9);
	CU_ASSERT_DOUBLE_EQUAL(samples_figure(&samples, SAMPLES_L2).median, 5, 1e-9);
	samples_fini(&samples);
}

static void
median_of_an_even_number_lies_between_both_in_the_middle(void)
{
	static const double l2[] = { 5, 5, 9, 5, 5 }, ns[] = { 4, 1, 100, 3, 2 };
	struct samples samples = { 0 };

	add_all(&samples, SAMPLES_L2, l2, 5);
	add_all(&samples, SAMPLES_NS, ns, 5);
	CU_ASSERT_DOUBLE_EQUAL(samples_figure(&samples, SAMPLES_NS).median, 2.5, 1e-9);
	samples_fini(&samples);
}

static void
all_rounds_count_where_none_is_known_to_be_quiet(void)
{
	static const double l2[] = { 5, 9, 9 }, ms[] = { 3, 1, 2, 9, 8 };
	struct samples samples = { 0 };

	add_all(&samples, "reload_ms", ms, 5);
	CU_ASSERT_EQUAL(samples_quiet(&samples), 0);
	CU_ASSERT_DOUBLE_EQUAL(samples_figure(&samples, "reload_ms").median, 3, 1e-9);
	add_all(&samples, SAMPLES_L2, l2, 3);
	CU_ASSERT_EQUAL(samples_quiet(&samples), 1);
	CU_ASSERT_DOUBLE_EQUAL(samples_figure(&samples, "reload_ms").median, 3, 1e-9);
	samples_fini(&samples);
}

static void
what_is_not_there_is_0(void)
{
	struct samples samples = { 0 };
	struct samples_figure figure = samples_figure(&samples, SAMPLES_NS);

	CU_ASSERT_EQUAL(figure.median, 0);
	CU_ASSERT_EQUAL(figure.least, 0);
	CU_ASSERT_EQUAL(figure.most, 0);
}

static const struct unit_test tests[] = {
	UNIT_TEST(median_is_of_quiet_rounds_and_span_of_all),
	UNIT_TEST(median_of_an_even_number_lies_between_both_in_the_middle),
	UNIT_TEST(all_rounds_count_where_none_is_known_to_be_quiet),
	UNIT_TEST(what_is_not_there_is_0),
	UNIT_END,
};

const struct unit_suite unit_bench_samples = { "samples", tests };
