/*
 * Boot and end of a director, in stages: ports, what all workers share, workers, control loop, and
 * at last the configuration. Ending is the same list backwards, and copes with any stage.
 */

#include "director.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include <rte_launch.h>
#include <rte_lcore.h>

#include "change.h"
#include "crash.h"
#include "eal.h"
#include "lb_clock.h"
#include "lb_heap.h"
#include "lb_ip6.h"
#include "lb_rcu.h"
#include "lb_route.h"
#include "lb_vip.h"
#include "memory.h"
#include "rpc.h"

/* Control serves so many packets of a class per turn, and per second. */
#define VRRP_BUDGET 256
#define VRRP_RATE 50000
#define ARP_VIP_BUDGET 64
#define ARP_VIP_RATE 20000
#define NEIGH_BUDGET 64
#define NEIGH_RATE 10000

/* The kernel takes each of these to its socket before it returns: few per turn. */
#define CHECK_BUDGET 32
#define CHECK_RATE 20000
#define ICMP_BUDGET 16
#define ICMP_RATE 1000
#define HOST_BUDGET 32
#define HOST_RATE 20000

static const struct lb_neigh_timing neigh_timing = {
	.reachable_ms = 5000,
	.learnt_ms = 30000,
	.retry_ms = 1000,
	.probes = 3,
	.idle_ms = 300000,
};

/* Whoever speaks IPv6 has a link-local address (RFC 4291 section 2.8): as configured, or made. */
static int
give_link_local(struct lb_netif_port *port, struct lb_error *err)
{
	struct lb_prefix address = { .addr = lb_ip6_link_local(&port->mac), .len = 64 };
	bool speaks = false;

	for (size_t i = 0; i < port->addresses_n; i++) {
		const struct lb_addr *addr = &port->addresses[i].addr;

		if (addr->family != AF_INET6)
			continue;
		speaks = true;
		if (lb_addr_is_link_local(addr))
			return 0;
	}
	if (!speaks || lb_netif_add_address(port, &address) == 0)
		return 0;
	return lb_error_set(
		err, ENOMEM, "port \"%s\": out of memory; add memory to the machine", port->name);
}

static int
open_ports(struct director *director, struct lb_error *err)
{
	const struct lb_conf *conf = director->conf;
	struct memory_plan memory = memory_plan(conf);

	director->pool =
		lb_netif_pool("pollux", memory.mbufs, memory.mtu, eal_shares_cpus(conf), err);
	if (director->pool == NULL)
		return -ENOMEM;
	for (size_t i = 0; i < conf->ports_n; i++) {
		const struct lb_conf_port *from = &conf->ports[i];
		struct lb_netif_conf port = {
			.name = from->name,
			.device = from->device,
			.mtu = from->mtu,
			.rx_queues = from->rx_queues,
			.addresses = from->addresses,
			.addresses_n = from->addresses_n,
			.number = (uint8_t)i,
			.workers = conf->cpu.workers_n,
			.pool = director->pool,
		};

		director->ports[i] = lb_netif_open(&port, err);
		if (director->ports[i] == NULL) {
			lb_conf_fault(&from->place, err);
			return -ENODEV;
		}
		director->ports_n++;
		if (give_link_local(director->ports[i], err) != 0)
			return -err->code;
	}
	return 0;
}

static void
hold_hop(void *arg, uint32_t hop)
{
	lb_neigh_hold(((struct director *)arg)->neigh, hop);
}

static void
put_hop(void *arg, uint32_t hop)
{
	lb_neigh_put(((struct director *)arg)->neigh, hop, lb_clock_ms());
}

static int
make_tables(struct director *director, struct lb_error *err)
{
	uint32_t workers = director->conf->cpu.workers_n;
	struct lb_neigh_env env = director_neigh_env(director);
	const struct lb_svc_hops hops = { hold_hop, put_hop, director };

	director->slots = lb_slots_create(workers);
	if (director->slots != NULL)
		director->services = lb_svc_create(workers, director->slots);
	director->neigh =
		lb_neigh_create(DIRECTOR_LEARNT_MAX, DIRECTOR_PINNED_MAX, &env, &neigh_timing);
	if (director->services == NULL || director->neigh == NULL || lb_rcu_init(workers) != 0 ||
		sweep_init(&director->sweep, workers) != 0 || mcast_init(&director->mcast) != 0 ||
		servers_init(&director->servers) != 0)
		return lb_error_set(
			err, ENOMEM, "director: out of memory for its tables; raise memory.mb");
	lb_svc_set_hops(director->services, &hops);
	return 0;
}

static int
make_workers(struct director *director, struct lb_error *err)
{
	const struct lb_conf *conf = director->conf;
	struct lb_worker_shared shared = {
		.workers = conf->cpu.workers_n,
		.connections = conf->memory.connections,
		.transit = &director->transit,
		.host_ports = &director->host.ports,
		.spin = conf->cpu.idle == LB_CONF_IDLE_SPIN,
		.idle_max_us = conf->cpu.idle_max_us,
		.ports = director->ports,
		.ports_n = director->ports_n,
		.pool = director->pool,
		.methods = lb_fwd_table,
		.set = director->services,
		.slots = director->slots,
		.neigh = lb_neigh_view(director->neigh),
		.generation = &director->generation,
		.wake = &director->wake,
	};
	int ret = lb_worker_register(&shared, err);

	if (getrandom(&shared.seed, sizeof(shared.seed), 0) != sizeof(shared.seed))
		return lb_error_set(
			err, EIO, "director: the kernel gives no random numbers; allow getrandom");
	for (uint32_t w = 0; w < shared.workers && ret == 0; w++) {
		director->workers[w] = lb_worker_create(&shared, w, eal_worker_lcore(w), err);
		if (director->workers[w] == NULL)
			return -ENOMEM;
		director->workers_n++;
	}
	return ret != 0 ? ret : lb_worker_connect(director->workers, shared.workers, err);
}

