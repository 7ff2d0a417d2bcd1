/* Pointers to the items are sorted, and equal ones by their place: twins are then neighbours. */

#include "conf_twins.h"

#include <errno.h>
#include <stdlib.h>

struct twins_order {
	int (*compare)(const void *, const void *);
};

static int
twins_compare(const void *a, const void *b, void *order)
{
	const void *const *first = a, *const *second = b;
	int diff = ((const struct twins_order *)order)->compare(*first, *second);

	return diff != 0 ? diff : (*first > *second) - (*first < *second);
}

int
conf_twins_find(const void *items, size_t n, size_t size,
	int (*compare)(const void *, const void *), struct conf_twins *twins)
{
	struct twins_order order = { compare };
	const void **sorted;

	*twins = (struct conf_twins){ NULL, NULL };
	if (n < 2)
		return 0;
	sorted = calloc(n, sizeof(*sorted));
	if (sorted == NULL)
		return -ENOMEM;
	for (size_t i = 0; i < n; i++)
		sorted[i] = (const char *)items + i * size;
	qsort_r(sorted, n, sizeof(*sorted), twins_compare, &order);
	for (size_t i = 1; i < n; i++) {
		if (compare(sorted[i - 1], sorted[i]) != 0)
			continue;
		if (twins->second == NULL || sorted[i] < twins->second)
			*twins = (struct conf_twins){ sorted[i - 1], sorted[i] };
	}
	free(sorted);
	return 0;
}
