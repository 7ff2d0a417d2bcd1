/* Cycles by node: see nodes.h. Clones of a node, of ports and queues, count as one. */

#include "nodes.h"

#include <stdio.h>
#include <string.h>

#include <rte_graph_worker.h>

#include "bed.h"

/* What is less of a packet's cycles is not told. */
#define LEAST 0.05

/* The sums of nodes with the same name, without what tells clones apart. */
struct sums {
	size_t n;
	struct {
		char name[RTE_NODE_NAMESIZE];
		uint64_t cycles;
	} list[NODES_MAX];
};

void
nodes_begin_round(struct lane *lane)
{
	memset(lane->nodes.grown, 0, sizeof(lane->nodes.grown));
}

void
nodes_begin_stretch(struct lane *lane)
{
	const struct rte_node *node;
	rte_graph_off_t offset;
	rte_node_t count;

	rte_graph_foreach_node(count, offset, lane->worker->graph, node)
	{
		if (count < NODES_MAX)
			lane->nodes.before[count] = node->total_cycles;
	}
}

void
nodes_count_stretch(struct lane *lane)
{
	const struct rte_node *node;
	rte_graph_off_t offset;
	rte_node_t count;

	rte_graph_foreach_node(count, offset, lane->worker->graph, node)
	{
		if (count < NODES_MAX)
			lane->nodes.grown[count] += node->total_cycles - lane->nodes.before[count];
	}
}

/* A clone is called as its parent, then a "-", which no node has in its own name. */
static void
sum(struct sums *sums, const char *name, uint64_t cycles)
{
	size_t length = strcspn(name, "-"), i;

	for (i = 0; i < sums->n; i++)
		if (strncmp(sums->list[i].name, name, length) == 0 &&
			sums->list[i].name[length] == '\0')
			break;
	if (i == NODES_MAX)
		return;
	if (i == sums->n) {
		snprintf(sums->list[i].name, sizeof(sums->list[i].name), "%.*s", (int)length, name);
		sums->list[i].cycles = 0;
		sums->n++;
	}
	sums->list[i].cycles += cycles;
}

static void
sum_lane(struct sums *sums, const struct lane *lane)
{
	const struct rte_node *node;
	rte_graph_off_t offset;
	rte_node_t count;

	rte_graph_foreach_node(count, offset, lane->worker->graph, node)
	{
		if (count < NODES_MAX)
			sum(sums, node->name, lane->nodes.grown[count]);
	}
}

void
nodes_sample(const struct bed *bed, struct samples *samples)
{
	struct sums sums = { 0 };
	uint64_t packets = 0;

	for (uint32_t w = 0; w < bed->lanes_n; w++) {
		sum_lane(&sums, &bed->lanes[w]);
		packets += (uint64_t)bed->lanes[w].walks_n * bed->lanes[w].burst;
	}
	for (size_t i = 0; i < sums.n; i++) {
		double each = (double)sums.list[i].cycles * LB_WORKER_TIMED / (double)packets;
		char name[SAMPLES_NAME];

		snprintf(name, sizeof(name), NODES_SERIES "%s", sums.list[i].name);
		if (packets != 0 && each >= LEAST)
			samples_add(samples, name, each);
	}
}
