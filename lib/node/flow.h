#pragma once
/* What a connection is looked up by, read from a checked IPv4 packet that is no fragment. */

#include <rte_hash_crc.h>
#include <rte_tcp.h>
#include <rte_udp.h>

#include "lb_node.h"

static inline bool
flow_has_tcp(const struct rte_tcp_hdr *tcp, uint32_t len)
{
	uint32_t header;

	if (len < sizeof(*tcp))
		return false;
	header = (uint32_t)(tcp->data_off >> 4) * 4;
	return header >= sizeof(*tcp) && header <= len;
}

static inline bool
flow_has_udp(const struct rte_udp_hdr *udp, uint32_t len)
{
	uint32_t length;

	if (len < sizeof(*udp))
		return false;
	length = rte_be_to_cpu_16(udp->dgram_len);
	return length >= sizeof(*udp) && length <= len;
}

/* Whether a TCP or UDP packet is as long as its headers say: only then it may be read. */
static inline bool
flow_is_whole(struct rte_mbuf *m)
{
	const struct rte_ipv4_hdr *ip = lb_node_ip4(m);
	uint32_t header = rte_ipv4_hdr_len(ip);
	uint32_t len = rte_be_to_cpu_16(ip->total_length) - header;
	const void *l4 = RTE_PTR_ADD(ip, header);

	return ip->next_proto_id == IPPROTO_TCP ? flow_has_tcp(l4, len) : flow_has_udp(l4, len);
}

/* What a whole packet is looked up by, in the direction that its meta tells. */
static inline struct lb_conn_key
flow_key(struct rte_mbuf *m)
{
	const struct rte_ipv4_hdr *ip = lb_node_ip4(m);
	const struct rte_udp_hdr *l4 = RTE_PTR_ADD(ip, rte_ipv4_hdr_len(ip)); /* or of TCP */

	if (lb_node_direction(m) == LB_FWD_REQUEST)
		return lb_conn_key(ip->src_addr, l4->src_port, ip->dst_addr, l4->dst_port,
			ip->next_proto_id, LB_FWD_REQUEST);
	return lb_conn_key(ip->dst_addr, l4->dst_port, ip->src_addr, l4->src_port,
		ip->next_proto_id, LB_FWD_REPLY);
}

/* What a whole packet means to the state of its flow. */
static inline enum lb_conn_event
flow_event(struct rte_mbuf *m)
{
	const struct rte_ipv4_hdr *ip = lb_node_ip4(m);
	const struct rte_tcp_hdr *tcp = RTE_PTR_ADD(ip, rte_ipv4_hdr_len(ip));

	return ip->next_proto_id == IPPROTO_TCP ? lb_conn_tcp_event(tcp->tcp_flags)
						: LB_CONN_EVENT_NONE;
}

/* A whole packet as one of its flow, with the flow's hash in the worker's table. */
struct flow_packet {
	struct lb_conn_key key;
	uint64_t hash;
	enum lb_conn_event event;
};

static inline struct flow_packet
flow_packet(const struct lb_node_env *env, struct rte_mbuf *m)
{
	struct flow_packet packet = { .key = flow_key(m), .event = flow_event(m) };

	packet.hash = lb_conn_hash(env->conns, &packet.key);
	return packet;
}

/*
 * The worker that owns a flow. Both directions know the client's address and port, so it is a
 * function of these alone: CRC32C, which spreads well enough and costs three instructions.
 */
static inline uint32_t
flow_owner(rte_be32_t client, rte_be16_t client_port, uint32_t workers)
{
	uint32_t hash = rte_hash_crc_8byte((uint64_t)client << 16 | client_port, 0);

	return (uint32_t)(((uint64_t)hash * workers) >> 32);
}

/* Whether a TCP packet opens a connection: SYN, and nothing that contradicts it. */
static inline bool
flow_opens(struct rte_mbuf *m)
{
	const struct rte_ipv4_hdr *ip = lb_node_ip4(m);
	const struct rte_tcp_hdr *tcp = RTE_PTR_ADD(ip, rte_ipv4_hdr_len(ip));
	const uint8_t mask =
		RTE_TCP_SYN_FLAG | RTE_TCP_ACK_FLAG | RTE_TCP_RST_FLAG | RTE_TCP_FIN_FLAG;

	return (tcp->tcp_flags & mask) == RTE_TCP_SYN_FLAG;
}

/* Whether an address that is no VIP is a destination of ours, because a service matches it. */
static inline bool
flow_is_matched(
	const struct lb_node_env *env, rte_be32_t address, rte_be16_t port, uint8_t protocol)
{
	return env->matching && lb_svc_match4(env->services, address, port, protocol) != NULL;
}

/* Whether the VIP of a flow is served by us now. */
static inline bool
flow_vip_is_ours(const struct lb_node_env *env, const struct lb_conn *conn)
{
	const struct lb_vip *vip = lb_vip_find4(env->vips, conn->target.vip);

	if (unlikely(vip == NULL))
		return flow_is_matched(
			env, conn->target.vip, conn->target.vip_port, conn->protocol);
	return vip->kind == LB_VIP_VIP && lb_vip_is_active(vip->instance, env->tsc);
}

/* Whether a packet ends the flow that it belongs to, because it starts the next one. */
static inline bool
flow_starts_afresh(const struct lb_conn *conn, enum lb_conn_event event)
{
	return event == LB_CONN_EVENT_SYN && lb_conn_is_closing(conn->state);
}
