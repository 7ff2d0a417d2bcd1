/*
 * reject_<where>_<why>: the end of a packet whose sender is told: by a reset if it is TCP, else by
 * port unreachable. One node per reason, so that rte_graph counts them.
 */

#include "lb_icmp4.h"
#include "lb_node.h"

enum reject_edge {
	REJECT_TO_RESET,
	REJECT_TO_ERROR,
	REJECT_EDGES,
};

const char *const lb_node_rejects[] = {
	"reject_conn_unknown",
	"reject_sched_none",
	NULL,
};

static inline rte_edge_t
reject_edge(struct lb_node_env *env, struct rte_mbuf *m)
{
	struct lb_node_meta *meta = lb_node_meta(m);

	RTE_SET_USED(env);
	if (lb_node_ip4(m)->next_proto_id == IPPROTO_TCP)
		return REJECT_TO_RESET;
	meta->icmp.type = LB_ICMP4_UNREACHABLE;
	meta->icmp.code = LB_ICMP4_PORT;
	meta->icmp.mtu = 0;
	return REJECT_TO_ERROR;
}

static uint16_t
reject(struct rte_graph *graph, struct rte_node *node, void **objs, uint16_t n)
{
	return lb_node_dispatch(graph, node, objs, n, reject_edge);
}

struct rte_node_register lb_node_reject = {
	.name = "reject",
	.parent_id = RTE_NODE_ID_INVALID,
	.process = reject,
	.nb_edges = REJECT_EDGES,
	.next_nodes = {
		[REJECT_TO_RESET] = "tcp4_reset",
		[REJECT_TO_ERROR] = "icmp4_error",
	},
};
