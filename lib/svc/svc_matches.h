#pragma once
/**
 * @file
 * What services match by sets of destinations: prefixes, port ranges, protocols. Built by control,
 * then immutable but for the objects of services; workers ask.
 *
 * The longest prefix that has a match for port and protocol wins, among equals the service that
 * comes first.
 */

#include <stdint.h>

#include "lb_svc.h"

struct svc_matches;

/** For at most n matches, none yet. NULL: no memory. */
struct svc_matches *svc_matches_create(size_t n);
void svc_matches_destroy(struct svc_matches *matches);

/** Put those of a service in; then, after the last, once svc_matches_sort(). */
void svc_matches_add(
	struct svc_matches *matches, const struct lb_svc *svc, const struct lb_svc_match *list);
void svc_matches_sort(struct svc_matches *matches);

/** Workers that find the one service find the other from now on. */
void svc_matches_swap(
	struct svc_matches *matches, const struct lb_svc *old, const struct lb_svc *svc);

/** The service that takes packets to this destination, or NULL. port in network order. */
const struct lb_svc *svc_matches_find(
	const struct svc_matches *matches, rte_be32_t address, rte_be16_t port, uint8_t protocol);
