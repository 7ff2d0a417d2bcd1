/*
 * The way to a peer. It is asked for anew with each advert, so a changed route or MAC is followed
 * at once. The configuration pins peers on the link, and gateways: their MACs are known before the
 * first advert wherever ARP is answered in time.
 */

#include "director.h"
#include "lb_log.h"
#include "lb_route.h"
#include "vrrp_run.h"

static uint32_t
find_hop(const struct director *director, const struct lb_addr *peer)
{
	const struct lb_route *route = lb_route_find(lb_route_current(), peer);

	if (route == NULL)
		return 0;
	return route->hop != 0 ? route->hop
			       : lb_neigh_find(lb_neigh_view(director->neigh), route->port, peer);
}

static void
tell_lost(struct vrrp_instance *instance, uint16_t i)
{
	char text[LB_ADDR_TEXT];

	instance->unsent++;
	if ((instance->lost_peers >> i & 1) != 0)
		return;
	instance->lost_peers |= UINT32_C(1) << i;
	lb_log(LB_LOG_WARN,
		"vrrp \"%s\": no advert to peer %s, since its MAC is not known; check its link and "
		"the routes",
		instance->name, lb_addr_text(&instance->peers[i], text));
}

bool
vrrp_peer_find(const struct director *director, struct vrrp_instance *instance, uint16_t i,
	struct lb_vrrp_dest *dest)
{
	uint32_t hop = find_hop(director, &instance->peers[i]);
	uint64_t word = lb_neigh_word(lb_neigh_view(director->neigh), hop);

	if (hop == 0 || !lb_neigh_is_usable(word) || lb_neigh_port(word) != instance->port) {
		tell_lost(instance, i);
		return false;
	}
	instance->lost_peers &= ~(UINT32_C(1) << i);
	*dest = (struct lb_vrrp_dest){
		.addr = instance->peers[i],
		.mac = lb_neigh_mac(word),
	};
	return true;
}
