/* Prints the table of results: see report.h. */

#include "report.h"

#include <stdio.h>

#include "bed.h"

void
report_heading(uint32_t workers, uint32_t rounds, bool hugepages)
{
	printf("%s pages, %u worker%s, medians of %u rounds, bursts of %d; ns per packet, cycles "
	       "of the TSC\n\n",
		hugepages ? "huge" : "small", workers, workers == 1 ? "" : "s", rounds, BED_BURST);
	printf("%-12s %11s %8s %17s %7s %7s %7s %7s %7s %6s %11s\n", "case", "connections", "ns",
		"least .. most", "cycles", "Mpps", "empty", "l2", "cost", "ratio", "bytes/conn.");
}

void
report_row(const struct measure_result *result)
{
	double ns = result->ns.median;

	printf("%-12s ", result->plan.what->name);
	if (result->plan.what->sized)
		printf("%11u ", result->plan.connections);
	else
		printf("%11s ", "-");
	printf("%8.1f %7.1f .. %6.1f %7.0f %7.2f %7.1f %7.1f %7.1f %6.2f ", ns, result->ns.least,
		result->ns.most, measure_cycles(ns), result->mpps, result->empty_ns, result->l2_ns,
		ns - result->empty_ns, ns / result->l2_ns);
	if (result->plan.what->sized)
		printf("%11.1f\n", result->bytes_per_connection);
	else
		printf("%11s\n", "-");
}
