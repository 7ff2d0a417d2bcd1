/*
 * From a configuration to what workers see: neighbours are pinned first, since routes and servers
 * name them; then routes, addresses and services are published, each whole.
 */

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "director.h"
#include "lb_clock.h"
#include "lb_fwd.h"
#include "lb_route.h"
#include "lb_vip.h"
#include "plugins.h"

static int
out_of_memory(struct lb_error *err)
{
	return lb_error_set(err, ENOMEM, "configuration: out of memory; add memory to the machine");
}

/* The port in whose subnet addr is; the configuration has been checked: there is one. */
static uint8_t
port_of_address(const struct lb_conf *conf, const struct lb_addr *addr)
{
	for (size_t p = 0; p < conf->ports_n; p++)
		for (size_t i = 0; i < conf->ports[p].addresses_n; i++)
			if (lb_prefix_contains(&conf->ports[p].addresses[i], addr))
				return (uint8_t)p;
	return 0;
}

/* What is being made; freed when done, or when it failed. */
struct plan {
	struct director_pin *pins;
	size_t pins_n;
	struct lb_route *routes;
	size_t routes_n;
	struct lb_route_table *table;      /* Made of routes; owned. */
	const struct lb_route_table *ways; /* To servers: it, or the one that is in force. */
	struct lb_vip *vips;
	size_t vips_n;
	struct lb_svc_spec *specs;
	struct lb_svc_server_spec *servers;
	struct lb_svc_match *matches;
	size_t matches_n;
	struct lb_sched_option *options;
};

/* A neighbour on the link of this port. */
static int
pin_on(struct director *director, struct plan *plan, uint8_t port, const struct lb_addr *addr,
	uint32_t *hop, struct lb_error *err)
{
	char text[LB_ADDR_TEXT];

	*hop = lb_neigh_get(director->neigh, port, addr, lb_clock_ms());
	if (*hop == 0)
		return lb_error_set(err, ENOSPC,
			"neighbour %s: more than %d servers and gateways; configure fewer",
			lb_addr_text(addr, text), DIRECTOR_PINNED_MAX);
	plan->pins[plan->pins_n++] =
		(struct director_pin){ .port = port, .addr = *addr, .hop = *hop };
	return 0;
}

static int
pin(struct director *director, struct plan *plan, const struct lb_addr *addr, uint32_t *hop,
	struct lb_error *err)
{
	return pin_on(director, plan, port_of_address(director->conf, addr), addr, hop, err);
}

/* Each service has room for a sorry server. */
static size_t
count_servers(const struct lb_conf *conf)
{
	size_t n = 0;

	for (size_t i = 0; i < conf->services_n; i++)
		n += conf->services[i].servers_n + 1;
	return n;
}

static size_t
count_matches(const struct lb_conf *conf)
{
	size_t n = 0;

	for (size_t i = 0; i < conf->services_n; i++)
		n += conf->services[i].matches_n;
	return n;
}

/* A port may have got one more than the configuration says. */
static size_t
count_addresses(const struct lb_conf *conf)
{
	size_t n = 0;

	for (size_t i = 0; i < conf->ports_n; i++)
		n += conf->ports[i].addresses_n + 1;
	return n;
}

static size_t
count_virtual(const struct lb_conf *conf)
{
	size_t n = 0;

	for (size_t i = 0; i < conf->vrrp_n; i++)
		n += conf->vrrp[i].addresses_n;
	return n;
}

static size_t
count_peers(const struct lb_conf *conf)
{
	size_t n = 0;

	for (size_t i = 0; i < conf->vrrp_n; i++)
		n += conf->vrrp[i].unicast.peers_n;
	return n;
}

