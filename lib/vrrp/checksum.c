/*
 * The checksum of an advert. Version 2 sums the message alone. Version 3 adds a pseudo-header over
 * IPv6 (RFC 8200 section 8.1), and over IPv4 it depends on whom one asks: RFC 5798 was read to want
 * it, RFC 9568 says no. Both kinds of router are in use, so the form is a parameter.
 */

#include "vrrp_message.h"

#include <string.h>

struct vrrp_pseudo4 {
	rte_be32_t src;
	rte_be32_t dst;
	uint8_t zero;
	uint8_t protocol;
	rte_be16_t len;
};

struct vrrp_pseudo6 {
	uint8_t src[16];
	uint8_t dst[16];
	rte_be32_t len;
	uint8_t zero[3];
	uint8_t next;
};

static uint32_t
vrrp_pseudo4_sum(const struct lb_addr *src, const struct lb_addr *dst, uint16_t len)
{
	const struct vrrp_pseudo4 pseudo = {
		.src = src->ip4,
		.dst = dst->ip4,
		.protocol = LB_VRRP_PROTOCOL,
		.len = rte_cpu_to_be_16(len),
	};

	return __rte_raw_cksum(&pseudo, sizeof(pseudo), 0);
}

static uint32_t
vrrp_pseudo6_sum(const struct lb_addr *src, const struct lb_addr *dst, uint16_t len)
{
	struct vrrp_pseudo6 pseudo = {
		.len = rte_cpu_to_be_32(len),
		.next = LB_VRRP_PROTOCOL,
	};

	memcpy(pseudo.src, src->bytes, sizeof(pseudo.src));
	memcpy(pseudo.dst, dst->bytes, sizeof(pseudo.dst));
	return __rte_raw_cksum(&pseudo, sizeof(pseudo), 0);
}

uint16_t
vrrp_sum(uint8_t version, enum lb_vrrp_sum form, const struct lb_addr *src,
	const struct lb_addr *dst, const void *message, uint16_t len)
{
	uint32_t sum = 0;

	if (src->family == AF_INET6)
		sum = vrrp_pseudo6_sum(src, dst, len);
	else if (version == 3 && form == LB_VRRP_SUM_RFC5798)
		sum = vrrp_pseudo4_sum(src, dst, len);
	return __rte_raw_cksum_reduce(__rte_raw_cksum(message, len, sum));
}
