/* The set of servers' addresses: see svc_servers.h. */

#include "svc_servers.h"

#include <stdlib.h>

#include <rte_common.h>

#include "svc_hash.h"

/* Where an address stands, or the empty place where it would. */
static uint64_t
place_of(const struct svc_servers *servers, rte_be32_t address)
{
	uint64_t at = svc_hash_mix(address, 0) & servers->mask;

	for (;; at = (at + 1) & servers->mask) {
		rte_be32_t found =
			atomic_load_explicit(&servers->addresses[at], memory_order_relaxed);

		if (found == address || found == SVC_SERVERS_EMPTY)
			return at;
	}
}

/* Memory comes from the kernel where it is touched, so that control need not clear it at once. */
struct svc_servers *
svc_servers_create(size_t n)
{
	uint64_t places = rte_align64pow2(2 * n + 2);
	struct svc_servers *servers =
		calloc(1, sizeof(*servers) + places * sizeof(servers->addresses[0]));

	if (servers == NULL)
		return NULL;
	servers->mask = places - 1;
	servers->counts = calloc(places, sizeof(servers->counts[0]));
	if (servers->counts != NULL)
		return servers;
	free(servers);
	return NULL;
}

void
svc_servers_destroy(struct svc_servers *servers)
{
	if (servers == NULL)
		return;
	free(servers->counts);
	free(servers);
}

bool
svc_servers_has_room(const struct svc_servers *servers, size_t n)
{
	return servers->used + n <= (servers->mask + 1) / 4 * 3;
}

static void
add_address(struct svc_servers *servers, const struct lb_addr *addr)
{
	uint64_t at;

	if (addr->family != AF_INET)
		return;
	at = place_of(servers, addr->ip4);
	if (servers->counts[at]++ != 0)
		return;
	servers->used++;
	atomic_store_explicit(&servers->addresses[at], addr->ip4, memory_order_relaxed);
}

static void
remove_address(struct svc_servers *servers, const struct lb_addr *addr)
{
	uint64_t at;

	if (addr->family != AF_INET)
		return;
	at = place_of(servers, addr->ip4);
	if (--servers->counts[at] == 0)
		atomic_store_explicit(
			&servers->addresses[at], SVC_SERVERS_GONE, memory_order_relaxed);
}

void
svc_servers_add(struct svc_servers *servers, const struct lb_svc *svc)
{
	for (uint32_t i = 0; i < svc->n; i++)
		add_address(servers, &svc->servers[i].at.addr);
	if (svc->sorry != NULL)
		add_address(servers, &svc->sorry->at.addr);
}

void
svc_servers_remove(struct svc_servers *servers, const struct lb_svc *svc)
{
	for (uint32_t i = 0; i < svc->n; i++)
		remove_address(servers, &svc->servers[i].at.addr);
	if (svc->sorry != NULL)
		remove_address(servers, &svc->sorry->at.addr);
}

bool
svc_servers_has(const struct svc_servers *servers, rte_be32_t address)
{
	if (address == SVC_SERVERS_EMPTY || address == SVC_SERVERS_GONE)
		return false;
	return atomic_load_explicit(&servers->addresses[place_of(servers, address)],
		       memory_order_relaxed) == address;
}