static int
plan_allocate(struct plan *plan, const struct lb_conf *conf)
{
	size_t servers = count_servers(conf), addresses = count_addresses(conf);

	plan->pins = calloc(servers + conf->routes_n + count_peers(conf) + 1, sizeof(*plan->pins));
	plan->routes = calloc(addresses + conf->routes_n + 1, sizeof(*plan->routes));
	plan->vips =
		calloc(addresses + conf->vips_n + count_virtual(conf) + 1, sizeof(*plan->vips));
	plan->specs = calloc(conf->services_n + 1, sizeof(*plan->specs));
	plan->servers = calloc(servers + 1, sizeof(*plan->servers));
	plan->matches = calloc(count_matches(conf) + 1, sizeof(*plan->matches));
	plan->options = calloc(conf->services_n * PLUGINS_OPTIONS_MAX + 1, sizeof(*plan->options));
	return plan->pins == NULL || plan->routes == NULL || plan->vips == NULL ||
			       plan->specs == NULL || plan->servers == NULL ||
			       plan->matches == NULL || plan->options == NULL
		       ? -ENOMEM
		       : 0;
}

static void
plan_free(struct plan *plan)
{
	free(plan->pins);
	lb_route_destroy(plan->table);
	free(plan->routes);
	free(plan->vips);
	free(plan->specs);
	free(plan->servers);
	free(plan->matches);
	free(plan->options);
}

/* Whether a port's address is in the subnet of one before it: there is one route to both. */
static bool
is_connected(const struct lb_conf_port *port, size_t address)
{
	const struct lb_prefix *own = &port->addresses[address];

	for (size_t i = 0; i < address; i++)
		if (port->addresses[i].len == own->len &&
			lb_prefix_contains(&port->addresses[i], &own->addr))
			return true;
	return false;
}

/* Link-local networks are in no route: each packet to one says by what port it goes. */
static void
plan_connected(const struct lb_conf *conf, size_t p, struct plan *plan)
{
	const struct lb_conf_port *port = &conf->ports[p];

	for (size_t i = 0; i < port->addresses_n; i++)
		if (!is_connected(port, i) && !lb_addr_is_link_local(&port->addresses[i].addr))
			plan->routes[plan->routes_n++] = (struct lb_route){
				.to = port->addresses[i],
				.port = (uint8_t)p,
				.mtu = port->mtu,
				.source = port->addresses[i].addr,
			};
}

static int
plan_routes(struct director *director, struct plan *plan, struct lb_error *err)
{
	const struct lb_conf *conf = director->conf;
	int ret = 0;

	for (size_t p = 0; p < conf->ports_n; p++)
		plan_connected(conf, p, plan);
	for (size_t i = 0; i < conf->routes_n && ret == 0; i++) {
		const struct lb_conf_route *from = &conf->routes[i];
		struct lb_route *route = &plan->routes[plan->routes_n++];
		struct lb_netif_port *port = director->ports[from->port];

		route->to = from->to;
		route->port = (uint8_t)from->port;
		route->mtu = port->mtu;
		route->source = *lb_netif_address_for(port, &from->via);
		ret = pin(director, plan, &from->via, &route->hop, err);
	}
	return ret;
}

/* Whether a VRRP instance has a port's address as its owner: then it is in the table already. */
static bool
is_virtual(const struct lb_conf *conf, size_t port, const struct lb_addr *addr)
{
	for (size_t i = 0; i < conf->vrrp_n; i++)
		for (size_t a = 0; conf->vrrp[i].port == port && a < conf->vrrp[i].addresses_n; a++)
			if (lb_addr_equal(&conf->vrrp[i].addresses[a].addr, addr))
				return true;
	return false;
}

static void
plan_virtual(const struct lb_conf_vrrp *from, uint8_t number, struct plan *plan)
{
	for (size_t i = 0; i < from->addresses_n; i++)
		plan->vips[plan->vips_n++] = (struct lb_vip){
			.addr = from->addresses[i].addr,
			.kind = LB_VIP_VIP,
			.port = (uint8_t)from->port,
			.instance = number,
			.silent = !from->accept,
		};
}

