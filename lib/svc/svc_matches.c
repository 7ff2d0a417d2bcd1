/*
 * Matches: sorted by length of the prefix, the longest first, and in one length by address. A
 * look-up goes through the lengths that there are, few as a rule, and searches each for the address
 * that the prefix would have.
 */

#include "svc_matches.h"

#include <stdlib.h>

#include <rte_byteorder.h>

/* Addresses in host order. */
struct rule {
	uint32_t net;
	uint8_t len;
	uint8_t protocol; /* 0: any */
	uint16_t first, last;
	uint32_t order;
	_Atomic(const struct lb_svc *) svc;
};

/* Rules of one length. */
struct length {
	uint32_t mask;
	uint32_t from, to;
};

struct svc_matches {
	struct length lengths[33];
	uint32_t lengths_n;
	uint32_t n;
	struct rule rules[];
};

struct svc_matches *
svc_matches_create(size_t n)
{
	return calloc(1, sizeof(struct svc_matches) + n * sizeof(struct rule));
}

void
svc_matches_destroy(struct svc_matches *matches)
{
	free(matches);
}

static uint32_t
mask_of(uint8_t len)
{
	return len == 0 ? 0 : UINT32_MAX << (32 - len);
}

void
svc_matches_add(
	struct svc_matches *matches, const struct lb_svc *svc, const struct lb_svc_match *list)
{
	for (uint32_t i = 0; i < svc->matches_n; i++, matches->n++)
		matches->rules[matches->n] = (struct rule){
			.net = rte_be_to_cpu_32(list[i].net) & mask_of(list[i].len),
			.len = list[i].len,
			.protocol = list[i].protocol,
			.first = list[i].first,
			.last = list[i].last,
			.order = matches->n,
			.svc = svc,
		};
}

static int
compare(const void *a, const void *b)
{
	const struct rule *x = a, *y = b;

	if (x->len != y->len)
		return x->len > y->len ? -1 : 1;
	if (x->net != y->net)
		return x->net < y->net ? -1 : 1;
	return x->order < y->order ? -1 : x->order > y->order;
}

void
svc_matches_sort(struct svc_matches *matches)
{
	qsort(matches->rules, matches->n, sizeof(matches->rules[0]), compare);
	for (uint32_t i = 0; i < matches->n; i++) {
		if (i == 0 || matches->rules[i].len != matches->rules[i - 1].len)
			matches->lengths[matches->lengths_n++] = (struct length){
				.mask = mask_of(matches->rules[i].len),
				.from = i,
			};
		matches->lengths[matches->lengths_n - 1].to = i + 1;
	}
}

void
svc_matches_swap(struct svc_matches *matches, const struct lb_svc *old, const struct lb_svc *svc)
{
	for (uint32_t i = 0; i < matches->n; i++)
		if (atomic_load_explicit(&matches->rules[i].svc, memory_order_relaxed) == old)
			atomic_store_explicit(&matches->rules[i].svc, svc, memory_order_release);
}

/* The first rule of a length whose net is not below this one. */
static uint32_t
lower_bound(const struct svc_matches *matches, const struct length *length, uint32_t net)
{
	uint32_t low = length->from, high = length->to;

	while (low < high) {
		uint32_t middle = low + (high - low) / 2;

		if (matches->rules[middle].net < net)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

const struct lb_svc *
svc_matches_find(
	const struct svc_matches *matches, rte_be32_t address, rte_be16_t port, uint8_t protocol)
{
	uint32_t wanted = rte_be_to_cpu_32(address);
	uint16_t number = rte_be_to_cpu_16(port);

	for (uint32_t l = 0; l < matches->lengths_n; l++) {
		const struct length *length = &matches->lengths[l];
		uint32_t net = wanted & length->mask;

		for (uint32_t i = lower_bound(matches, length, net);
			i < length->to && matches->rules[i].net == net; i++) {
			const struct rule *rule = &matches->rules[i];

			if (number >= rule->first && number <= rule->last &&
				(rule->protocol == 0 || rule->protocol == protocol))
				return atomic_load_explicit(&rule->svc, memory_order_acquire);
		}
	}
	return NULL;
}
