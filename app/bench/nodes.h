#pragma once
/**
 * @file
 * What each node of the graph takes. rte_graph sums up the cycles of every node in one walk of
 * LB_WORKER_TIMED; what they grow by in the stretches of a round that count, times that, divided by
 * the packets of these, is what a packet costs there. Sources that bring nothing are nodes too.
 */

#include <stddef.h>
#include <stdint.h>

#include "samples.h"

struct bed;
struct lane;

/** Series of nodes are called so, and the node's name. */
#define NODES_SERIES "nodes."

/** Nodes of a graph at most; what is behind them is left out. */
#define NODES_MAX 256

/** Cycles of the nodes of a graph, in its order. */
struct nodes {
	uint64_t before[NODES_MAX]; /**< Of the stretch: the sums of rte_graph. */
	uint64_t grown[NODES_MAX];  /**< In the stretches of the round that count. */
};

/** A round begins; a stretch begins; it has ended and counts. The lane's lcore. */
void nodes_begin_round(struct lane *lane);
void nodes_begin_stretch(struct lane *lane);
void nodes_count_stretch(struct lane *lane);

/** Add what the last round of the case took by node, all lanes together. Main lcore. */
void nodes_sample(const struct bed *bed, struct samples *samples);
