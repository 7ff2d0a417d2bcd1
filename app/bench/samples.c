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

struct samples_figure
samples_figure(const struct samples *samples, const char *name)
{
	const struct samples_series *series = find(samples, name);
	double sorted[SAMPLES_ROUNDS];
	uint32_t n;

	if (series == NULL || series->n == 0)
		return (struct samples_figure){ 0 };
	n = series->n;
	memcpy(sorted, series->values, n * sizeof(sorted[0]));
	samples_sort(sorted, n);
	return (struct samples_figure){
		.median = n % 2 ? sorted[n / 2] : (sorted[n / 2 - 1] + sorted[n / 2]) / 2,
		.least = sorted[0],
		.most = sorted[n - 1],
	};
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