static void
plan_vips(const struct director *director, struct plan *plan)
{
	const struct lb_conf *conf = director->conf;
	uint8_t numbers[LB_CONF_VRRP_MAX];

	vrrp_run_numbers(&director->vrrp, conf, numbers);
	for (size_t i = 0; i < conf->vrrp_n; i++)
		plan_virtual(&conf->vrrp[i], numbers[i], plan);
	for (size_t i = 0; i < conf->vips_n; i++)
		plan->vips[plan->vips_n++] = (struct lb_vip){
			.addr = conf->vips[i].address,
			.kind = LB_VIP_VIP,
			.port = (uint8_t)conf->vips[i].port,
			.instance = LB_VIP_STATIC,
		};
	for (uint32_t p = 0; p < director->ports_n; p++)
		for (size_t i = 0; i < director->ports[p]->addresses_n; i++) {
			const struct lb_addr *addr = &director->ports[p]->addresses[i].addr;

			if (!is_virtual(conf, p, addr))
				plan->vips[plan->vips_n++] = (struct lb_vip){
					.addr = *addr,
					.kind = LB_VIP_LOCAL,
					.port = (uint8_t)p,
				};
		}
}

/* Peers on the link are asked for all the time, so that adverts find their MACs; gateways are. */
static int
plan_peers(struct director *director, struct plan *plan, struct lb_error *err)
{
	const struct lb_conf *conf = director->conf;
	int ret = 0;

	for (size_t i = 0; i < conf->vrrp_n; i++)
		for (size_t p = 0; ret == 0 && p < conf->vrrp[i].unicast.peers_n; p++) {
			const struct lb_addr *peer = &conf->vrrp[i].unicast.peers[p];
			const struct lb_route *route = lb_route_find(plan->ways, peer);
			uint32_t hop;

			if (lb_addr_is_link_local(peer))
				ret = pin_on(director, plan, (uint8_t)conf->vrrp[i].port, peer,
					&hop, err);
			else if (route != NULL && route->hop == 0)
				ret = pin(director, plan, peer, &hop, err);
		}
	return ret;
}

/* The neighbour that packets to a server go to, and the address that they leave from. */
static int
plan_server(struct director *director, struct plan *plan, const struct lb_conf_server *from,
	struct lb_svc_server_spec *server, struct lb_error *err)
{
	const struct lb_route *route = lb_route_find(plan->ways, &from->at.addr);
	char text[LB_ADDR_TEXT];

	server->at = from->at;
	server->one_way = lb_fwd_table[server->method]->one_way;
	server->upper = from->upper;
	server->lower = from->lower;
	if (route == NULL) {
		lb_error_set(err, EHOSTUNREACH,
			"server %s: no port's subnet and no route holds it; add a route",
			lb_endpoint_text(&from->at, text));
		return lb_conf_fault(&from->place, err);
	}
	server->hop = route->hop;
	server->local = route->source.ip4;
	if (route->hop != 0)
		return 0;
	return pin(director, plan, &from->at.addr, &server->hop, err);
}

static enum lb_svc_unknown
unknown_of(const struct lb_conf_service *service)
{
	static const enum lb_svc_unknown unknowns[] = {
		[LB_CONF_UNKNOWN_RST] = LB_SVC_UNKNOWN_RST,
		[LB_CONF_UNKNOWN_DROP] = LB_SVC_UNKNOWN_DROP,
		[LB_CONF_UNKNOWN_SCHEDULE] = LB_SVC_UNKNOWN_SCHEDULE,
	};

	return unknowns[service->unknown];
}

