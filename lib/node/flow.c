/*
 * Reading flows. Both directions of a connection know the client's address and port, so the owner
 * is a function of these alone: CRC32C, which spreads well enough and costs three instructions.
 */

#include "flow.h"

#include <rte_hash_crc.h>
#include <rte_tcp.h>
#include <rte_udp.h>

static void
set_ports(struct lb_conn_key *key, rte_be16_t src, rte_be16_t dst)
{
	bool reply = key->direction == LB_FWD_REPLY;

	key->client_port = reply ? dst : src;
	key->other_port = reply ? src : dst;
}

static bool
flow_read_tcp(const struct rte_tcp_hdr *tcp, uint32_t len, struct lb_conn_key *key,
	enum lb_conn_event *event)
{
	uint32_t header;

	if (len < sizeof(*tcp))
		return false;
	header = (uint32_t)(tcp->data_off >> 4) * 4;
	if (header < sizeof(*tcp) || header > len)
		return false;
	set_ports(key, tcp->src_port, tcp->dst_port);
	*event = lb_conn_tcp_event(tcp->tcp_flags);
	return true;
}

static bool
flow_read_udp(const struct rte_udp_hdr *udp, uint32_t len, struct lb_conn_key *key,
	enum lb_conn_event *event)
{
	uint32_t length;

	if (len < sizeof(*udp))
		return false;
	length = rte_be_to_cpu_16(udp->dgram_len);
	if (length < sizeof(*udp) || length > len)
		return false;
	set_ports(key, udp->src_port, udp->dst_port);
	*event = LB_CONN_EVENT_NONE;
	return true;
}

bool
flow_read(struct rte_mbuf *m, struct lb_conn_key *key, enum lb_conn_event *event)
{
	const struct rte_ipv4_hdr *ip = lb_node_ip4(m);
	uint32_t header = rte_ipv4_hdr_len(ip);
	uint32_t len = rte_be_to_cpu_16(ip->total_length) - header;
	const void *l4 = RTE_PTR_ADD(ip, header);
	enum lb_fwd_direction direction = lb_node_direction(m);

	key->client = direction == LB_FWD_REPLY ? ip->dst_addr : ip->src_addr;
	key->other = direction == LB_FWD_REPLY ? ip->src_addr : ip->dst_addr;
	key->protocol = ip->next_proto_id;
	key->direction = (uint8_t)direction;
	return ip->next_proto_id == IPPROTO_TCP ? flow_read_tcp(l4, len, key, event)
						: flow_read_udp(l4, len, key, event);
}

uint32_t
flow_owner(rte_be32_t client, rte_be16_t client_port, uint32_t workers)
{
	uint32_t hash = rte_hash_crc_8byte((uint64_t)client << 16 | client_port, 0);

	return (uint32_t)(((uint64_t)hash * workers) >> 32);
}

bool
flow_opens(struct rte_mbuf *m)
{
	const struct rte_ipv4_hdr *ip = lb_node_ip4(m);
	const struct rte_tcp_hdr *tcp = RTE_PTR_ADD(ip, rte_ipv4_hdr_len(ip));
	const uint8_t mask =
		RTE_TCP_SYN_FLAG | RTE_TCP_ACK_FLAG | RTE_TCP_RST_FLAG | RTE_TCP_FIN_FLAG;

	return (tcp->tcp_flags & mask) == RTE_TCP_SYN_FLAG;
}
