/* Ports, VIPs and routes against each other. */

#include <stdio.h>
#include <string.h>

#include "conf_check.h"
#include "conf_fault.h"
#include "conf_read.h"
#include "conf_twins.h"

#define IP6_MTU_MIN 1280

static int
port_name_compare(const void *a, const void *b)
{
	return strcmp(
		((const struct lb_conf_port *)a)->name, ((const struct lb_conf_port *)b)->name);
}

static int
port_device_compare(const void *a, const void *b)
{
	return strcmp(
		((const struct lb_conf_port *)a)->device, ((const struct lb_conf_port *)b)->device);
}

static int
check_port_twins(const struct conf_check *check)
{
	const struct lb_conf *conf = check->conf;
	const struct lb_conf_port *first, *second;
	struct conf_twins names, devices;

	if (conf_twins_find(conf->ports, conf->ports_n, sizeof(*conf->ports), port_name_compare,
		    &names) != 0 ||
		conf_twins_find(conf->ports, conf->ports_n, sizeof(*conf->ports),
			port_device_compare, &devices) != 0)
		return conf_fault_memory(check->err);
	if (names.second != NULL) {
		first = names.first;
		second = names.second;
		return conf_fault(check->err, &second->place,
			"port \"%s\": the port of %s:%u has this name too; rename one",
			second->name, first->place.file, first->place.line);
	}
	if (devices.second != NULL) {
		first = devices.first;
		second = devices.second;
		return conf_fault(check->err, &second->place,
			"port \"%s\": port \"%s\" has device \"%.127s\" too; give each port its "
			"own",
			second->name, first->name, second->device);
	}
	return 0;
}

/* RFC 8200 section 5. */
static int
check_ip6_mtu(const struct conf_check *check, const struct lb_conf_port *port)
{
	if (port->mtu >= IP6_MTU_MIN || !conf_has_family(port, AF_INET6))
		return 0;
	return conf_fault(check->err, &port->place,
		"port \"%s\": mtu is %u, but IPv6 needs at least %d; raise it, or take the IPv6 "
		"addresses out",
		port->name, port->mtu, IP6_MTU_MIN);
}

static int
check_port_addresses(const struct conf_check *check)
{
	char text[LB_ADDR_TEXT];

	for (size_t i = 0; i < check->conf->ports_n; i++) {
		const struct lb_conf_port *port = &check->conf->ports[i];

		if (check_ip6_mtu(check, port) != 0)
			return -check->err->code;
		for (size_t j = 0; j < port->addresses_n; j++) {
			const struct lb_prefix *address = &port->addresses[j];

			if (conf_is_edge(address, &address->addr))
				return conf_fault(check->err, &port->place,
					"port \"%s\": %s is the network or broadcast address of "
					"its subnet; choose another",
					port->name, lb_prefix_text(address, text));
		}
	}
	return 0;
}

/* Room for any text of own_text(), with its NUL. */
#define OWN_TEXT (LB_CONF_NAME_MAX + LB_ADDR_TEXT + 32)

/* A VIP as sentences call it, by who lists it. */
static const char *
own_text(const struct conf_own *own, char out[static OWN_TEXT])
{
	char text[LB_ADDR_TEXT];

	lb_addr_text(&own->addr, text);
	if (own->vrrp == NULL)
		snprintf(out, OWN_TEXT, "vip %s", text);
	else
		snprintf(out, OWN_TEXT, "vrrp: instance \"%s\": %s", own->vrrp->name, text);
	return out;
}

static int
check_own_twins(const struct conf_check *check)
{
	const struct conf_nets *nets = &check->nets;
	const struct lb_conf_port *ports = check->conf->ports;
	const struct conf_own *first, *second;
	struct conf_twins twins;
	char text[OWN_TEXT];

	if (conf_twins_find(
		    nets->owns, nets->owns_n, sizeof(*nets->owns), conf_own_compare, &twins) != 0)
		return conf_fault_memory(check->err);
	if (twins.second == NULL)
		return 0;
	first = twins.first;
	second = twins.second;
	if (!second->is_vip)
		return conf_fault(check->err, second->place,
			"port \"%s\": port \"%s\" has the address %s already; give each address "
			"once",
			ports[second->port].name, ports[first->port].name,
			lb_addr_text(&second->addr, text));
	if (!first->is_vip)
		return conf_fault(check->err, second->place,
			"%s: this is an address of port \"%s\"; choose another%s",
			own_text(second, text), ports[first->port].name,
			second->vrrp == NULL ? "" : ", or priority 255 for an owner");
	return conf_fault(check->err, second->place, "%s: %s:%u lists it already; take one out",
		own_text(second, text), first->place->file, first->place->line);
}

static int
check_overlap(struct conf_check *check)
{
	const struct conf_subnet *one, *other, *second;
	const struct lb_conf_port *ports = check->conf->ports;
	char text[LB_ADDR_TEXT], other_text[LB_ADDR_TEXT];

	one = conf_nets_settle(&check->nets, &other);
	if (one == NULL)
		return 0;
	second = one->port > other->port ? one : other;
	other = second == one ? other : one;
	return conf_fault(check->err, &ports[second->port].place,
		"port \"%s\": its subnet %s overlaps %s of port \"%s\"; give each port subnets of "
		"its own",
		ports[second->port].name, lb_prefix_text(&second->net, text),
		lb_prefix_text(&other->net, other_text), ports[other->port].name);
}

