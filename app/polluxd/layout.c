/*
 * From a configuration to what workers see: neighbours are pinned first, since routes and servers
 * name them; then routes and addresses, and services one by one, which is what takes long.
 */

#include "layout.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "director.h"
#include "lb_clock.h"
#include "lb_fwd.h"
#include "plugins.h"

int
layout_out_of_memory(struct lb_error *err)
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

/* A neighbour on the link of this port. */
static int
pin_on(struct layout *layout, struct layout_pins *pins, uint8_t port, const struct lb_addr *addr,
	struct lb_error *err)
{
	char text[LB_ADDR_TEXT];
	uint32_t hop = lb_neigh_get(layout->director->neigh, port, addr, lb_clock_ms());

	if (hop == 0)
		return lb_error_set(err, ENOSPC,
			"neighbour %s: more than %d servers and gateways; configure fewer",
			lb_addr_text(addr, text), DIRECTOR_PINNED_MAX);
	pins->hops[pins->n++] = hop;
	return 0;
}

static int
pin(struct layout *layout, struct layout_pins *pins, const struct lb_addr *addr,
	struct lb_error *err)
{
	return pin_on(layout, pins, port_of_address(layout->conf, addr), addr, err);
}

bool
layout_unpin(struct layout *layout, struct layout_pins *pins, size_t n)
{
	uint64_t now_ms = lb_clock_ms();

	for (; pins->n > 0 && n > 0; n--)
		lb_neigh_put(layout->director->neigh, pins->hops[--pins->n], now_ms);
	return pins->n > 0;
}

