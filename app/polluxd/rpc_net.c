/* vip.list, route.list, port.list: what the director has around its services. */

#include <rte_ethdev.h>

#include "lb_vip.h"
#include "rpc_json.h"
#include "rpc_server.h"

/* A VIP of an instance, or of none: instance NULL. */
static json_t *
vip_json(const struct director *director, const struct lb_addr *addr, uint32_t port,
	const char *instance)
{
	const struct lb_vip *vip = lb_vip_find(lb_vip_current(), addr);
	bool active = vip != NULL && lb_vip_is_active(vip->instance, rte_rdtsc());

	return json_pack("{s:o, s:s, s:s?, s:b}", "address", rpc_json_addr(addr), "port",
		director->conf->ports[port].name, "instance", instance, "active", active);
}

/* Those of `vips` come first, then those of each instance, whose addresses are the parts. */
static bool
vip_step(struct rpc_list *list)
{
	const struct director *director = list->director;
	const struct lb_conf *conf = director->conf;
	uint64_t at = list->at;

	if (at < conf->vips_n) {
		rpc_list_add(list,
			vip_json(director, &conf->vips[at].address, conf->vips[at].port, NULL));
		list->at++;
		return true;
	}
	at -= conf->vips_n;
	for (size_t i = 0; i < conf->vrrp_n; i++) {
		const struct lb_conf_vrrp *vrrp = &conf->vrrp[i];

		if (at < vrrp->addresses_n) {
			rpc_list_add(list, vip_json(director, &vrrp->addresses[at].addr, vrrp->port,
						   vrrp->name));
			list->at++;
			return true;
		}
		at -= vrrp->addresses_n;
	}
	return false;
}

void
rpc_vip_list(struct lb_rpc_call *call, json_t *params, void *director)
{
	static const struct rpc_list_ops ops = { .step = vip_step };

	rpc_list_page(director, call, params, &ops);
}

static json_t *
route_json(const struct director *director, const struct lb_prefix *to, const struct lb_addr *via,
	uint32_t port)
{
	const struct lb_netif_port *netif = director->ports[port];
	const struct lb_addr *source = via == NULL ? &to->addr : lb_netif_address_for(netif, via);

	return json_pack("{s:o, s:o, s:s, s:o, s:i}", "to", rpc_json_prefix(to), "via",
		via == NULL ? json_null() : rpc_json_addr(via), "port", netif->name, "source",
		rpc_json_addr(source), "mtu", (int)netif->mtu);
}

/* The network of an address: "10.1.0.11/24" is a route to 10.1.0.0/24. */
static struct lb_prefix
network_of(const struct lb_prefix *prefix)
{
	struct lb_prefix net = *prefix;

	for (uint32_t i = 0; i < sizeof(net.addr.bytes); i++) {
		uint32_t bits = net.len > 8 * i ? RTE_MIN(net.len - 8 * i, 8U) : 0;

		net.addr.bytes[i] &= (uint8_t)(0xff00 >> bits);
	}
	return net;
}

static json_t *
connected_json(const struct director *director, const struct lb_prefix *address, uint32_t port)
{
	struct lb_prefix net = network_of(address);
	json_t *json = route_json(director, &net, NULL, port);

	if (json_object_set_new(json, "source", rpc_json_addr(&address->addr)) == 0)
		return json;
	json_decref(json);
	return NULL;
}

/* Connected networks come first, then the configured routes. */
static bool
route_step(struct rpc_list *list)
{
	const struct director *director = list->director;
	const struct lb_conf *conf = director->conf;
	uint64_t at = list->at;

	for (uint32_t p = 0; p < conf->ports_n; p++) {
		if (at < conf->ports[p].addresses_n) {
			rpc_list_add(
				list, connected_json(director, &conf->ports[p].addresses[at], p));
			list->at++;
			return true;
		}
		at -= conf->ports[p].addresses_n;
	}
	if (at >= conf->routes_n)
		return false;
	rpc_list_add(list, route_json(director, &conf->routes[at].to, &conf->routes[at].via,
				   conf->routes[at].port));
	list->at++;
	return true;
}

void
rpc_route_list(struct lb_rpc_call *call, json_t *params, void *director)
{
	static const struct rpc_list_ops ops = { .step = route_step };

	rpc_list_page(director, call, params, &ops);
}

/* Null where the device does not say. */
static json_t *
link_json(const struct lb_netif_port *port)
{
	struct rte_eth_link link;

	if (rte_eth_link_get_nowait(port->id, &link) != 0)
		return json_null();
	return json_string(link.link_status == RTE_ETH_LINK_UP ? "up" : "down");
}

static json_t *
port_stats_json(const struct lb_netif_port *port)
{
	struct rte_eth_stats stats;

	if (rte_eth_stats_get(port->id, &stats) != 0)
		return json_null();
	return json_pack("{s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I}", "packets_in",
		(json_int_t)stats.ipackets, "packets_out", (json_int_t)stats.opackets, "bytes_in",
		(json_int_t)stats.ibytes, "bytes_out", (json_int_t)stats.obytes, "missed_in",
		(json_int_t)stats.imissed, "errors_in", (json_int_t)stats.ierrors, "errors_out",
		(json_int_t)stats.oerrors, "no_buffer", (json_int_t)stats.rx_nombuf);
}

/* Null where the kernel has no part. */
static json_t *
host_json(const struct director *director, uint32_t port)
{
	const struct lb_conf_port *conf = &director->conf->ports[port];
	const struct host_way *way = &director->host.ways[port];

	if ((director->host.ports >> port & 1) == 0)
		return json_null();
	return json_pack("{s:s, s:s, s:I, s:I, s:I, s:I}", "way", way->ops->name, "interface",
		conf->host_interface, "packets_to", (json_int_t)way->to_kernel, "packets_from",
		(json_int_t)way->from_kernel, "refused", (json_int_t)way->refused, "withheld",
		(json_int_t)way->withheld);
}

static bool
port_step(struct rpc_list *list)
{
	const struct director *director = list->director;
	const struct lb_netif_port *port;

	if (list->at >= director->ports_n)
		return false;
	port = director->ports[list->at];
	rpc_list_add(
		list, json_pack("{s:s, s:s, s:o, s:o, s:i, s:o, s:i, s:i, s:b, s:s, s:s, s:o, s:o}",
			      "name", port->name, "device", director->conf->ports[list->at].device,
			      "addresses", rpc_json_prefixes(port->addresses, port->addresses_n),
			      "mac", rpc_json_mac(&port->mac), "mtu", (int)port->mtu, "link",
			      link_json(port), "rx_queues", (int)port->rx_queues, "tx_queues",
			      (int)port->tx_queues, "tx_shared", port->tx_shared, "unicast_filter",
			      lb_netif_rung_name(port->filter.unicast_rung), "group_filter",
			      lb_netif_rung_name(port->filter.group_rung), "host",
			      host_json(director, (uint32_t)list->at), "counters",
			      port_stats_json(port)));
	list->at++;
	return true;
}

void
rpc_port_list(struct lb_rpc_call *call, json_t *params, void *director)
{
	static const struct rpc_list_ops ops = { .step = port_step };

	rpc_list_page(director, call, params, &ops);
}
