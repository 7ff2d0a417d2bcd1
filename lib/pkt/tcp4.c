/*
 * Resets. Who makes one knows nothing of the connection, so both numbers come from a packet of it.
 * The receiver of an answer takes it, because the number that counts is the one it sent; to the
 * receiver of the packet it is the one that it waits for, if nothing before the packet was lost.
 */

#include "lb_tcp4.h"

#include <rte_ip.h>
#include <rte_tcp.h>

#include "lb_ip4.h"

/* TTL of what we originate (RFC 1700). */
#define TCP4_TTL 64

/* A reset has no options. */
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

/* From one end to another; flags and numbers are to be added. */
static struct tcp4_reset
tcp4_reset(rte_be32_t src, rte_be16_t src_port, rte_be32_t dst, rte_be16_t dst_port)
{
	return (struct tcp4_reset){
		.ip = {
			.version_ihl = RTE_IPV4_VHL_DEF,
			.total_length = rte_cpu_to_be_16(sizeof(struct tcp4_reset)),
			.fragment_offset = rte_cpu_to_be_16(RTE_IPV4_HDR_DF_FLAG),
			.time_to_live = TCP4_TTL,
			.next_proto_id = IPPROTO_TCP,
			.src_addr = src,
			.dst_addr = dst,
		},
		.tcp = {
			.src_port = src_port,
			.dst_port = dst_port,
			.data_off = sizeof(struct rte_tcp_hdr) / 4 << 4,
			.tcp_flags = RTE_TCP_RST_FLAG,
		},
	};
}

static void
tcp4_put(struct rte_mbuf *m, struct tcp4_reset *reset)
{
	reset->ip.hdr_checksum = rte_ipv4_cksum(&reset->ip);
	reset->tcp.cksum = rte_ipv4_udptcp_cksum(&reset->ip, &reset->tcp);
	*rte_pktmbuf_mtod(m, struct tcp4_reset *) = *reset;
	m->data_len = (uint16_t)(m->pkt_len = sizeof(*reset));
}

void
lb_tcp4_make_reset(struct rte_mbuf *m)
{
	const struct rte_ipv4_hdr *ip = rte_pktmbuf_mtod(m, const struct rte_ipv4_hdr *);
	const struct rte_tcp_hdr *tcp = tcp4_header(m);
	struct tcp4_reset reset =
		tcp4_reset(ip->dst_addr, tcp->dst_port, ip->src_addr, tcp->src_port);

	if (tcp->tcp_flags & RTE_TCP_ACK_FLAG) {
		reset.tcp.sent_seq = tcp->recv_ack;
	} else {
		reset.tcp.recv_ack =
			rte_cpu_to_be_32(rte_be_to_cpu_32(tcp->sent_seq) + tcp4_length(ip, tcp));
		reset.tcp.tcp_flags |= RTE_TCP_ACK_FLAG;
	}
	tcp4_put(m, &reset);
}

void
lb_tcp4_write_reset_on(
	struct rte_mbuf *reset, const struct rte_mbuf *m, rte_be32_t address, rte_be16_t port)
{
	const struct rte_ipv4_hdr *ip = rte_pktmbuf_mtod(m, const struct rte_ipv4_hdr *);
	const struct rte_tcp_hdr *tcp = tcp4_header(m);
	struct tcp4_reset on = tcp4_reset(address, port, ip->dst_addr, tcp->dst_port);

	on.tcp.sent_seq = tcp->sent_seq;
	if (tcp->tcp_flags & RTE_TCP_ACK_FLAG) {
		on.tcp.recv_ack = tcp->recv_ack;
		on.tcp.tcp_flags |= RTE_TCP_ACK_FLAG;
	}
	tcp4_put(reset, &on);
}
