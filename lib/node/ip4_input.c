/*
 * Checks the IPv4 header and finds out whether the destination is ours, and served now. Padding
 * beyond the total length is trimmed before anything else sees the packet.
 */

#include <rte_udp.h>

#include "lb_ip4.h"
#include "lb_node.h"

enum ip4_input_edge {
	IP4_INPUT_TO_CONN,
	IP4_INPUT_TO_ICMP,
	IP4_INPUT_DROP_TRUNCATED,
	IP4_INPUT_DROP_VERSION,
	IP4_INPUT_DROP_HEADER,
	IP4_INPUT_DROP_CHECKSUM,
	IP4_INPUT_DROP_SOURCE,
	IP4_INPUT_DROP_FRAGMENT,
	IP4_INPUT_DROP_PROTOCOL,
	IP4_INPUT_TO_TRANSIT,
	IP4_INPUT_TO_HOST,
	IP4_INPUT_DROP_BACKUP,
	IP4_INPUT_TO_VRRP,
	IP4_INPUT_EDGES,
};

static const rte_edge_t fault_edges[] = {
	[LB_IP4_TRUNCATED] = IP4_INPUT_DROP_TRUNCATED,
	[LB_IP4_VERSION] = IP4_INPUT_DROP_VERSION,
	[LB_IP4_HEADER] = IP4_INPUT_DROP_HEADER,
	[LB_IP4_CHECKSUM] = IP4_INPUT_DROP_CHECKSUM,
	[LB_IP4_SOURCE] = IP4_INPUT_DROP_SOURCE,
};

static inline void
trim_padding(struct rte_mbuf *m, uint16_t total)
{
	if (m->data_len > total)
		m->data_len = (uint16_t)(m->pkt_len = total);
}

static inline bool
has_ports(const struct rte_ipv4_hdr *ip)
{
	return ip->next_proto_id == IPPROTO_TCP || ip->next_proto_id == IPPROTO_UDP;
}

/* To a VIP that is served, or to a port's own address, where the kernel puts fragments together. */
static inline rte_edge_t
ip4_input_ours(const struct lb_node_env *env, struct rte_mbuf *m)
{
	const struct rte_ipv4_hdr *ip = lb_node_ip4(m);

	if (lb_ip4_is_fragment(ip))
		return lb_node_is_for_host(env, m) ? IP4_INPUT_TO_HOST : IP4_INPUT_DROP_FRAGMENT;
	if (ip->next_proto_id == IPPROTO_ICMP)
		return IP4_INPUT_TO_ICMP;
	if (has_ports(ip))
		return IP4_INPUT_TO_CONN;
	if (lb_node_meta(m)->kind != LB_VIP_LOCAL)
		return IP4_INPUT_DROP_PROTOCOL;
	return ip->next_proto_id == LB_NODE_VRRP ? IP4_INPUT_TO_VRRP : IP4_INPUT_TO_HOST;
}

/* To somebody else: the answer of a server, an ICMP error of one, or none of our business. */
static inline rte_edge_t
ip4_input_others(const struct rte_ipv4_hdr *ip)
{
	if (lb_ip4_is_fragment(ip))
		return IP4_INPUT_TO_TRANSIT;
	if (ip->next_proto_id == IPPROTO_ICMP)
		return IP4_INPUT_TO_ICMP;
	return has_ports(ip) ? IP4_INPUT_TO_CONN : IP4_INPUT_TO_TRANSIT;
}

/*
 * Whether a service matches the packet, which goes to no address of ours. What servers send is not
 * caught, so that a cache can ask the origin by the director.
 */
static inline bool
is_matched(const struct lb_node_env *env, struct rte_mbuf *m)
{
	const struct rte_ipv4_hdr *ip = lb_node_ip4(m);
	uint16_t header = rte_ipv4_hdr_len(ip);
	const struct rte_udp_hdr *l4 = RTE_PTR_ADD(ip, header); /* TCP's ports stand there too */

	if (!has_ports(ip) || lb_ip4_is_fragment(ip) || rte_pktmbuf_data_len(m) < header + 4)
		return false;
	return !lb_svc_has_server4(env->services, ip->src_addr) &&
	       lb_svc_match4(env->services, ip->dst_addr, l4->dst_port, ip->next_proto_id) != NULL;
}

static inline rte_edge_t
ip4_input_edge(struct lb_node_env *env, struct rte_mbuf *m)
{
	const struct rte_ipv4_hdr *ip = lb_node_ip4(m);
	enum lb_ip4_fault fault = lb_ip4_check(ip, rte_pktmbuf_data_len(m));
	const struct lb_vip *vip;

	if (fault != LB_IP4_OK)
		return fault_edges[fault];
	trim_padding(m, rte_be_to_cpu_16(ip->total_length));
	vip = lb_vip_find4(env->vips, ip->dst_addr);
	lb_node_meta(m)->kind = vip == NULL ? LB_VIP_NONE : vip->kind;
	if (vip == NULL) {
		if (likely(!env->matching) || !is_matched(env, m))
			return ip4_input_others(ip);
		lb_node_meta(m)->kind = LB_VIP_VIP;
		return IP4_INPUT_TO_CONN;
	}
	if (vip->kind == LB_VIP_VIP && !lb_vip_is_active(vip->instance, env->tsc))
		return IP4_INPUT_DROP_BACKUP;
	return ip4_input_ours(env, m);
}

static uint16_t
ip4_input(struct rte_graph *graph, struct rte_node *node, void **objs, uint16_t n)
{
	return lb_node_dispatch(graph, node, objs, n, ip4_input_edge);
}

struct rte_node_register lb_node_ip4_input = {
	.name = "ip4_input",
	.parent_id = RTE_NODE_ID_INVALID,
	.process = ip4_input,
	.nb_edges = IP4_INPUT_EDGES,
	.next_nodes = {
		[IP4_INPUT_TO_CONN] = "conn_lookup",
		[IP4_INPUT_TO_ICMP] = "icmp4_input",
		[IP4_INPUT_DROP_TRUNCATED] = "drop_ip4_truncated",
		[IP4_INPUT_DROP_VERSION] = "drop_ip4_version",
		[IP4_INPUT_DROP_HEADER] = "drop_ip4_header",
		[IP4_INPUT_DROP_CHECKSUM] = "drop_ip4_checksum",
		[IP4_INPUT_DROP_SOURCE] = "drop_ip4_source",
		[IP4_INPUT_DROP_FRAGMENT] = "drop_ip4_fragment",
		[IP4_INPUT_DROP_PROTOCOL] = "drop_ip4_protocol",
		[IP4_INPUT_TO_TRANSIT] = "transit",
		[IP4_INPUT_TO_HOST] = "host_tx",
		[IP4_INPUT_DROP_BACKUP] = "drop_vip_backup",
		[IP4_INPUT_TO_VRRP] = "vrrp_input",
	},
};
