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

static int
vrid_compare(const void *a, const void *b)
{
	const struct lb_conf_vrrp *first = a, *second = b;

	if (first->port != second->port)
		return first->port < second->port ? -1 : 1;
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
	return 0;
}

static int
check_instance(const struct conf_check *check, const struct lb_conf_vrrp *vrrp)
{
	const struct lb_conf_port *port = &check->conf->ports[vrrp->port];
	int rc = check_version(check, vrrp);

	if (rc != 0)
		return rc;
	if (port->addresses_n == 0)
		return conf_fault(check->err, &vrrp->place,
			"vrrp: instance \"%s\": port \"%s\" has no address that adverts could come "
			"from; give it one in ports",
			vrrp->name, port->name);
	for (size_t i = 0; rc == 0 && i < vrrp->addresses_n; i++)
		rc = check_address(check, vrrp, &vrrp->addresses[i]);
	return rc;
}

int
conf_check_vrrp(struct conf_check *check)
{
	int rc = check_twins(check);

	for (size_t i = 0; rc == 0 && i < check->conf->vrrp_n; i++)
		rc = check_instance(check, &check->conf->vrrp[i]);
	return rc;
}
