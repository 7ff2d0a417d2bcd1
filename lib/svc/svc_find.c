/*
 * Finding the services of a burst of first packets. With thousands of services each cell, each
 * service and what its scheduler keeps are cache misses. So the burst goes through passes: all
 * cells are asked for, then all services, then what lb_svc_pick() will read of them. A packet for
 * the same service as the one before it costs none of this.
 */

#include <rte_prefetch.h>

#include "lb_svc.h"
#include "svc_root.h"

static inline bool
is_same(const struct lb_svc_key *a, const struct lb_svc_key *b)
{
	return a->addr == b->addr && a->port == b->port && a->protocol == b->protocol;
}

static inline struct lb_endpoint
endpoint_of(const struct lb_svc_key *key)
{
	return (struct lb_endpoint){ .addr = lb_addr_ip4(key->addr), .port = key->port };
}

/* Name and address of a service come first, and are not asked for. */
static void
prefetch_service(const struct lb_svc *svc)
{
	if (svc == NULL)
		return;
	rte_prefetch0(&svc->protocol);
	rte_prefetch0(&svc->watcher);
}

static void
prefetch_scheduler(const struct lb_svc *svc, uint32_t worker)
{
	if (svc == NULL)
		return;
	rte_prefetch0(svc->state);
	rte_prefetch0(svc->locals[worker]);
	rte_prefetch0(svc->servers);
}

/* The first of them is another than the one before; n is at most LB_SVC_BURST. */
static void
find_burst(const struct lb_svc_root *root, const struct lb_svc_key *keys, uint16_t n,
	uint32_t worker, const struct lb_svc **svcs)
{
	uint64_t hashes[LB_SVC_BURST];

	for (uint16_t i = 0; i < n; i++) {
		struct lb_endpoint at = endpoint_of(&keys[i]);

		if (i > 0 && is_same(&keys[i], &keys[i - 1]))
			continue;
		hashes[i] = svc_root_hash(&at, keys[i].protocol);
		rte_prefetch0(svc_root_home(root, hashes[i]));
	}
	for (uint16_t i = 0; i < n; i++) {
		struct lb_endpoint at = endpoint_of(&keys[i]);

		if (i > 0 && is_same(&keys[i], &keys[i - 1])) {
			svcs[i] = svcs[i - 1];
			continue;
		}
		svcs[i] = svc_root_find(root, &at, keys[i].protocol, hashes[i]);
		prefetch_service(svcs[i]);
	}
	for (uint16_t i = 0; i < n; i++)
		if (i == 0 || svcs[i] != svcs[i - 1])
			prefetch_scheduler(svcs[i], worker);
}

void
lb_svc_find4_burst(const struct lb_svc_root *root, const struct lb_svc_key *keys, uint16_t n,
	uint32_t worker, const struct lb_svc **svcs)
{
	for (uint16_t done = 0; done < n; done += LB_SVC_BURST)
		find_burst(root, &keys[done], RTE_MIN((uint16_t)(n - done), LB_SVC_BURST), worker,
			&svcs[done]);
}

const struct lb_svc *
lb_svc_find4(const struct lb_svc_root *root, rte_be32_t addr, rte_be16_t port, uint8_t protocol)
{
	struct lb_endpoint at = { .addr = lb_addr_ip4(addr), .port = port };

	return svc_root_find(root, &at, protocol, svc_root_hash(&at, protocol));
}
