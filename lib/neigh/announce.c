/* ARP on behalf of our own addresses: see lb_announce.h. */

#include "lb_announce.h"

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
