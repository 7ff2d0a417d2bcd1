/*
 * The table of our addresses: open addressing with linear probing, at most a quarter full, two
 * entries to a cache line; so a look-up reads one line as a rule and seldom more than two.
 */

#include "lb_vip.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <rte_common.h>

#include "lb_rcu.h"
#include "svc_hash.h"

struct lb_vip_table {
	uint64_t mask;         /* places, less 1 */
	struct lb_vip *places; /* kind LB_VIP_NONE: empty */
};

static _Atomic(struct lb_vip_table *) current;
struct lb_vip_instance lb_vip_instances[LB_VIP_INSTANCES];

struct lb_vip_table *
lb_vip_build(const struct lb_vip *list, size_t n)
{
	uint64_t places = rte_align64pow2(4 * n + 2);
	struct lb_vip_table *table = malloc(sizeof(*table));

	if (table == NULL)
		return NULL;
	table->mask = places - 1;
	table->places = aligned_alloc(RTE_CACHE_LINE_SIZE, places * sizeof(*table->places));
	if (table->places == NULL) {
		free(table);
		return NULL;
	}
	memset(table->places, 0, places * sizeof(*table->places));
	for (size_t i = 0; i < n; i++) {
		uint64_t at = svc_hash_addr(&list[i].addr) & table->mask;

		while (table->places[at].kind != LB_VIP_NONE)
			at = (at + 1) & table->mask;
		table->places[at] = list[i];
	}
	return table;
}

void
lb_vip_destroy(struct lb_vip_table *table)
{
	if (table == NULL)
		return;
	free(table->places);
	free(table);
}

static void
vip_free(void *arg)
{
	lb_vip_destroy(arg);
}

void
lb_vip_publish(struct lb_vip_table *table)
{
	struct lb_vip_table *old = atomic_exchange_explicit(&current, table, memory_order_acq_rel);

	if (old != NULL)
		lb_rcu_after(vip_free, old);
}

void
lb_vip_set_active(uint8_t instance, bool active, uint64_t lease)
{
	struct lb_vip_instance *i = &lb_vip_instances[instance];

	if (instance == LB_VIP_STATIC)
		lease = UINT64_MAX;
	atomic_store_explicit(&i->lease, lease, memory_order_relaxed);
	atomic_store_explicit(&i->active, active, memory_order_release);
}

const struct lb_vip_table *
lb_vip_current(void)
{
	return atomic_load_explicit(&current, memory_order_acquire);
}

const struct lb_vip *
lb_vip_find(const struct lb_vip_table *table, const struct lb_addr *addr)
{
	if (table == NULL)
		return NULL;
	for (uint64_t at = svc_hash_addr(addr) & table->mask;; at = (at + 1) & table->mask) {
		const struct lb_vip *place = &table->places[at];

		if (place->kind == LB_VIP_NONE)
			return NULL;
		if (lb_addr_equal(&place->addr, addr))
			return place;
	}
}

/* The same as for any address, of which all words but the first are known. */
const struct lb_vip *
lb_vip_find4(const struct lb_vip_table *table, rte_be32_t addr)
{
	if (table == NULL)
		return NULL;
	for (uint64_t at = svc_hash_mix(addr, 0) & table->mask;; at = (at + 1) & table->mask) {
		const struct lb_vip *place = &table->places[at];

		if (place->addr.words[0] == addr && place->addr.family == AF_INET)
			return place;
		if (place->kind == LB_VIP_NONE)
			return NULL;
	}
}

const struct lb_vip *
lb_vip_find6(const struct lb_vip_table *table, const void *bytes)
{
	struct lb_addr key = lb_addr_ip6(bytes);

	return lb_vip_find(table, &key);
}
