/* Results as JSON, and an earlier run's read back and compared. */

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "measure.h"
#include "report.h"

/* Two digits behind the point: more would be noise. */
static json_t *
number(double value)
{
	return json_real(round(value * 100) / 100);
}

static void
add_walks(json_t *json, const struct samples *samples)
{
	struct samples_figure ns = samples_figure(samples, SAMPLES_NS);
	double empty = samples_figure(samples, SAMPLES_EMPTY).median;
	double l2 = samples_figure(samples, SAMPLES_L2).median;

	json_object_set_new(json, "quiet_rounds", json_integer(samples_quiet(samples)));
	json_object_set_new(json, SAMPLES_NS, number(ns.median));
	json_object_set_new(json, "ns_least", number(ns.least));
	json_object_set_new(json, "ns_most", number(ns.most));
	json_object_set_new(json, "cycles_per_packet", number(measure_cycles(ns.median)));
	json_object_set_new(
		json, SAMPLES_MPPS, number(samples_figure(samples, SAMPLES_MPPS).median));
	json_object_set_new(json, SAMPLES_EMPTY, number(empty));
	json_object_set_new(json, SAMPLES_L2, number(l2));
	json_object_set_new(json, "cost_ns", number(ns.median - empty));
	json_object_set_new(json, "ratio", number(ns.median / l2));
}

/* What stands before a point in the name is the name of an object that has the rest. */
static void
add(json_t *json, const char *name, double value)
{
	const char *point = strchr(name, '.');
	char group[SAMPLES_NAME];

	if (point == NULL) {
		json_object_set_new(json, name, number(value));
		return;
	}
	snprintf(group, sizeof(group), "%.*s", (int)(point - name), name);
	if (json_object_get(json, group) == NULL)
		json_object_set_new(json, group, json_object());
	json_object_set_new(json_object_get(json, group), point + 1, number(value));
}

json_t *
report_json(const struct plan *plan, bool hugepages)
{
	const struct samples *samples = &plan->samples;
	json_t *json = json_pack("{s:s, s:i, s:i, s:i, s:I, s:b, s:b}", "case", plan->what->name,
		"connections", (int)plan->connections, "workers", (int)plan->workers, "rounds",
		(int)plan->rounds, "packets", (json_int_t)samples->packets, "hugepages", hugepages,
		"cold", plan->cold);

	if (plan->what->own == NULL)
		add_walks(json, samples);
	for (size_t i = 0; i < samples->n; i++)
		if (!samples_is_common(&samples->series[i]))
			add(json, samples->series[i].name,
				samples_figure(samples, samples->series[i].name).median);
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
find(const json_t *earlier, const struct plan *plan)
{
	size_t i;
	json_t *item;

	json_array_foreach(earlier, i, item) {
		const char *name = json_string_value(json_object_get(item, "case"));

		if (name != NULL && strcmp(name, plan->what->name) == 0 &&
			json_integer_value(json_object_get(item, "connections")) ==
				plan->connections &&
			json_integer_value(json_object_get(item, "workers")) == plan->workers &&
			json_is_true(json_object_get(item, "cold")) == plan->cold)
			return item;
	}
	return NULL;
}

static struct samples_figure
figure_of(const json_t *item)
{
	return (struct samples_figure){
		.median = json_number_value(json_object_get(item, "ns_per_packet")),
		.least = json_number_value(json_object_get(item, "ns_least")),
		.most = json_number_value(json_object_get(item, "ns_most")),
	};
}

/* Rounds of two runs that overlap are no difference that was seen. */
static const char *
verdict(const struct samples_figure *was, const struct samples_figure *is)
{
	if (is->least > was->most)
		return "slower";
	return is->most < was->least ? "faster" : "within the spread";
}

static void
compare_row(const json_t *item, const struct plan *plan)
{
	struct samples_figure was, is = samples_figure(&plan->samples, SAMPLES_NS);

	printf("%-16s %11u %7u ", plan->what->name, plan->connections, plan->workers);
	if (item == NULL) {
		printf("is not in the file\n");
		return;
	}
	was = figure_of(item);
	printf("%8.1f %7.1f .. %6.1f %8.1f %7.1f .. %6.1f %6.2f  %s\n", was.median, was.least,
		was.most, is.median, is.least, is.most, is.median / was.median, verdict(&was, &is));
}

/* Only cases that are walked have a figure that can be compared alike. */
void
report_compare(const json_t *earlier, const struct plans *plans)
{
	printf("\n%-16s %11s %7s %8s %17s %8s %17s %6s\n", "case", "connections", "workers",
		"ns then", "least .. most", "ns now", "least .. most", "ratio");
	for (size_t i = 0; i < plans->n; i++)
		if (plans->list[i].what->own == NULL)
			compare_row(find(earlier, &plans->list[i]), &plans->list[i]);
}
