/*
 * fwd_<method>: brings packets of known connections on their way, in the order of IPVS: next hop,
 * TTL, MTU, rewriting. What all methods share is here; the method itself is a plug-in.
 */

#include "flow.h"
#include "lb_icmp4.h"
#include "lb_ip4.h"
#include "lb_node.h"
#include "next_hop.h"

enum fwd_edge {
	FWD_TO_ETH,
	FWD_TO_HOLD, /* Up to here packets leave. */
	FWD_TO_ERROR,
	FWD_DROP_BACKUP,
	FWD_DROP_ROUTE,
	FWD_DROP_SIZE,
	FWD_EDGES,
};

/*
 * The next hop in a direction: cached, and resolved again when routes changed since. What is not
 * known is not cached. false: there is no route.
 */
static inline bool
fwd_next(const struct lb_node_env *env, struct lb_conn *conn, enum lb_fwd_direction direction,
	struct next_hop *next)
{
	struct lb_fwd_target *target = &conn->target;

	if (unlikely(conn->generation != env->generation)) {
		target->hop[LB_FWD_REQUEST] = target->hop[LB_FWD_REPLY] = 0;
		conn->generation = env->generation;
	}
	next->hop = target->hop[direction];
	next->address = direction == LB_FWD_REQUEST ? target->server : target->client;
	if (likely(next->hop != 0))
		return true;
	if (!next_hop_find(env, next->address, next))
		return false;
	if (next_hop_is_known(next->hop))
		target->hop[direction] = next->hop;
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
	enum lb_fwd_direction direction = lb_node_direction(m);
	struct rte_ipv4_hdr *ip = lb_node_ip4(m);
	uint32_t length = rte_pktmbuf_pkt_len(m);
	struct next_hop next;
	uint16_t mtu;

	lb_slot_count(env->slots, conn->slot, direction, length);
	if (direction == LB_FWD_REPLY && !flow_vip_is_ours(env, conn))
		return FWD_DROP_BACKUP;
	if (unlikely(!fwd_next(env, conn, direction, &next)))
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

/* Packets of one direction that leave, each with its target. */
struct leaving {
	uint16_t n;
	struct rte_mbuf *mbufs[LB_NODE_PIECE];
	const struct lb_fwd_target *targets[LB_NODE_PIECE];
};

/* Let the method change what leaves in one direction; change is NULL when it changes nothing. */
static inline void
fwd_change(void (*change)(struct rte_mbuf **, const struct lb_fwd_target *const *, uint16_t),
	struct leaving *list)
{
	if (change != NULL && list->n > 0)
		change(list->mbufs, list->targets, list->n);
}

static inline void
fwd_piece(struct rte_graph *graph, struct rte_node *node, void **objs, uint16_t n)
{
	struct lb_node_env *env = lb_node_env(node);
	const struct lb_fwd_ops *ops = env->methods[lb_node_ctx(node)->index];
	bool changes = ops->rewrite != NULL || ops->restore != NULL;
	struct leaving leaving[LB_FWD_DIRECTIONS];
	rte_edge_t edges[LB_NODE_PIECE];

	leaving[LB_FWD_REQUEST].n = leaving[LB_FWD_REPLY].n = 0;
	for (uint16_t i = 0; i < n; i++) {
		struct rte_mbuf *m = objs[i];
		struct leaving *list = &leaving[lb_node_direction(m)];
		struct lb_conn *conn = lb_node_conn(env, m);

		edges[i] = fwd_edge(env, m, conn, ops->overhead);
		if (!changes || edges[i] > FWD_TO_HOLD)
			continue;
		list->mbufs[list->n] = m;
		list->targets[list->n++] = &conn->target;
	}
	fwd_change(ops->rewrite, &leaving[LB_FWD_REQUEST]);
	fwd_change(ops->restore, &leaving[LB_FWD_REPLY]);
	lb_node_dispatch_edges(graph, node, objs, n, edges);
}

static uint16_t
fwd(struct rte_graph *graph, struct rte_node *node, void **objs, uint16_t n)
{
	for (uint16_t i = 0; i < n; i += LB_NODE_PIECE)
		fwd_piece(graph, node, &objs[i], RTE_MIN(n - i, LB_NODE_PIECE));
	return n;
}

const char *const lb_node_fwd_sources[] = {
	"conn_lookup",
	"conn_new",
	"conn_answer",
	"icmp4_related",
	NULL,
};

struct rte_node_register lb_node_fwd = {
	.name = "fwd",
	.parent_id = RTE_NODE_ID_INVALID,
	.process = fwd,
	.nb_edges = FWD_EDGES,
	.next_nodes = {
		[FWD_TO_ETH] = "eth_output",
		[FWD_TO_HOLD] = "neigh_hold",
		[FWD_TO_ERROR] = "icmp4_error",
		[FWD_DROP_BACKUP] = "drop_vip_backup",
		[FWD_DROP_ROUTE] = "drop_route_none",
		[FWD_DROP_SIZE] = "drop_fwd_size",
	},
};
