/* What the kernel may send: see host_filter.h. */

#include "host_filter.h"

#include <rte_ip.h>

#include "lb_arp.h"

/* Gratuitous ARP and answers are ours to send; probes for an address are nobody's. */
static bool
is_question(const struct host_filter *filter, const void *data, size_t len)
{
	const struct lb_vip *sender;
	struct lb_arp arp;

	if (lb_arp_parse(data, len, &arp) != 0 || arp.op != RTE_ARP_OP_REQUEST ||
		arp.sender_ip == arp.target_ip ||
		!rte_is_same_ether_addr(&arp.sender_mac, filter->mac))
		return false;
	sender = lb_vip_find4(filter->vips, arp.sender_ip);
	return sender != NULL && sender->kind == LB_VIP_LOCAL && sender->port == filter->port;
}

static bool
is_from_no_vip(const struct host_filter *filter, const void *data, size_t len)
{
	const struct rte_ipv4_hdr *ip = data;
	const struct lb_vip *source;

	if (len < sizeof(*ip) || ip->version_ihl >> 4 != 4)
		return false;
	source = lb_vip_find4(filter->vips, ip->src_addr);
	return source == NULL || source->kind != LB_VIP_VIP;
}

bool
host_filter_passes(const struct host_filter *filter, const void *frame, size_t len)
{
	const struct rte_ether_hdr *eth = frame;
	const void *data = eth + 1;

	if (len < sizeof(*eth) || len > sizeof(*eth) + filter->mtu ||
		!rte_is_same_ether_addr(&eth->src_addr, filter->mac))
		return false;
	len -= sizeof(*eth);
	switch (eth->ether_type) {
	case RTE_BE16(RTE_ETHER_TYPE_IPV4):
		return is_from_no_vip(filter, data, len);
	case RTE_BE16(RTE_ETHER_TYPE_ARP):
		return is_question(filter, data, len);
	default:
		return false;
	}
}
