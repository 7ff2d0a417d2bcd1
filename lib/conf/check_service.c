/* Services and servers against each other and against what the director has. */

#include <netinet/in.h>
#include <string.h>

#include "conf_check.h"
#include "conf_fault.h"
#include "conf_twins.h"

static int
name_compare(const void *a, const void *b)
{
	return strcmp(((const struct lb_conf_service *)a)->name,
		((const struct lb_conf_service *)b)->name);
}

static int
endpoint_compare(const struct lb_endpoint *a, const struct lb_endpoint *b)
{
	int diff = lb_addr_compare(&a->addr, &b->addr);

	return diff != 0 ? diff : (int)rte_be_to_cpu_16(a->port) - (int)rte_be_to_cpu_16(b->port);
}

static int
service_compare(const void *a, const void *b)
{
	const struct lb_conf_service *first = a, *second = b;
	int diff = endpoint_compare(&first->at, &second->at);

	if (first->matches_n != 0 && second->matches_n != 0)
		return name_compare(a, b); /* they are at no address */
	return diff != 0 ? diff : (int)first->protocol - (int)second->protocol;
}

static int
server_compare(const void *a, const void *b)
{
	return endpoint_compare(
		&((const struct lb_conf_server *)a)->at, &((const struct lb_conf_server *)b)->at);
}

static int
check_service_twins(const struct conf_check *check)
{
	const struct lb_conf *conf = check->conf;
	const struct lb_conf_service *first, *second;
	struct conf_twins names, places;
	char text[LB_ADDR_TEXT];

	if (conf_twins_find(conf->services, conf->services_n, sizeof(*conf->services), name_compare,
		    &names) != 0 ||
		conf_twins_find(conf->services, conf->services_n, sizeof(*conf->services),
			service_compare, &places) != 0)
		return conf_fault_memory(check->err);
	if (names.second != NULL) {
		first = names.first;
		second = names.second;
		return conf_fault(check->err, &second->place,
			"service \"%s\": the service of %s:%u has this name too; rename one",
			second->name, first->place.file, first->place.line);
	}
	if (places.second != NULL) {
		first = places.first;
		second = places.second;
		return conf_fault(check->err, &second->place,
			"service \"%s\": service \"%s\" has %s:%s already; change one, or put "
			"their servers together",
			second->name, first->name, first->protocol == IPPROTO_TCP ? "tcp" : "udp",
			lb_endpoint_text(&first->at, text));
	}
	return 0;
}

static int
check_limits(const struct conf_check *check, const struct lb_conf_service *service,
	const struct lb_conf_server *server)
{
	char text[LB_ADDR_TEXT];

	if (server->lower == 0 || server->lower < server->upper)
		return 0;
	lb_endpoint_text(&server->at, text);
	if (server->upper == 0)
		return conf_fault(check->err, &server->place,
			"service \"%s\": server %s: lower is %u, but there is no upper; set upper, "
			"or "
			"leave lower out",
			service->name, text, server->lower);
	return conf_fault(check->err, &server->place,
		"service \"%s\": server %s: lower is %u, which is not below upper, %u; make it "
		"smaller, "
		"or leave it out",
		service->name, text, server->lower, server->upper);
}

static int
check_server(const struct conf_check *check, const struct lb_conf_service *service,
	struct lb_conf_server *server)
{
	const struct conf_subnet *subnet = conf_nets_subnet(&check->nets, &server->at.addr);
	const struct conf_own *own = conf_nets_own(&check->nets, &server->at.addr);
	char text[LB_ADDR_TEXT], net[LB_ADDR_TEXT];

