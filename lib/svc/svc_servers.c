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

	while (servers->addresses[at] != 0 && servers->addresses[at] != address)
		at = (at + 1) & servers->mask;
	return at;
}

static void
add_servers(struct svc_servers *servers, const struct lb_svc_spec *spec)
{
	for (size_t i = 0; i < spec->n + spec->sorry; i++) {
		const struct lb_addr *addr = &spec->servers[i].at.addr;

		if (addr->family == AF_INET)
			servers->addresses[place_of(servers, addr->ip4)] = addr->ip4;
	}
}

struct svc_servers *
svc_servers_create(const struct lb_svc_spec *specs, size_t n)
{
	struct svc_servers *servers;
	uint64_t places, all = 0;

	for (size_t i = 0; i < n; i++)
		all += specs[i].n + specs[i].sorry;
	places = rte_align64pow2(2 * all + 2);
	servers = calloc(1, sizeof(*servers) + places * sizeof(servers->addresses[0]));
	if (servers == NULL)
		return NULL;
	servers->mask = places - 1;
	for (size_t i = 0; i < n; i++)
		add_servers(servers, &specs[i]);
	return servers;
}

bool
svc_servers_has(const struct svc_servers *servers, rte_be32_t address)
{
	return address != 0 && servers->addresses[place_of(servers, address)] == address;
}