static struct lb_svc_spec
plan_service(const struct lb_conf_service *from, struct lb_sched_option *options)
{
	return (struct lb_svc_spec){
		.name = from->name,
		.at = from->at,
		.protocol = from->protocol,
		.unknown = unknown_of(from),
		.one_packet = from->one_packet,
		.persistence = lb_ticks_from_ms(from->persistence_ms),
		.persistence_mask = rte_cpu_to_be_32(UINT32_MAX << (32 - from->persistence_prefix)),
		.sched = lb_sched_find(lb_sched_table, from->scheduler),
		.flood = lb_sched_find(lb_sched_table, "mh"),
		.options = plugins_options(from, options),
		.n = from->servers_n,
	};
}

static void
plan_matches(struct plan *plan, const struct lb_conf_service *from, struct lb_svc_spec *spec)
{
	spec->matches = &plan->matches[plan->matches_n];
	spec->matches_n = (uint32_t)from->matches_n;
	for (size_t i = 0; i < from->matches_n; i++)
		plan->matches[plan->matches_n++] = (struct lb_svc_match){
			.net = from->matches[i].net.addr.ip4,
			.len = from->matches[i].net.len,
			.protocol = from->matches[i].protocol,
			.first = from->matches[i].first,
			.last = from->matches[i].last,
		};
}

static int
plan_timeouts(struct director *director, const struct lb_conf_service *from,
	struct lb_svc_spec *spec, struct lb_error *err)
{
	int class = timeouts_class(&director->timeouts, director->conf, from, err);

	spec->timeout_class = (uint16_t) class;
	return class < 0 ? lb_conf_fault(&from->place, err) : 0;
}

/* Service number i of the plan, whose servers are put there. */
static int
plan_whole_service(struct director *director, struct plan *plan, size_t i,
	const struct lb_conf_service *from, struct lb_svc_server_spec *servers,
	struct lb_error *err)
{
	int ret;

	plan->specs[i] = plan_service(from, &plan->options[i * PLUGINS_OPTIONS_MAX]);
	plan->specs[i].servers = servers;
	plan_matches(plan, from, &plan->specs[i]);
	servers_weigh(director, from, &servers->weight, sizeof(*servers));
	ret = plan_timeouts(director, from, &plan->specs[i], err);
	for (size_t s = 0; s < from->servers_n && ret == 0; s++) {
		servers[s].method = (uint8_t)lb_fwd_find(
			lb_fwd_table, lb_conf_forward(from, &from->servers[s]));
		ret = plan_server(director, plan, &from->servers[s], &servers[s], err);
	}
	if (from->sorry == NULL || ret != 0)
		return ret;
	plan->specs[i].sorry = true;
	servers[from->servers_n].weight = from->sorry->weight;
	servers[from->servers_n].method =
		(uint8_t)lb_fwd_find(lb_fwd_table, lb_conf_forward(from, from->sorry));
	return plan_server(director, plan, from->sorry, &servers[from->servers_n], err);
}

static int
plan_services(struct director *director, struct plan *plan, struct lb_error *err)
{
	const struct lb_conf *conf = director->conf;
	struct lb_svc_server_spec *servers = plan->servers;
	int ret = 0;

	timeouts_begin(&director->timeouts, conf);
	for (size_t i = 0; i < conf->services_n && ret == 0; i++) {
		ret = plan_whole_service(director, plan, i, &conf->services[i], servers, err);
		servers += conf->services[i].servers_n + 1;
		if (director->drafts != NULL)
			plan->specs[i].draft = &director->drafts[i];
	}
	return ret;
}

static void
unpin(struct director *director, struct director_pin *pins, size_t n)
{
	for (size_t i = 0; i < n; i++)
		lb_neigh_put(director->neigh, pins[i].hop, lb_clock_ms());
}

static enum lb_node_transit
transit_of(const struct lb_conf *conf)
{
	static const enum lb_node_transit transits[] = {
		[LB_CONF_TRANSIT_DROP] = LB_NODE_TRANSIT_DROP,
		[LB_CONF_TRANSIT_ROUTE] = LB_NODE_TRANSIT_ROUTE,
		[LB_CONF_TRANSIT_HOST] = LB_NODE_TRANSIT_HOST,
	};

	return transits[conf->transit];
}

