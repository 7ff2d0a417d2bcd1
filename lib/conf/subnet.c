/* Sorted arrays and binary search: see conf_subnet.h. */

#include "conf_subnet.h"

#include <errno.h>
#include <stdlib.h>

/* RFC 9568 section 5.2.4. */
#define PRIORITY_OWNER 255

bool
conf_is_owner(const struct lb_conf_vrrp *vrrp)
{
	return vrrp->priority == PRIORITY_OWNER;
}

struct lb_prefix
conf_network(const struct lb_prefix *prefix)
{
	struct lb_prefix net = *prefix;
	size_t bytes = prefix->addr.family == AF_INET6 ? 16 : 4;

	for (size_t i = 0; i < bytes; i++) {
		size_t bits = prefix->len > 8 * i ? prefix->len - 8 * i : 0;

		if (bits < 8)
			net.addr.bytes[i] &= (uint8_t)(0xff00 >> bits);
	}
	return net;
}

/* The first address of an IPv6 network is that of all its routers (RFC 4291 section 2.6.1). */
static bool
is_anycast(const struct lb_prefix *net, const struct lb_addr *addr)
{
	struct lb_prefix first = conf_network(net);

	return net->len <= 126 && lb_addr_equal(&first.addr, addr);
}

bool
conf_has_family(const struct lb_conf_port *port, uint8_t family)
{
	for (size_t i = 0; i < port->addresses_n; i++)
		if (port->addresses[i].addr.family == family)
			return true;
	return false;
}

bool
conf_is_edge(const struct lb_prefix *net, const struct lb_addr *addr)
{
	uint32_t hosts, host;

	if (net->addr.family != AF_INET)
		return is_anycast(net, addr);
	hosts = net->len == 0 ? UINT32_MAX : (1u << (32 - net->len)) - 1;
	host = rte_be_to_cpu_32(addr->ip4) & hosts;
	return net->len <= 30 && lb_prefix_contains(net, addr) && (host == 0 || host == hosts);
}

static void
add_ports(struct conf_nets *nets, const struct lb_conf *conf)
{
	for (uint32_t i = 0; i < conf->ports_n; i++) {
		const struct lb_conf_port *port = &conf->ports[i];

		for (size_t j = 0; j < port->addresses_n; j++) {
			if (!lb_addr_is_link_local(&port->addresses[j].addr))
				nets->subnets[nets->subnets_n++] =
					(struct conf_subnet){ conf_network(&port->addresses[j]),
						i };
			nets->owns[nets->owns_n++] = (struct conf_own){
				.addr = port->addresses[j].addr,
				.port = i,
				.place = &port->place,
			};
		}
	}
}

static void
add_vips(struct conf_nets *nets, const struct lb_conf *conf)
{
	for (size_t i = 0; i < conf->vips_n; i++)
		nets->owns[nets->owns_n++] = (struct conf_own){
			.addr = conf->vips[i].address,
			.is_vip = true,
			.place = &conf->vips[i].place,
		};
}

static void
add_instances(struct conf_nets *nets, const struct lb_conf *conf)
{
	for (size_t i = 0; i < conf->vrrp_n; i++) {
		const struct lb_conf_vrrp *vrrp = &conf->vrrp[i];

		for (size_t j = 0; j < vrrp->addresses_n && !conf_is_owner(vrrp); j++)
			nets->owns[nets->owns_n++] = (struct conf_own){
				.addr = vrrp->addresses[j].addr,
				.is_vip = true,
				.vrrp = vrrp,
				.place = &vrrp->addresses_place,
			};
	}
}

int
conf_nets_init(struct conf_nets *nets, const struct lb_conf *conf)
{
	size_t subnets = 0, vips = conf->vips_n;

	for (size_t i = 0; i < conf->ports_n; i++)
		subnets += conf->ports[i].addresses_n;
	for (size_t i = 0; i < conf->vrrp_n; i++)
		vips += conf->vrrp[i].addresses_n;
	*nets = (struct conf_nets){
		.subnets = calloc(subnets + 1, sizeof(*nets->subnets)),
		.owns = calloc(subnets + vips + 1, sizeof(*nets->owns)),
	};
	if (nets->subnets == NULL || nets->owns == NULL) {
		conf_nets_fini(nets);
		return -ENOMEM;
	}
	add_ports(nets, conf);
	add_vips(nets, conf);
	add_instances(nets, conf);
	return 0;
}

void
conf_nets_fini(struct conf_nets *nets)
{
	free(nets->subnets);
	free(nets->owns);
}

/* By first address; of equal ones the wider first, so that a subnet stands after what has it. */
static int
subnet_compare(const void *a, const void *b)
{
	const struct conf_subnet *first = a, *second = b;
	int diff = lb_addr_compare(&first->net.addr, &second->net.addr);

	return diff != 0 ? diff : (int)first->net.len - (int)second->net.len;
}

const struct conf_subnet *
conf_nets_settle(struct conf_nets *nets, const struct conf_subnet **other)
{
	size_t kept = 0;

	qsort(nets->subnets, nets->subnets_n, sizeof(*nets->subnets), subnet_compare);
	for (size_t i = 0; i < nets->subnets_n; i++) {
		const struct conf_subnet *subnet = &nets->subnets[i];
		const struct conf_subnet *last = kept == 0 ? NULL : &nets->subnets[kept - 1];

		if (last == NULL || !lb_prefix_contains(&last->net, &subnet->net.addr)) {
			nets->subnets[kept++] = *subnet;
		} else if (last->port != subnet->port) {
			*other = last;
			return subnet;
		}
	}
	nets->subnets_n = kept;
	return NULL;
}

const struct conf_subnet *
conf_nets_subnet(const struct conf_nets *nets, const struct lb_addr *addr)
{
	size_t low = 0, high = nets->subnets_n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (lb_addr_compare(&nets->subnets[middle].net.addr, addr) <= 0)
			low = middle + 1;
		else
			high = middle;
	}
	if (low == 0 || !lb_prefix_contains(&nets->subnets[low - 1].net, addr))
		return NULL;
	return &nets->subnets[low - 1];
}

int
conf_own_compare(const void *a, const void *b)
{
	return lb_addr_compare(
		&((const struct conf_own *)a)->addr, &((const struct conf_own *)b)->addr);
}

void
conf_nets_sort_owns(struct conf_nets *nets)
{
	qsort(nets->owns, nets->owns_n, sizeof(*nets->owns), conf_own_compare);
}

struct conf_own *
conf_nets_own(const struct conf_nets *nets, const struct lb_addr *addr)
{
	const struct conf_own key = { .addr = *addr };

	return bsearch(&key, nets->owns, nets->owns_n, sizeof(*nets->owns), conf_own_compare);
}