static struct lb_svc_size
size_of(const struct lb_conf *conf)
{
	struct lb_svc_size size = { .services = conf->services_n };

	for (size_t i = 0; i < conf->services_n; i++) {
		size.servers += conf->services[i].servers_n + (conf->services[i].sorry != NULL);
		size.matches += conf->services[i].matches_n;
	}
	return size;
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

/* Room for what one service needs, the largest of n; its sorry server stands behind the others. */
static int
make_scratch(struct layout *layout, const struct lb_conf_service *services, size_t n)
{
	size_t servers = 0, matches = 0;

	for (size_t i = 0; i < n; i++) {
		servers = RTE_MAX(servers, services[i].servers_n);
		matches = RTE_MAX(matches, services[i].matches_n);
	}
	layout->servers = calloc(servers + 1, sizeof(*layout->servers));
	layout->matches = calloc(matches + 1, sizeof(*layout->matches));
	layout->options = calloc(PLUGINS_OPTIONS_MAX, sizeof(*layout->options));
	return layout->servers == NULL || layout->matches == NULL || layout->options == NULL
		       ? -ENOMEM
		       : 0;
}

int
layout_make(struct layout *layout)
{
	const struct lb_conf *conf = layout->conf;
	struct lb_svc_size size = size_of(conf);
	size_t addresses = count_addresses(conf);

	layout->kept.hops =
		calloc(conf->routes_n + count_peers(conf) + 1, sizeof(*layout->kept.hops));
	layout->passing.hops = calloc(size.servers + 1, sizeof(*layout->passing.hops));
	layout->routes = calloc(addresses + conf->routes_n + 1, sizeof(*layout->routes));
	layout->vips =
		calloc(addresses + conf->vips_n + count_virtual(conf) + 1, sizeof(*layout->vips));
	layout->next = lb_svc_next_create(layout->director->services, &size);
	return layout->kept.hops == NULL || layout->passing.hops == NULL ||
			       layout->routes == NULL || layout->vips == NULL ||
			       layout->next == NULL
		       ? -ENOMEM
		       : make_scratch(layout, conf->services, conf->services_n);
}

int
layout_make_one(struct layout *layout, const struct lb_conf_service *service)
{
	layout->ways = lb_route_current();
	layout->passing.hops = calloc(service->servers_n + 1, sizeof(*layout->passing.hops));
	return layout->passing.hops == NULL ? -ENOMEM : make_scratch(layout, service, 1);
}

void
layout_free(struct layout *layout)
{
	free(layout->kept.hops);
	free(layout->passing.hops);
	lb_route_destroy(layout->table);
	free(layout->routes);
	lb_vip_destroy(layout->vip_table);
	free(layout->vips);
	lb_svc_next_destroy(layout->next);
	free(layout->servers);
	free(layout->matches);
	free(layout->options);
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
layout_connected(const struct lb_conf *conf, size_t p, struct layout *layout)
{
	const struct lb_conf_port *port = &conf->ports[p];

	for (size_t i = 0; i < port->addresses_n; i++)
		if (!is_connected(port, i) && !lb_addr_is_link_local(&port->addresses[i].addr))
			layout->routes[layout->routes_n++] = (struct lb_route){
				.to = port->addresses[i],
				.port = (uint8_t)p,
				.mtu = port->mtu,
				.source = port->addresses[i].addr,
			};
}

static int
layout_routes(struct layout *layout, struct lb_error *err)
{
	const struct lb_conf *conf = layout->conf;
	int ret = 0;

	for (size_t p = 0; p < conf->ports_n; p++)
		layout_connected(conf, p, layout);
	for (size_t i = 0; i < conf->routes_n && ret == 0; i++) {
		const struct lb_conf_route *from = &conf->routes[i];
		struct lb_route *route = &layout->routes[layout->routes_n++];
		struct lb_netif_port *port = layout->director->ports[from->port];

		route->to = from->to;
		route->port = (uint8_t)from->port;
		route->mtu = port->mtu;
		route->source = *lb_netif_address_for(port, &from->via);
		ret = pin(layout, &layout->kept, &from->via, err);
		if (ret == 0)
			route->hop = layout->kept.hops[layout->kept.n - 1];
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
layout_virtual(const struct lb_conf_vrrp *from, uint8_t number, struct layout *layout)
{
	for (size_t i = 0; i < from->addresses_n; i++)
		layout->vips[layout->vips_n++] = (struct lb_vip){
			.addr = from->addresses[i].addr,
			.kind = LB_VIP_VIP,
			.port = (uint8_t)from->port,
			.instance = number,
			.silent = !from->accept,
		};
}

static void
layout_vips(struct layout *layout)
{
	const struct director *director = layout->director;
	const struct lb_conf *conf = layout->conf;
	uint8_t numbers[LB_CONF_VRRP_MAX];

	vrrp_run_numbers(&director->vrrp, conf, numbers);
	for (size_t i = 0; i < conf->vrrp_n; i++)
		layout_virtual(&conf->vrrp[i], numbers[i], layout);
	for (size_t i = 0; i < conf->vips_n; i++)
		layout->vips[layout->vips_n++] = (struct lb_vip){
			.addr = conf->vips[i].address,
			.kind = LB_VIP_VIP,
			.port = (uint8_t)conf->vips[i].port,
			.instance = LB_VIP_STATIC,
		};
	for (uint32_t p = 0; p < director->ports_n; p++)
		for (size_t i = 0; i < director->ports[p]->addresses_n; i++) {
			const struct lb_addr *addr = &director->ports[p]->addresses[i].addr;

			if (!is_virtual(conf, p, addr))
				layout->vips[layout->vips_n++] = (struct lb_vip){
					.addr = *addr,
					.kind = LB_VIP_LOCAL,
					.port = (uint8_t)p,
				};
		}
}

/* Peers on the link are asked for all the time, so that adverts find their MACs; gateways are. */
static int
layout_peers(struct layout *layout, struct lb_error *err)
{
	const struct lb_conf *conf = layout->conf;
	int ret = 0;

	for (size_t i = 0; i < conf->vrrp_n; i++)
		for (size_t p = 0; ret == 0 && p < conf->vrrp[i].unicast.peers_n; p++) {
			const struct lb_addr *peer = &conf->vrrp[i].unicast.peers[p];
			const struct lb_route *route = lb_route_find(layout->ways, peer);

			if (lb_addr_is_link_local(peer))
				ret = pin_on(layout, &layout->kept, (uint8_t)conf->vrrp[i].port,
					peer, err);
			else if (route != NULL && route->hop == 0)
				ret = pin(layout, &layout->kept, peer, err);
		}
	return ret;
}

/* The neighbour that packets to a server go to, and the address that they leave from. */
static int
layout_server(struct layout *layout, const struct lb_conf_server *from,
	struct lb_svc_server_spec *server, struct lb_error *err)
{
	const struct lb_route *route = lb_route_find(layout->ways, &from->at.addr);
	char text[LB_ADDR_TEXT];
	int ret;

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
	ret = pin(layout, &layout->passing, &from->at.addr, err);
	if (ret == 0)
		server->hop = layout->passing.hops[layout->passing.n - 1];
	return ret;
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
layout_service(const struct lb_conf_service *from, struct lb_sched_option *options)
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
layout_matches(struct layout *layout, const struct lb_conf_service *from)
{
	layout->spec.matches = layout->matches;
	layout->spec.matches_n = (uint32_t)from->matches_n;
	for (size_t i = 0; i < from->matches_n; i++)
		layout->matches[i] = (struct lb_svc_match){
			.net = from->matches[i].net.addr.ip4,
			.len = from->matches[i].net.len,
			.protocol = from->matches[i].protocol,
			.first = from->matches[i].first,
			.last = from->matches[i].last,
		};
}

static int
layout_timeouts(struct layout *layout, const struct lb_conf_service *from, struct lb_error *err)
{
	int class = timeouts_class(&layout->director->timeouts, layout->conf, from, err);

	layout->spec.timeout_class = (uint16_t) class;
	return class < 0 ? lb_conf_fault(&from->place, err) : 0;
}

static int
layout_sorry(struct layout *layout, const struct lb_conf_service *from, struct lb_error *err)
{
	struct lb_svc_server_spec *server = &layout->servers[from->servers_n];

	if (from->sorry == NULL)
		return 0;
	layout->spec.sorry = true;
	server->weight = from->sorry->weight;
	server->method = (uint8_t)lb_fwd_find(lb_fwd_table, lb_conf_forward(from, from->sorry));
	return layout_server(layout, from->sorry, server, err);
}

int
layout_one(struct layout *layout, const struct lb_conf_service *from, struct lb_error *err)
{
	struct lb_svc_server_spec *servers = layout->servers;
	int ret;

	layout->spec = layout_service(from, layout->options);
	layout->spec.servers = servers;
	layout_matches(layout, from);
	servers_weigh(layout->director, from, &servers->weight, sizeof(*servers));
	ret = layout_timeouts(layout, from, err);
	for (size_t s = 0; s < from->servers_n && ret == 0; s++) {
		servers[s].method = (uint8_t)lb_fwd_find(
			lb_fwd_table, lb_conf_forward(from, &from->servers[s]));
		ret = layout_server(layout, &from->servers[s], &servers[s], err);
	}
	return ret != 0 ? ret : layout_sorry(layout, from, err);
}

int
layout_all_but_services(struct layout *layout, struct lb_error *err)
{
	int ret = layout_routes(layout, err);

	if (ret != 0)
		return ret;
	layout->table = lb_route_build(layout->routes, layout->routes_n);
	layout->ways = layout->table;
	if (layout->table == NULL)
		return layout_out_of_memory(err);
	ret = layout_peers(layout, err);
	if (ret != 0)
		return ret;
	layout_vips(layout);
	layout->vip_table = lb_vip_build(layout->vips, layout->vips_n);
	return layout->vip_table == NULL ? layout_out_of_memory(err) : 0;
}

bool
layout_has_more(const struct layout *layout)
{
	for (size_t i = 0; i < layout->vips_n; i++) {
		const struct lb_vip *vip = &layout->vips[i];
		const struct lb_vip *old = lb_vip_find(lb_vip_current(), &vip->addr);

		if (old == NULL || old->kind != vip->kind || old->port != vip->port ||
			old->instance != vip->instance)
			return true;
	}
	return false;
}
