/* What the kernel may send: see host_filter.h. */

#include "host_filter.h"

#include <rte_ip.h>

#include "lb_arp.h"
#include "lb_ip6.h"
#include "lb_nd.h"

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

/* As with ARP: nobody but us says where an address is, and no question comes without a sender. */
static bool
is_question6(const struct host_filter *filter, const void *data, size_t len)
{
	const struct lb_vip *sender;
	struct lb_nd nd;

	if (lb_nd_parse(data, len, &nd) != 0 || nd.type != LB_ND_SOLICIT || !nd.has_mac ||
		!rte_is_same_ether_addr(&nd.mac, filter->mac))
		return false;
	sender = lb_vip_find(filter->vips, &nd.src);
	return sender != NULL && sender->kind == LB_VIP_LOCAL && sender->port == filter->port;
}

/* Types of ICMPv6 from the first query for listeners to the last word about neighbours; and MLD 2.
 */
static bool
is_about_link(const struct lb_ip6_upper *upper, const uint8_t *message)
{
	return upper->protocol == IPPROTO_ICMPV6 && upper->len > 0 &&
	       ((message[0] >= 130 && message[0] <= 137) || message[0] == 143);
}

/* Whether a question, or a packet that is neither from a VIP nor about the link. */
static bool
passes6(const struct host_filter *filter, const void *data, size_t len)
{
	const struct rte_ipv6_hdr *ip = data;
	struct lb_ip6_upper upper;
	const struct lb_vip *source;

	if (lb_ip6_check(data, (uint16_t)len) != LB_IP6_OK || !lb_ip6_find_upper(ip, &upper))
		return false;
	if (is_about_link(&upper, RTE_PTR_ADD(ip, upper.offset)))
		return is_question6(filter, data, len);
	source = lb_vip_find6(filter->vips, ip->src_addr);
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
	case RTE_BE16(RTE_ETHER_TYPE_IPV6):
		return passes6(filter, data, len);
	default:
		return false;
	}
}
