/* Boots directors over ring ports: see harness.h. */

#include "harness.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <rte_dev.h>
#include <rte_eth_ring.h>
#include <rte_ethdev.h>

#include "director.h"
#include "lb_clock.h"
#include "lb_conn.h"
#include "lb_log.h"
#include "lb_rcu.h"
#include "unit.h"

#define QUEUES 16
#define MEMORY_MB 512

/* Turns after which nothing is to be done any more, once all rings are empty. */
#define SETTLE 4

static const char *const names[] = { "wan", "lan" };
static const uint64_t macs[] = { WAN_MAC, LAN_MAC };

static const char usual_vips[] = "\"10.1.0.200\"";

static const char usual_routes[] = "{ to = \"0.0.0.0/0\"; via = \"10.1.0.1\"; }";

#define USUAL_SERVERS                                                                              \
	"{ address = \"10.2.0.21\"; }, { address = \"10.2.0.22\"; }, { address = \"10.2.0.23\"; }"
static const char usual_services[] =
	"{ name = \"web\"; address = \"10.1.0.200\"; port = 80; scheduler = \"rr\";"
	"  servers = (" USUAL_SERVERS "); },"
	"{ name = \"dns\"; address = \"10.1.0.200\"; port = 53; protocol = \"udp\";"
	"  scheduler = \"rr\"; servers = (" USUAL_SERVERS "); },"
	"{ name = \"shut\"; address = \"10.1.0.200\"; port = 81;"
	"  servers = ( { address = \"10.2.0.21\"; weight = 0; } ); },"
	"{ name = \"nat\"; address = \"10.1.0.200\"; port = 90; forward = \"nat\";"
	"  servers = ( { address = \"10.2.0.21\"; port = 8080; } ); },"
	"{ name = \"same\"; address = \"10.1.0.200\"; port = 91; forward = \"nat\";"
	"  servers = ( { address = \"10.2.0.21\"; port = 8080; } ); }";

/* The rings of a port: what it receives from, what it sends to. */
struct rings {
	uint32_t rx_n, tx_n;
	struct rte_ring *rx[QUEUES], *tx[QUEUES];
};

/* The director that runs. */
static struct {
	struct graph_setup setup;
	struct director *director;
	struct lb_conf *conf;
	struct rings rings[GRAPH_PORTS];
	uint64_t reallocations;
} running;

static void
die(const char *what)
{
	printf("Bail out! %s\n", what);
	exit(1);
}

static struct rte_ring *
make_ring(enum graph_port port, const char *direction, uint32_t queue)
{
	char name[RTE_RING_NAMESIZE];
	struct rte_ring *ring;

	snprintf(name, sizeof(name), "%s_%s_%u", names[port], direction, queue);
	ring = rte_ring_create(name, GRAPH_RING + 1, SOCKET_ID_ANY, RING_F_SP_ENQ | RING_F_SC_DEQ);
	if (ring == NULL)
		die("no ring");
	return ring;
}

static void
make_port(enum graph_port port, uint32_t rx_n, uint32_t tx_n)
{
	struct rings *rings = &running.rings[port];

	rings->rx_n = rx_n;
	rings->tx_n = tx_n;
	for (uint32_t q = 0; q < rx_n; q++)
		rings->rx[q] = make_ring(port, "rx", q);
	for (uint32_t q = 0; q < tx_n; q++)
		rings->tx[q] = make_ring(port, "tx", q);
	if (rte_eth_from_rings(names[port], rings->rx, rx_n, rings->tx, tx_n, 0) < 0)
		die("no port of rings");
}

static void
unmake_port(enum graph_port port)
{
	struct rings *rings = &running.rings[port];
	char device[RTE_ETH_NAME_MAX_LEN];

	snprintf(device, sizeof(device), "net_ring_%s", names[port]);
	if (rte_eal_hotplug_remove("vdev", device) != 0)
		die("the port of rings does not go");
	for (uint32_t q = 0; q < rings->rx_n; q++)
		rte_ring_free(rings->rx[q]);
	for (uint32_t q = 0; q < rings->tx_n; q++)
		rte_ring_free(rings->tx[q]);
}

