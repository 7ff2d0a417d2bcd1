/* Ports, routes and VIPs. */

#include <string.h>

#include "conf_object.h"
#include "conf_read.h"

#define ADDRESSES_MAX 64
#define ROUTES_MAX 4096

static int
fault_address(struct conf_reader *reader, const config_setting_t *setting, const char *form)
{
	return conf_fault_at(reader, setting, "\"%.63s\" is no address; write it as \"%s\"",
		config_setting_get_string(setting), form);
}

static int
check_host(struct conf_reader *reader, const config_setting_t *setting, const struct lb_addr *addr)
{
	if (lb_addr_is_special(addr))
		return conf_fault_at(reader, setting,
			"\"%.63s\" is loopback, multicast, broadcast or no address at all; choose "
			"one that a host can have",
			config_setting_get_string(setting));
	return 0;
}

/* What holds for any address of a service. */
static int
check_family(
	struct conf_reader *reader, const config_setting_t *setting, const struct lb_addr *addr)
{
	if (addr->family != AF_INET)
		return conf_fault_at(reader, setting,
			"\"%.63s\": this version has no services on IPv6; leave it out",
			config_setting_get_string(setting));
	return 0;
}

int
conf_read_address(struct conf_reader *reader, const config_setting_t *setting, struct lb_addr *addr)
{
	if (config_setting_type(setting) != CONFIG_TYPE_STRING)
		return conf_fault_type(reader, setting, "an address between quotes: \"10.1.0.1\"");
	if (lb_addr_parse(config_setting_get_string(setting), addr) != 0)
		return fault_address(reader, setting, "10.1.0.1");
	return check_host(reader, setting, addr);
}

int
conf_read_network(
	struct conf_reader *reader, const config_setting_t *setting, struct lb_prefix *prefix)
{
	if (config_setting_type(setting) != CONFIG_TYPE_STRING)
		return conf_fault_type(reader, setting,
			"an address and its length between quotes: \"10.1.0.1/24\"");
	if (lb_prefix_parse(config_setting_get_string(setting), prefix) != 0)
		return fault_address(reader, setting, "10.1.0.1/24");
	return 0;
}

int
conf_read_service_address(
	struct conf_reader *reader, const config_setting_t *setting, struct lb_addr *addr)
{
	int rc = conf_read_address(reader, setting, addr);

	return rc != 0 ? rc : check_family(reader, setting, addr);
}

int
conf_read_service_network(
	struct conf_reader *reader, const config_setting_t *setting, struct lb_prefix *prefix)
{
	int rc = conf_read_network(reader, setting, prefix);

	return rc != 0 ? rc : check_family(reader, setting, &prefix->addr);
}

int
conf_read_prefix(struct conf_reader *reader, const config_setting_t *setting, void *item)
{
	struct lb_prefix *prefix = item;
	int rc = conf_read_network(reader, setting, prefix);

	return rc != 0 ? rc : check_host(reader, setting, &prefix->addr);
}

static const struct conf_list port_addresses = {
	.size = sizeof(struct lb_prefix),
	.max = ADDRESSES_MAX,
	.read = conf_read_prefix,
};

static int
read_port_addresses(struct conf_reader *reader, const config_setting_t *setting, void *object)
{
	struct lb_conf_port *port = object;

	return conf_read_list(
		reader, setting, &port_addresses, &port->addresses, &port->addresses_n);
}

static const struct conf_key port_keys[] = {
	{ "name", CONF_NAME, "\"wan\"", CONF_MEMBER(struct lb_conf_port, name) },
	{ "device", CONF_STRING, "\"0000:03:00.0\"", CONF_MEMBER(struct lb_conf_port, device) },
	{ "addresses", CONF_OTHER, .read = read_port_addresses, .list = &port_addresses },
	{ "mtu", CONF_NUMBER, CONF_MEMBER(struct lb_conf_port, mtu), .min = 576, .max = 9000,
		.fallback = 1500 },
	{ "host", CONF_STRING, CONF_MEMBER(struct lb_conf_port, host), .fallback_text = "none" },
	{ "host_interface", CONF_NAME, CONF_MEMBER(struct lb_conf_port, host_interface) },
	{ "rx_queues", CONF_NUMBER, CONF_MEMBER(struct lb_conf_port, rx_queues), .max = 64 },
	{ .name = NULL },
};

