/* MLD reports and queries: see lb_mld.h. */

#include "lb_mld.h"

#include <assert.h>
#include <errno.h>
#include <string.h>

#include "lb_icmp6.h"
#include "lb_ip6.h"

#define HOP_LIMIT 1
#define TYPE_REPORT 143

/* Before the report: next header, length, router alert for MLD, padding (RFC 3810 section 5). */
#define HOP_BY_HOP                                                                                 \
	{                                                                                          \
		IPPROTO_ICMPV6, 0, 5, 2, 0, 0, 1, 0                                                \
	}

/* A query of version 1 ends here; in version 2 more follows. */
struct query {
	uint8_t type;
	uint8_t code;
	rte_be16_t checksum;
	rte_be16_t delay;
	rte_be16_t zero;
	uint8_t group[16];
};

#define QUERY_2 (sizeof(struct query) + 4)

struct report {
	uint8_t type;
	uint8_t reserved;
	rte_be16_t checksum;
	rte_be16_t zero;
	rte_be16_t records;
};

/* A record without sources. */
struct record {
	uint8_t type;
	uint8_t words;
	rte_be16_t sources;
	uint8_t group[16];
};

static_assert(sizeof(struct report) == 8 && sizeof(struct record) == 20, "reports have no gaps");

static void
write_report(
	void *out, const struct rte_ipv6_hdr *ip, const struct lb_mld_record *records, size_t n)
{
	struct report report = {
		.type = TYPE_REPORT,
		.records = rte_cpu_to_be_16((uint16_t)n),
	};
	size_t len = sizeof(report) + n * sizeof(struct record);
	uint8_t *at = (uint8_t *)out + sizeof(report);

	for (size_t i = 0; i < n; i++, at += sizeof(struct record)) {
		struct record record = { .type = (uint8_t)records[i].type };

		memcpy(record.group, records[i].group.bytes, sizeof(record.group));
		memcpy(at, &record, sizeof(record));
	}
	memcpy(out, &report, sizeof(report));
	report.checksum = (rte_be16_t)~lb_ip6_sum(ip, IPPROTO_ICMPV6, out, (uint16_t)len);
	memcpy(out, &report, sizeof(report));
}

uint16_t
lb_mld_frame(void *out, const struct rte_ether_addr *src, const struct lb_addr *from,
	const struct lb_mld_record *records, size_t n)
{
	static const uint8_t hop_by_hop[] = HOP_BY_HOP;
	const struct rte_ether_hdr eth = {
		.dst_addr = lb_ip6_group_mac(&lb_ip6_all_mld),
		.src_addr = *src,
		.ether_type = RTE_BE16(RTE_ETHER_TYPE_IPV6),
	};
	size_t len = sizeof(hop_by_hop) + sizeof(struct report) + n * sizeof(struct record);
	struct rte_ipv6_hdr ip = {
		.vtc_flow = RTE_BE32(UINT32_C(6) << 28),
		.payload_len = rte_cpu_to_be_16((uint16_t)len),
		.proto = IPPROTO_HOPOPTS,
		.hop_limits = HOP_LIMIT,
	};
	uint8_t *at = out;

	assert(n <= LB_MLD_RECORDS);
	memcpy(ip.src_addr, from->bytes, sizeof(ip.src_addr));
	memcpy(ip.dst_addr, lb_ip6_all_mld.bytes, sizeof(ip.dst_addr));
	memcpy(at, &eth, sizeof(eth));
	at += sizeof(eth);
	memcpy(at, &ip, sizeof(ip));
	at += sizeof(ip);
	memcpy(at, hop_by_hop, sizeof(hop_by_hop));
	write_report(at + sizeof(hop_by_hop), &ip, records, n);
	return (uint16_t)(sizeof(eth) + sizeof(ip) + len);
}

/* Milliseconds: in version 2 large ones are floating point (RFC 3810 section 5.1.3). */
static uint32_t
delay_of(uint16_t code, uint16_t len)
{
	if (len < QUERY_2 || code < 0x8000)
		return code;
	return (uint32_t)((code & 0x0fff) | 0x1000) << ((code >> 12 & 7) + 3);
}

int
lb_mld_parse(const void *data, size_t len, struct lb_mld_query *query)
{
	const struct rte_ipv6_hdr *ip = data;
	struct lb_ip6_upper upper;
	struct query message;

	if (lb_ip6_check(data, (uint16_t)RTE_MIN(len, (size_t)UINT16_MAX)) != LB_IP6_OK ||
		!lb_ip6_find_upper(ip, &upper))
		return -EINVAL;
	if (upper.protocol != IPPROTO_ICMPV6 || !upper.router_alert ||
		ip->hop_limits != HOP_LIMIT || !lb_ip6_is_link_local(ip->src_addr))
		return -EINVAL;
	if (upper.len < sizeof(message) || (upper.len > sizeof(message) && upper.len < QUERY_2))
		return -EINVAL;
	memcpy(&message, RTE_PTR_ADD(ip, upper.offset), sizeof(message));
	if (message.type != LB_ICMP6_MLD_QUERY ||
		lb_ip6_sum(ip, IPPROTO_ICMPV6, RTE_PTR_ADD(ip, upper.offset), upper.len) !=
			UINT16_MAX)
		return -EINVAL;
	query->group = lb_addr_ip6(message.group);
	query->delay_ms = delay_of(rte_be_to_cpu_16(message.delay), upper.len);
	return 0;
}