static void
write_conf(FILE *file, const struct graph_setup *setup, const char *services)
{
	fprintf(file, "cpu: { control = 0; workers = [ 0");
	for (uint32_t w = 1; w < setup->workers; w++)
		fprintf(file, ", 0");
	fprintf(file,
		" ]; };\n"
		"memory: { connections = %u; };\n"
		"ports: ( { name = \"wan\"; device = \"net_ring_wan\"; rx_queues = %u;\n"
		"           addresses = [ \"10.1.0.11/24\"%s ]; },\n"
		"         { name = \"lan\"; device = \"net_ring_lan\"; rx_queues = %u; mtu = %u;\n"
		"           addresses = [ \"10.2.0.11/24\" ]; } );\n"
		"routes: ( %s );\n"
		"transit = \"%s\";\n"
		"vips: ( %s );\n"
		"vrrp: { instances = ( %s ); };\n"
		"services: ( %s );\n",
		setup->connections, setup->wan_queues, setup->wan6, setup->lan_queues, LAN_MTU,
		setup->routes, setup->transit, setup->vips, setup->vrrp, services);
}

struct lb_conf *
graph_conf(const char *services)
{
	char path[] = "/tmp/pollux-graph-XXXXXX";
	struct lb_error err = { 0 };
	int fd = mkstemp(path);
	FILE *file = fd < 0 ? NULL : fdopen(fd, "w");
	struct lb_conf *conf;

	if (file == NULL)
		die("no temporary file");
	write_conf(file, &running.setup, services);
	fclose(file);
	conf = lb_conf_load(path, &err);
	unlink(path);
	if (conf == NULL)
		die(err.text);
	return conf;
}

static struct graph_setup
complete(const struct graph_setup *setup)
{
	struct graph_setup full = *setup;

	if (full.workers == 0)
		full.workers = 1;
	if (full.wan_queues == 0)
		full.wan_queues = full.workers;
	if (full.lan_queues == 0)
		full.lan_queues = 1;
	if (full.connections == 0)
		full.connections = 1024;
	if (full.services == NULL)
		full.services = usual_services;
	if (full.routes == NULL)
		full.routes = usual_routes;
	if (full.vips == NULL)
		full.vips = usual_vips;
	if (full.transit == NULL)
		full.transit = "drop";
	if (full.wan6 == NULL)
		full.wan6 = "";
	if (full.vrrp == NULL)
		full.vrrp = "";
	return full;
}

/* How often streams of all graphs have grown. */
static uint64_t
reallocations(void)
{
	uint64_t sum = 0;

	for (uint32_t w = 0; w < running.director->workers_n; w++) {
		struct rte_graph *graph = running.director->workers[w]->graph;
		struct rte_node *node;
		rte_graph_off_t offset;
		rte_node_t count;

		rte_graph_foreach_node(count, offset, graph, node) sum += node->realloc_count;
	}
	return sum;
}

/* Rings have no MAC addresses of their own. */
static void
set_macs(struct director *director)
{
	for (uint32_t p = 0; p < GRAPH_PORTS; p++)
		for (int i = 0; i < RTE_ETHER_ADDR_LEN; i++)
			director->ports[p]->mac.addr_bytes[i] =
				(uint8_t)(macs[p] >> (8 * (RTE_ETHER_ADDR_LEN - 1 - i)));
	for (uint32_t i = 0; i < director->vrrp.n; i++) {
		struct vrrp_instance *instance = &director->vrrp.list[director->vrrp.numbers[i]];

		if (!instance->virtual_mac)
			instance->conf.mac = director->ports[instance->port]->mac;
	}
}

struct director *
graph_boot(const struct graph_setup *setup)
{
	struct lb_error err = { 0 };

	unit_eal_mb(MEMORY_MB);
	lb_log_set_level(LB_LOG_ERROR);
	running.setup = complete(setup);
	make_port(WAN, running.setup.wan_queues, running.setup.workers + 1);
	make_port(LAN, running.setup.lan_queues, 1);
	running.conf = graph_conf(running.setup.services);
	running.director = director_create(running.conf, &err);
	if (running.director == NULL)
		die(err.text);
	set_macs(running.director);
	if (director_start(running.director, &err) != 0)
		die(err.text);
	for (uint32_t w = 0; w < running.director->workers_n; w++)
		lb_rcu_online(w);
	running.reallocations = reallocations();
	return running.director;
}

