/* Prints the table of results: see report.h. */

#include "report.h"

#include <stdio.h>
#include <string.h>

#include "measure.h"
#include "nodes.h"

void
report_heading(const struct options *options, bool hugepages)
{
	printf("%s pages, %s caches, %u rounds, medians of quiet ones; ns per packet, cycles of "
	       "the "
	       "TSC\n\n",
		hugepages ? "huge" : "small", options->cold ? "cold" : "warm", options->rounds);
	printf("%-16s %11s %7s %5s %8s %17s %7s %7s %7s %7s %7s %6s\n", "case", "connections",
		"workers", "quiet", "ns", "least .. most", "cycles", "Mpps", "empty", "l2", "cost",
		"ratio");
}

/* What all cases have that are walked. */
static void
print_walks(const struct samples *samples)
{
	struct samples_figure ns = samples_figure(samples, SAMPLES_NS);
	double empty = samples_figure(samples, SAMPLES_EMPTY).median;
	double l2 = samples_figure(samples, SAMPLES_L2).median;

	printf(" %5u %8.1f %7.1f .. %6.1f %7.0f %7.2f %7.1f %7.1f %7.1f %6.2f",
		samples_quiet(samples), ns.median, ns.least, ns.most, measure_cycles(ns.median),
		samples_figure(samples, SAMPLES_MPPS).median, empty, l2, ns.median - empty,
		ns.median / l2);
}

static bool
is_of_node(const struct samples_series *series)
{
	return strncmp(series->name, NODES_SERIES, strlen(NODES_SERIES)) == 0;
}

/* On a line of their own, if there are any. */
static void
print_nodes(const struct samples *samples)
{
	const char *before = "    cycles by node: ";

	for (size_t i = 0; i < samples->n; i++) {
		const struct samples_series *series = &samples->series[i];

		if (!is_of_node(series))
			continue;
		printf("%s%s %.1f", before, series->name + strlen(NODES_SERIES),
			samples_figure(samples, series->name).median);
		before = ", ";
	}
	if (before[0] == ',')
		putchar('\n');
}

void
report_row(const struct plan *plan)
{
	const struct samples *samples = &plan->samples;

	printf("%-16s ", plan->what->name);
	if (plan->connections != 0)
		printf("%11u", plan->connections);
	else
		printf("%11s", "-");
	printf(" %7u", plan->workers);
	if (plan->what->own == NULL)
		print_walks(samples);
	for (size_t i = 0; i < samples->n; i++) {
		const struct samples_series *series = &samples->series[i];

		if (!samples_is_common(series) && !is_of_node(series))
			printf("  %s %.1f", series->name,
				samples_figure(samples, series->name).median);
	}
	putchar('\n');
	print_nodes(samples);
}
