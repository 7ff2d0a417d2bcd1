/*
 * Quoted packets. A length inside a quote tells how long the packet was when it was sent, and the
 * quote is mostly shorter; it may also be longer, by padding and extensions (RFC 4884). So both
 * ends are kept apart: nothing is read beyond the nearer one.
 *
 * A quoted checksum covers bytes that are not there. It is mended by what changed, if it is there
 * itself; the error's own checksum is computed anew over all that is in the error.
 */

#include "lb_icmp4_quote.h"

#include <assert.h>
#include <stddef.h>

#include <rte_icmp.h>
#include <rte_ip.h>
#include <rte_tcp.h>
#include <rte_udp.h>

#include "lb_checksum.h"
#include "lb_icmp4.h"

/* What every error quotes behind the IP header at least (RFC 792): for TCP and UDP, the ports. */
#define QUOTE_L4_MIN 8

/* Read the IPv4 packet at quote->offset, of which at most room bytes are quoted. */
static enum lb_icmp4_quote_fault
quote_read_packet(const struct rte_mbuf *m, uint16_t room, struct lb_icmp4_quote *quote)
{
	const struct rte_ipv4_hdr *ip =
		rte_pktmbuf_mtod_offset(m, const struct rte_ipv4_hdr *, quote->offset);
	const struct rte_udp_hdr *ports;
	uint16_t total;

	if (room < sizeof(*ip) + QUOTE_L4_MIN)
		return LB_ICMP4_QUOTE_TRUNCATED;
	quote->header = rte_ipv4_hdr_len(ip);
	total = rte_be_to_cpu_16(ip->total_length);
	if (ip->version_ihl >> 4 != IPVERSION || quote->header < sizeof(*ip) ||
		total < quote->header + QUOTE_L4_MIN)
		return LB_ICMP4_QUOTE_HEADER;
	if (room < quote->header + QUOTE_L4_MIN)
		return LB_ICMP4_QUOTE_TRUNCATED;
	if ((ip->fragment_offset & RTE_BE16(RTE_IPV4_HDR_OFFSET_MASK)) != 0)
		return LB_ICMP4_QUOTE_FRAGMENT;

	quote->quoted = RTE_MIN(room, total);
	quote->protocol = ip->next_proto_id;
	quote->df = (ip->fragment_offset & RTE_BE16(RTE_IPV4_HDR_DF_FLAG)) != 0;
	quote->src = ip->src_addr;
	quote->dst = ip->dst_addr;
	quote->has_ports = quote->protocol == IPPROTO_TCP || quote->protocol == IPPROTO_UDP;
	ports = RTE_PTR_ADD(ip, quote->header);
	quote->src_port = quote->has_ports ? ports->src_port : 0;
	quote->dst_port = quote->has_ports ? ports->dst_port : 0;
	return LB_ICMP4_QUOTE_OK;
}

/* Type, code and MTU of the error; false: not of a type that is about a flow. */
static bool
quote_read_error(const struct rte_icmp_hdr *icmp, struct lb_icmp4_quote *quote)
{
	quote->type = icmp->icmp_type;
	quote->code = icmp->icmp_code;
	quote->mtu = 0;
	if (quote->type == LB_ICMP4_UNREACHABLE && quote->code == LB_ICMP4_FRAG_NEEDED)
		quote->mtu = rte_be_to_cpu_16(icmp->icmp_seq_nb); /* RFC 1191 section 4 */
	return quote->type == LB_ICMP4_UNREACHABLE || quote->type == LB_ICMP4_SOURCE_QUENCH ||
	       quote->type == LB_ICMP4_TIME_EXCEEDED;
}

enum lb_icmp4_quote_fault
lb_icmp4_quote_read(const struct rte_mbuf *m, struct lb_icmp4_quote *quote)
{
	const struct rte_ipv4_hdr *ip = rte_pktmbuf_mtod(m, const struct rte_ipv4_hdr *);
	uint16_t header = rte_ipv4_hdr_len(ip);
	uint16_t total = rte_be_to_cpu_16(ip->total_length);
	enum lb_icmp4_quote_fault fault;

	assert(m->data_len >= total && total >= header + sizeof(struct rte_icmp_hdr));
	if (!quote_read_error(
		    rte_pktmbuf_mtod_offset(m, const struct rte_icmp_hdr *, header), quote))
		return LB_ICMP4_QUOTE_TYPE;
	quote->offset = (uint16_t)(header + sizeof(struct rte_icmp_hdr));
	fault = quote_read_packet(m, (uint16_t)(total - quote->offset), quote);
	if (fault != LB_ICMP4_QUOTE_OK)
		return fault;
	return quote->src == ip->dst_addr ? LB_ICMP4_QUOTE_OK : LB_ICMP4_QUOTE_FOREIGN;
}

