/* drop_<where>_<why>: the end of a packet. One node per reason, so that rte_graph counts them. */

#include "lb_node.h"

const char *const lb_node_drops[] = {
	"drop_eth_not_ours",
	"drop_eth_truncated",
	"drop_eth_type",
	"drop_eth_group",
	"drop_arp_malformed",
	"drop_arp_not_ours",
	"drop_punt_vrrp",
	"drop_punt_arp_vip",
	"drop_punt_neigh",
	"drop_punt_check",
	"drop_punt_icmp",
	"drop_punt_host",
	"drop_ip4_truncated",
	"drop_ip4_version",
	"drop_ip4_header",
	"drop_ip4_checksum",
	"drop_ip4_source",
	"drop_ip4_fragment",
	"drop_ip4_protocol",
	"drop_ip4_not_ours",
	"drop_ip6_truncated",
	"drop_ip6_version",
	"drop_ip6_source",
	"drop_ip6_options",
	"drop_ip6_protocol",
	"drop_ip6_group",
	"drop_ip6_not_ours",
	"drop_vip_backup",
	"drop_vip_accept",
	"drop_host_none",
	"drop_icmp4_truncated",
	"drop_icmp4_checksum",
	"drop_icmp4_quote",
	"drop_icmp4_unknown",
	"drop_icmp4_type",
	"drop_icmp4_limit",
	"drop_icmp4_silent",
	"drop_icmp6_truncated",
	"drop_icmp6_checksum",
	"drop_icmp6_type",
	"drop_nd_malformed",
	"drop_nd_not_ours",
	"drop_tcp4_limit",
	"drop_tcp4_silent",
	"drop_conn_truncated",
	"drop_conn_unknown",
	"drop_conn_full",
	"drop_conn_reset",
	"drop_nat_collision",
	"drop_nat_self",
	"drop_svc_none",
	"drop_pick_stale",
	"drop_steer_full",
	"drop_fwd_size",
	"drop_route_none",
	"drop_neigh_hold_full",
	"drop_neigh_unresolved",
	"drop_tx_full",
	NULL,
};

static uint16_t
drop(struct rte_graph *graph, struct rte_node *node, void **objs, uint16_t n)
{
	RTE_SET_USED(graph);
	RTE_SET_USED(node);
	rte_pktmbuf_free_bulk((struct rte_mbuf **)objs, n);
	return n;
}

struct rte_node_register lb_node_drop = {
	.name = "drop",
	.parent_id = RTE_NODE_ID_INVALID,
	.process = drop,
};
