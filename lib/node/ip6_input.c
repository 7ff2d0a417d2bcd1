/*
 * Checks the IPv6 header and finds out whose the destination is. To groups there come adverts of
 * VRRP, and ICMPv6; to addresses of ours ICMPv6, adverts of peers, and what the kernel is to have.
 * Nothing is forwarded, a group's packet least of all.
 *
 * Of extension headers only hop-by-hop options are read, with which MLD comes. Padding beyond the
 * payload length is trimmed before anything else sees the packet.
 */

#include "lb_ip6.h"
#include "lb_node.h"

enum ip6_input_edge {
	IP6_INPUT_TO_ICMP,
	IP6_INPUT_TO_VRRP,
	IP6_INPUT_TO_HOST,
	IP6_INPUT_DROP_TRUNCATED,
	IP6_INPUT_DROP_VERSION,
	IP6_INPUT_DROP_SOURCE,
	IP6_INPUT_DROP_OPTIONS,
	IP6_INPUT_DROP_PROTOCOL,
	IP6_INPUT_DROP_GROUP,
	IP6_INPUT_DROP_NOT_OURS,
	IP6_INPUT_DROP_BACKUP,
	IP6_INPUT_DROP_FRAME,
	IP6_INPUT_EDGES,
};

static const rte_edge_t fault_edges[] = {
	[LB_IP6_TRUNCATED] = IP6_INPUT_DROP_TRUNCATED,
	[LB_IP6_VERSION] = IP6_INPUT_DROP_VERSION,
	[LB_IP6_SOURCE] = IP6_INPUT_DROP_SOURCE,
};

static inline void
trim_padding(struct rte_mbuf *m, const struct rte_ipv6_hdr *ip)
{
	uint16_t total = (uint16_t)(sizeof(*ip) + rte_be_to_cpu_16(ip->payload_len));

	if (m->data_len > total)
		m->data_len = (uint16_t)(m->pkt_len = total);
}

static inline bool
is_vrrp_group(const uint8_t *addr)
{
	static const uint8_t group[16] = { 0xff, 0x02, [15] = 0x12 };

	return memcmp(addr, group, sizeof(group)) == 0;
}

/* An advert has no extension header. */
static inline bool
is_advert(const struct lb_ip6_upper *upper)
{
	return upper->protocol == LB_NODE_VRRP && upper->offset == sizeof(struct rte_ipv6_hdr);
}

static inline rte_edge_t
ip6_input_group(const struct rte_ipv6_hdr *ip, const struct lb_ip6_upper *upper)
{
	if (upper->protocol == IPPROTO_ICMPV6)
		return IP6_INPUT_TO_ICMP;
	return is_advert(upper) && is_vrrp_group(ip->dst_addr) ? IP6_INPUT_TO_VRRP
							       : IP6_INPUT_DROP_GROUP;
}

/* To a VIP that is served, or to a port's own address. */
static inline rte_edge_t
ip6_input_ours(const struct lb_vip *vip, const struct lb_ip6_upper *upper)
{
	if (upper->protocol == IPPROTO_ICMPV6)
		return IP6_INPUT_TO_ICMP;
	if (vip->kind != LB_VIP_LOCAL)
		return IP6_INPUT_DROP_PROTOCOL;
	return is_advert(upper) ? IP6_INPUT_TO_VRRP : IP6_INPUT_TO_HOST;
}

/* A host's address in a frame to a group is a mistake or an attack, as with IPv4. */
static inline bool
came_to_group(const struct rte_mbuf *m)
{
	const struct rte_ether_hdr *eth = RTE_PTR_SUB(rte_pktmbuf_mtod(m, const void *), m->l2_len);

	return rte_is_multicast_ether_addr(&eth->dst_addr);
}

static inline rte_edge_t
ip6_input_edge(struct lb_node_env *env, struct rte_mbuf *m)
{
	const struct rte_ipv6_hdr *ip = rte_pktmbuf_mtod(m, const struct rte_ipv6_hdr *);
	enum lb_ip6_fault fault = lb_ip6_check(ip, rte_pktmbuf_data_len(m));
	struct lb_ip6_upper upper;
	const struct lb_vip *vip;

	if (fault != LB_IP6_OK)
		return fault_edges[fault];
	trim_padding(m, ip);
	if (!lb_ip6_find_upper(ip, &upper))
		return IP6_INPUT_DROP_OPTIONS;
	lb_node_meta(m)->kind = LB_VIP_NONE;
	if (lb_ip6_is_group(ip->dst_addr))
		return ip6_input_group(ip, &upper);
	if (came_to_group(m))
		return IP6_INPUT_DROP_FRAME;
	vip = lb_vip_find6(env->vips, ip->dst_addr);
	if (vip == NULL)
		return IP6_INPUT_DROP_NOT_OURS;
	if (vip->kind == LB_VIP_VIP && !lb_vip_is_active(vip->instance, env->tsc))
		return IP6_INPUT_DROP_BACKUP;
	lb_node_meta(m)->kind = vip->kind;
	return ip6_input_ours(vip, &upper);
}

static uint16_t
ip6_input(struct rte_graph *graph, struct rte_node *node, void **objs, uint16_t n)
{
	return lb_node_dispatch(graph, node, objs, n, ip6_input_edge);
}

struct rte_node_register lb_node_ip6_input = {
	.name = "ip6_input",
	.parent_id = RTE_NODE_ID_INVALID,
	.process = ip6_input,
	.nb_edges = IP6_INPUT_EDGES,
	.next_nodes = {
		[IP6_INPUT_TO_ICMP] = "icmp6_input",
		[IP6_INPUT_TO_VRRP] = "vrrp_input",
		[IP6_INPUT_TO_HOST] = "host_tx",
		[IP6_INPUT_DROP_TRUNCATED] = "drop_ip6_truncated",
		[IP6_INPUT_DROP_VERSION] = "drop_ip6_version",
		[IP6_INPUT_DROP_SOURCE] = "drop_ip6_source",
		[IP6_INPUT_DROP_OPTIONS] = "drop_ip6_options",
		[IP6_INPUT_DROP_PROTOCOL] = "drop_ip6_protocol",
		[IP6_INPUT_DROP_GROUP] = "drop_ip6_group",
		[IP6_INPUT_DROP_NOT_OURS] = "drop_ip6_not_ours",
		[IP6_INPUT_DROP_BACKUP] = "drop_vip_backup",
		[IP6_INPUT_DROP_FRAME] = "drop_eth_group",
	},
};
