/*
 * Finds the connections of a burst. A flow of another worker goes there; a hit goes to the
 * forwarding method that its connection was made with, so that no change of configuration moves a
 * live flow. What is sent to no VIP is looked up as the answer of a server. There is no list of
 * servers to ask first: the reply key is looked up in one bucket, and is right also for servers
 * that are leaving.
 */

#include "flow.h"
#include "lb_node.h"

enum conn_lookup_edge {
	CONN_LOOKUP_TO_NEW,
	CONN_LOOKUP_TO_STEER,
	CONN_LOOKUP_TO_HOST,
	CONN_LOOKUP_DROP_TRUNCATED,
	CONN_LOOKUP_TO_TRANSIT,
	CONN_LOOKUP_TO_FWD, /* The first method; the others follow. */
};

/* Where a packet without a connection goes, by what its destination is. */
static const rte_edge_t miss_edges[] = {
	[LB_VIP_NONE] = CONN_LOOKUP_TO_TRANSIT,
	[LB_VIP_VIP] = CONN_LOOKUP_TO_NEW,
	[LB_VIP_LOCAL] = CONN_LOOKUP_TO_HOST,
};

/* The flows of a piece that are ours to look up. */
struct own_flows {
	uint16_t n;
	uint16_t at[LB_NODE_PIECE]; /* Where they stand in the piece. */
	struct lb_conn_key keys[LB_NODE_PIECE];
	struct lb_conn *conns[LB_NODE_PIECE];
};

/* Whether the owner of the flow is another worker; then the packet says which. */
static inline bool
is_steered(const struct lb_node_env *env, struct rte_mbuf *m, const struct lb_conn_key *key)
{
	uint32_t owner;

	if (env->workers == 1)
		return false;
	owner = flow_owner(key->client, key->client_port, env->workers);
	lb_node_meta(m)->steer = (struct lb_node_steer){ .worker = owner };
	return owner != env->worker;
}

static inline void
read_flows(const struct lb_node_env *env, void **objs, uint16_t n, struct own_flows *own,
	rte_edge_t *edges)
{
	own->n = 0;
	for (uint16_t i = 0; i < n; i++) {
		struct lb_conn_key *key = &own->keys[own->n];

		if (unlikely(!flow_is_whole(objs[i]))) {
			edges[i] = CONN_LOOKUP_DROP_TRUNCATED;
			continue;
		}
		*key = flow_key(objs[i]);
		if (is_steered(env, objs[i], key))
			edges[i] = CONN_LOOKUP_TO_STEER;
		else
			own->at[own->n++] = i;
	}
}

static inline rte_edge_t
conn_lookup_edge(struct lb_node_env *env, struct rte_mbuf *m, struct lb_conn *conn)
{
	enum lb_fwd_direction direction = lb_node_direction(m);
	enum lb_conn_event event = flow_event(m);

	if (conn == NULL)
		return miss_edges[lb_node_meta(m)->kind];
	if (direction == LB_FWD_REQUEST && flow_starts_afresh(conn, event))
		return CONN_LOOKUP_TO_NEW;
	lb_conn_track(env->conns, conn, direction, event, env->now);
	lb_node_set_conn(env, m, conn);
	return (rte_edge_t)(CONN_LOOKUP_TO_FWD + conn->method);
}

static inline void
conn_lookup_piece(struct rte_graph *graph, struct rte_node *node, void **objs, uint16_t n)
{
	struct lb_node_env *env = lb_node_env(node);
	rte_edge_t edges[LB_NODE_PIECE];
	struct own_flows own;

	read_flows(env, objs, n, &own, edges);
	lb_conn_lookup(env->conns, own.keys, own.n, env->now, own.conns);
	for (uint16_t i = 0; i < own.n; i++)
		edges[own.at[i]] = conn_lookup_edge(env, objs[own.at[i]], own.conns[i]);
	lb_node_dispatch_edges(graph, node, objs, n, edges);
}

static uint16_t
conn_lookup(struct rte_graph *graph, struct rte_node *node, void **objs, uint16_t n)
{
	for (uint16_t i = 0; i < n; i += LB_NODE_PIECE)
		conn_lookup_piece(graph, node, &objs[i], RTE_MIN(n - i, LB_NODE_PIECE));
	return n;
}

struct rte_node_register lb_node_conn_lookup = {
	.name = "conn_lookup",
	.parent_id = RTE_NODE_ID_INVALID,
	.process = conn_lookup,
	.nb_edges = CONN_LOOKUP_TO_FWD,
	.next_nodes = {
		[CONN_LOOKUP_TO_NEW] = "conn_new",
		[CONN_LOOKUP_TO_STEER] = "steer",
		[CONN_LOOKUP_DROP_TRUNCATED] = "drop_conn_truncated",
		[CONN_LOOKUP_TO_HOST] = "host_tx",
		[CONN_LOOKUP_TO_TRANSIT] = "transit",
	},
};
