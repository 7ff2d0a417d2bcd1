/*
 * Resets in place. Who makes one knows nothing of the connection, so both numbers come from the
 * packet that is answered; its receiver takes it, because the one that counts is the one it sent.
 */

#include "lb_tcp4.h"

#include <rte_ip.h>
#include <rte_tcp.h>

#include "lb_ip4.h"

/* TTL of what we originate (RFC 1700). */
#define TCP4_TTL 64

/* An answer without options. */
struct tcp4_reset {
	struct rte_ipv4_hdr ip;
	struct rte_tcp_hdr tcp;
} __attribute__((packed));

static const struct rte_tcp_hdr *
tcp4_header(const struct rte_mbuf *m)
{
	const struct rte_ipv4_hdr *ip = rte_pktmbuf_mtod(m, const struct rte_ipv4_hdr *);

	return rte_pktmbuf_mtod_offset(m, const struct rte_tcp_hdr *, rte_ipv4_hdr_len(ip));
}

/* Sequence numbers that a segment takes (RFC 9293 section 3.4). */
static uint32_t
tcp4_length(const struct rte_ipv4_hdr *ip, const struct rte_tcp_hdr *tcp)
{
	uint32_t headers = rte_ipv4_hdr_len(ip) + (uint32_t)(tcp->data_off >> 4) * 4;
	uint32_t payload = rte_be_to_cpu_16(ip->total_length) - headers;

	return payload + ((tcp->tcp_flags & RTE_TCP_SYN_FLAG) != 0) +
	       ((tcp->tcp_flags & RTE_TCP_FIN_FLAG) != 0);
}

bool
lb_tcp4_may_reset(const struct rte_mbuf *m)
{
	const struct rte_ipv4_hdr *ip = rte_pktmbuf_mtod(m, const struct rte_ipv4_hdr *);

	return lb_ip4_is_host(ip->src_addr) && lb_ip4_is_host(ip->dst_addr) &&
	       (tcp4_header(m)->tcp_flags & RTE_TCP_RST_FLAG) == 0;
}

void
lb_tcp4_make_reset(struct rte_mbuf *m)
{
	const struct rte_ipv4_hdr *ip = rte_pktmbuf_mtod(m, const struct rte_ipv4_hdr *);
	const struct rte_tcp_hdr *tcp = tcp4_header(m);
	struct tcp4_reset reset = {
		.ip = {
			.version_ihl = RTE_IPV4_VHL_DEF,
			.total_length = rte_cpu_to_be_16(sizeof(reset)),
			.fragment_offset = rte_cpu_to_be_16(RTE_IPV4_HDR_DF_FLAG),
			.time_to_live = TCP4_TTL,
			.next_proto_id = IPPROTO_TCP,
			.src_addr = ip->dst_addr,
			.dst_addr = ip->src_addr,
		},
		.tcp = {
			.src_port = tcp->dst_port,
			.dst_port = tcp->src_port,
			.data_off = sizeof(reset.tcp) / 4 << 4,
			.tcp_flags = RTE_TCP_RST_FLAG,
		},
	};

	if (tcp->tcp_flags & RTE_TCP_ACK_FLAG) {
		reset.tcp.sent_seq = tcp->recv_ack;
	} else {
		reset.tcp.recv_ack =
			rte_cpu_to_be_32(rte_be_to_cpu_32(tcp->sent_seq) + tcp4_length(ip, tcp));
		reset.tcp.tcp_flags |= RTE_TCP_ACK_FLAG;
	}
	reset.ip.hdr_checksum = rte_ipv4_cksum(&reset.ip);
	reset.tcp.cksum = rte_ipv4_udptcp_cksum(&reset.ip, &reset.tcp);
	*rte_pktmbuf_mtod(m, struct tcp4_reset *) = reset;
	m->data_len = (uint16_t)(m->pkt_len = sizeof(reset));
}
