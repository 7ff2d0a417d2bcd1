/*
 * Neighbor Discovery messages. A message is copied out before it is read, as its packet comes at
 * any alignment; options are walked where they are.
 */

#include "lb_nd.h"

#include <assert.h>
#include <errno.h>
#include <string.h>

#include "lb_ip6.h"

#define HOP_LIMIT 255

/* Link-layer address options, of one unit of 8 bytes. */
#define OPTION_SOURCE 1
#define OPTION_TARGET 2

#define FLAG_ROUTER (UINT32_C(1) << 31)
#define FLAG_SOLICITED (UINT32_C(1) << 30)
#define FLAG_OVERRIDE (UINT32_C(1) << 29)

/* A solicitation, or an advertisement, without options. */
struct message {
	uint8_t type;
	uint8_t code;
	rte_be16_t checksum;
	rte_be32_t flags;
	uint8_t target[16];
};

/* The option with a MAC. */
struct mac_option {
	uint8_t type;
	uint8_t units;
	struct rte_ether_addr mac;
};

static_assert(sizeof(struct message) + sizeof(struct mac_option) == LB_ND_MESSAGE,
	"a message with its option has no gaps");

static uint8_t
option_of(uint8_t type)
{
	return type == LB_ND_SOLICIT ? OPTION_SOURCE : OPTION_TARGET;
}

/* Look for the MAC; false: an option has no length, or goes beyond the end. */
static bool
read_options(const uint8_t *at, size_t len, struct lb_nd *nd)
{
	while (len > 0) {
		size_t size = len < 2 ? 0 : 8 * (size_t)at[1];

		if (size == 0 || size > len)
			return false;
		if (at[0] == option_of(nd->type) && size == sizeof(struct mac_option)) {
			memcpy(&nd->mac, at + 2, sizeof(nd->mac));
			nd->has_mac = true;
		}
		at += size;
		len -= size;
	}
	return !nd->has_mac || rte_is_valid_assigned_ether_addr(&nd->mac) != 0;
}

static bool
is_sound(const struct lb_nd *nd)
{
	if (lb_ip6_is_group(nd->target.bytes))
		return false;
	if (nd->type == LB_ND_ADVERT)
		return !nd->solicited || !lb_ip6_is_group(nd->dst.bytes);
	return !lb_ip6_is_none(nd->src.bytes) ||
	       (lb_ip6_is_solicited(nd->dst.bytes) && !nd->has_mac);
}

int
lb_nd_parse(const void *data, size_t len, struct lb_nd *nd)
{
	const struct rte_ipv6_hdr *ip = data;
	struct message message;
	uint32_t flags;
	uint16_t n;

	if (lb_ip6_check(data, (uint16_t)RTE_MIN(len, (size_t)UINT16_MAX)) != LB_IP6_OK)
		return -EINVAL;
	n = rte_be_to_cpu_16(ip->payload_len);
	if (ip->proto != IPPROTO_ICMPV6 || ip->hop_limits != HOP_LIMIT || n < sizeof(message))
		return -EINVAL;
	memcpy(&message, ip + 1, sizeof(message));
	if ((message.type != LB_ND_SOLICIT && message.type != LB_ND_ADVERT) || message.code != 0 ||
		lb_ip6_sum(ip, IPPROTO_ICMPV6, ip + 1, n) != UINT16_MAX)
		return -EINVAL;
	flags = message.type == LB_ND_ADVERT ? rte_be_to_cpu_32(message.flags) : 0;
	*nd = (struct lb_nd){
		.type = message.type,
		.router = (flags & FLAG_ROUTER) != 0,
		.solicited = (flags & FLAG_SOLICITED) != 0,
		.override = (flags & FLAG_OVERRIDE) != 0,
		.src = lb_addr_ip6(ip->src_addr),
		.dst = lb_addr_ip6(ip->dst_addr),
		.target = lb_addr_ip6(message.target),
	};
	if (!read_options((const uint8_t *)(ip + 1) + sizeof(message), n - sizeof(message), nd))
		return -EINVAL;
	return is_sound(nd) ? 0 : -EINVAL;
}

static void
write_message(void *out, const struct rte_ipv6_hdr *ip, const struct lb_nd *nd)
{
	const struct mac_option option = {
		.type = option_of(nd->type),
		.units = 1,
		.mac = nd->mac,
	};
	struct message message = { .type = nd->type };

	memcpy(message.target, nd->target.bytes, sizeof(message.target));
	if (nd->type == LB_ND_ADVERT)
		message.flags = rte_cpu_to_be_32((nd->router ? FLAG_ROUTER : 0) |
						 (nd->solicited ? FLAG_SOLICITED : 0) |
						 (nd->override ? FLAG_OVERRIDE : 0));
	memcpy(out, &message, sizeof(message));
	memcpy((uint8_t *)out + sizeof(message), &option, sizeof(option));
	message.checksum = (rte_be16_t)~lb_ip6_sum(ip, IPPROTO_ICMPV6, out, LB_ND_MESSAGE);
	memcpy(out, &message, sizeof(message));
}

void
lb_nd_frame(void *out, const struct rte_ether_addr *dst, const struct rte_ether_addr *src,
	const struct lb_nd *nd)
{
	const struct rte_ether_hdr eth = {
		.dst_addr = *dst,
		.src_addr = *src,
		.ether_type = RTE_BE16(RTE_ETHER_TYPE_IPV6),
	};
	struct rte_ipv6_hdr ip = {
		.vtc_flow = RTE_BE32(UINT32_C(6) << 28),
		.payload_len = RTE_BE16(LB_ND_MESSAGE),
		.proto = IPPROTO_ICMPV6,
		.hop_limits = HOP_LIMIT,
	};
	uint8_t *at = out;

	memcpy(ip.src_addr, nd->src.bytes, sizeof(ip.src_addr));
	memcpy(ip.dst_addr, nd->dst.bytes, sizeof(ip.dst_addr));
	memcpy(at, &eth, sizeof(eth));
	memcpy(at + sizeof(eth), &ip, sizeof(ip));
	write_message(at + sizeof(eth) + sizeof(ip), &ip, nd);
}
