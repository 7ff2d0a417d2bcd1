/* IPv6 headers and groups: see lb_ip6.h. */

#include "lb_ip6.h"

#include <string.h>

/* Options of hop-by-hop headers. Others are skipped when their two highest bits are 0. */
#define OPTION_PAD1 0
#define OPTION_ROUTER_ALERT 5
#define OPTION_MUST_KNOW 0xc0

/* A group of ff02::1:ff00:0/104 has these bytes before the last three of the address. */
#define SOLICITED                                                                                  \
	{                                                                                          \
		0xff, 0x02, [11] = 0x01, [12] = 0xff                                               \
	}
#define SOLICITED_BYTES 13

const struct lb_addr lb_ip6_all_nodes = { .bytes = { 0xff, 0x02, [15] = 1 }, .family = AF_INET6 };
const struct lb_addr lb_ip6_all_mld = { .bytes = { 0xff, 0x02, [15] = 0x16 }, .family = AF_INET6 };

bool
lb_ip6_is_none(const uint8_t *addr)
{
	static const uint8_t none[16];

	return memcmp(addr, none, sizeof(none)) == 0;
}

bool
lb_ip6_is_solicited(const uint8_t *addr)
{
	static const uint8_t begin[16] = SOLICITED;

	return memcmp(addr, begin, SOLICITED_BYTES) == 0;
}

static bool
is_loopback(const uint8_t *addr)
{
	static const uint8_t loopback[16] = { [15] = 1 };

	return memcmp(addr, loopback, sizeof(loopback)) == 0;
}

enum lb_ip6_fault
lb_ip6_check(const void *data, uint16_t len)
{
	const struct rte_ipv6_hdr *ip = data;

	if (len < sizeof(*ip))
		return LB_IP6_TRUNCATED;
	if (rte_be_to_cpu_32(ip->vtc_flow) >> 28 != 6)
		return LB_IP6_VERSION;
	if (rte_be_to_cpu_16(ip->payload_len) > len - sizeof(*ip))
		return LB_IP6_TRUNCATED;
	if (lb_ip6_is_group(ip->src_addr) || is_loopback(ip->src_addr))
		return LB_IP6_SOURCE;
	return LB_IP6_OK;
}

/* The options of a hop-by-hop header, between its first two bytes and its end. */
static bool
read_options(const uint8_t *at, const uint8_t *end, bool *router_alert)
{
	while (at < end) {
		if (*at == OPTION_PAD1) {
			at++;
			continue;
		}
		if (end - at < 2 || end - at < 2 + at[1])
			return false;
		if (*at == OPTION_ROUTER_ALERT)
			*router_alert = true;
		else if ((*at & OPTION_MUST_KNOW) != 0)
			return false;
		at += 2 + at[1];
	}
	return true;
}

bool
lb_ip6_find_upper(const struct rte_ipv6_hdr *ip, struct lb_ip6_upper *upper)
{
	const uint8_t *options = (const uint8_t *)(ip + 1);
	uint16_t len;

	*upper = (struct lb_ip6_upper){
		.protocol = ip->proto,
		.offset = sizeof(*ip),
		.len = rte_be_to_cpu_16(ip->payload_len),
	};
	if (ip->proto != IPPROTO_HOPOPTS)
		return true;
	if (upper->len < 8)
		return false;
	len = (uint16_t)(8 * (options[1] + 1));
	if (len > upper->len || !read_options(options + 2, options + len, &upper->router_alert))
		return false;
	upper->protocol = options[0];
	upper->offset = (uint16_t)(upper->offset + len);
	upper->len = (uint16_t)(upper->len - len);
	return true;
}

uint16_t
lb_ip6_sum(const struct rte_ipv6_hdr *ip, uint8_t protocol, const void *message, uint16_t len)
{
	const struct {
		rte_be32_t len;
		rte_be32_t protocol;
	} rest = { rte_cpu_to_be_32(len), rte_cpu_to_be_32(protocol) };
	uint32_t sum = __rte_raw_cksum(ip->src_addr, 2 * sizeof(ip->src_addr), 0);

	sum = __rte_raw_cksum(&rest, sizeof(rest), sum);
	return __rte_raw_cksum_reduce(__rte_raw_cksum(message, len, sum));
}

struct lb_addr
lb_ip6_solicited(const struct lb_addr *addr)
{
	struct lb_addr group = { .bytes = SOLICITED, .family = AF_INET6 };

	memcpy(&group.bytes[SOLICITED_BYTES], &addr->bytes[SOLICITED_BYTES], 3);
	return group;
}

struct rte_ether_addr
lb_ip6_group_mac(const struct lb_addr *group)
{
	struct rte_ether_addr mac = { { 0x33, 0x33 } };

	memcpy(&mac.addr_bytes[2], &group->bytes[12], 4);
	return mac;
}

struct lb_addr
lb_ip6_link_local(const struct rte_ether_addr *mac)
{
	struct lb_addr addr = {
		.bytes = { 0xfe, 0x80, [11] = 0xff, [12] = 0xfe },
		.family = AF_INET6,
	};

	memcpy(&addr.bytes[8], &mac->addr_bytes[0], 3);
	memcpy(&addr.bytes[13], &mac->addr_bytes[3], 3);
	addr.bytes[8] ^= 0x02; /* the universal bit is inverted */
	return addr;
}
