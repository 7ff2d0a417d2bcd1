/*
 * Packets of connections that are to be reset: each is answered by a reset to who sent it, the
 * client and, where its packets pass here, the server. We know no sequence numbers of our own, so
 * nobody can be told before one of the two sends. A client that only waits would wait for ever once
 * its server is silent, so what the server sends also becomes a reset that goes on to the client.
 * Each packet is looked up once more, because one before it in the same burst may have ended its
 * connection.
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

/* In place of a packet of the server. Without a buffer for it the client is told when it sends. */
static void
warn_client(struct rte_graph *graph, struct rte_node *node, const struct rte_mbuf *m,
	const struct lb_conn *conn)
{
	struct lb_node_env *env = lb_node_env(node);
	struct rte_mbuf *reset = rte_pktmbuf_alloc(env->pool);

	if (reset == NULL)
		return;
	lb_tcp4_write_reset_on(reset, m, conn->target.vip, conn->target.vip_port);
	lb_conn_warn_client(env->conns);
	rte_node_enqueue_x1(graph, node, CONN_RESET_TO_OUTPUT, reset);
}

static inline rte_edge_t
conn_reset_edge(struct rte_graph *graph, struct rte_node *node, struct rte_mbuf *m)
{
	struct lb_node_env *env = lb_node_env(node);
	enum lb_fwd_direction direction = lb_node_direction(m);
	struct lb_conn *conn = find_marked(env, m);

	if (conn == NULL)
		return CONN_RESET_DROP;
	if (direction == LB_FWD_REPLY && !flow_vip_is_ours(env, conn))
		return CONN_RESET_DROP_BACKUP;
	if (!lb_tcp4_may_reset(m))
		return CONN_RESET_DROP;
	if (direction == LB_FWD_REPLY && lb_conn_get_reset(conn) != LB_CONN_RESET_CLIENT)
		warn_client(graph, node, m, conn);
	lb_conn_tell_reset(env->conns, conn, direction);
	lb_tcp4_make_reset(m);
	return CONN_RESET_TO_OUTPUT;
}

static uint16_t
conn_reset(struct rte_graph *graph, struct rte_node *node, void **objs, uint16_t n)
{
	for (uint16_t i = 0; i < n; i++)
		rte_node_enqueue_x1(graph, node, conn_reset_edge(graph, node, objs[i]), objs[i]);
	return n;
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
