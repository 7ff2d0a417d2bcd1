/*
 * pollux-bench: what the packet path costs. Runs the cases that the command line names, one after
 * the other, each on a director of its own. It goes through them several times and takes a part of
 * the rounds each time, so that a busy minute of the machine does not hit one case alone.
 */

#include <stdio.h>

#include <rte_eal.h>

#include "lb_log.h"
#include "measure.h"
#include "options.h"
#include "plan.h"
#include "report.h"

#define PASSES 9

/* Rounds of pass number `pass`: the passes together have all. */
static uint32_t
rounds_of(const struct options *options, uint32_t pass, uint32_t passes)
{
	return options->rounds * (pass + 1) / passes - options->rounds * pass / passes;
}

/* One case alone needs no second pass: there is nothing to be fair to. */
static int
measure_all(struct plans *plans, const struct options *options, struct lb_error *err)
{
	uint32_t passes = plans->n == 1 ? 1 : PASSES;
	int ret = 0;

	for (uint32_t pass = 0; pass < passes; pass++) {
		uint32_t rounds = rounds_of(options, pass, passes);

		for (size_t i = 0; i < plans->n && rounds > 0 && ret == 0; i++)
			ret = measure(&plans->list[i], rounds, err);
	}
	return ret;
}

static void
print_json(const struct plans *plans)
{
	json_t *array = json_array();

	for (size_t i = 0; i < plans->n; i++)
		json_array_append_new(array, report_json(&plans->list[i], rte_eal_has_hugepages()));
	json_dumpf(array, stdout, JSON_INDENT(1) | JSON_REAL_PRECISION(8));
	putchar('\n');
	json_decref(array);
}

static void
print_table(const struct plans *plans, const struct options *options)
{
	report_heading(options, rte_eal_has_hugepages());
	for (size_t i = 0; i < plans->n; i++)
		report_row(&plans->list[i]);
}

static int
bench(struct plans *plans, const struct options *options, const json_t *earlier,
	struct lb_error *err)
{
	if (plans_make(plans, options, err) != 0 || plans_start(plans, options, err) != 0 ||
		measure_all(plans, options, err) != 0)
		return -err->code;
	if (options->json)
		print_json(plans);
	else
		print_table(plans, options);
	if (earlier != NULL)
		report_compare(earlier, plans);
	return 0;
}

int
main(int argc, char **argv)
{
	struct lb_error err = { 0 };
	static struct plans plans;
	struct options options;
	json_t *earlier = NULL;
	int status;

	if (!options_read(&options, argc, argv, &status))
		return status;
	lb_log_set_level(LB_LOG_ERROR);
	if (options.compare != NULL)
		earlier = report_load(options.compare, &err);
	if (err.code == 0)
		bench(&plans, &options, earlier, &err);
	plans_fini(&plans);
	json_decref(earlier);
	if (err.code == 0)
		return 0;
	fprintf(stderr, "pollux-bench: %s\n", err.text);
	return 1;
}
