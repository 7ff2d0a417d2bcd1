/*
 * Chooses the class in which ARP goes to control: requests for an Active VIP first, so that no
 * flood of other ARP delays them. What tells us nothing is dropped here: control sees ARP for our
 * addresses, and hosts that announce themselves.
 */

#include "lb_node.h"

enum arp_input_edge {
	ARP_INPUT_TO_VIP,
	ARP_INPUT_TO_NEIGH,
	ARP_INPUT_DROP_BACKUP,
	ARP_INPUT_DROP_MALFORMED,
	ARP_INPUT_DROP_NOT_OURS,
	ARP_INPUT_EDGES,
};

/* A VIP, or a port's address, is answered on its own port only. */
static inline rte_edge_t
arp_input_target(const struct lb_node_env *env, const struct lb_vip *vip, uint8_t port)
{
	if (vip->port != port)
		return ARP_INPUT_DROP_NOT_OURS;
	if (vip->kind == LB_VIP_LOCAL)
		return ARP_INPUT_TO_NEIGH;
	return lb_vip_is_active(vip->instance, env->tsc) ? ARP_INPUT_TO_VIP : ARP_INPUT_DROP_BACKUP;
}

static inline rte_edge_t
arp_input_edge(struct lb_node_env *env, struct rte_mbuf *m)
{
	const struct lb_vip *vip;
	struct lb_arp arp;

	if (lb_arp_parse(rte_pktmbuf_mtod(m, void *), rte_pktmbuf_data_len(m), &arp) != 0)
		return ARP_INPUT_DROP_MALFORMED;
	m->packet_type = RTE_PTYPE_L2_ETHER_ARP;
	if (arp.sender_ip == arp.target_ip)
		return ARP_INPUT_TO_NEIGH;
	vip = lb_vip_find4(env->vips, arp.target_ip);
	return vip == NULL ? ARP_INPUT_DROP_NOT_OURS
			   : arp_input_target(env, vip, env->port_of[m->port]);
}

static uint16_t
arp_input(struct rte_graph *graph, struct rte_node *node, void **objs, uint16_t n)
{
	return lb_node_dispatch(graph, node, objs, n, arp_input_edge);
}

struct rte_node_register lb_node_arp_input = {
	.name = "arp_input",
	.parent_id = RTE_NODE_ID_INVALID,
	.process = arp_input,
	.nb_edges = ARP_INPUT_EDGES,
	.next_nodes = {
		[ARP_INPUT_TO_VIP] = "punt_arp_vip",
		[ARP_INPUT_TO_NEIGH] = "punt_neigh",
		[ARP_INPUT_DROP_BACKUP] = "drop_vip_backup",
		[ARP_INPUT_DROP_MALFORMED] = "drop_arp_malformed",
		[ARP_INPUT_DROP_NOT_OURS] = "drop_arp_not_ours",
	},
};
