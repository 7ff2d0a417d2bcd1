#pragma once
/**
 * @file
 * What the nodes of a worker's graph share: the worker's state, what a packet carries from node to
 * node, and the one way to enqueue.
 *
 * A struct lb_node_env belongs to one worker; its nodes find it in node->ctx. Nodes may not lock
 * (but for shared transmit queues), allocate, log or enter the kernel.
 *
 * Between eth_input and eth_output a packet's data starts at its network header; the Ethernet
 * header still stands in front, l2_len has its length.
 */

#include <assert.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include <rte_graph_worker.h>
#include <rte_ip.h>
#include <rte_mbuf.h>

#include "lb_clock.h"
#include "lb_conn.h"
#include "lb_ctlq.h"
#include "lb_fwd.h"
#include "lb_neigh.h"
#include "lb_netif.h"
#include "lb_node_budget.h"
#include "lb_node_hold.h"
#include "lb_node_limit.h"
#include "lb_route.h"
#include "lb_slot.h"
#include "lb_svc.h"
#include "lb_vip.h"

/** Packets that the sources of one walk bring in at most: streams never grow. */
#define LB_NODE_WALK_BUDGET 512

static_assert(2 * LB_NODE_WALK_BUDGET <= LB_CONN_SPARE && LB_NODE_WALK_BUDGET <= LB_CONN_LOOSE,
	"a connection that a packet of this walk has found is not another's before the walk is "
	"over, "
	"though each makes a connection and a template");

/** Packets of one ring of another worker, or of the hold, per walk at most. */
#define LB_NODE_SOURCE_BURST 32

/** Nodes that work on whole bursts do so in pieces of this many. */
#define LB_NODE_PIECE 64

/** Workers of one process at most. */
#define LB_NODE_WORKERS 64

/** IP protocol of VRRP. */
#define LB_NODE_VRRP 112

/** What becomes of other people's packets that are sent to us as a router. */
enum lb_node_transit {
	LB_NODE_TRANSIT_DROP,
	LB_NODE_TRANSIT_ROUTE, /**< By our own routes. */
	LB_NODE_TRANSIT_HOST,  /**< Given to the kernel. */
};

/** What became of the frames of one worker for one port. Written by the worker, read by control. */
struct lb_node_tx {
	uint32_t taken;
	uint32_t refused;
};

/** State of one worker's packet path. Set up by control, then the worker's own. */
struct lb_node_env {
	/* Time and published versions of this walk; see lb_node_env_begin(). */
	uint64_t tsc; /**< Control reads it, to see whether the worker walks. */
	uint32_t now; /**< Tick. */
	uint16_t generation;
	const struct lb_vip_table *vips;
	const struct lb_svc_root *services;
	const struct lb_route_table *routes;
	bool matching;     /**< Some service has matches. */
	uint64_t received; /**< Packets that the sources brought in, ever. */

	uint32_t worker;
	uint32_t workers;
	const _Atomic uint32_t *transit; /**< enum lb_node_transit. Written by control. */
	const uint32_t *host_ports; /**< Bit p: the kernel takes part in port p. Set at start. */
	struct lb_conn_table *conns;
	struct lb_conn *all_conns; /**< Of conns, by number. */
	struct lb_slot_worker *slots;
	const struct lb_svc_set *set;
	const struct lb_fwd_ops *const *methods;
	const struct lb_neigh_view *neigh;
	uint8_t *neigh_used; /**< By index: set here when used, cleared by control. */
	const _Atomic uint16_t *generation_now; /**< Raised by control when routes change. */
	struct lb_netif_port *ports[LB_NETIF_PORTS];
	uint32_t ports_n;
	uint8_t port_of[RTE_MAX_ETHPORTS]; /**< Our number of a DPDK port. */
	struct lb_node_tx tx[LB_NETIF_PORTS];
	struct rte_mempool *pool;
	struct lb_ctlq ctlq;
	struct rte_ring *steer_out[LB_NODE_WORKERS]; /**< To each other worker. */
	struct rte_ring *steer_in[LB_NODE_WORKERS];  /**< From each other worker. */
	struct lb_node_hold hold;
	struct lb_node_limit limit;
	struct lb_node_budget budget;
};

