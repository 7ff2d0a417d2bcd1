/* Making and ending the bed: see bed.h. */

#include "bed.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include <rte_dev.h>
#include <rte_eth_ring.h>
#include <rte_ethdev.h>
#include <rte_launch.h>
#include <rte_tcp.h>

#include "l2.h"
#include "lb_rcu.h"

#define RING_SIZE 1024

/* Turns of all workers and control after which an ARP packet has been dealt with. */
#define SETTLE 4

static const char *const names[] = { "wan", "lan" };
static const uint64_t macs[] = { FRAME_WAN_MAC, FRAME_LAN_MAC };

static struct rte_ring *
make_ring(enum bed_port port, const char *direction, uint32_t queue)
{
	char name[RTE_RING_NAMESIZE];

	snprintf(name, sizeof(name), "%s_%s_%u", names[port], direction, queue);
	return rte_ring_create(name, RING_SIZE, SOCKET_ID_ANY, RING_F_SP_ENQ | RING_F_SC_DEQ);
}

static int
make_port(struct bed *bed, enum bed_port port, struct lb_error *err)
{
	struct rte_ring *rx[BED_LANES], *tx[BED_LANES + 1];
	struct bed_queues *queues = &bed->queues[port];
	uint32_t n = bed->lanes_n;
	bool made = true;

	for (uint32_t q = 0; q < n; q++)
		made = (queues->rx[q].ring = rx[q] = make_ring(port, "rx", q)) != NULL && made;
	for (uint32_t q = 0; q < n + 1; q++)
		made = (queues->tx[q].ring = tx[q] = make_ring(port, "tx", q)) != NULL && made;
	if (made && rte_eth_from_rings(names[port], rx, n, tx, n + 1, 0) >= 0)
		return 0;
	return lb_error_set(err, ENOMEM,
		"port \"%s\": no memory for a port of rings; free some of the machine's",
		names[port]);
}

static void
unmake_port(struct bed *bed, enum bed_port port)
{
	struct bed_queues *queues = &bed->queues[port];
	char device[RTE_ETH_NAME_MAX_LEN];

	snprintf(device, sizeof(device), "net_ring_%s", names[port]);
	rte_eal_hotplug_remove("vdev", device);
	for (uint32_t q = 0; q < bed->lanes_n; q++)
		rte_ring_free(queues->rx[q].ring);
	for (uint32_t q = 0; q < bed->lanes_n + 1; q++)
		rte_ring_free(queues->tx[q].ring);
}

static int
make_lane(struct bed *bed, uint32_t number, struct lb_error *err)
{
	struct lane *lane = &bed->lanes[number];

	lane->bed = bed;
	lane->number = number;
	lane->visited = lane;
	lane->burst = BED_BURST;
	lane->worker = bed->director->workers[number];
	lane->capacity = (bed->conf->memory.connections + bed->lanes_n - 1) / bed->lanes_n;
	lane_face(lane, bed->what->replies);
	return l2_create(lane, err);
}

static void
empty_ring(struct rte_ring *ring)
{
	struct rte_mbuf *m;

	while (rte_ring_dequeue(ring, (void **)&m) == 0)
		rte_pktmbuf_free(m);
}

/* Throw away what control and workers have said so far. */
static void
empty_ports(struct bed *bed)
{
	for (int port = 0; port < BED_PORTS; port++)
		for (uint32_t q = 0; q < bed->lanes_n + 1; q++)
			empty_ring(bed->queues[port].tx[q].ring);
}

static int
announce(struct bed *bed, enum bed_port port, uint64_t mac, uint32_t ip, struct lb_error *err)
{
	struct rte_mbuf *m = rte_pktmbuf_alloc(bed->director->pool);

	if (m == NULL)
		return lb_error_set(
			err, ENOMEM, "packet buffers ran out; this is a fault of Pollux");
	frame_write_arp(mac, ip, m);
	m->port = bed->director->ports[port]->id;
	rte_ring_enqueue(bed->queues[port].rx[0].ring, m);
	for (int i = 0; i < SETTLE; i++) {
		for (uint32_t w = 0; w < bed->lanes_n; w++)
			lb_worker_turn(bed->director->workers[w]);
		lb_control_turn(bed->director->control);
	}
	empty_ports(bed);
	return 0;
}