/* Whether something is ours, as it is, that was not before. */
static bool
has_more(const struct plan *plan)
{
	for (size_t i = 0; i < plan->vips_n; i++) {
		const struct lb_vip *vip = &plan->vips[i];
		const struct lb_vip *old = lb_vip_find(lb_vip_current(), &vip->addr);

		if (old == NULL || old->kind != vip->kind || old->port != vip->port ||
			old->instance != vip->instance)
			return true;
	}
	return false;
}

static int
publish(struct director *director, struct plan *plan, struct lb_error *err)
{
	struct lb_vip_table *vips = lb_vip_build(plan->vips, plan->vips_n);
	bool more = has_more(plan);
	int ret = vips == NULL ? out_of_memory(err) : 0;

	if (ret == 0)
		ret = lb_svc_apply(
			director->services, plan->specs, director->conf->services_n, err);
	if (ret != 0) {
		lb_vip_destroy(vips);
		return ret;
	}
	lb_route_publish(plan->table);
	plan->table = NULL;
	lb_vip_publish(vips);
	vrrp_scripts_apply(director);
	vrrp_run_apply(director);
	mcast_apply(director);
	atomic_store_explicit(&director->transit, transit_of(director->conf), memory_order_relaxed);
	host_apply(director);
	director_raise_generation(director);
	if (more)
		announce_begin(&director->announce);
	unpin(director, director->pins, director->pins_n);
	free(director->pins);
	director->pins = plan->pins;
	director->pins_n = plan->pins_n;
	plan->pins = NULL;
	if (director->applied != NULL)
		servers_apply(director, director->applied, director->conf);
	director->applied = director->conf;
	return 0;
}

int
director_apply(struct director *director, struct lb_error *err)
{
	struct plan plan = { 0 };
	int ret = plan_allocate(&plan, director->conf) != 0 ? out_of_memory(err) : 0;

	if (ret == 0)
		ret = plan_routes(director, &plan, err);
	if (ret == 0) {
		plan.table = lb_route_build(plan.routes, plan.routes_n);
		plan.ways = plan.table;
		ret = plan.table == NULL ? out_of_memory(err) : 0;
	}
	if (ret == 0)
		ret = plan_peers(director, &plan, err);
	if (ret == 0) {
		plan_vips(director, &plan);
		ret = plan_services(director, &plan, err);
	}
	if (ret == 0)
		ret = publish(director, &plan, err);
	if (ret != 0 && plan.pins != NULL)
		unpin(director, plan.pins, plan.pins_n);
	plan_free(&plan);
	return ret;
}

/* Neighbours that the plan pins are pinned already, so it pins them for its own time only. */
int
director_retune(struct director *director, const struct lb_conf_service *service,
	struct lb_svc_draft *draft, struct lb_error *err)
{
	struct plan plan = {
		.ways = lb_route_current(),
		.pins = calloc(service->servers_n + 2, sizeof(*plan.pins)),
		.specs = calloc(1, sizeof(*plan.specs)),
		.servers = calloc(service->servers_n + 1, sizeof(*plan.servers)),
		.matches = calloc(service->matches_n + 1, sizeof(*plan.matches)),
		.options = calloc(PLUGINS_OPTIONS_MAX, sizeof(*plan.options)),
	};
	int ret = 0;

	if (plan.pins == NULL || plan.specs == NULL || plan.servers == NULL ||
		plan.matches == NULL || plan.options == NULL)
		ret = out_of_memory(err);
	if (ret == 0)
		ret = plan_whole_service(director, &plan, 0, service, plan.servers, err);
	if (ret == 0) {
		plan.specs[0].draft = draft;
		ret = lb_svc_change(director->services, &plan.specs[0], err);
	}
	unpin(director, plan.pins, plan.pins_n);
	plan_free(&plan);
	return ret;
}
