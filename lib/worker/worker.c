/* Makes and unmakes workers: everything that a worker needs is allocated here, before it runs. */

#include "lb_worker.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <rte_cycles.h>
#include <rte_lcore.h>
#include <rte_malloc.h>

#include "graph.h"

/* Packets that may wait for one worker in the rings of all others together. */
#define STEER_ALL 4096
#define STEER_LEAST 64
#define MAILBOX_SIZE 64

/* What the kernel gets may wait less: its senders send again. Their sum is part of the pool's. */
static const uint32_t ctlq_sizes[LB_CTLQ_CLASSES] = {
	[LB_CTLQ_VRRP] = 512,
	[LB_CTLQ_ARP_VIP] = 512,
	[LB_CTLQ_NEIGH] = 512,
	[LB_CTLQ_CHECK] = 256,
	[LB_CTLQ_ICMP] = 128,
	[LB_CTLQ_HOST] = 256,
};

static struct rte_ring *
ring_create(const char *what, uint32_t a, uint32_t b, uint32_t size)
{
	char name[RTE_RING_NAMESIZE];

	snprintf(name, sizeof(name), "%s_%u_%u", what, a, b);
	return rte_ring_create(name, size, SOCKET_ID_ANY, RING_F_SP_ENQ | RING_F_SC_DEQ);
}

static void
env_init(struct lb_node_env *env, const struct lb_worker_shared *shared, uint32_t number)
{
	env->worker = number;
	env->workers = shared->workers;
	env->transit = shared->transit;
	env->host_ports = shared->host_ports;
	env->slots = lb_slots_worker(shared->slots, number);
	env->set = shared->set;
	env->methods = shared->methods;
	env->neigh = shared->neigh;
	env->generation_now = shared->generation;
	env->pool = shared->pool;
	env->ports_n = shared->ports_n;
	for (uint32_t i = 0; i < shared->ports_n; i++) {
		env->ports[i] = shared->ports[i];
		env->port_of[shared->ports[i]->id] = (uint8_t)i;
	}
	env->hold.limit = RTE_MIN((uint32_t)LB_NODE_HOLD, shared->pool->size / 4 / shared->workers);
	env->hold.cycles_per_s = rte_get_tsc_hz();
}

static int
env_allocate(struct lb_node_env *env, const struct lb_worker_shared *shared)
{
	uint32_t connections = (shared->connections + shared->workers - 1) / shared->workers;
	char name[16];

	env->neigh_used = rte_zmalloc("neigh_used", shared->neigh->size, RTE_CACHE_LINE_SIZE);
	env->conns = lb_conn_create(connections, SOCKET_ID_ANY, env->slots,
		shared->seed + env->worker, lb_clock_tick(rte_rdtsc()));
	if (env->neigh_used == NULL || env->conns == NULL)
		return -ENOMEM;
	env->all_conns = lb_conn_all(env->conns);
	snprintf(name, sizeof(name), "w%u", env->worker);
	return lb_ctlq_init(&env->ctlq, shared->wake, name, ctlq_sizes);
}

struct lb_worker *
lb_worker_create(const struct lb_worker_shared *shared, uint32_t number, uint32_t lcore,
	struct lb_error *err)
{
	struct lb_worker *worker = rte_zmalloc("worker", sizeof(*worker), RTE_CACHE_LINE_SIZE);

	if (worker == NULL) {
		lb_error_set(err, ENOMEM, "worker %u: out of memory; raise memory.mb", number);
		return NULL;
	}
	worker->lcore = lcore;
	worker->spin = shared->spin;
	worker->idle_max_us = shared->idle_max_us;
	env_init(&worker->env, shared, number);
	worker->mailbox = ring_create("mailbox", number, number, MAILBOX_SIZE);
	if (env_allocate(&worker->env, shared) != 0 || worker->mailbox == NULL) {
		lb_error_set(err, ENOMEM,
			"worker %u: no memory for %u connections; lower memory.connections or "
			"raise memory.mb",
			number, shared->connections / shared->workers);
		lb_worker_destroy(worker);
		return NULL;
	}
	if (graph_create(worker, err) != 0) {
		lb_worker_destroy(worker);
		return NULL;
	}
	return worker;
}

static uint32_t
steer_size(uint32_t workers)
{
	return RTE_MAX(rte_align32prevpow2(STEER_ALL / workers), (uint32_t)STEER_LEAST);
}

int
lb_worker_connect(struct lb_worker *const *workers, uint32_t n, struct lb_error *err)
{
	for (uint32_t from = 0; from < n; from++) {
		for (uint32_t to = 0; to < n; to++) {
			struct rte_ring *ring;

			if (from == to)
				continue;
			ring = ring_create("steer", from, to, steer_size(n));
			if (ring == NULL)
				return lb_error_set(err, ENOMEM,
					"workers: no memory for the rings between them; raise "
					"memory.mb");
			workers[from]->env.steer_out[to] = ring;
			workers[to]->env.steer_in[from] = ring;
		}
	}
	return 0;
}

static void
free_packets(struct rte_ring *ring)
{
	void *m;

	while (ring != NULL && rte_ring_sc_dequeue(ring, &m) == 0)
		rte_pktmbuf_free(m);
	rte_ring_free(ring);
}

static void
free_punted(struct lb_ctlq *queue)
{
	void *m;

	for (int class = 0; class < LB_CTLQ_CLASSES; class ++)
		while (queue->rings[class] != NULL && lb_ctlq_get(queue, class, &m, 1) == 1)
			rte_pktmbuf_free(m);
	lb_ctlq_fini(queue);
}

void
lb_worker_destroy(struct lb_worker *worker)
{
	if (worker == NULL)
		return;
	graph_destroy(worker);
	for (uint32_t i = 0; i < worker->env.hold.n; i++)
		rte_pktmbuf_free(worker->env.hold.held[i].m);
	for (uint32_t i = 0; i < LB_NODE_WORKERS; i++)
		free_packets(worker->env.steer_in[i]);
	free_punted(&worker->env.ctlq);
	rte_ring_free(worker->mailbox);
	lb_conn_destroy(worker->env.conns);
	rte_free(worker->env.neigh_used);
	rte_free(worker);
}

size_t
lb_worker_memory(void)
{
	return sizeof(struct lb_worker) + (4 << 20); /* rings, and a graph with its streams */
}

uint64_t
lb_worker_node_packets(const struct lb_worker *worker, const char *name)
{
	char graph[RTE_GRAPH_NAMESIZE];
	const struct rte_node *node;

	snprintf(graph, sizeof(graph), "worker%u", worker->env.worker);
	node = rte_graph_node_get_by_name(graph, name);
	return node == NULL ? UINT64_MAX : node->total_objs;
}
