/* From options to plans: see plan.h. */

#include "plan.h"

#include <errno.h>

#include "bed.h"
#include "memory.h"
#include "start.h"

static int
add_plan(struct plans *plans, const struct options *options, const struct plan *plan,
	struct lb_error *err)
{
	if (plans->n == PLANS_MAX)
		return lb_error_set(err, E2BIG,
			"these are more than %d rows; give fewer cases, sizes or workers",
			PLANS_MAX);
	plans->list[plans->n] = *plan;
	plans->list[plans->n].cold = options->cold;
	plans->list[plans->n].nodes = options->nodes;
	plans->list[plans->n++].rounds = options->rounds;
	return 0;
}

/* A row for each number of connections. */
static int
add_sizes(
	struct plans *plans, const struct options *options, struct plan plan, struct lb_error *err)
{
	const uint32_t *sizes =
		options->connections.n != 0 ? options->connections.list : plan.what->sizes;
	int ret = 0;

	if (plan.what->sizes == NULL)
		return add_plan(plans, options, &plan, err);
	for (size_t i = 0; sizes[i] != 0 && ret == 0; i++) {
		plan.connections = sizes[i];
		ret = add_plan(plans, options, &plan, err);
	}
	return ret;
}

/* Of a case that was not asked for by name, rows of too few workers are left out. */
static int
add_case(struct plans *plans, const struct options *options, const struct bench_case *what,
	struct lb_error *err)
{
	size_t before = plans->n;
	int ret = 0;

	for (size_t i = 0; i < options->workers.n && ret == 0; i++) {
		struct plan plan = { .what = what, .workers = options->workers.list[i] };

		if (plan.workers >= what->workers)
			ret = add_sizes(plans, options, plan, err);
	}
	if (ret != 0 || plans->n != before || options->cases_n == 0)
		return ret;
	return lb_error_set(err, EINVAL, "--case %s: this is between %u workers; give --workers %u",
		what->name, what->workers, what->workers);
}

static bool
is_asked_for(const struct options *options, const struct bench_case *what)
{
	for (size_t i = 0; i < options->cases_n; i++)
		if (options->cases[i] == what)
			return true;
	return options->cases_n == 0;
}

int
plans_make(struct plans *plans, const struct options *options, struct lb_error *err)
{
	int ret = 0;

	for (const struct bench_case *what = bench_cases; what->name != NULL && ret == 0; what++)
		if (is_asked_for(options, what))
			ret = add_case(plans, options, what, err);
	return ret;
}

static struct lb_conf *
conf_of(const struct plan *plan, struct lb_error *err)
{
	if (plan->what->own != NULL)
		return plan->what->own->conf(plan, err);
	return bed_conf(plan, err);
}

int
plans_start(const struct plans *plans, const struct options *options, struct lb_error *err)
{
	struct lb_conf *largest = NULL;
	uint32_t workers = 0;
	int ret = 0;

	for (size_t i = 0; i < plans->n && ret == 0; i++) {
		struct lb_conf *conf = conf_of(&plans->list[i], err);

		if (conf == NULL) {
			ret = -err->code;
			break;
		}
		workers = RTE_MAX(workers, plans->list[i].workers);
		if (largest == NULL || memory_plan(conf).mb > memory_plan(largest).mb) {
			lb_conf_destroy(largest);
			largest = conf;
		} else {
			lb_conf_destroy(conf);
		}
	}
	if (ret == 0)
		ret = start_eal(largest, workers, options->no_huge, err);
	lb_conf_destroy(largest);
	return ret;
}

void
plans_fini(struct plans *plans)
{
	for (size_t i = 0; i < plans->n; i++)
		samples_fini(&plans->list[i].samples);
}