void
graph_announce(enum graph_port port, uint64_t mac, uint32_t ip)
{
	struct frame frame = frame_arp(ARP_REQUEST, BROADCAST_MAC, mac, ip, mac, ip);

	graph_send(port, &frame);
}

struct director *
graph_boot_met(const struct graph_setup *setup)
{
	struct director *director = graph_boot(setup);

	graph_announce(WAN, ROUTER_MAC, ROUTER_IP);
	for (uint32_t i = 0; i < SERVERS; i++)
		graph_announce(LAN, SERVER_MAC(i), SERVER_IP(i));
	graph_drain(WAN, TYPE_ARP);
	graph_drain(LAN, TYPE_ARP);
	return director;
}

/* Packets that workers and control still hold. */
static uint32_t
held(const struct director *director)
{
	uint32_t sum = director->tx.waiting;

	for (uint32_t w = 0; w < director->workers_n; w++)
		sum += director->workers[w]->env.hold.n;
	for (uint32_t number = 0; number < LB_VIP_INSTANCES; number++)
		sum += director->vrrp.list[number].farewell.n;
	return sum;
}

void
graph_end(void)
{
	struct director *director = running.director;

	graph_settle();
	graph_drain(WAN, 0);
	graph_drain(LAN, 0);
	CU_ASSERT_EQUAL(rte_mempool_in_use_count(director->pool), held(director));
	CU_ASSERT_EQUAL(reallocations(), running.reallocations);
	for (uint32_t w = 0; w < director->workers_n; w++)
		lb_rcu_offline(w);
	director_destroy(director);
	lb_conf_destroy(running.conf);
	unmake_port(WAN);
	unmake_port(LAN);
	running.director = NULL;
}

void
graph_apply(const struct lb_conf *conf)
{
	struct lb_error err = { 0 };

	running.director->conf = conf;
	CU_ASSERT_EQUAL(director_apply(running.director, &err), 0);
	graph_settle();
}

/* An mbuf as a driver would hand it over, with what a NIC may have left in its hash. */
static struct rte_mbuf *
make_mbuf(enum graph_port port, const struct frame *frame, uint16_t headroom)
{
	struct rte_mbuf *m = rte_pktmbuf_alloc(running.director->pool);

	if (m == NULL)
		die("no packet buffer");
	m->port = running.director->ports[port]->id;
	m->data_off = headroom;
	memset(&m->hash, 0xa5, sizeof(m->hash));
	memcpy(rte_pktmbuf_append(m, (uint16_t)frame->len), frame->bytes, frame->len);
	return m;
}

static void
put_mbuf(enum graph_port port, uint16_t queue, struct rte_mbuf *m)
{
	if (rte_ring_enqueue(running.rings[port].rx[queue], m) != 0)
		die("an RX ring is full");
}

void
graph_put(enum graph_port port, uint16_t queue, const struct frame *frame)
{
	put_mbuf(port, queue, make_mbuf(port, frame, RTE_PKTMBUF_HEADROOM));
}

void
graph_put_bare(enum graph_port port, uint16_t queue, const struct frame *frame)
{
	put_mbuf(port, queue, make_mbuf(port, frame, 0));
}

void
graph_walk(uint32_t worker)
{
	lb_worker_turn(running.director->workers[worker]);
}

void
graph_turn(void)
{
	for (uint32_t w = 0; w < running.director->workers_n; w++)
		graph_walk(w);
	lb_control_turn(running.director->control);
}

/* Whether packets wait for a worker, or for control. */
static bool
is_waited_for(const struct lb_node_env *env)
{
	for (uint32_t w = 0; w < env->workers; w++)
		if (w != env->worker && !rte_ring_empty(env->steer_in[w]))
			return true;
	for (int class = 0; class < LB_CTLQ_CLASSES; class ++)
		if (!rte_ring_empty(env->ctlq.rings[class]))
			return true;
	return false;
}

