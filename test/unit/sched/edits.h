#pragma once
/**
 * @file
 * Random versions of a service: each differs from the one before in one thing.
 */

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "picks.h"

/** Weights are less than this; servers of a version at most that many. */
#define EDITS_WEIGHT 40
#define EDITS_SERVERS 12

/** A version, as a model of a scheduler sees it. */
struct edits {
	char servers[PICKS_MAX];
	int weights[PICKS_MAX];
	int n;
	uint32_t present; /**< Bitmap of letters. */
};

/** Change one thing: a weight, a server less, a server more, the order. */
static inline void
edits_change(struct edits *edits)
{
	int i = edits->n == 0 ? 0 : rand() % edits->n;
	int letter = rand() % PICKS_MAX;

	switch (rand() % 4) {
	case 0: /* heavier or lighter, often by whole steps, so that there are divisors */
		edits->weights[i] = rand() % 2 == 0 ? rand() % EDITS_WEIGHT : rand() % 4 * 10;
		break;
	case 1:
		if (edits->n == 0)
			break;
		edits->present &= ~(1U << (edits->servers[i] - 'A'));
		edits->n--;
		memmove(&edits->servers[i], &edits->servers[i + 1], (size_t)(edits->n - i));
		memmove(&edits->weights[i], &edits->weights[i + 1],
			(size_t)(edits->n - i) * sizeof(edits->weights[0]));
		break;
	case 2:
		if ((edits->present >> letter & 1) != 0 || edits->n == EDITS_SERVERS)
			break;
		edits->present |= 1U << letter;
		edits->servers[edits->n] = (char)('A' + letter);
		edits->weights[edits->n++] = rand() % 4 * 10;
		break;
	default:
		if (edits->n < 2)
			break;
		letter = edits->servers[0];
		edits->servers[0] = edits->servers[i];
		edits->servers[i] = (char)letter;
	}
}

/** Publish the version. */
static inline void
edits_publish(const struct edits *edits, struct picks *picks)
{
	char text[EDITS_SERVERS * 5];
	size_t used = 0;

	text[0] = '\0';
	for (int i = 0; i < edits->n; i++)
		used += (size_t)snprintf(text + used, sizeof(text) - used, "%s%c%d",
			i == 0 ? "" : " ", edits->servers[i], edits->weights[i]);
	picks_edit(picks, text);
}
