/* From options to plans: see plan.h. */

#include "plan.h"

#include <errno.h>

#include "bed.h"
#include "memory.h"
#include "start.h"

static int
add_plan(struct plans *plans, const struct options *options, const struct bench_case *what,
	uint32_t connections, struct lb_error *err)
{
	if (plans->n == PLANS_MAX)
		return lb_error_set(err, E2BIG,
			"these are more than %d rows; give fewer cases or sizes", PLANS_MAX);
	plans->list[plans->n++] = (struct plan){
		.what = what,
		.connections = connections,
		.workers = options->workers,
		.rounds = options->rounds,
	};
	return 0;
}

static int
add_case(struct plans *plans, const struct options *options, const struct bench_case *what,
	struct lb_error *err)
{
	int ret = 0;

	if (what->sizes == NULL)
		return add_plan(plans, options, what, 0, err);
	if (options->connections != 0)
		return add_plan(plans, options, what, options->connections, err);
	for (size_t i = 0; what->sizes[i] != 0 && ret == 0; i++)
		ret = add_plan(plans, options, what, what->sizes[i], err);
	return ret;
}

int
plans_make(struct plans *plans, const struct options *options, struct lb_error *err)
{
	int ret = 0;

	for (const struct bench_case *what = bench_cases; what->name != NULL && ret == 0; what++)
		if (options->only == NULL || options->only == what)
			ret = add_case(plans, options, what, err);
	return ret;
}

static struct lb_conf *
conf_of(const struct plan *plan, struct lb_error *err)
{
	if (plan->what->own != NULL)
		return plan->what->own->conf(plan, err);
	return bed_conf(plan->what, plan->connections, plan->workers, err);
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