	lb_endpoint_text(&server->at, text);
	if (own != NULL && own->is_vip)
		return conf_fault(check->err, &server->place,
			"service \"%s\": server %s: this is a VIP; write the server's own address",
			service->name, text);
	if (own != NULL)
		return conf_fault(check->err, &server->place,
			"service \"%s\": server %s: this is the director's address on port \"%s\"; "
			"write the server's own",
			service->name, text, check->conf->ports[own->port].name);
	if (subnet != NULL && conf_is_edge(&subnet->net, &server->at.addr))
		return conf_fault(check->err, &server->place,
			"service \"%s\": server %s: this is the network or broadcast address of "
			"%s; write the server's own",
			service->name, text, lb_prefix_text(&subnet->net, net));
	server->on_link = subnet != NULL;
	return check_limits(check, service, server);
}

static int
check_vip(const struct conf_check *check, const struct lb_conf_service *service)
{
	const struct conf_own *own = conf_nets_own(&check->nets, &service->at.addr);
	char text[LB_ADDR_TEXT];

	if (own != NULL && own->is_vip)
		return 0;
	return conf_fault(check->err, &service->place,
		"service \"%s\": %s is no VIP; list it in vips, or in an instance of vrrp",
		service->name, lb_addr_text(&service->at.addr, text));
}

/* Whether all packets that a service takes are UDP. */
static bool
is_udp(const struct lb_conf_service *service)
{
	for (size_t i = 0; i < service->matches_n; i++)
		if (service->matches[i].protocol != IPPROTO_UDP)
			return false;
	return service->matches_n != 0 || service->protocol == IPPROTO_UDP;
}

/* Keys that exclude each other. */
static int
check_flows(const struct conf_check *check, const struct lb_conf_service *service)
{
	if (service->one_packet && !is_udp(service))
		return conf_fault(check->err, &service->place,
			"service \"%s\": one_packet is for UDP, and protocol is another; take it "
			"out",
			service->name);
	if (service->unknown == LB_CONF_UNKNOWN_SCHEDULE && service->persistence_ms != 0)
		return conf_fault(check->err, &service->place,
			"service \"%s\": unknown = \"schedule\" knows nothing of persistence, "
			"which "
			"may have chosen another server; take one of them out",
			service->name);
	return 0;
}

/* The sorry server is none of the others: it would be asked for although it takes nothing new. */
static int
check_sorry(const struct conf_check *check, const struct lb_conf_service *service)
{
	char text[LB_ADDR_TEXT];

	if (service->sorry == NULL)
		return 0;
	for (size_t i = 0; i < service->servers_n; i++)
		if (server_compare(&service->servers[i], service->sorry) == 0)
			return conf_fault(check->err, &service->sorry->place,
				"service \"%s\": sorry %s: %s:%u lists it as a server; take one of "
				"them out",
				service->name, lb_endpoint_text(&service->sorry->at, text),
				service->servers[i].place.file, service->servers[i].place.line);
	return check_server(check, service, service->sorry);
}

int
conf_check_service(const struct conf_check *check, const struct lb_conf_service *service)
{
	const struct lb_conf_server *first, *second;
	struct conf_twins twins;
	char text[LB_ADDR_TEXT];

	if (service->matches_n == 0 && check_vip(check, service) != 0)
		return -check->err->code;
	if (check_flows(check, service) != 0)
		return -check->err->code;
	if (check_sorry(check, service) != 0)
		return -check->err->code;
	for (size_t i = 0; i < service->servers_n; i++) {
		int rc = check_server(check, service, &service->servers[i]);

		if (rc != 0)
			return rc;
	}
	if (conf_twins_find(service->servers, service->servers_n, sizeof(*service->servers),
		    server_compare, &twins) != 0)
		return conf_fault_memory(check->err);
	if (twins.second == NULL)
		return 0;
	first = twins.first;
	second = twins.second;
	return conf_fault(check->err, &second->place,
		"service \"%s\": server %s: %s:%u lists it already; take one out", service->name,
		lb_endpoint_text(&second->at, text), first->place.file, first->place.line);
}

int
conf_check_services(struct conf_check *check)
{
	int rc = check_service_twins(check);

	if (rc == 0)
		rc = conf_check_matches(check);
	for (size_t i = 0; rc == 0 && i < check->conf->services_n; i++)
		rc = conf_check_service(check, &check->conf->services[i]);
	return rc;
}
