/*
 * fwd_<method>: brings packets of known connections on their way, in the order of IPVS: next hop,
 * TTL, MTU, rewriting. What all methods share is here; the method itself is a plug-in.
 */

#include "lb_icmp4.h"
#include "lb_ip4.h"
#include "lb_node.h"
#include "next_hop.h"

enum fwd_edge {
	FWD_TO_ETH,
	FWD_TO_HOLD, /* Up to here packets leave. */
	FWD_TO_ERROR,
	FWD_DROP_ROUTE,
	FWD_DROP_SIZE,
	FWD_EDGES,
};

/*
 * The next hop: cached, and resolved again when routes changed since. What is not known is not
 * cached. false: there is no route.
 */
static inline bool
fwd_next(const struct lb_node_env *env, struct lb_conn *conn, struct next_hop *next)
{
	struct lb_fwd_target *target = &conn->target;

	next->hop = target->hop[LB_FWD_REQUEST];
	next->address = target->server;
	if (likely(conn->generation == env->generation))
		return true;
	if (!next_hop_find(env, target->server, next))
		return false;
	if (next_hop_is_known(next->hop)) {
		target->hop[LB_FWD_REQUEST] = next->hop;
		conn->generation = env->generation;
	}
	return true;
}

static inline rte_edge_t
fwd_error(struct rte_mbuf *m, uint8_t type, uint8_t code, uint16_t mtu)
{
	struct lb_node_meta *meta = lb_node_meta(m);

	meta->icmp.type = type;
	meta->icmp.code = code;
	meta->icmp.mtu = mtu;
	return FWD_TO_ERROR;
}

static inline rte_edge_t
fwd_edge(struct lb_node_env *env, struct rte_mbuf *m, struct lb_conn *conn, uint16_t overhead)
{
	struct rte_ipv4_hdr *ip = lb_node_ip4(m);
	uint32_t length = rte_pktmbuf_pkt_len(m);
	struct next_hop next;
	uint16_t mtu;

	lb_slot_count(env->slots, conn->slot, LB_FWD_REQUEST, length);
	if (unlikely(!fwd_next(env, conn, &next)))
		return FWD_DROP_ROUTE;
	if (unlikely(ip->time_to_live <= 1))
		return fwd_error(m, LB_ICMP4_TIME_EXCEEDED, 0, 0);
	mtu = env->ports[next_hop_port(env, next.hop)]->mtu;
	if (unlikely(length + overhead > mtu)) {
		if ((ip->fragment_offset & RTE_BE16(RTE_IPV4_HDR_DF_FLAG)) == 0)
			return FWD_DROP_SIZE;
		return fwd_error(m, LB_ICMP4_UNREACHABLE, LB_ICMP4_FRAG_NEEDED, mtu - overhead);
	}
	lb_ip4_lower_ttl(ip);
	next_hop_set(m, &next);
	return likely(next_hop_is_known(next.hop)) ? FWD_TO_ETH : FWD_TO_HOLD;
}

static inline void
fwd_piece(struct rte_graph *graph, struct rte_node *node, void **objs, uint16_t n)
{
	struct lb_node_env *env = lb_node_env(node);
	const struct lb_fwd_ops *ops = env->methods[lb_node_ctx(node)->index];
	const struct lb_fwd_target *targets[LB_NODE_PIECE];
	struct rte_mbuf *mbufs[LB_NODE_PIECE];
	rte_edge_t edges[LB_NODE_PIECE];
	uint16_t leaving = 0;

	for (uint16_t i = 0; i < n; i++) {
		struct rte_mbuf *m = objs[i];
		struct lb_conn *conn = lb_conn_at(env->conns, lb_node_meta(m)->conn);

		edges[i] = fwd_edge(env, m, conn, ops->overhead);
		if (edges[i] > FWD_TO_HOLD)
			continue;
		mbufs[leaving] = m;
		targets[leaving++] = &conn->target;
	}
	if (ops->rewrite != NULL && leaving > 0)
		ops->rewrite(mbufs, targets, leaving);
	lb_node_dispatch_edges(graph, node, objs, n, edges);
}

static uint16_t
fwd(struct rte_graph *graph, struct rte_node *node, void **objs, uint16_t n)
{
	for (uint16_t i = 0; i < n; i += LB_NODE_PIECE)
		fwd_piece(graph, node, &objs[i], RTE_MIN(n - i, LB_NODE_PIECE));
	return n;
}

const char *const lb_node_fwd_sources[] = { "conn_lookup", "conn_new", NULL };

struct rte_node_register lb_node_fwd = {
	.name = "fwd",
	.parent_id = RTE_NODE_ID_INVALID,
	.process = fwd,
	.nb_edges = FWD_EDGES,
	.next_nodes = {
		[FWD_TO_ETH] = "eth_output",
		[FWD_TO_HOLD] = "neigh_hold",
		[FWD_TO_ERROR] = "icmp4_error",
		[FWD_DROP_ROUTE] = "drop_route_none",
		[FWD_DROP_SIZE] = "drop_fwd_size",
	},
};