static int
make_control(struct director *director, struct lb_error *err)
{
	struct lb_control_conf conf = {
		.queues_n = director->workers_n,
		.wake = &director->wake,
		.classes = {
			[LB_CTLQ_VRRP] = { vrrp_run_input, VRRP_BUDGET, VRRP_RATE },
			[LB_CTLQ_ARP_VIP] = { director_arp_vip, ARP_VIP_BUDGET, ARP_VIP_RATE },
			[LB_CTLQ_NEIGH] = { director_neigh, NEIGH_BUDGET, NEIGH_RATE },
			[LB_CTLQ_CHECK] = { host_input, CHECK_BUDGET, CHECK_RATE },
			[LB_CTLQ_ICMP] = { host_input, ICMP_BUDGET, ICMP_RATE },
			[LB_CTLQ_HOST] = { host_input, HOST_BUDGET, HOST_RATE },
		},
		.chores = director_chores,
		.arg = director,
	};

	for (uint32_t w = 0; w < director->workers_n; w++)
		conf.queues[w] = &director->workers[w]->env.ctlq;
	director->tx = (struct lb_control_tx){
		.ports = director->ports,
		.queue = director->workers_n,
		.pool = director->pool,
	};
	director->control = lb_control_create(&conf, err);
	return director->control == NULL ? -err->code : 0;
}

struct director *
director_create(const struct lb_conf *conf, struct lb_error *err)
{
	struct director *director = calloc(1, sizeof(*director));

	if (director == NULL) {
		lb_error_set(err, ENOMEM, "director: out of memory; add memory to the machine");
		return NULL;
	}
	lb_heap_init();
	director->conf = director->file = conf;
	STAILQ_INIT(&director->changes);
	events_init(&director->events);
	vrrp_notify_init(&director->notify);
	director->wake.fd = -1;
	director->vrrp.timer = director->vrrp.link.watch = -1;
	lb_clock_init();
	lb_conn_timeouts_init();
	lb_vip_set_active(LB_VIP_STATIC, true, UINT64_MAX);
	if (director_check(conf, NULL, err) != 0 || open_ports(director, err) != 0 ||
		host_open(director, err) != 0 || make_tables(director, err) != 0 ||
		make_workers(director, err) != 0 || make_control(director, err) != 0 ||
		host_listen(director, err) != 0 || vrrp_run_init(director, err) != 0 ||
		director_apply(director, err) != 0) {
		director_destroy(director);
		return NULL;
	}
	return director;
}

uint16_t
director_raise_generation(struct director *director)
{
	uint16_t next = (uint16_t)(atomic_load(&director->generation) + 1);

	if (next == 0) /* the mark of connections that have not resolved theirs */
		next = 1;
	atomic_store_explicit(&director->generation, next, memory_order_release);
	return next;
}

int
director_start(struct director *director, struct lb_error *err)
{
	int ret = 0;

	for (uint32_t i = 0; i < director->ports_n && ret == 0; i++)
		ret = lb_netif_start(director->ports[i], err);
	announce_begin(&director->announce);
	vrrp_run_start(director);
	return ret;
}

static int
run_worker(void *arg)
{
	struct lb_worker *worker = arg;

	crash_enter(worker->env.worker);
	return lb_worker_main(worker);
}

void
director_launch(struct director *director)
{
	for (uint32_t w = 0; w < director->workers_n; w++)
		rte_eal_remote_launch(
			run_worker, director->workers[w], director->workers[w]->lcore);
	director->launched = true;
}

static void
end_workers(struct director *director)
{
	for (uint32_t w = 0; w < director->workers_n && director->launched; w++)
		lb_worker_stop(director->workers[w]);
	for (uint32_t w = 0; w < director->workers_n && director->launched; w++)
		rte_eal_wait_lcore(director->workers[w]->lcore);
}

void
director_destroy(struct director *director)
{
	if (director == NULL)
		return;
	vrrp_run_stop(director);
	helper_farewell(director);
	crash_end();
	end_workers(director);
	rpc_end(director);
	change_end(director);
	for (uint32_t i = 0; i < director->ports_n; i++)
		lb_netif_close(director->ports[i]);
	lb_control_destroy(director->control);
	host_close(&director->host);
	lb_control_tx_fini(&director->tx);
	for (uint32_t w = 0; w < director->workers_n; w++)
		lb_worker_destroy(director->workers[w]);
	lb_route_publish(NULL);
	lb_vip_publish(NULL);
	lb_rcu_fini();
	lb_svc_destroy(director->services);
	lb_slots_destroy(director->slots);
	lb_neigh_destroy(director->neigh);
	sweep_fini(&director->sweep);
	mcast_fini(&director->mcast);
	servers_fini(&director->servers);
	vrrp_run_fini(&director->vrrp);
	helper_end(director);
	vrrp_notify_fini(&director->notify);
	events_fini(&director->events);
	free(director->pins.hops);
	lb_conf_destroy(director->changed);
	lb_conf_destroy(director->reloaded);
	rte_mempool_free(director->pool);
	free(director);
}
