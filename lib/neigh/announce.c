/* ARP and Neighbor Discovery on behalf of our own addresses: see lb_announce.h. */

#include "lb_announce.h"

#include "lb_ip6.h"

void
lb_announce_answer(void *out, const struct lb_arp *request, const struct rte_ether_addr *mac)
{
	const struct lb_arp answer = {
		.op = RTE_ARP_OP_REPLY,
		.sender_mac = *mac,
		.sender_ip = request->target_ip,
		.target_mac = request->sender_mac,
		.target_ip = request->sender_ip,
	};

	lb_arp_frame(out, &request->sender_mac, mac, &answer);
}

void
lb_announce_gratuitous(void *out, rte_be32_t address, const struct rte_ether_addr *mac)
{
	static const struct rte_ether_addr all = { { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff } };
	const struct lb_arp arp = {
		.op = RTE_ARP_OP_REQUEST,
		.sender_mac = *mac,
		.sender_ip = address,
		.target_mac = *mac,
		.target_ip = address,
	};

	lb_arp_frame(out, &all, mac, &arp);
}

/* An advertisement of address, not yet addressed to anybody. */
static struct lb_nd
announce_advert(const struct lb_addr *address, const struct lb_announce_owner *owner)
{
	return (struct lb_nd){
		.type = LB_ND_ADVERT,
		.router = owner->router,
		.override = true,
		.mac = owner->mac,
		.src = *address,
		.target = *address,
	};
}

void
lb_announce_unasked6(
	void *out, const struct lb_addr *address, const struct lb_announce_owner *owner)
{
	const struct rte_ether_addr all = lb_ip6_group_mac(&lb_ip6_all_nodes);
	struct lb_nd advert = announce_advert(address, owner);

	advert.dst = lb_ip6_all_nodes;
	lb_nd_frame(out, &all, &owner->mac, &advert);
}

void
lb_announce_answer6(void *out, const struct lb_nd *question, const struct rte_ether_addr *asker,
	const struct lb_announce_owner *owner)
{
	struct lb_nd advert = announce_advert(&question->target, owner);

	if (lb_ip6_is_none(question->src.bytes)) {
		lb_announce_unasked6(out, &question->target, owner);
		return;
	}
	advert.solicited = true;
	advert.dst = question->src;
	lb_nd_frame(out, asker, &owner->mac, &advert);
}
