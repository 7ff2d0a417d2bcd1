/*
 * pollux-bench: what the packet path costs. Runs the cases that the command line names, one after
 * the other, each on a director of its own. It goes through them several times and takes a part of
 * the rounds each time, so that a busy minute of the machine does not hit one case alone.
 */

#include <stdio.h>
#include <stdlib.h>

#include <rte_eal.h>

#include "bed.h"
#include "lb_log.h"
#include "options.h"
#include "report.h"
#include "start.h"

#define PLANS_MAX 64
#define PASSES 3

static const uint32_t usual[] = { 1000, 1000000, 4000000 };

/* What is to be measured, in order. */
struct plans {
	size_t n;
	struct measure_plan list[PLANS_MAX];
};

static void
add_plan(struct plans *plans, const struct options *options, const struct bench_case *what,
	uint32_t connections)
{
	if (plans->n < PLANS_MAX)
		plans->list[plans->n++] = (struct measure_plan){
			.what = what,
			.connections = connections,
			.workers = options->workers,
			.rounds = options->rounds,
		};
}

static void
add_plans(struct plans *plans, const struct options *options, const struct bench_case *what)
{
	if (!what->sized || options->connections != 0) {
		add_plan(plans, options, what,
			what->sized ? options->connections : BED_CONNECTIONS_LEAST);
		return;
	}
	for (size_t i = 0; i < RTE_DIM(usual); i++)
		add_plan(plans, options, what, usual[i]);
}

static void
make_plans(struct plans *plans, const struct options *options)
{
	for (const struct bench_case *what = bench_cases; what->name != NULL; what++)
		if (options->only == NULL || options->only == what)
			add_plans(plans, options, what);
}

/* Start EAL with memory for the largest of all. */
static int
start(const struct plans *plans, const struct options *options, struct lb_error *err)
{
	const struct measure_plan *largest = &plans->list[0];
	struct lb_conf *conf;
	int ret;

	for (size_t i = 1; i < plans->n; i++)
		if (plans->list[i].connections > largest->connections)
			largest = &plans->list[i];
	conf = bed_conf(largest->what, largest->connections, largest->workers, err);
	if (conf == NULL)
		return -err->code;
	ret = start_eal(conf, options->no_huge, err);
	lb_conf_destroy(conf);
	return ret;
}

/* Rounds of pass number `pass`: the passes together have all. */
static uint32_t
rounds_of(const struct options *options, uint32_t pass, uint32_t passes)
{
	return options->rounds * (pass + 1) / passes - options->rounds * pass / passes;
}

/* One case alone needs no second pass: there is nothing to be fair to. */
static int
measure_all(const struct plans *plans, const struct options *options,
	struct measure_samples *samples, struct lb_error *err)
{
	uint32_t passes = plans->n == 1 ? 1 : PASSES;
	int ret = 0;

	for (uint32_t pass = 0; pass < passes; pass++) {
		uint32_t rounds = rounds_of(options, pass, passes);

		for (size_t i = 0; i < plans->n && rounds > 0 && ret == 0; i++)
			ret = measure(&plans->list[i], rounds, &samples[i], err);
	}
	return ret;
}

static void
print_json(const struct measure_result *results, size_t n)
{
	json_t *array = json_array();

	for (size_t i = 0; i < n; i++)
		json_array_append_new(array, report_json(&results[i], rte_eal_has_hugepages()));
	json_dumpf(array, stdout, JSON_INDENT(1) | JSON_REAL_PRECISION(8));
	putchar('\n');
	json_decref(array);
}

static void
print_table(const struct measure_result *results, size_t n, const struct options *options)
{
	report_heading(options->workers, options->rounds, rte_eal_has_hugepages());
	for (size_t i = 0; i < n; i++)
		report_row(&results[i]);
}

static int
bench(const struct options *options, const json_t *earlier, struct lb_error *err)
{
	static struct measure_samples samples[PLANS_MAX];
	struct measure_result results[PLANS_MAX];
	struct plans plans = { 0 };

	make_plans(&plans, options);
	if (start(&plans, options, err) != 0 || measure_all(&plans, options, samples, err) != 0)
		return -err->code;
	for (size_t i = 0; i < plans.n; i++)
		results[i] = measure_sum(&plans.list[i], &samples[i]);
	if (options->json)
		print_json(results, plans.n);
	else
		print_table(results, plans.n, options);
	if (earlier != NULL)
		report_compare(earlier, results, plans.n);
	return 0;
}

int
main(int argc, char **argv)
{
	struct lb_error err = { 0 };
	struct options options;
	json_t *earlier = NULL;
	int status;

	if (!options_read(&options, argc, argv, &status))
		return status;
	lb_log_set_level(LB_LOG_ERROR);
	if (options.compare != NULL)
		earlier = report_load(options.compare, &err);
	if (err.code == 0)
		bench(&options, earlier, &err);
	json_decref(earlier);
	if (err.code == 0)
		return 0;
	fprintf(stderr, "pollux-bench: %s\n", err.text);
	return 1;
}