static int
read_port(struct conf_reader *reader, const config_setting_t *setting, void *item)
{
	struct lb_conf_port *port = item;
	int rc;

	port->place = port->host_place = conf_place(reader, setting);
	rc = conf_read_group(reader, setting, port_keys, port);
	if (rc != 0)
		return rc;
	if (port->host_interface == NULL)
		port->host_interface = port->name;
	if (conf_member(setting, "host") != NULL)
		port->host_place = conf_place(reader, conf_member(setting, "host"));
	return 0;
}

const struct conf_list conf_ports = {
	.size = sizeof(struct lb_conf_port),
	.max = LB_CONF_PORTS_MAX,
	.keys = port_keys,
	.read = read_port,
};

int
conf_read_ports(struct conf_reader *reader, const config_setting_t *setting, void *object)
{
	struct lb_conf *conf = object;
	int rc = conf_read_list(reader, setting, &conf_ports, &conf->ports, &conf->ports_n);

	if (rc == 0 && conf->ports_n == 0)
		return conf_fault_at(
			reader, setting, "ports is empty; a director needs at least one port");
	return rc;
}

int
conf_read_port_name(struct conf_reader *reader, const config_setting_t *setting, uint32_t *index)
{
	const char *name;

	if (config_setting_type(setting) != CONFIG_TYPE_STRING)
		return conf_fault_type(reader, setting, "the name of a port between quotes");
	name = config_setting_get_string(setting);
	for (uint32_t i = 0; i < reader->conf->ports_n; i++) {
		if (strcmp(reader->conf->ports[i].name, name) == 0) {
			*index = i;
			return 0;
		}
	}
	return conf_fault_at(
		reader, setting, "there is no port \"%.63s\"; name one that ports lists", name);
}

static int
read_route_to(struct conf_reader *reader, const config_setting_t *setting, void *object)
{
	return conf_read_network(reader, setting, &((struct lb_conf_route *)object)->to);
}

static int
read_route_via(struct conf_reader *reader, const config_setting_t *setting, void *object)
{
	return conf_read_address(reader, setting, &((struct lb_conf_route *)object)->via);
}

static const struct conf_key route_keys[] = {
	{ "to", CONF_OTHER, "\"0.0.0.0/0\"", .read = read_route_to },
	{ "via", CONF_OTHER, "\"10.1.0.1\"", .read = read_route_via },
	{ .name = NULL },
};

static int
read_route(struct conf_reader *reader, const config_setting_t *setting, void *item)
{
	struct lb_conf_route *route = item;

	route->place = conf_place(reader, setting);
	return conf_read_group(reader, setting, route_keys, route);
}

const struct conf_list conf_routes = {
	.size = sizeof(struct lb_conf_route),
	.max = ROUTES_MAX,
	.keys = route_keys,
	.read = read_route,
};

int
conf_read_routes(struct conf_reader *reader, const config_setting_t *setting, void *object)
{
	struct lb_conf *conf = object;

	return conf_read_list(reader, setting, &conf_routes, &conf->routes, &conf->routes_n);
}

static int
read_vip_address(struct conf_reader *reader, const config_setting_t *setting, void *object)
{
	return conf_read_address(reader, setting, &((struct lb_conf_vip *)object)->address);
}

static int
read_vip_port(struct conf_reader *reader, const config_setting_t *setting, void *object)
{
	struct lb_conf_vip *vip = object;

	vip->port = CONF_PORT_OF_SUBNET;
	return setting == NULL ? 0 : conf_read_port_name(reader, setting, &vip->port);
}

static const struct conf_key vip_keys[] = {
	{ "address", CONF_OTHER, "\"10.1.0.200\"", .read = read_vip_address },
	{ "port", CONF_OTHER, .read = read_vip_port },
	{ .name = NULL },
};

static int
read_vip(struct conf_reader *reader, const config_setting_t *setting, void *item)
{
	struct lb_conf_vip *vip = item;

	vip->place = conf_place(reader, setting);
	if (config_setting_is_group(setting))
		return conf_read_group(reader, setting, vip_keys, vip);
	vip->port = CONF_PORT_OF_SUBNET;
	return conf_read_address(reader, setting, &vip->address);
}

const struct conf_list conf_vips = {
	.size = sizeof(struct lb_conf_vip),
	.max = SIZE_MAX,
	.keys = vip_keys,
	.read = read_vip,
};

int
conf_read_vips(struct conf_reader *reader, const config_setting_t *setting, void *object)
{
	struct lb_conf *conf = object;

	return conf_read_list(reader, setting, &conf_vips, &conf->vips, &conf->vips_n);
}
