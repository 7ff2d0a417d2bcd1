/* Results as JSON, and an earlier run's read back and compared. */

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "report.h"

/* Two digits behind the point: more would be noise. */
static json_t *
number(double value)
{
	return json_real(round(value * 100) / 100);
}

json_t *
report_json(const struct measure_result *result, bool hugepages)
{
	const struct measure_plan *plan = &result->plan;
	double ns = result->ns.median;
	json_t *json = json_pack("{s:s, s:i, s:i, s:i, s:I, s:b}", "case", plan->what->name,
		"connections", plan->what->sized ? (int)plan->connections : 0, "workers",
		(int)plan->workers, "rounds", (int)plan->rounds, "packets",
		(json_int_t)result->packets, "hugepages", hugepages);

	json_object_set_new(json, "ns_per_packet", number(ns));
	json_object_set_new(json, "ns_least", number(result->ns.least));
	json_object_set_new(json, "ns_most", number(result->ns.most));
	json_object_set_new(json, "cycles_per_packet", number(measure_cycles(ns)));
	json_object_set_new(json, "mpps", number(result->mpps));
	json_object_set_new(json, "empty_ns", number(result->empty_ns));
	json_object_set_new(json, "l2_ns", number(result->l2_ns));
	json_object_set_new(json, "cost_ns", number(ns - result->empty_ns));
	json_object_set_new(json, "ratio", number(ns / result->l2_ns));
	if (plan->what->sized)
		json_object_set_new(
			json, "bytes_per_connection", number(result->bytes_per_connection));
	return json;
}

json_t *
report_load(const char *path, struct lb_error *err)
{
	json_error_t fault;
	json_t *json = json_load_file(path, 0, &fault);

	if (json != NULL && json_is_array(json))
		return json;
	lb_error_set(err, EINVAL, "--compare %s: %s; give a file that pollux-bench --json wrote",
		path, json == NULL ? fault.text : "it is no array");
	json_decref(json);
	return NULL;
}

/* What an earlier run found in the same case, or NULL. */
static const json_t *
find(const json_t *earlier, const struct measure_plan *plan)
{
	int connections = plan->what->sized ? (int)plan->connections : 0;
	size_t i;
	json_t *item;

	json_array_foreach(earlier, i, item) {
		const char *name = json_string_value(json_object_get(item, "case"));

		if (name != NULL && strcmp(name, plan->what->name) == 0 &&
			json_integer_value(json_object_get(item, "connections")) == connections &&
			json_integer_value(json_object_get(item, "workers")) == plan->workers)
			return item;
	}
	return NULL;
}

static struct measure_figure
figure_of(const json_t *item)
{
	return (struct measure_figure){
		.median = json_number_value(json_object_get(item, "ns_per_packet")),
		.least = json_number_value(json_object_get(item, "ns_least")),
		.most = json_number_value(json_object_get(item, "ns_most")),
	};
}

/* Rounds of two runs that overlap are no difference that was seen. */
static const char *
verdict(const struct measure_figure *was, const struct measure_figure *is)
{
	if (is->least > was->most)
		return "slower";
	return is->most < was->least ? "faster" : "within the spread";
}

static void
compare_row(const json_t *item, const struct measure_result *result)
{
	const struct measure_figure *is = &result->ns;
	struct measure_figure was;

	printf("%-12s %11u ", result->plan.what->name,
		result->plan.what->sized ? result->plan.connections : 0);
	if (item == NULL) {
		printf("is not in the file\n");
		return;
	}
	was = figure_of(item);
	printf("%8.1f %7.1f .. %6.1f %8.1f %7.1f .. %6.1f %6.2f  %s\n", was.median, was.least,
		was.most, is->median, is->least, is->most, is->median / was.median,
		verdict(&was, is));
}

void
report_compare(const json_t *earlier, const struct measure_result *results, size_t n)
{
	printf("\n%-12s %11s %8s %17s %8s %17s %6s\n", "case", "connections", "ns then",
		"least .. most", "ns now", "least .. most", "ratio");
	for (size_t i = 0; i < n; i++)
		compare_row(find(earlier, &results[i].plan), &results[i]);
}
