/*
 * Matches against each other: of two that take the same packets by prefixes of one length, one
 * would never get any. Sorted by prefix, only neighbours can be such.
 */

#include <stdlib.h>

#include "conf_check.h"
#include "conf_fault.h"

/* A match, and whose it is. */
struct owned {
	const struct lb_conf_service *service;
	const struct lb_conf_match *match;
};

static int
net_compare(const struct lb_conf_match *a, const struct lb_conf_match *b)
{
	if (a->net.len != b->net.len)
		return a->net.len < b->net.len ? -1 : 1;
	return lb_addr_compare(&a->net.addr, &b->net.addr);
}

static int
owned_compare(const void *a, const void *b)
{
	const struct lb_conf_match *x = ((const struct owned *)a)->match;
	const struct lb_conf_match *y = ((const struct owned *)b)->match;
	int diff = net_compare(x, y);

	if (diff != 0)
		return diff;
	return x->first < y->first ? -1 : x->first > y->first;
}

static bool
overlap(const struct lb_conf_match *a, const struct lb_conf_match *b)
{
	return a->first <= b->last && b->first <= a->last &&
	       (a->protocol == b->protocol || a->protocol == 0 || b->protocol == 0);
}

/* All matches of the configuration; NULL: no memory. */
static struct owned *
collect(const struct lb_conf *conf, size_t *n)
{
	struct owned *all;

	*n = 0;
	for (size_t i = 0; i < conf->services_n; i++)
		*n += conf->services[i].matches_n;
	all = calloc(*n + 1, sizeof(*all));
	*n = 0;
	for (size_t i = 0; all != NULL && i < conf->services_n; i++)
		for (size_t m = 0; m < conf->services[i].matches_n; m++)
			all[(*n)++] =
				(struct owned){ &conf->services[i], &conf->services[i].matches[m] };
	return all;
}

static int
fault_overlap(const struct conf_check *check, const struct owned *a, const struct owned *b)
{
	char text[LB_ADDR_TEXT];

	return conf_fault(check->err, &b->match->place,
		"service \"%s\": match %s: service \"%s\" of %s:%u takes packets of it already; "
		"change "
		"one of them",
		b->service->name, lb_prefix_text(&b->match->net, text), a->service->name,
		a->match->place.file, a->match->place.line);
}

int
conf_check_matches(const struct conf_check *check)
{
	size_t n;
	struct owned *all = collect(check->conf, &n);
	int rc = 0;

	if (all == NULL)
		return conf_fault_memory(check->err);
	qsort(all, n, sizeof(*all), owned_compare);
	for (size_t i = 0; i < n && rc == 0; i++)
		for (size_t k = i + 1; k < n && rc == 0; k++) {
			if (net_compare(all[i].match, all[k].match) != 0 ||
				all[k].match->first > all[i].match->last)
				break;
			if (overlap(all[i].match, all[k].match))
				rc = fault_overlap(check, &all[i], &all[k]);
		}
	free(all);
	return rc;
}
