/*
 * nat: network address translation. A request gets the server's address and port for the VIP's, and
 * the reply gets them back; the client's stay, so the server sees who asks, and its way back must
 * lead through the director. Only the words that change enter the checksums (RFC 1624): payload is
 * not read, and what arrived broken leaves broken. Packets are TCP or UDP, whole headers.
 */

#include <errno.h>

#include <rte_ip.h>
#include <rte_tcp.h>
#include <rte_udp.h>

#include "lb_checksum.h"
#include "lb_fwd.h"

/* Mend all checksums that cover the end. */
static inline void
nat_mend(struct rte_ipv4_hdr *ip, void *l4, const struct lb_checksum_end *end)
{
	struct rte_tcp_hdr *tcp = l4;
	struct rte_udp_hdr *udp = l4;

	ip->hdr_checksum = lb_checksum_replace32(ip->hdr_checksum, end->from, end->to);
	if (ip->next_proto_id == IPPROTO_TCP)
		tcp->cksum = lb_checksum_replace_tcp(tcp->cksum, end);
	else
		udp->dgram_cksum = lb_checksum_replace_udp(udp->dgram_cksum, end);
}

/* TCP and UDP begin alike: the ports are where UDP has them. */
static inline struct rte_udp_hdr *
nat_ports(struct rte_ipv4_hdr *ip)
{
	return RTE_PTR_ADD(ip, rte_ipv4_hdr_len(ip));
}

static void
nat_rewrite(struct rte_mbuf **mbufs, const struct lb_fwd_target *const *targets, uint16_t n)
{
	for (uint16_t i = 0; i < n; i++) {
		struct rte_ipv4_hdr *ip = rte_pktmbuf_mtod(mbufs[i], struct rte_ipv4_hdr *);
		struct rte_udp_hdr *ports = nat_ports(ip);
		const struct lb_checksum_end end = {
			.from = ip->dst_addr,
			.to = targets[i]->server,
			.from_port = ports->dst_port,
			.to_port = targets[i]->server_port,
		};

		ip->dst_addr = end.to;
		ports->dst_port = end.to_port;
		nat_mend(ip, ports, &end);
	}
}

static void
nat_restore(struct rte_mbuf **mbufs, const struct lb_fwd_target *const *targets, uint16_t n)
{
	for (uint16_t i = 0; i < n; i++) {
		struct rte_ipv4_hdr *ip = rte_pktmbuf_mtod(mbufs[i], struct rte_ipv4_hdr *);
		struct rte_udp_hdr *ports = nat_ports(ip);
		const struct lb_checksum_end end = {
			.from = ip->src_addr,
			.to = targets[i]->vip,
			.from_port = ports->src_port,
			.to_port = targets[i]->vip_port,
		};

		ip->src_addr = end.to;
		ports->src_port = end.to_port;
		nat_mend(ip, ports, &end);
	}
}

static int
nat_check(const struct lb_fwd_server *server, struct lb_error *err)
{
	char text[LB_ADDR_TEXT];

	lb_endpoint_text(&server->server, text);
	if (server->server.addr.family != server->at.addr.family)
		return lb_error_set(err, EINVAL,
			"service \"%s\": server %s: NAT cannot change the address family; "
			"give the server an %s address",
			server->service, text,
			server->at.addr.family == AF_INET6 ? "IPv6" : "IPv4");
	if (server->server.port == 0 && server->at.port != 0)
		return lb_error_set(err, EINVAL,
			"service \"%s\": server %s: NAT needs a port to send to; set the one that "
			"the server listens on",
			server->service, text);
	return 0;
}

const struct lb_fwd_ops lb_fwd_nat = {
	.name = "nat",
	.overhead = 0,
	.one_way = false,
	.check = nat_check,
	.rewrite = nat_rewrite,
	.restore = nat_restore,
};
