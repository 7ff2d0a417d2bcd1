/*
 * The careful check of an IPv4 header, for those that lb_ip4_check() does not pass at a glance.
 * Every length is compared with what is there before anything behind it is read.
 */

#include "lb_ip4.h"

enum lb_ip4_fault
lb_ip4_fault(const void *data, uint16_t len)
{
	const struct rte_ipv4_hdr *ip = data;
	uint16_t header, total;

	if (len < sizeof(*ip))
		return LB_IP4_TRUNCATED;
	header = rte_ipv4_hdr_len(ip);
	total = rte_be_to_cpu_16(ip->total_length);
	if (len < header || len < total)
		return LB_IP4_TRUNCATED;
	if (ip->version_ihl >> 4 != IPVERSION)
		return LB_IP4_VERSION;
	if (header < sizeof(*ip) || header > total)
		return LB_IP4_HEADER;
	if (rte_ipv4_cksum(ip) != 0)
		return LB_IP4_CHECKSUM;
	return lb_ip4_is_host(ip->src_addr) ? LB_IP4_OK : LB_IP4_SOURCE;
}
