/*
 * Packets of connections that are to be reset: each is answered by a reset to who sent it, the
 * client and, where its packets pass here, the server. We know no sequence numbers of our own, so
 * nobody can be told before he sends. Each packet is looked up once more, because one before it in
 * the same burst may have ended its connection.
 */

#include "flow.h"
#include "lb_node.h"
#include "lb_tcp4.h"

enum conn_reset_edge {
	CONN_RESET_TO_OUTPUT,
	CONN_RESET_DROP,
	CONN_RESET_DROP_BACKUP,
	CONN_RESET_EDGES,
};

/* The marked connection of a packet, or NULL. */
static inline struct lb_conn *
find_marked(struct lb_node_env *env, struct rte_mbuf *m)
{
	struct lb_conn_key key;
	struct lb_conn *conn;

	if (lb_node_ip4(m)->next_proto_id != IPPROTO_TCP || !flow_is_whole(m))
		return NULL; /* it is an error about the connection */
	key = flow_key(m);
	lb_conn_lookup(env->conns, &key, 1, env->now, &conn);
	return conn == NULL || lb_conn_get_reset(conn) == LB_CONN_RESET_NONE ? NULL : conn;
}

static inline rte_edge_t
conn_reset_edge(struct lb_node_env *env, struct rte_mbuf *m)
{
	enum lb_fwd_direction direction = lb_node_direction(m);
	struct lb_conn *conn = find_marked(env, m);

	if (conn == NULL)
		return CONN_RESET_DROP;
	if (direction == LB_FWD_REPLY && !flow_vip_is_ours(env, conn))
		return CONN_RESET_DROP_BACKUP;
	if (!lb_tcp4_may_reset(m))
		return CONN_RESET_DROP;
	lb_conn_tell_reset(env->conns, conn, direction);
	lb_tcp4_make_reset(m);
	return CONN_RESET_TO_OUTPUT;
}

static uint16_t
conn_reset(struct rte_graph *graph, struct rte_node *node, void **objs, uint16_t n)
{
	return lb_node_dispatch(graph, node, objs, n, conn_reset_edge);
}

struct rte_node_register lb_node_conn_reset = {
	.name = "conn_reset",
	.parent_id = RTE_NODE_ID_INVALID,
	.process = conn_reset,
	.nb_edges = CONN_RESET_EDGES,
	.next_nodes = {
		[CONN_RESET_TO_OUTPUT] = "ip4_output",
		[CONN_RESET_DROP] = "drop_conn_reset",
		[CONN_RESET_DROP_BACKUP] = "drop_vip_backup",
	},
};
