/* Timed walks: see walk.h. */

#include "walk.h"

#include <rte_cycles.h>
#include <rte_ethdev.h>
#include <rte_graph_worker.h>

#include "bed.h"

__rte_noinline uint64_t
walk_empty(struct lane *lane)
{
	struct rte_mbuf *mbufs[BED_BURST];
	uint64_t start = rte_rdtsc_precise();
	uint16_t n = rte_eth_rx_burst(lane->in_id, lane->in_queue, mbufs, BED_BURST);

	rte_eth_tx_burst(lane->out_id, lane->out_queue, mbufs, n);
	return rte_rdtsc_precise() - start;
}

__rte_noinline uint64_t
walk_l2(struct lane *lane)
{
	uint64_t start = rte_rdtsc_precise();

	rte_graph_walk(lane->l2);
	return rte_rdtsc_precise() - start;
}

__rte_noinline uint64_t
walk_director(struct lane *lane)
{
	uint64_t start = rte_rdtsc_precise();

	lb_worker_turn(lane->worker);
	return rte_rdtsc_precise() - start;
}

uint64_t
walk_untimed(struct lane *lane)
{
	lb_worker_turn(lane->worker);
	return 0;
}
