/* The director of target path: see path_bed.h. */

#include "path_bed.h"

#include "fuzz.h"
#include "lb_conn_state.h"

#define LAN_MTU 600
#define IP(a, b, c, d) RTE_BE32(RTE_IPV4(a, b, c, d))

static struct path_bed bed;

static struct lb_vip
vip(rte_be32_t ip4, enum lb_vip_kind kind, uint8_t port)
{
	return (struct lb_vip){
		.addr = lb_addr_ip4(ip4),
		.kind = (uint8_t)kind,
		.port = port,
	};
}

static const struct lb_vip_table *
make_vips(void)
{
	struct lb_vip list[] = {
		vip(IP(10, 1, 0, 100), LB_VIP_VIP, 0),
		vip(IP(10, 1, 0, 101), LB_VIP_VIP, 0),
		vip(IP(10, 1, 0, 102), LB_VIP_VIP, 0),
		vip(IP(10, 1, 0, 11), LB_VIP_LOCAL, 0),
		vip(IP(10, 2, 0, 11), LB_VIP_LOCAL, 1),
	};

	list[1].instance = 1; /* which is Backup */
	list[2].silent = true;
	lb_vip_set_active(LB_VIP_STATIC, true, 0);
	return lb_vip_build(list, RTE_DIM(list));
}

/* Everything is behind a router whose MAC is known. */
static const struct lb_route_table *
make_routes(void)
{
	struct lb_route list[] = {
		{ .port = 0, .hop = 1, .mtu = 1500, .source = lb_addr_ip4(IP(10, 1, 0, 11)) },
		{ .port = 1, .hop = 2, .mtu = LAN_MTU, .source = lb_addr_ip4(IP(10, 2, 0, 11)) },
	};

	list[0].to = (struct lb_prefix){ lb_addr_ip4(0), 0 };
	list[1].to = (struct lb_prefix){ lb_addr_ip4(IP(10, 2, 0, 0)), 24 };
	return lb_route_build(list, RTE_DIM(list));
}

static struct lb_svc_spec
service(const char *name, uint16_t port, uint8_t protocol, const struct lb_svc_server_spec *server)
{
	return (struct lb_svc_spec){
		.name = name,
		.at = { lb_addr_ip4(IP(10, 1, 0, 100)), rte_cpu_to_be_16(port) },
		.protocol = protocol,
		.sched = lb_sched_find(lb_sched_table, "rr"),
		.servers = server,
		.n = 1,
	};
}

static struct lb_svc_server_spec
server(uint8_t last, uint16_t port, const char *method)
{
	int at = lb_fwd_find(lb_fwd_table, method);

	FUZZ_HOLDS(at >= 0);
	return (struct lb_svc_server_spec){
		.at = { lb_addr_ip4(IP(10, 2, 0, last)), rte_cpu_to_be_16(port) },
		.weight = 1,
		.hop = 2,
		.local = IP(10, 2, 0, 11),
		.method = (uint8_t)at,
		.one_way = lb_fwd_table[at]->one_way,
	};
}

static struct lb_svc_set *
make_services(void)
{
	const struct lb_svc_server_spec servers[] = {
		server(21, 8080, "nat"),
		server(22, 53, "tun"),
		server(23, 443, "dr"),
	};
	const struct lb_svc_spec specs[] = {
		service("web", 80, IPPROTO_TCP, &servers[0]),
		service("ntp", 123, IPPROTO_UDP, &servers[0]),
		service("dns", 53, IPPROTO_UDP, &servers[1]),
		service("tls", 443, IPPROTO_TCP, &servers[2]),
	};
	struct lb_svc_set *set = lb_svc_create(1, bed.slots);
	struct lb_error err = { 0 };

	FUZZ_HOLDS(set != NULL);
	FUZZ_HOLDS(lb_svc_apply(set, specs, RTE_DIM(specs), &err) == 0);
	return set;
}

static uint64_t
neighbour(uint8_t port)
{
	return (uint64_t)LB_NEIGH_REACHABLE << LB_NEIGH_STATE_SHIFT |
	       (uint64_t)port << LB_NEIGH_PORT_SHIFT | 0x020000000002;
}

static void
make_port(struct lb_netif_port *port, uint8_t number, uint16_t mtu)
{
	port->number = number;
	port->mtu = mtu;
	port->mac = (struct rte_ether_addr){ { 2, 0, 0, 0, 1, number } };
	bed.env.ports[number] = port;
	bed.env.port_of[number] = number;
}

/* What does not change from frame to frame. */
static void
make_env(struct lb_node_env *env)
{
	env->services = lb_svc_root(env->set);
	env->vips = make_vips();
	env->routes = make_routes();
	FUZZ_HOLDS(env->vips != NULL && env->routes != NULL);
	env->neigh = &bed.neigh;
	env->neigh_used = bed.used;
	env->transit = &bed.transit;
	env->host_ports = &bed.host_ports;
	env->generation_now = &bed.generation;
	env->generation = 1;
	env->slots = lb_slots_worker(bed.slots, 0);
	env->methods = lb_fwd_table;
	env->ports_n = 2;
	env->workers = 1;
	env->tsc = 1;
}

static void
make(void)
{
	lb_conn_timeouts_init();
	make_port(&bed.wan, 0, 1500);
	make_port(&bed.lan, 1, LAN_MTU);
	bed.words[1] = neighbour(0);
	bed.words[2] = neighbour(1);
	bed.neigh = (struct lb_neigh_view){ .words = bed.words, .size = RTE_DIM(bed.words) };
	bed.slots = lb_slots_create(1);
	FUZZ_HOLDS(bed.slots != NULL);
	bed.env.set = make_services();
	make_env(&bed.env);
}

struct path_bed *
path_bed(void)
{
	if (bed.env.set == NULL)
		make();
	return &bed;
}
