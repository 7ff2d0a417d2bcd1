/* Series of numbers: see samples.h. */

#include "samples.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int
compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

void
samples_sort(double *values, size_t n)
{
	qsort(values, n, sizeof(values[0]), compare);
}

static const struct samples_series *
find(const struct samples *samples, const char *name)
{
	for (size_t i = 0; i < samples->n; i++)
		if (strcmp(samples->series[i].name, name) == 0)
			return &samples->series[i];
	return NULL;
}

/* NULL: there are SAMPLES_SERIES, or no memory. */
static struct samples_series *
begin(struct samples *samples, const char *name)
{
	struct samples_series *series = &samples->series[samples->n];

	if (samples->n == SAMPLES_SERIES)
		return NULL;
	series->values = calloc(SAMPLES_ROUNDS, sizeof(series->values[0]));
	if (series->values == NULL)
		return NULL;
	snprintf(series->name, sizeof(series->name), "%s", name);
	samples->n++;
	return series;
}

void
samples_add(struct samples *samples, const char *name, double value)
{
	struct samples_series *series = (struct samples_series *)find(samples, name);

	if (series == NULL)
		series = begin(samples, name);
	if (series != NULL && series->n < SAMPLES_ROUNDS)
		series->values[series->n++] = value;
}

static double
least_of(const struct samples_series *series)
{
	double least = series->values[0];

	for (uint32_t i = 1; i < series->n; i++)
		least = series->values[i] < least ? series->values[i] : least;
	return least;
}

/* Numbers of a series that are of quiet rounds; of one that not each round added to: all. */
static uint32_t
take_quiet(const struct samples *samples, const struct samples_series *series, double *values)
{
	const struct samples_series *l2 = find(samples, SAMPLES_L2);
	bool each = l2 != NULL && l2->n == series->n;
	double limit = each ? SAMPLES_QUIET * least_of(l2) : 0;
	uint32_t n = 0;

	for (uint32_t i = 0; i < series->n; i++)
		if (!each || l2->values[i] <= limit)
			values[n++] = series->values[i];
	return n;
}

static double
median_of(double *values, uint32_t n)
{
	samples_sort(values, n);
	return n % 2 ? values[n / 2] : (values[n / 2 - 1] + values[n / 2]) / 2;
}

struct samples_figure
samples_figure(const struct samples *samples, const char *name)
{
	const struct samples_series *series = find(samples, name);
	struct samples_figure figure = { 0 };
	double values[SAMPLES_ROUNDS];

	if (series == NULL)
		return figure;
	memcpy(values, series->values, series->n * sizeof(values[0]));
	samples_sort(values, series->n);
	figure.least = values[0];
	figure.most = values[series->n - 1];
	figure.median = median_of(values, take_quiet(samples, series, values));
	return figure;
}

uint32_t
samples_quiet(const struct samples *samples)
{
	const struct samples_series *l2 = find(samples, SAMPLES_L2);
	double values[SAMPLES_ROUNDS];

	return l2 == NULL ? 0 : take_quiet(samples, l2, values);
}

bool
samples_is_common(const struct samples_series *series)
{
	static const char *const common[] = { SAMPLES_NS, SAMPLES_MPPS, SAMPLES_EMPTY, SAMPLES_L2 };

	for (size_t i = 0; i < sizeof(common) / sizeof(common[0]); i++)
		if (strcmp(series->name, common[i]) == 0)
			return true;
	return false;
}

void
samples_fini(struct samples *samples)
{
	for (size_t i = 0; i < samples->n; i++)
		free(samples->series[i].values);
}