/** In node->ctx: which worker, and what a clone is for. */
struct lb_node_ctx {
	struct lb_node_env *env;
	uint16_t port;  /**< Our number: eth_rx, eth_tx. */
	uint16_t queue; /**< eth_rx. */
	uint32_t index; /**< Of the forwarding method or the punt class. */
};

static_assert(sizeof(struct lb_node_ctx) <= RTE_NODE_CTX_SZ, "the context is in the node");

static inline struct lb_node_ctx *
lb_node_ctx(struct rte_node *node)
{
	return (struct lb_node_ctx *)node->ctx;
}

static inline struct lb_node_env *
lb_node_env(struct rte_node *node)
{
	return lb_node_ctx(node)->env;
}

/** Read time and published versions, once per walk, and first thing after a sleep. */
static inline void
lb_node_env_begin(struct lb_node_env *env)
{
	env->tsc = rte_rdtsc();
	env->now = lb_clock_tick(env->tsc);
	env->generation = atomic_load_explicit(env->generation_now, memory_order_acquire);
	env->vips = lb_vip_current();
	env->services = lb_svc_root(env->set);
	env->matching = lb_svc_has_matches(env->services);
	env->routes = lb_route_current();
}

/** Of a next hop that is no neighbour yet: this bit, and below it our number of its port. */
#define LB_NODE_HOP_UNKNOWN (UINT32_C(1) << 31)

/** Why a packet goes to another worker. */
enum lb_node_steer_mark {
	LB_NODE_STEER_FLOW,   /**< It has the flow. */
	LB_NODE_STEER_ASK,    /**< It has the template by which the flow's server is chosen. */
	LB_NODE_STEER_ANSWER, /**< It has the flow, and asked for the slot. */
};

/** To steer, and by it to another worker. */
struct lb_node_steer {
	uint32_t worker : 8;
	uint32_t mark : 2;  /**< enum lb_node_steer_mark. */
	uint32_t slot : 22; /**< Of an answer. */
};

static_assert(LB_NODE_WORKERS <= 1 << 8 && LB_SCHED_SLOTS <= 1 << 22, "they fit into the word");

/**
 * What a packet carries between nodes. It overlays the mbuf's hash, which nobody needs once the
 * owner of the flow is known and which lies in the mbuf's first cache line.
 */
struct lb_node_meta {
	union {
		uint32_t hop; /**< Neighbour to send to, or LB_NODE_HOP_UNKNOWN and a port. */
		enum lb_vip_kind kind; /**< From ip4_input to fwd_*: of the destination. */
		struct {
			uint8_t type; /**< To icmp4_error: what to report. */
			uint8_t code;
			uint16_t mtu;
		} icmp;
	};
	union {
		uint32_t conn; /**< To fwd_*: number of the connection. */
		struct lb_node_steer steer;
		rte_be32_t address; /**< To neigh_hold, of an IPv4 next hop that is unknown. */
	};
};

static_assert(sizeof(struct lb_node_meta) <= sizeof(((struct rte_mbuf *)0)->hash),
	"what a packet carries fits into its hash");

static inline struct lb_node_meta *
lb_node_meta(struct rte_mbuf *m)
{
	return (struct lb_node_meta *)&m->hash;
}

/** The connection that a packet belongs to, from conn_lookup or whoever made it on. */
static inline struct lb_conn *
lb_node_conn(const struct lb_node_env *env, struct rte_mbuf *m)
{
	return &env->all_conns[lb_node_meta(m)->conn];
}

static inline void
lb_node_set_conn(const struct lb_node_env *env, struct rte_mbuf *m, const struct lb_conn *conn)
{
	lb_node_meta(m)->conn = (uint32_t)(conn - env->all_conns);
}

/** Clients send to VIPs, so what is sent to no VIP can only be a server's answer. */
static inline enum lb_fwd_direction
lb_node_direction(struct rte_mbuf *m)
{
	return lb_node_meta(m)->kind == LB_VIP_VIP ? LB_FWD_REQUEST : LB_FWD_REPLY;
}

