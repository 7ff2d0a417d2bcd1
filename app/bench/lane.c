/* What every kind of traffic does on a lane: bursts, flows of its own, a look at what was lost. */

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "bed.h"
#include "flow.h"
#include "walk.h"

/* Turns of all workers after which nothing is on its way between them. */
#define FLUSH_TURNS 3

/* Flows of one client address, from this port on. */
#define CLIENT_FLOWS 16
#define CLIENT_PORT 32768
#define CLIENT_FIRST RTE_IPV4(16, 0, 0, 1)

/* So many flows there are, and numbers that are odd, so that none comes twice before all have. */
#define FLOWS_BITS 31
#define FLOWS_STEP UINT32_C(2654435769)
#define SERVICES_STEP UINT32_C(2246822519)

/* Clients come in no order, from anywhere, and to any of the services. */
static struct flow
flow_at(uint32_t number, uint32_t services)
{
	uint32_t place = (number * FLOWS_STEP) & ((UINT32_C(1) << FLOWS_BITS) - 1);
	uint64_t service = (uint64_t)(number * SERVICES_STEP) * services >> 32;

	return (struct flow){
		.client = rte_cpu_to_be_32(CLIENT_FIRST + place / CLIENT_FLOWS),
		.port = rte_cpu_to_be_16((uint16_t)(CLIENT_PORT + place % CLIENT_FLOWS)),
		.vip_port = rte_cpu_to_be_16(FRAME_VIP_PORT(service)),
	};
}

struct flow
lane_new_flow(struct lane *lane)
{
	uint32_t workers = lane->bed->lanes_n, services = bed_services(lane->bed->what);
	struct flow flow;

	do
		flow = flow_at(lane->next_flow++, services);
	while (workers > 1 && flow_owner(flow.client, flow.port, workers) != lane->number);
	return flow;
}

/* RX queue q of port p is polled by worker (p + q) mod workers. */
static uint16_t
queue_of(const struct lane *lane, enum bed_port port)
{
	uint32_t n = lane->bed->lanes_n;

	return (uint16_t)((lane->number + n - port % n) % n);
}

void
lane_face(struct lane *lane, bool replies)
{
	struct bed *bed = lane->bed;

	lane->in = replies ? BED_LAN : BED_WAN;
	lane->out = replies ? BED_WAN : BED_LAN;
	lane->in_id = bed->director->ports[lane->in]->id;
	lane->out_id = bed->director->ports[lane->out]->id;
	lane->in_queue = queue_of(lane, lane->in);
	lane->out_queue = (uint16_t)lane->number;
	lane->rx = bed->queues[lane->in].rx[lane->in_queue].ring;
	lane->tx = bed->queues[lane->out].tx[lane->out_queue].ring;
}

void
lane_fini(struct lane *lane)
{
	free(lane->flows);
	free(lane->walks);
	cold_fini(&lane->cold);
}

/* Other workers' packets may come with one's own. */
static uint32_t
drain(const struct lane *lane)
{
	struct rte_mbuf *mbufs[BED_BURST];
	uint32_t all = 0;
	unsigned int n;

	do {
		n = rte_ring_sc_dequeue_burst(lane->tx, (void **)mbufs, BED_BURST, NULL);
		rte_pktmbuf_free_bulk(mbufs, n);
		all += n;
	} while (n == BED_BURST);
	return all;
}

uint64_t
lane_burst(struct lane *lane, void (*fill)(struct lane *lane, struct rte_mbuf **mbufs, uint16_t n),
	uint64_t (*walk)(struct lane *lane))
{
	struct rte_mbuf *mbufs[BED_BURST];
	uint16_t n = lane->burst;
	uint64_t cycles;

	lane->sent += n;
	if (rte_pktmbuf_alloc_bulk(lane->bed->director->pool, mbufs, n) != 0)
		return 0; /* so they do not leave, which lane_check() reports */
	fill(lane, mbufs, n);
	for (uint16_t i = 0; i < n; i++)
		mbufs[i]->port = lane->in_id;
	rte_ring_sp_enqueue_bulk(lane->rx, (void **)mbufs, n, NULL);
	cold_sweep(&lane->cold);
	cycles = walk(lane);
	lane->left += drain(lane);
	return cycles;
}

/* A packet is in at most two rings, one behind the other, and each turn takes it out of one. */
void
lane_flush(struct lane *lane)
{
	for (int turn = 0; turn < FLUSH_TURNS; turn++) {
		bed_meet(lane->bed);
		walk_untimed(lane);
		lane->left += drain(lane);
	}
}

/* What the worker has dropped, by reason. */
static void
list_drops(const struct lane *lane, char *text, size_t size)
{
	size_t n = 0;

	for (size_t i = 0; lb_node_drops[i] != NULL && n < size; i++) {
		uint64_t dropped = lb_worker_node_packets(lane->worker, lb_node_drops[i]);

		if (dropped != 0 && dropped != UINT64_MAX)
			n += (size_t)snprintf(text + n, size - n, ", %s %llu", lb_node_drops[i],
				(unsigned long long)dropped);
	}
}

int
lane_check(const struct lane *lane, struct lb_error *err)
{
	char drops[LB_ERROR_TEXT / 2] = "";

	if (lane->left == lane->sent)
		return 0;
	list_drops(lane, drops, sizeof(drops));
	return lb_error_set(err, EIO,
		"case \"%s\": of %llu packets %llu left worker %u%s; a case of which packets are "
		"lost measures nothing, report it",
		lane->bed->what->name, (unsigned long long)lane->sent,
		(unsigned long long)lane->left, lane->number, drops);
}
