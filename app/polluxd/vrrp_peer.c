/*
 * The way to a peer. The configuration pins peers on the link, and gateways: their MACs are known
 * before the first advert wherever ARP is answered in time.
 */

#include "director.h"
#include "lb_log.h"
#include "vrrp_run.h"
#include "way.h"

/* A link-local address is of the instance's own link, wherever routes lead. */
static uint64_t
way_to(const struct director *director, uint8_t port, const struct lb_addr *peer)
{
	const struct lb_neigh_view *neigh = lb_neigh_view(director->neigh);

	if (!lb_addr_is_link_local(peer))
		return way_find(director, peer);
	return lb_neigh_word(neigh, lb_neigh_find(neigh, port, peer));
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
	uint64_t word = way_to(director, instance->port, &instance->peers[i]);

	if (!lb_neigh_is_usable(word) || lb_neigh_port(word) != instance->port) {
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