/* Control does not turn after this, so what is known of neighbours stays. */
static int
meet_hosts(struct bed *bed, struct lb_error *err)
{
	int ret = announce(bed, BED_WAN, FRAME_ROUTER_MAC, FRAME_ROUTER, err);

	for (uint32_t i = 0; i < bed_servers(bed->what) && ret == 0; i++)
		ret = announce(bed, BED_LAN, FRAME_SERVER_MAC(i), FRAME_SERVER(i), err);
	return ret;
}

static void
use_queues(struct bed *bed)
{
	for (int port = 0; port < BED_PORTS; port++)
		ring_queue_use(bed->director->ports[port]->id, bed->queues[port].rx, bed->lanes_n,
			bed->queues[port].tx, bed->lanes_n + 1);
}

static int
start_director(struct bed *bed, struct lb_error *err)
{
	bed->director = director_create(bed->conf, err);
	if (bed->director == NULL)
		return -err->code;
	/* Rings have no MAC addresses of their own. */
	for (int port = 0; port < BED_PORTS; port++)
		bed->director->ports[port]->mac = frame_mac(macs[port]);
	for (uint32_t w = 0; w < bed->lanes_n; w++)
		lb_rcu_online(w);
	if (director_start(bed->director, err) != 0)
		return -err->code;
	use_queues(bed);
	return 0;
}

struct bed *
bed_create(const struct plan *plan, struct lb_error *err)
{
	struct bed *bed = aligned_alloc(RTE_CACHE_LINE_SIZE, sizeof(*bed));
	const struct bench_case *what = plan->what;
	int ret;

	if (bed == NULL) {
		lb_error_set(
			err, ENOMEM, "memory for case \"%s\" is not there; free some", what->name);
		return NULL;
	}
	*bed = (struct bed){
		.what = what,
		.connections = plan->connections,
		.cold = plan->cold,
		.nodes = plan->nodes,
		.lanes_n = plan->workers,
		.syn = frame_request(RTE_TCP_SYN_FLAG),
		.ack = frame_request(RTE_TCP_ACK_FLAG),
		.reply = frame_reply(RTE_TCP_ACK_FLAG),
	};
	bed->conf = bed_conf(plan, err);
	ret = bed->conf == NULL ? -err->code : make_port(bed, BED_WAN, err);
	if (ret == 0)
		ret = make_port(bed, BED_LAN, err);
	if (ret == 0)
		ret = start_director(bed, err);
	for (uint32_t w = 0; w < plan->workers && ret == 0; w++)
		ret = make_lane(bed, w, err);
	if (ret == 0)
		ret = meet_hosts(bed, err);
	if (ret == 0)
		return bed;
	bed_destroy(bed);
	return NULL;
}

void
bed_destroy(struct bed *bed)
{
	for (uint32_t w = 0; w < bed->lanes_n; w++) {
		l2_destroy(&bed->lanes[w]);
		lane_fini(&bed->lanes[w]);
	}
	for (uint32_t w = 0; w < bed->lanes_n && bed->director != NULL; w++)
		lb_rcu_offline(w);
	director_destroy(bed->director);
	unmake_port(bed, BED_WAN);
	unmake_port(bed, BED_LAN);
	lb_conf_destroy(bed->conf);
	free(bed);
}

int
bed_run(struct bed *bed, int (*fn)(void *lane), struct lb_error *err)
{
	for (uint32_t w = 1; w < bed->lanes_n; w++)
		rte_eal_remote_launch(fn, &bed->lanes[w], w);
	fn(&bed->lanes[0]);
	for (uint32_t w = 1; w < bed->lanes_n; w++)
		rte_eal_wait_lcore(w);
	for (uint32_t w = 0; w < bed->lanes_n; w++) {
		const struct lb_error *fault = &bed->lanes[w].err;

		if (fault->code != 0)
			return lb_error_set(err, fault->code, "%s", fault->text);
	}
	return 0;
}

void
bed_meet(struct bed *bed)
{
	uint32_t turn = atomic_load(&bed->turn);

	if (bed->lanes_n == 1)
		return;
	if (atomic_fetch_add(&bed->arrived, 1) + 1 == bed->lanes_n) {
		atomic_store(&bed->arrived, 0);
		atomic_store(&bed->turn, turn + 1);
	}
	while (atomic_load(&bed->turn) == turn)
		rte_pause();
}
