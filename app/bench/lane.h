#pragma once
/**
 * @file
 * A lane: one worker of the bed, walked burst by burst. What is put into an RX ring passes the
 * worker's graph and is taken out of the TX ring of the other port.
 *
 * Belongs to its lcore while bed_run() lasts, else to the main lcore.
 */

#include <stdbool.h>
#include <stdint.h>

#include <rte_graph.h>
#include <rte_mbuf.h>
#include <rte_ring.h>

#include "cold.h"
#include "frame.h"
#include "lb_error.h"
#include "lb_netif.h"
#include "lb_worker.h"
#include "nodes.h"

struct bed;

/** Packets that are put in, walked and taken out at a time. */
#define BED_BURST LB_NETIF_BURST

/** Ports, in the order of the configuration: clients are behind wan, servers on lan. */
enum bed_port {
	BED_WAN,
	BED_LAN,
	BED_PORTS,
};

/** A worker, the rings that its packets come from and go to, and its connections. */
struct lane {
	struct bed *bed;
	uint32_t number; /**< Of the worker, and of the lcore that runs it while measured. */
	struct lb_worker *worker;
	rte_graph_t l2_id;
	struct rte_graph *l2;
	enum bed_port in, out;  /**< Where packets come in, and where they leave. */
	uint16_t in_id, out_id; /**< DPDK's numbers of these ports. */
	uint16_t in_queue, out_queue;
	struct rte_ring *rx, *tx;

	uint32_t capacity;  /**< Connections that the worker's table holds. */
	struct flow *flows; /**< Established ones, in the order of the visits. */
	uint32_t flows_n;
	const struct lane *visited; /**< The lane whose flows are visited: this one, mostly. */
	uint32_t at;                /**< Of the next visit. */
	uint32_t next_flow;         /**< The next that nobody had yet. */
	uint64_t written;           /**< Packets of mixed traffic. */
	uint64_t passed;            /**< Packets for which time was let pass by hand, */
	uint32_t tick;              /**< and when that began. */

	uint16_t burst; /**< Packets of a walk. */
	struct cold cold;
	uint64_t sent;
	uint64_t left;    /**< Of those sent, that came out of the other port. */
	double cycles;    /**< Per packet, of the walks of the last round. */
	uint32_t walks_n; /**< Walks of it that count. */
	double *walks;    /**< Cycles of each of them; NULL: not wanted. */
	struct nodes nodes;
	struct lb_error err;
} __rte_cache_aligned;

/** Free what a lane has of its own. */
void lane_fini(struct lane *lane);

/** Let packets come from clients, or as replies from servers. */
void lane_face(struct lane *lane, bool replies);

/** Fill, walk, drain a burst; returns the cycles of the walk. */
uint64_t lane_burst(struct lane *lane,
	void (*fill)(struct lane *lane, struct rte_mbuf **mbufs, uint16_t n),
	uint64_t (*walk)(struct lane *lane));

/** Walk until what other workers have handed over has left. All lanes at once. */
void lane_flush(struct lane *lane);

/** 0, or -EIO with err when packets that were sent did not leave. */
int lane_check(const struct lane *lane, struct lb_error *err);

/** The next flow that nobody had yet, of those that this lane's worker owns. */
struct flow lane_new_flow(struct lane *lane);
