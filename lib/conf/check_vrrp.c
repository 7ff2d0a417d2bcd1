/*
 * VRRP instances against each other and against the ports. That no address is listed twice is seen
 * with all that the director has, in check_net.c; but what an owner lists is there twice by intent.
 */

#include <string.h>

#include "conf_check.h"
#include "conf_fault.h"
#include "conf_twins.h"

static int
name_compare(const void *a, const void *b)
{
	return strcmp(
		((const struct lb_conf_vrrp *)a)->name, ((const struct lb_conf_vrrp *)b)->name);
}

/* That of its first address; whether the others are of it is seen by who knows what VRRP wants. */
static uint8_t
family_of(const struct lb_conf_vrrp *vrrp)
{
	return vrrp->addresses[0].addr.family;
}

/* Instances of both families may have one VRID: they are virtual routers of their own. */
static int
vrid_compare(const void *a, const void *b)
{
	const struct lb_conf_vrrp *first = a, *second = b;

	if (first->port != second->port)
		return first->port < second->port ? -1 : 1;
	if (family_of(first) != family_of(second))
		return (int)family_of(first) - (int)family_of(second);
	return (int)first->vrid - (int)second->vrid;
}

static int
check_twins(const struct conf_check *check)
{
	const struct lb_conf *conf = check->conf;
	const struct lb_conf_vrrp *first, *second;
	struct conf_twins names, vrids;

	if (conf_twins_find(conf->vrrp, conf->vrrp_n, sizeof(*conf->vrrp), name_compare, &names) !=
			0 ||
		conf_twins_find(
			conf->vrrp, conf->vrrp_n, sizeof(*conf->vrrp), vrid_compare, &vrids) != 0)
		return conf_fault_memory(check->err);
	if (names.second != NULL) {
		first = names.first;
		second = names.second;
		return conf_fault(check->err, &second->place,
			"vrrp: instance \"%s\": the instance of %s:%u has this name too; rename "
			"one",
			second->name, first->place.file, first->place.line);
	}
	if (vrids.second != NULL) {
		first = vrids.first;
		second = vrids.second;
		return conf_fault(check->err, &second->place,
			"vrrp: instance \"%s\": instance \"%s\" has VRID %u on port \"%s\" "
			"already; choose another, or put their addresses together",
			second->name, first->name, second->vrid, conf->ports[second->port].name);
	}
	return 0;
}

/* The address of an owner's instance becomes a VIP while it stays the port's. */
static int
claim(const struct conf_check *check, const struct lb_conf_vrrp *vrrp, const struct lb_addr *addr)
{
	struct conf_own *own = conf_nets_own(&check->nets, addr);
	char text[LB_ADDR_TEXT];

	lb_addr_text(addr, text);
	if (own != NULL && own->is_vip)
		return conf_fault(check->err, &vrrp->addresses_place,
			"vrrp: instance \"%s\": %s: %s:%u lists it already; take one out",
			vrrp->name, text, own->place->file, own->place->line);
	if (own == NULL || own->port != vrrp->port)
		return conf_fault(check->err, &vrrp->addresses_place,
			"vrrp: instance \"%s\": %s: this is no address of port \"%s\", as priority "
			"255 says; lower the priority, or take it out",
			vrrp->name, text, check->conf->ports[vrrp->port].name);
	own->is_vip = true;
	own->vrrp = vrrp;
	own->place = &vrrp->addresses_place;
	return 0;
}

static int
check_address(const struct conf_check *check, const struct lb_conf_vrrp *vrrp,
	const struct lb_prefix *address)
{
	const struct conf_subnet *subnet = conf_nets_subnet(&check->nets, &address->addr);
	struct lb_prefix net = conf_network(address);
	char text[LB_ADDR_TEXT], edge[LB_ADDR_TEXT];

	if (subnet != NULL && conf_is_edge(&subnet->net, &address->addr))
		net = subnet->net;
	if (conf_is_edge(&net, &address->addr))
		return conf_fault(check->err, &vrrp->addresses_place,
			"vrrp: instance \"%s\": %s: this is the network or broadcast address of "
			"%s; choose another",
			vrrp->name, lb_addr_text(&address->addr, text), lb_prefix_text(&net, edge));
	return conf_is_owner(vrrp) ? claim(check, vrrp, &address->addr) : 0;
}

/* The port that packets to addr leave by, and whether there is one. */
static bool
find_way(const struct conf_check *check, const struct lb_addr *addr, uint32_t *port)
{
	const struct conf_subnet *subnet = conf_nets_subnet(&check->nets, addr);
	const struct lb_conf_route *best = NULL;

	for (size_t i = 0; subnet == NULL && i < check->conf->routes_n; i++) {
		const struct lb_conf_route *route = &check->conf->routes[i];

		if (lb_prefix_contains(&route->to, addr) &&
			(best == NULL || route->to.len > best->to.len))
			best = route;
	}
	if (subnet == NULL && best == NULL)
		return false;
	*port = subnet != NULL ? subnet->port : best->port;
	return true;
}

