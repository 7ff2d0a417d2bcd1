/*
 * From what the configuration says of an instance to what its state machine is told, and which of
 * the running instances it is. An instance that is the same router goes on through a reload with
 * its state and timers; one that became another router is a new instance with a number of its own.
 */

#include "vrrp_run.h"

#include <stdio.h>
#include <string.h>

#include "lb_ip6.h"

/* Of adverts by unicast, where the configuration says nothing. */
#define TTL_MIN_IP6 64

/*
 * The address that adverts come from; the configuration has been checked. To the group of IPv6 they
 * come from a link-local address, the one that the MAC makes where none is configured.
 */
static struct lb_addr
source_of(const struct lb_conf *conf, const struct lb_conf_vrrp *from,
	const struct rte_ether_addr *port_mac)
{
	const struct lb_conf_unicast *unicast = &from->unicast;
	const struct lb_conf_port *port = &conf->ports[from->port];
	uint8_t family = from->addresses[0].addr.family;
	bool local = family == AF_INET6 &&
		     (unicast->peers_n == 0 || lb_addr_is_link_local(&unicast->peers[0]));

	if (unicast->source.family != 0)
		return unicast->source;
	for (size_t i = 0; i < port->addresses_n; i++) {
		const struct lb_addr *addr = &port->addresses[i].addr;

		if (addr->family == family && lb_addr_is_link_local(addr) == local)
			return *addr;
	}
	return family == AF_INET6 ? lb_ip6_link_local(port_mac) : (struct lb_addr){ 0 };
}

/* IPv6 is let lose some: not all who send it by unicast set the hop limit to 255. */
static void
fill_unicast(struct vrrp_instance *instance, const struct lb_conf_unicast *from)
{
	struct lb_vrrp_conf *to = &instance->conf;

	for (size_t i = 0; i < from->peers_n; i++)
		instance->peers[i] = from->peers[i];
	to->peers = instance->peers;
	to->n_peers = (uint16_t)from->peers_n;
	to->ttl_max = from->ttl_max != 0 ? from->ttl_max : UINT8_MAX;
	to->ttl_min = to->source.family == AF_INET6 ? TTL_MIN_IP6 : UINT8_MAX;
	to->ttl_min = RTE_MIN(to->ttl_min, to->ttl_max);
	if (from->ttl_min != 0)
		to->ttl_min = from->ttl_min;
}

void
vrrp_conf_fill(struct vrrp_instance *instance, const struct lb_conf *conf,
	const struct lb_conf_vrrp *from, const struct rte_ether_addr *port_mac)
{
	snprintf(instance->name, sizeof(instance->name), "%s", from->name);
	instance->port = (uint8_t)from->port;
	instance->port_mac = *port_mac;
	instance->virtual_mac = lb_conf_vrrp_is_virtual(from);
	instance->router = from->router;
	instance->garp_conf = from->garp;
	instance->notify = &from->notify;
	instance->vips = from->addresses;
	instance->vips_n = (uint32_t)from->addresses_n;
	for (size_t i = 0; i < from->listed_n; i++)
		instance->addrs[i] = from->addresses[i].addr;
	instance->conf = (struct lb_vrrp_conf){
		.version = from->version,
		.both_versions = from->compat.both_versions,
		.quiet = from->compat.quiet,
		.strict_addrs = from->compat.strict_addresses,
		.vrid = from->vrid,
		.priority = from->priority,
		.preempt = from->preempt,
		.sum = from->checksum == LB_CONF_VRRP_CHECKSUM_RFC9568 ? LB_VRRP_SUM_RFC9568
								       : LB_VRRP_SUM_RFC5798,
		.interval_us = (uint64_t)from->interval_ms * 1000,
		.preempt_delay_us = (uint64_t)from->preempt_delay_ms * 1000,
		.start_delay_us = (uint64_t)from->start_delay_ms * 1000,
		.up_delay_us = (uint64_t)from->up_delay_ms * 1000,
		.source = source_of(conf, from, port_mac),
		.mac = instance->virtual_mac
			       ? lb_vrrp_mac(from->addresses[0].addr.family, from->vrid)
			       : *port_mac,
		.addrs = instance->addrs,
		.n_addrs = (uint16_t)from->listed_n,
		.last_word = !instance->virtual_mac,
	};
	memcpy(instance->conf.password, from->auth_pass, strlen(from->auth_pass));
	fill_unicast(instance, &from->unicast);
}

bool
vrrp_conf_continues(const struct vrrp_instance *instance, const struct lb_conf *conf,
	const struct lb_conf_vrrp *from)
{
	struct lb_addr source = source_of(conf, from, &instance->port_mac);
	bool owns = from->priority == LB_VRRP_OWNER;

	return strcmp(instance->name, from->name) == 0 && instance->port == from->port &&
	       instance->conf.vrid == from->vrid && instance->conf.version == from->version &&
	       instance->virtual_mac == lb_conf_vrrp_is_virtual(from) &&
	       (instance->conf.priority == LB_VRRP_OWNER) == owns &&
	       lb_addr_equal(&instance->conf.source, &source);
}

int
vrrp_check(const struct lb_conf *conf, struct lb_error *err)
{
	static const struct rte_ether_addr any_mac;

	for (size_t i = 0; i < conf->vrrp_n; i++) {
		const struct lb_conf_vrrp *from = &conf->vrrp[i];
		struct vrrp_instance instance;

		vrrp_conf_fill(&instance, conf, from, &any_mac);
		if (lb_vrrp_conf_check(&instance.conf, conf->ports[from->port].mtu, err) == 0)
			continue;
		lb_error_prefix(err, "vrrp: instance \"%s\": ", from->name);
		return lb_conf_fault(&from->place, err);
	}
	return 0;
}

/* A number that is not taken; rather one that is not in use either. */
static uint8_t
choose(const bool taken[LB_VIP_INSTANCES], const bool in_use[LB_VIP_INSTANCES])
{
	uint8_t fallback = LB_VIP_STATIC;

	for (uint32_t number = LB_VIP_STATIC + 1; number < LB_VIP_INSTANCES; number++) {
		if (taken[number])
			continue;
		if (!in_use[number])
			return (uint8_t)number;
		fallback = (uint8_t)number;
	}
	return fallback;
}

void
vrrp_run_numbers(
	const struct vrrp_run *run, const struct lb_conf *conf, uint8_t numbers[LB_CONF_VRRP_MAX])
{
	bool taken[LB_VIP_INSTANCES] = { false }, in_use[LB_VIP_INSTANCES] = { false };

	memset(numbers, LB_VIP_STATIC, LB_CONF_VRRP_MAX);
	for (uint32_t n = 0; n < run->n; n++) {
		in_use[run->numbers[n]] = true;
		for (size_t i = 0; i < conf->vrrp_n; i++) {
			if (!vrrp_conf_continues(&run->list[run->numbers[n]], conf, &conf->vrrp[i]))
				continue;
			numbers[i] = run->numbers[n];
			taken[numbers[i]] = true;
		}
	}
	for (size_t i = 0; i < conf->vrrp_n; i++) {
		if (numbers[i] != LB_VIP_STATIC)
			continue;
		numbers[i] = choose(taken, in_use);
		taken[numbers[i]] = true;
	}
}