static_assert(LB_NETIF_PORTS <= 32, "a port is a bit of host_ports");

/** Whether the kernel takes part in the port that a packet came by. */
static inline bool
lb_node_has_host(const struct lb_node_env *env, const struct rte_mbuf *m)
{
	return (*env->host_ports >> env->port_of[m->port] & 1) != 0;
}

/** Whether a packet is for a port's address and the kernel gets it. */
static inline bool
lb_node_is_for_host(const struct lb_node_env *env, struct rte_mbuf *m)
{
	return lb_node_meta(m)->kind == LB_VIP_LOCAL && lb_node_has_host(env, m);
}

static inline struct rte_ipv4_hdr *
lb_node_ip4(struct rte_mbuf *m)
{
	return rte_pktmbuf_mtod(m, struct rte_ipv4_hdr *);
}

/** Which of both a packet is that has its network header in front. */
static inline bool
lb_node_is_ip6(const struct rte_mbuf *m)
{
	return *rte_pktmbuf_mtod(m, const uint8_t *) >> 4 == 6;
}

/** Send every run of packets with the same edge on in one call; a whole stream by moving it. */
static __rte_always_inline void
lb_node_dispatch_edges(struct rte_graph *graph, struct rte_node *node, void **objs, uint16_t n,
	const rte_edge_t *edges)
{
	uint16_t start = 0;

	for (uint16_t i = 1; i < n; i++) {
		if (edges[i] == edges[start])
			continue;
		rte_node_enqueue(graph, node, edges[start], &objs[start], i - start);
		start = i;
	}
	if (start == 0 && n == node->idx)
		rte_node_next_stream_move(graph, node, edges[0]);
	else
		rte_node_enqueue(graph, node, edges[start], &objs[start], n - start);
}

/** Ask edge_of about each packet once, and send on every run with the same answer in one call. */
static __rte_always_inline uint16_t
lb_node_dispatch(struct rte_graph *graph, struct rte_node *node, void **objs, uint16_t n,
	rte_edge_t (*edge_of)(struct lb_node_env *env, struct rte_mbuf *m))
{
	struct lb_node_env *env = lb_node_env(node);
	rte_edge_t edge = edge_of(env, objs[0]);
	uint16_t start = 0;

	for (uint16_t i = 1; i < n; i++) {
		rte_edge_t next = edge_of(env, objs[i]);

		if (next == edge)
			continue;
		rte_node_enqueue(graph, node, edge, &objs[start], i - start);
		start = i;
		edge = next;
	}
	if (start == 0)
		rte_node_next_stream_move(graph, node, edge);
	else
		rte_node_enqueue(graph, node, edge, &objs[start], n - start);
	return n;
}

/** Send what a source has put into node->objs on, all to its first edge. */
static inline uint16_t
lb_node_source(struct rte_graph *graph, struct rte_node *node, uint16_t n)
{
	if (n == 0)
		return 0;
	lb_node_env(node)->received += n;
	node->idx = n;
	rte_node_next_stream_move(graph, node, 0);
	return n;
}

/** What is to be registered; ends with NULL. Registered in this order, once per process. */
extern struct rte_node_register *const lb_node_table[];

/** Names of the drop nodes; ends with NULL. They are made from one template. */
extern const char *const lb_node_drops[];
extern struct rte_node_register lb_node_drop;

/** The same of nodes that let the sender know. */
extern const char *const lb_node_rejects[];
extern struct rte_node_register lb_node_reject;

/**
 * Template of fwd_<method>; nodes that send to it append the edges in the order of the methods, and
 * behind them that to conn_reset, as if it were one more method.
 */
extern struct rte_node_register lb_node_fwd;
extern const char *const lb_node_fwd_sources[];

/** Names of the punt classes, by enum lb_ctlq_class; nodes punt_<class> are made from a template.
 */
extern const char *const lb_node_punt_classes[];
extern struct rte_node_register lb_node_punt;