enum lb_icmp4_quote_fault
lb_icmp4_quote_read_tunnel(const struct rte_mbuf *m, const struct lb_icmp4_quote *tunnel,
	struct lb_icmp4_quote *inside)
{
	*inside = (struct lb_icmp4_quote){
		.type = tunnel->type,
		.code = tunnel->code,
		.mtu = tunnel->mtu,
		.offset = (uint16_t)(tunnel->offset + tunnel->header),
	};
	return quote_read_packet(m, (uint16_t)(tunnel->quoted - tunnel->header), inside);
}

/* The checksums inside the quote after end was changed, then the error's around it. */
static void
quote_mend(
	struct rte_mbuf *m, const struct lb_icmp4_quote *quote, const struct lb_checksum_end *end)
{
	uint16_t message = (uint16_t)(quote->offset - sizeof(struct rte_icmp_hdr));
	struct rte_icmp_hdr *icmp = rte_pktmbuf_mtod_offset(m, struct rte_icmp_hdr *, message);
	struct rte_ipv4_hdr *ip = rte_pktmbuf_mtod(m, struct rte_ipv4_hdr *);
	struct rte_ipv4_hdr *packet = RTE_PTR_ADD(ip, quote->offset);
	struct rte_tcp_hdr *tcp = RTE_PTR_ADD(packet, quote->header);
	struct rte_udp_hdr *udp = RTE_PTR_ADD(packet, quote->header);
	uint16_t l4 = (uint16_t)(quote->quoted - quote->header);

	packet->hdr_checksum = lb_checksum_replace32(packet->hdr_checksum, end->from, end->to);
	if (quote->protocol == IPPROTO_UDP)
		udp->dgram_cksum = lb_checksum_replace_udp(udp->dgram_cksum, end);
	else if (l4 >= offsetof(struct rte_tcp_hdr, cksum) + sizeof(tcp->cksum))
		tcp->cksum = lb_checksum_replace_tcp(tcp->cksum, end);
	icmp->icmp_cksum = 0;
	icmp->icmp_cksum =
		(uint16_t)~rte_raw_cksum(icmp, rte_be_to_cpu_16(ip->total_length) - message);
}

void
lb_icmp4_quote_to_server(struct rte_mbuf *m, const struct lb_icmp4_quote *quote, rte_be32_t server,
	rte_be16_t server_port)
{
	struct rte_ipv4_hdr *ip = rte_pktmbuf_mtod(m, struct rte_ipv4_hdr *);
	struct rte_ipv4_hdr *packet = RTE_PTR_ADD(ip, quote->offset);
	struct rte_udp_hdr *ports = RTE_PTR_ADD(packet, quote->header);
	const struct lb_checksum_end end = { quote->src, server, quote->src_port, server_port };

	assert(quote->has_ports);
	ip->hdr_checksum = lb_checksum_replace32(ip->hdr_checksum, ip->dst_addr, server);
	ip->dst_addr = server;
	packet->src_addr = server;
	ports->src_port = server_port;
	quote_mend(m, quote, &end);
}

void
lb_icmp4_quote_to_client(
	struct rte_mbuf *m, const struct lb_icmp4_quote *quote, rte_be32_t vip, rte_be16_t vip_port)
{
	struct rte_ipv4_hdr *ip = rte_pktmbuf_mtod(m, struct rte_ipv4_hdr *);
	struct rte_ipv4_hdr *packet = RTE_PTR_ADD(ip, quote->offset);
	struct rte_udp_hdr *ports = RTE_PTR_ADD(packet, quote->header);
	const struct lb_checksum_end end = { quote->dst, vip, quote->dst_port, vip_port };

	assert(quote->has_ports);
	ip->hdr_checksum = lb_checksum_replace32(ip->hdr_checksum, ip->src_addr, vip);
	ip->src_addr = vip;
	packet->dst_addr = vip;
	ports->dst_port = vip_port;
	quote_mend(m, quote, &end);
}
