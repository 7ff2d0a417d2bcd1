/*
 * A server counts with its configured weight while it takes new connections and is to be reached:
 * it does not drain, is not full, and its neighbour, or its gateway, is known.
 */

#include "vrrp_quorum.h"

#include "director.h"
#include "way.h"

static bool
takes_part(const struct director *director, const struct lb_conf_service *service,
	const struct lb_conf_server *server)
{
	uint32_t slot = lb_slots_lookup(director->slots, service->name, &server->at);

	return slot != LB_SLOT_NONE && !lb_slots_is_full(director->slots, slot) &&
	       servers_share(director, service, server) != 0 &&
	       lb_neigh_is_usable(way_find(director, &server->at.addr));
}

bool
vrrp_quorum_is_met(const struct director *director, const struct lb_conf_service *service)
{
	uint64_t weight = 0;

	for (size_t i = 0; i < service->servers_n && weight < service->quorum; i++)
		if (service->servers[i].weight != 0 &&
			takes_part(director, service, &service->servers[i]))
			weight += service->servers[i].weight;
	return weight >= service->quorum;
}
