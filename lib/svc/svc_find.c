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

/* As svc_root_hash() of an endpoint, of which all is known but these. */
static inline uint64_t
hash_of(const struct lb_svc_key *key)
{
	return svc_hash_mix(svc_hash_mix(key->addr, 0), (uint64_t)key->protocol << 16 ^ key->port);
}

static inline bool
is_at(const struct lb_svc *svc, const struct lb_svc_key *key)
{
	return svc->at.addr.words[0] == key->addr && svc->at.addr.family == AF_INET &&
	       svc->at.port == key->port && svc->protocol == key->protocol;
}

/* As svc_root_find() */
static inline const struct lb_svc *
find(const struct lb_svc_root *root, const struct lb_svc_key *key, uint64_t hash)
{
	uint32_t tag = (uint32_t)(hash >> 32);

	for (uint64_t i = hash & root->mask;; i = (i + 1) & root->mask) {
		struct svc_cell *cell = &root->cells[i];
		const struct lb_svc *svc = atomic_load_explicit(&cell->svc, memory_order_acquire);

		if (svc == NULL || (cell->tag == tag && is_at(svc, key)))
			return svc;
	}
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
		if (i > 0 && is_same(&keys[i], &keys[i - 1]))
			continue;
		hashes[i] = hash_of(&keys[i]);
		rte_prefetch0(svc_root_home(root, hashes[i]));
	}
	for (uint16_t i = 0; i < n; i++) {
		if (i > 0 && is_same(&keys[i], &keys[i - 1])) {
			svcs[i] = svcs[i - 1];
			continue;
		}
		svcs[i] = find(root, &keys[i], hashes[i]);
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
	const struct lb_svc_key key = { .addr = addr, .port = port, .protocol = protocol };

	return find(root, &key, hash_of(&key));
}