static bool
is_busy(void)
{
	for (uint32_t p = 0; p < GRAPH_PORTS; p++)
		for (uint32_t q = 0; q < running.rings[p].rx_n; q++)
			if (!rte_ring_empty(running.rings[p].rx[q]))
				return true;
	for (uint32_t w = 0; w < running.director->workers_n; w++)
		if (is_waited_for(&running.director->workers[w]->env))
			return true;
	return false;
}

void
graph_settle(void)
{
	while (is_busy())
		graph_turn();
	for (int i = 0; i < SETTLE; i++)
		graph_turn();
}

void
graph_send(enum graph_port port, const struct frame *frame)
{
	graph_put(port, 0, frame);
	graph_settle();
}

static bool
take_any(enum graph_port port, struct frame *frame)
{
	const struct rings *rings = &running.rings[port];
	struct rte_mbuf *m;

	for (uint32_t q = 0; q < rings->tx_n; q++) {
		if (rte_ring_dequeue(rings->tx[q], (void **)&m) != 0)
			continue;
		frame->len = rte_pktmbuf_data_len(m);
		memcpy(frame->bytes, rte_pktmbuf_mtod(m, const void *), frame->len);
		CU_ASSERT_EQUAL(rte_pktmbuf_pkt_len(m), frame->len);
		CU_ASSERT_PTR_NULL(m->next);
		rte_pktmbuf_free(m);
		return true;
	}
	return false;
}

bool
graph_take(enum graph_port port, uint16_t type, struct frame *frame)
{
	while (take_any(port, frame))
		if (frame_get16(frame, FRAME_TYPE) == type)
			return true;
	return false;
}

bool
graph_wait(enum graph_port port, uint16_t type, struct frame *frame, uint32_t ms)
{
	uint64_t end = lb_clock_ms() + ms;

	do {
		graph_turn();
		if (graph_take(port, type, frame))
			return true;
	} while (lb_clock_ms() < end);
	return false;
}

uint32_t
graph_drain(enum graph_port port, uint16_t type)
{
	struct frame frame;
	uint32_t n = 0;

	while (graph_take(port, type, &frame))
		n++;
	return n;
}

uint64_t
graph_count(const char *node)
{
	uint64_t sum = 0;

	for (uint32_t w = 0; w < running.director->workers_n; w++) {
		uint64_t n = lb_worker_node_packets(running.director->workers[w], node);

		if (n != UINT64_MAX)
			sum += n;
	}
	return sum;
}

uint64_t
graph_connections(void)
{
	uint64_t sum = 0;

	for (uint32_t w = 0; w < running.director->workers_n; w++)
		sum += lb_conn_get_stats(running.director->workers[w]->env.conns)->entries;
	return sum;
}

struct lb_conn *
graph_conn(uint32_t worker, const struct frame *frame)
{
	struct lb_conn_key key = {
		.client = rte_cpu_to_be_32(frame_get32(frame, FRAME_IP_SOURCE)),
		.other = rte_cpu_to_be_32(frame_get32(frame, FRAME_IP_SOURCE + 4)),
		.client_port = rte_cpu_to_be_16(frame_get16(frame, FRAME_L4)),
		.other_port = rte_cpu_to_be_16(frame_get16(frame, FRAME_L4 + 2)),
		.protocol = frame->bytes[FRAME_IP_PROTOCOL],
		.direction = LB_FWD_REQUEST,
	};
	struct lb_conn *conn;

	lb_conn_lookup(running.director->workers[worker]->env.conns, &key, 1,
		lb_clock_tick(rte_rdtsc()), &conn);
	return conn;
}

struct lb_node_env *
graph_env(uint32_t worker)
{
	return &running.director->workers[worker]->env;
}

uint32_t
graph_server(const struct frame *frame)
{
	uint64_t mac = frame_get_mac(frame, 0);

	return mac >= SERVER_MAC(0) && mac < SERVER_MAC(SERVERS) ? (uint32_t)(mac - SERVER_MAC(0))
								 : SERVERS;
}

void
graph_pause(uint32_t ms)
{
	uint64_t end = lb_clock_ms() + ms;

	while (lb_clock_ms() < end) {
		graph_turn();
		usleep(100);
	}
}