static int
check_vips(const struct conf_check *check)
{
	char text[LB_ADDR_TEXT], net[LB_ADDR_TEXT];

	for (size_t i = 0; i < check->conf->vips_n; i++) {
		struct lb_conf_vip *vip = &check->conf->vips[i];
		const struct conf_subnet *subnet = conf_nets_subnet(&check->nets, &vip->address);

		lb_addr_text(&vip->address, text);
		if (subnet != NULL && conf_is_edge(&subnet->net, &vip->address))
			return conf_fault(check->err, &vip->place,
				"vip %s: this is the network or broadcast address of %s; choose "
				"another",
				text, lb_prefix_text(&subnet->net, net));
		if (vip->port != CONF_PORT_OF_SUBNET)
			continue;
		if (subnet == NULL)
			return conf_fault(check->err, &vip->place,
				"vip %s: no port has an address in its subnet; name its port: { "
				"address = \"%s\"; port = \"%s\"; }",
				text, text, check->conf->ports[0].name);
		vip->port = subnet->port;
	}
	return 0;
}

static int
route_compare(const void *a, const void *b)
{
	const struct lb_prefix *first = &((const struct lb_conf_route *)a)->to;
	const struct lb_prefix *second = &((const struct lb_conf_route *)b)->to;
	int diff = lb_addr_compare(&first->addr, &second->addr);

	return diff != 0 ? diff : (int)first->len - (int)second->len;
}

static int
check_route(const struct conf_check *check, struct lb_conf_route *route)
{
	const struct conf_subnet *subnet = conf_nets_subnet(&check->nets, &route->via);
	const struct lb_prefix net = conf_network(&route->to);
	char to[LB_ADDR_TEXT], via[LB_ADDR_TEXT], text[LB_ADDR_TEXT];

	lb_prefix_text(&route->to, to);
	lb_addr_text(&route->via, via);
	if (!lb_addr_equal(&net.addr, &route->to.addr))
		return conf_fault(check->err, &route->place,
			"route %s: the address has bits beyond its length; write \"%s\"", to,
			lb_prefix_text(&net, text));
	if (route->via.family != route->to.addr.family)
		return conf_fault(check->err, &route->place,
			"route %s: via %s is of the other family; name a neighbour of the same", to,
			via);
	if (subnet == NULL)
		return conf_fault(check->err, &route->place,
			"route %s: via %s is in no subnet of a port; name a neighbour, or give a "
			"port an address there",
			to, via);
	if (conf_nets_own(&check->nets, &route->via) != NULL)
		return conf_fault(check->err, &route->place,
			"route %s: via %s is the director itself; name a neighbour", to, via);
	if (conf_is_edge(&subnet->net, &route->via))
		return conf_fault(check->err, &route->place,
			"route %s: via %s is the network or broadcast address of %s; name a "
			"neighbour",
			to, via, lb_prefix_text(&subnet->net, text));
	route->port = subnet->port;
	return 0;
}

static int
check_routes(const struct conf_check *check)
{
	const struct lb_conf *conf = check->conf;
	const struct lb_conf_route *first, *second;
	struct conf_twins twins;
	char text[LB_ADDR_TEXT];
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < conf->routes_n; i++)
		rc = check_route(check, &conf->routes[i]);
	if (rc != 0)
		return rc;
	if (conf_twins_find(conf->routes, conf->routes_n, sizeof(*conf->routes), route_compare,
		    &twins) != 0)
		return conf_fault_memory(check->err);
	if (twins.second == NULL)
		return 0;
	first = twins.first;
	second = twins.second;
	return conf_fault(check->err, &second->place,
		"route %s: %s:%u has a route there already; take one out",
		lb_prefix_text(&second->to, text), first->place.file, first->place.line);
}

static size_t
ip6_of_port(const struct lb_conf *conf, uint32_t port)
{
	const struct lb_conf_port *own = &conf->ports[port];
	size_t n = 0;

	for (size_t i = 0; i < own->addresses_n; i++)
		n += own->addresses[i].addr.family == AF_INET6;
	for (size_t i = 0; i < conf->vips_n; i++)
		n += conf->vips[i].port == port && conf->vips[i].address.family == AF_INET6;
	for (size_t i = 0; i < conf->vrrp_n; i++)
		if (conf->vrrp[i].port == port &&
			conf->vrrp[i].addresses[0].addr.family == AF_INET6)
			n += conf->vrrp[i].addresses_n;
	return n;
}

/* A port listens to a group for each, and a NIC filters by so many MACs at most. */
static int
check_ip6_number(const struct conf_check *check)
{
	for (uint32_t port = 0; port < check->conf->ports_n; port++) {
		size_t n = ip6_of_port(check->conf, port);

		if (n > LB_CONF_IP6_MAX)
			return conf_fault(check->err, &check->conf->ports[port].place,
				"port \"%s\": it has %zu IPv6 addresses with its VIPs, and can "
				"listen for %d; move some to another port",
				check->conf->ports[port].name, n, LB_CONF_IP6_MAX);
	}
	return 0;
}

int
conf_check_nets(struct conf_check *check)
{
	int rc = check_port_twins(check);

	if (rc == 0)
		rc = check_port_addresses(check);
	if (rc == 0)
		rc = check_own_twins(check);
	if (rc == 0)
		rc = check_overlap(check);
	if (rc != 0)
		return rc;
	conf_nets_sort_owns(&check->nets);
	rc = check_vips(check);
	if (rc == 0)
		rc = check_ip6_number(check);
	return rc != 0 ? rc : check_routes(check);
}
