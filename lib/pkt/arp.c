/*
 * ARP frames. A packet is copied out before it is read: it comes at any alignment, and 28 bytes
 * cost nothing on this path.
 */

#include "lb_arp.h"

#include <assert.h>
#include <errno.h>
#include <string.h>

static_assert(LB_ARP_FRAME == 42, "an ARP frame has no gaps");

static int
arp_check(const struct rte_arp_hdr *hdr)
{
	const struct rte_ether_addr *sender = &hdr->arp_data.arp_sha;

	if (hdr->arp_hardware != rte_cpu_to_be_16(RTE_ARP_HRD_ETHER) ||
		hdr->arp_protocol != rte_cpu_to_be_16(RTE_ETHER_TYPE_IPV4))
		return -EINVAL;
	if (hdr->arp_hlen != RTE_ETHER_ADDR_LEN || hdr->arp_plen != sizeof(rte_be32_t))
		return -EINVAL;
	if (hdr->arp_opcode != rte_cpu_to_be_16(RTE_ARP_OP_REQUEST) &&
		hdr->arp_opcode != rte_cpu_to_be_16(RTE_ARP_OP_REPLY))
		return -EINVAL;
	if (rte_is_zero_ether_addr(sender) || rte_is_multicast_ether_addr(sender))
		return -EINVAL;
	return 0;
}

int
lb_arp_parse(const void *data, size_t len, struct lb_arp *arp)
{
	struct rte_arp_hdr hdr;

	if (len < sizeof(hdr))
		return -EINVAL;
	memcpy(&hdr, data, sizeof(hdr));
	if (arp_check(&hdr) != 0)
		return -EINVAL;
	arp->op = rte_be_to_cpu_16(hdr.arp_opcode);
	arp->sender_mac = hdr.arp_data.arp_sha;
	arp->target_mac = hdr.arp_data.arp_tha;
	arp->sender_ip = hdr.arp_data.arp_sip;
	arp->target_ip = hdr.arp_data.arp_tip;
	return 0;
}

void
lb_arp_frame(void *out, const struct rte_ether_addr *dst, const struct rte_ether_addr *src,
	const struct lb_arp *arp)
{
	const struct rte_ether_hdr eth = {
		.dst_addr = *dst,
		.src_addr = *src,
		.ether_type = rte_cpu_to_be_16(RTE_ETHER_TYPE_ARP),
	};
	const struct rte_arp_hdr hdr = {
		.arp_hardware = rte_cpu_to_be_16(RTE_ARP_HRD_ETHER),
		.arp_protocol = rte_cpu_to_be_16(RTE_ETHER_TYPE_IPV4),
		.arp_hlen = RTE_ETHER_ADDR_LEN,
		.arp_plen = sizeof(rte_be32_t),
		.arp_opcode = rte_cpu_to_be_16(arp->op),
		.arp_data = {
			.arp_sha = arp->sender_mac,
			.arp_sip = arp->sender_ip,
			.arp_tha = arp->target_mac,
			.arp_tip = arp->target_ip,
		},
	};

	memcpy(out, &eth, sizeof(eth));
	memcpy((uint8_t *)out + sizeof(eth), &hdr, sizeof(hdr));
}
