/*
 * The sum of what will be allocated from EAL's memory. Fragmentation and what DPDK takes for itself
 * are covered by an eighth on top.
 */

#include "memory.h"

#include <errno.h>

#include "director.h"
#include "lb_conn.h"
#include "lb_netif.h"
#include "lb_worker.h"

#define MIB (UINT64_C(1) << 20)
#define BASE_MB 32
/* struct rte_mbuf and what the mempool puts around each. */
#define MBUF_OVERHEAD 256
/* A neighbour: word, map entry, a byte per worker. */
#define NEIGH_BYTES 128

static uint32_t
queues_of(const struct lb_conf *conf)
{
	uint32_t most = 0;

	for (size_t i = 0; i < conf->ports_n; i++) {
		uint32_t queues = conf->ports[i].rx_queues != 0 ? conf->ports[i].rx_queues
								: conf->cpu.workers_n;

		most = RTE_MAX(most, queues);
	}
	return most;
}

struct memory_plan
memory_plan(const struct lb_conf *conf)
{
	uint32_t workers = conf->cpu.workers_n;
	struct memory_plan plan = { 0 };

	for (size_t i = 0; i < conf->ports_n; i++)
		plan.mtu = RTE_MAX(plan.mtu, conf->ports[i].mtu);
	plan.mbufs = lb_netif_pool_size((uint32_t)conf->ports_n, queues_of(conf), workers);
	plan.buffers = (size_t)plan.mbufs * (lb_netif_mbuf_size(plan.mtu) + MBUF_OVERHEAD);
	plan.connections =
		workers * lb_conn_memory((conf->memory.connections + workers - 1) / workers);
	plan.workers = workers * lb_worker_memory();
	plan.tables = (size_t)(DIRECTOR_PINNED_MAX + DIRECTOR_LEARNT_MAX) * NEIGH_BYTES;
	plan.mb = (uint32_t)((plan.buffers + plan.connections + plan.workers + plan.tables) / 8 *
			     9 / MIB) +
		  BASE_MB;
	return plan;
}

int
memory_check(const struct lb_conf *conf, struct lb_error *err)
{
	struct memory_plan plan = memory_plan(conf);

	if (conf->memory.mb == 0 || conf->memory.mb >= plan.mb)
		return 0;
	lb_error_set(err, ENOSPC,
		"memory.mb = %u: %u MB are needed (connections %zu, packet buffers %zu, workers "
		"%zu, tables %zu MB and reserve); raise it, or set 0 to have it computed",
		conf->memory.mb, plan.mb, plan.connections / MIB, plan.buffers / MIB,
		plan.workers / MIB, plan.tables / MIB);
	return lb_conf_fault(&conf->memory.place, err);
}
