/*
 * Finding the services of a burst of first packets. With thousands of services each cell, each
 * service, what its scheduler keeps, the server and its slot are cache misses. So the burst goes
 * through passes: all cells are asked for, then all services, then what lb_svc_pick() will read of
 * them, then the servers that it is likely to choose, then their slots. A packet for the same
 * service as the one before it costs none of this.
 */

#include <rte_prefetch.h>

#include "lb_svc.h"
#include "svc_root.h"

static inline uint64_t
key_of(const struct lb_svc_key *key)
{
	return svc_root_key4(key->addr, key->port, key->protocol);
}

/* As svc_root_find(), of IPv4. */
static inline const struct lb_svc *
find(const struct lb_svc_root *root, uint64_t key)
{
	for (struct svc_cell *cell = svc_root_home(root, key);; cell = svc_root_next(root, cell)) {
		const struct lb_svc *svc = atomic_load_explicit(&cell->svc, memory_order_acquire);

		if (svc == NULL || (cell->key == key && svc != &svc_gone.svc))
			return svc;
	}
}

/* Find all, and ask for each that another one comes before; distinct: these. Returns how many. */
static inline uint16_t
find_all(const struct lb_svc_root *root, const uint64_t *keys, uint16_t n,
	const struct lb_svc **svcs, const struct lb_svc **distinct)
{
	const struct lb_svc *before = NULL;
	uint16_t m = 0;

	for (uint16_t i = 0; i < n; i++) {
		svcs[i] = i > 0 && keys[i] == keys[i - 1] ? before : find(root, keys[i]);
		if (svcs[i] != before && svcs[i] != NULL) {
			rte_prefetch0(svcs[i]);
			distinct[m++] = svcs[i];
		}
		before = svcs[i];
	}
	return m;
}

/* Ask for what is read and written when these services choose and get a connection. */
static void
prefetch_all(const struct lb_svc *const *svcs, uint16_t n, const struct lb_slot_worker *slots)
{
	int likely_servers[LB_SVC_BURST];

	for (uint16_t i = 0; i < n; i++) {
		rte_prefetch0(svcs[i]->state);
		rte_prefetch0(lb_svc_local(svcs[i], slots->number));
	}
	for (uint16_t i = 0; i < n; i++) {
		const struct lb_svc *svc = svcs[i];

		likely_servers[i] = -1;
		if (svc->sched->peek == NULL)
			continue;
		likely_servers[i] = svc->sched->peek(svc->state, lb_svc_local(svc, slots->number));
		if (likely_servers[i] >= 0)
			rte_prefetch0(&svc->servers[likely_servers[i]]);
	}
	for (uint16_t i = 0; i < n; i++)
		if (likely_servers[i] >= 0)
			lb_slot_prefetch(slots, svcs[i]->servers[likely_servers[i]].slot);
}

/* n is at most LB_SVC_BURST. */
static void
find_burst(const struct lb_svc_root *root, const struct lb_svc_key *wanted, uint16_t n,
	const struct lb_slot_worker *slots, const struct lb_svc **svcs)
{
	const struct lb_svc *distinct[LB_SVC_BURST];
	uint64_t keys[LB_SVC_BURST];

	for (uint16_t i = 0; i < n; i++) {
		keys[i] = key_of(&wanted[i]);
		if (i == 0 || keys[i] != keys[i - 1])
			rte_prefetch0(svc_root_home(root, keys[i]));
	}
	prefetch_all(distinct, find_all(root, keys, n, svcs, distinct), slots);
}

void
lb_svc_find4_burst(const struct lb_svc_root *root, const struct lb_svc_key *keys, uint16_t n,
	const struct lb_slot_worker *slots, const struct lb_svc **svcs)
{
	for (uint16_t done = 0; done < n; done += LB_SVC_BURST)
		find_burst(root, &keys[done], RTE_MIN((uint16_t)(n - done), LB_SVC_BURST), slots,
			&svcs[done]);
}

const struct lb_svc *
lb_svc_find4(const struct lb_svc_root *root, rte_be32_t addr, rte_be16_t port, uint8_t protocol)
{
	return find(root, svc_root_key4(addr, port, protocol));
}
