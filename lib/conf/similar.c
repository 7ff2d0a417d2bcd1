/*
 * Distance of two words in letters put in, left out or exchanged (Levenshtein), row by row. A
 * short word must be closer, or anything would be similar to "to", and "prio" to "vrid". Who writes
 * "prio" means "priority": a beginning is similar whatever follows.
 */

#include "conf_similar.h"

#include <stddef.h>
#include <string.h>

#define SIMILAR_LETTERS 32
#define BEGINNING_LETTERS 3 /* and more are a beginning */

static size_t
least(size_t a, size_t b, size_t c)
{
	size_t ab = a < b ? a : b;

	return ab < c ? ab : c;
}

static size_t
distance(const char *a, const char *b, size_t n)
{
	size_t row[SIMILAR_LETTERS + 1];

	for (size_t j = 0; j <= n; j++)
		row[j] = j;
	for (size_t i = 1; a[i - 1] != '\0'; i++) {
		size_t diagonal = row[0];

		row[0] = i;
		for (size_t j = 1; j <= n; j++) {
			size_t above = row[j];

			row[j] =
				least(above + 1, row[j - 1] + 1, diagonal + (a[i - 1] != b[j - 1]));
			diagonal = above;
		}
	}
	return row[n];
}

bool
conf_is_similar(const char *typed, const char *known)
{
	size_t n = strlen(known), typed_n = strlen(typed);

	if (typed_n >= BEGINNING_LETTERS && strncmp(typed, known, typed_n) == 0)
		return true;
	if (n > SIMILAR_LETTERS || typed_n > SIMILAR_LETTERS)
		return false;
	return distance(typed, known, n) <= (n < 5 ? 1 : 2);
}
