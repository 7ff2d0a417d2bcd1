/* Prints the table of results: see report.h. */

#include "report.h"

#include <stdio.h>

#include "measure.h"

void
report_heading(const struct options *options, bool hugepages)
{
	printf("%s pages, %s caches, medians of %u rounds; ns per packet, cycles of the TSC\n\n",
		hugepages ? "huge" : "small", options->cold ? "cold" : "warm", options->rounds);
	printf("%-16s %11s %7s %8s %17s %7s %7s %7s %7s %7s %6s\n", "case", "connections",
		"workers", "ns", "least .. most", "cycles", "Mpps", "empty", "l2", "cost", "ratio");
}

/* What all cases have that are walked. */
static void
print_walks(const struct samples *samples)
{
	struct samples_figure ns = samples_figure(samples, SAMPLES_NS);
	double empty = samples_figure(samples, SAMPLES_EMPTY).median;
	double l2 = samples_figure(samples, SAMPLES_L2).median;

	printf(" %8.1f %7.1f .. %6.1f %7.0f %7.2f %7.1f %7.1f %7.1f %6.2f", ns.median, ns.least,
		ns.most, measure_cycles(ns.median), samples_figure(samples, SAMPLES_MPPS).median,
		empty, l2, ns.median - empty, ns.median / l2);
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
	for (size_t i = 0; i < samples->n; i++)
		if (!samples_is_common(&samples->series[i]))
			printf("  %s %.1f", samples->series[i].name,
				samples_figure(samples, samples->series[i].name).median);
	putchar('\n');
}
