#pragma once
/**
 * @file
 * Finding what is given twice among many, without comparing each with each. Any thread.
 */

#include <stddef.h>

/** Two equal items of an array, in its order. */
struct conf_twins {
	const void *first;
	const void *second; /**< NULL: all items differ. */
};

/**
 * Look for equal items by compare (as for qsort). Of several pairs it is the one whose second item
 * comes first. 0, or -ENOMEM.
 */
int conf_twins_find(const void *items, size_t n, size_t size,
	int (*compare)(const void *, const void *), struct conf_twins *twins);
