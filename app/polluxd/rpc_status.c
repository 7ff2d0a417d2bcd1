/* status and version: what runs, since when, on what, and how each worker is. */

#include <rte_eal.h>
#include <rte_lcore.h>
#include <rte_malloc.h>
#include <rte_version.h>

#include "lb_clock.h"
#include "lb_rcu.h"
#include "rpc_json.h"
#include "rpc_server.h"
#include "rpc_totals.h"

void
rpc_version(struct lb_rpc_call *call, json_t *params, void *director)
{
	(void)params;
	(void)director;
	lb_rpc_answer(call, json_pack("{s:s, s:s}", "version", LB_VERSION, "dpdk", rte_version()));
}

static json_t *
worker_json(const struct director *director, uint32_t number)
{
	const struct lb_worker *worker = director->workers[number];
	struct rpc_totals sum = { 0 };

	rpc_totals_add(&sum, worker);
	return json_pack("{s:I, s:I, s:I, s:I, s:I, s:I, s:s, s:I, s:I, s:I}", "worker",
		(json_int_t)number, "lcore", (json_int_t)worker->lcore, "cpu",
		(json_int_t)director->conf->cpu.workers[number], "connections",
		(json_int_t)sum.conns.entries, "half_open", (json_int_t)sum.conns.half_open,
		"evicted", (json_int_t)sum.conns.evicted, "defence",
		defence_name(director->defence.workers[number].state), "received",
		(json_int_t)sum.received, "handed_over", (json_int_t)sum.handed_over, "dropped",
		(json_int_t)sum.dropped);
}

static json_t *
workers_json(const struct director *director)
{
	json_t *array = json_array();

	for (uint32_t w = 0; w < director->workers_n; w++) {
		if (json_array_append_new(array, worker_json(director, w)) != 0) {
			json_decref(array);
			return NULL;
		}
	}
	return array;
}

/* What EAL holds on all sockets, and what of it is in use. */
static json_t *
memory_json(void)
{
	struct rte_malloc_socket_stats stats;
	json_int_t total = 0, used = 0;

	for (unsigned int i = 0; i < rte_socket_count(); i++) {
		if (rte_malloc_get_socket_stats(rte_socket_id_by_idx(i), &stats) != 0)
			continue;
		total += (json_int_t)stats.heap_totalsz_bytes;
		used += (json_int_t)stats.heap_allocsz_bytes;
	}
	return json_pack("{s:I, s:I, s:b}", "total_bytes", total, "used_bytes", used, "hugepages",
		rte_eal_has_hugepages());
}

void
rpc_status(struct lb_rpc_call *call, json_t *params, void *arg)
{
	const struct director *director = arg;
	const struct lb_conf *conf = director->conf;

	(void)params;
	lb_rpc_answer(call,
		json_pack("{s:s, s:I, s:I, s:I, s:I, s:I, s:b, s:o, s:o}", "version", LB_VERSION,
			"uptime_ms", (json_int_t)(lb_clock_ms() - director->rpc->start_ms),
			"revision", (json_int_t)lb_svc_revision(director->services), "services",
			(json_int_t)conf->services_n, "connections_max",
			(json_int_t)conf->memory.connections, "rcu_waiting",
			(json_int_t)lb_rcu_poll(), "standby", director->vrrp.standby, "memory",
			memory_json(), "workers", workers_json(director)));
}