static int
check_source(const struct conf_check *check, const struct lb_conf_vrrp *vrrp)
{
	const struct lb_addr *source = &vrrp->unicast.source;
	const struct lb_conf_port *port = &check->conf->ports[vrrp->port];
	char text[LB_ADDR_TEXT];
	bool found = false;

	if (source->family == 0)
		return 0;
	lb_addr_text(source, text);
	for (size_t i = 0; i < port->addresses_n; i++)
		found |= lb_addr_equal(&port->addresses[i].addr, source);
	if (!found)
		return conf_fault(check->err, &vrrp->unicast_place,
			"vrrp: instance \"%s\": unicast: source %s is no address of port \"%s\"; "
			"write one, or leave source out",
			vrrp->name, text, port->name);
	if (source->family != vrrp->addresses[0].addr.family)
		return conf_fault(check->err, &vrrp->unicast_place,
			"vrrp: instance \"%s\": unicast: source %s is not of the family of "
			"addresses; write one that is",
			vrrp->name, text);
	if (source->family == AF_INET6 && vrrp->unicast.peers_n == 0 &&
		!lb_addr_is_link_local(source))
		return conf_fault(check->err, &vrrp->unicast_place,
			"vrrp: instance \"%s\": unicast: source %s is not link-local, as that of "
			"IPv6 adverts to all must be; leave it out, or list peers",
			vrrp->name, text);
	return 0;
}

static int
check_peer(const struct conf_check *check, const struct lb_conf_vrrp *vrrp, size_t i)
{
	const struct lb_addr *peer = &vrrp->unicast.peers[i];
	const struct conf_subnet *subnet = conf_nets_subnet(&check->nets, peer);
	const char *fault = NULL;
	uint32_t port = vrrp->port; /* link-local peers are where the instance is */
	char text[LB_ADDR_TEXT];

	if (peer->family != vrrp->addresses[0].addr.family)
		fault = "is not of the family of addresses; use an instance per family";
	else if (conf_nets_own(&check->nets, peer) != NULL)
		fault = "is the director itself; name the others only";
	else if (subnet != NULL && conf_is_edge(&subnet->net, peer))
		fault = "is a network or broadcast address; write a router's";
	else if (!lb_addr_is_link_local(peer) && !find_way(check, peer, &port))
		fault = "is in no port's subnet and no route holds it; add a route";
	else if (port != vrrp->port)
		fault = "is not reached by the instance's port; use the port that leads there";
	for (size_t j = 0; fault == NULL && j < i; j++)
		if (lb_addr_equal(&vrrp->unicast.peers[j], peer))
			fault = "is listed twice; take one out";
	if (fault == NULL)
		return 0;
	return conf_fault(check->err, &vrrp->unicast_place,
		"vrrp: instance \"%s\": unicast: peer %s %s", vrrp->name, lb_addr_text(peer, text),
		fault);
}

static int
check_unicast(const struct conf_check *check, const struct lb_conf_vrrp *vrrp)
{
	const struct lb_conf_unicast *unicast = &vrrp->unicast;
	int rc = check_source(check, vrrp);

	if (rc == 0 && unicast->ttl_max != 0 && unicast->ttl_min > unicast->ttl_max)
		return conf_fault(check->err, &vrrp->unicast_place,
			"vrrp: instance \"%s\": unicast: ttl_min is %u, above ttl_max, which is "
			"%u; exchange them",
			vrrp->name, unicast->ttl_min, unicast->ttl_max);
	if (rc == 0 && unicast->peers_n != 0 && conf_is_owner(vrrp))
		return conf_fault(check->err, &vrrp->unicast_place,
			"vrrp: instance \"%s\": unicast: an owner as Backup does not hear what is "
			"sent to its addresses; lower the priority, or take the peers out",
			vrrp->name);
	for (size_t i = 0; rc == 0 && i < unicast->peers_n; i++)
		rc = check_peer(check, vrrp, i);
	return rc;
}

/* What the versions allow. */
static int
check_version(const struct conf_check *check, const struct lb_conf_vrrp *vrrp)
{
	if (vrrp->version == 2 && vrrp->compat.both_versions)
		return conf_fault(check->err, &vrrp->place,
			"vrrp: instance \"%s\": version is 2, but both_versions adds version 2 to "
			"3; "
			"write version = 3, or take both_versions out",
			vrrp->name);
	if (vrrp->auth_pass[0] != '\0' && vrrp->version == 3 && !vrrp->compat.both_versions)
		return conf_fault(check->err, &vrrp->place,
			"vrrp: instance \"%s\": version 3 has no auth_pass; take it out",
			vrrp->name);
	return 0;
}

static int
check_instance(const struct conf_check *check, const struct lb_conf_vrrp *vrrp)
{
	const struct lb_conf_port *port = &check->conf->ports[vrrp->port];
	int rc = check_version(check, vrrp);

	if (rc != 0)
		return rc;
	if (!conf_has_family(port, family_of(vrrp)))
		return conf_fault(check->err, &vrrp->place,
			"vrrp: instance \"%s\": port \"%s\" has no %s address that adverts could "
			"come from; give it one in ports",
			vrrp->name, port->name, family_of(vrrp) == AF_INET6 ? "IPv6" : "IPv4");
	for (size_t i = 0; rc == 0 && i < vrrp->addresses_n; i++)
		rc = check_address(check, vrrp, &vrrp->addresses[i]);
	return rc == 0 ? check_unicast(check, vrrp) : rc;
}

int
conf_check_vrrp(struct conf_check *check)
{
	int rc = check_twins(check);

	for (size_t i = 0; rc == 0 && i < check->conf->vrrp_n; i++)
		rc = check_instance(check, &check->conf->vrrp[i]);
	return rc;
}
