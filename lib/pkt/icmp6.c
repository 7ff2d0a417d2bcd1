/* ICMPv6 messages: see lb_icmp6.h. */

#include "lb_icmp6.h"

#include <string.h>

#include "lb_checksum.h"
#include "lb_nd.h"

#define HOP_LIMIT 64

/* What all messages begin with, and the word that belongs to the type. */
struct message {
	uint8_t type;
	uint8_t code;
	rte_be16_t checksum;
	rte_be32_t rest;
} __attribute__((packed));

/* Nothing stands between it and the IPv6 header, and its sender can be answered. */
static bool
is_plain_echo(const struct rte_ipv6_hdr *ip, const struct lb_ip6_upper *upper)
{
	return upper->offset == sizeof(*ip) && !lb_ip6_is_none(ip->src_addr) &&
	       !lb_ip6_is_group(ip->dst_addr);
}

enum lb_icmp6_kind
lb_icmp6_kind(const struct rte_mbuf *m, const struct lb_ip6_upper *upper)
{
	const struct rte_ipv6_hdr *ip = rte_pktmbuf_mtod(m, const struct rte_ipv6_hdr *);
	const struct message *message = RTE_PTR_ADD(ip, upper->offset);

	if (upper->len < sizeof(*message))
		return LB_ICMP6_IS_TRUNCATED;
	if (lb_ip6_sum(ip, IPPROTO_ICMPV6, message, upper->len) != UINT16_MAX)
		return LB_ICMP6_IS_CORRUPT;
	switch (message->type) {
	case LB_ICMP6_ECHO:
		return is_plain_echo(ip, upper) ? LB_ICMP6_IS_ECHO : LB_ICMP6_IS_OTHER;
	case LB_ND_SOLICIT:
	case LB_ND_ADVERT:
		return LB_ICMP6_IS_ND;
	case LB_ICMP6_MLD_QUERY:
		return LB_ICMP6_IS_MLD;
	default:
		return LB_ICMP6_IS_OTHER;
	}
}

void
lb_icmp6_echo_reply(struct rte_mbuf *m)
{
	struct rte_ipv6_hdr *ip = rte_pktmbuf_mtod(m, struct rte_ipv6_hdr *);
	struct message *message = (struct message *)(ip + 1);
	rte_be16_t from = rte_cpu_to_be_16((uint16_t)(message->type << 8 | message->code));
	uint8_t asker[sizeof(ip->src_addr)];

	memcpy(asker, ip->src_addr, sizeof(asker));
	memcpy(ip->src_addr, ip->dst_addr, sizeof(asker));
	memcpy(ip->dst_addr, asker, sizeof(asker));
	ip->vtc_flow = RTE_BE32(UINT32_C(6) << 28);
	ip->hop_limits = HOP_LIMIT;
	message->type = LB_ICMP6_ECHO_REPLY;
	message->code = 0;
	message->checksum =
		lb_checksum_replace16(message->checksum, from, RTE_BE16(LB_ICMP6_ECHO_REPLY << 8));
}
