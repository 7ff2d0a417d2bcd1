/*
 * What no instance can work with, said before it starts. The ranges are those of the wire: whatever
 * passes can be written into an advert without loss.
 */

#include "lb_vrrp_packet.h"
#include "vrrp_message.h"

#include <errno.h>

#include <rte_ip.h>

#define CHECK_SECONDS_MAX 255

static int
check_identity(const struct lb_vrrp_conf *conf, struct lb_error *err)
{
	if (conf->version != 2 && conf->version != 3)
		return lb_error_set(
			err, EINVAL, "no VRRP version %u; use 3, or 2 for IPv4", conf->version);
	if (conf->version == 2 && conf->source.family == AF_INET6)
		return lb_error_set(err, EINVAL, "VRRP version 2 has no IPv6; use version 3");
	if (conf->both_versions && (conf->version != 3 || conf->source.family == AF_INET6))
		return lb_error_set(err, EINVAL,
			"both versions are for version 3 with IPv4; leave them out here");
	if (conf->password[0] != 0 && conf->version == 3 && !conf->both_versions)
		return lb_error_set(err, EINVAL,
			"VRRP version 3 has no password; take auth_pass out, or use version 2");
	if (conf->vrid == 0)
		return lb_error_set(err, EINVAL, "no VRID 0; use one of 1 to 255");
	if (conf->priority == 0)
		return lb_error_set(
			err, EINVAL, "priority 0 means that a router leaves; use one of 1 to 254");
	return 0;
}

static int
check_interval(const struct lb_vrrp_conf *conf, struct lb_error *err)
{
	uint32_t unit = conf->version == 2 ? VRRP_SECOND_US : VRRP_CENTISECOND_US;
	uint32_t most = conf->version == 2 ? CHECK_SECONDS_MAX : VRRP_INTERVAL_BITS;

	if (conf->interval_us != 0 && conf->interval_us % unit == 0 &&
		conf->interval_us / unit <= most)
		return 0;
	return lb_error_set(err, EINVAL,
		"VRRP version %u cannot say an interval of %g ms; use a multiple of %u up to %u",
		conf->version, (double)conf->interval_us / 1000, unit / 1000, most * unit / 1000);
}

static int
check_family(const struct lb_vrrp_conf *conf, struct lb_error *err)
{
	char text[LB_ADDR_TEXT];

	for (uint16_t i = 0; i < conf->n_addrs; i++)
		if (conf->addrs[i].family != conf->source.family)
			return lb_error_set(err, EINVAL,
				"address %s is not of the instance's family; use an instance per "
				"family",
				lb_addr_text(&conf->addrs[i], text));
	return 0;
}

static int
check_addrs(const struct lb_vrrp_conf *conf, uint16_t mtu, struct lb_error *err)
{
	uint8_t family = conf->source.family;
	uint32_t header =
		family == AF_INET6 ? sizeof(struct rte_ipv6_hdr) : sizeof(struct rte_ipv4_hdr);
	uint32_t size;
	char text[LB_ADDR_TEXT];

	if (conf->n_addrs == 0)
		return lb_error_set(err, EINVAL, "no address; list at least one");
	if (conf->n_addrs > LB_VRRP_ADDRS)
		return lb_error_set(err, EINVAL,
			"%u addresses, but an advert lists at most %u; list the others as excluded",
			conf->n_addrs, LB_VRRP_ADDRS);
	if (check_family(conf, err) != 0)
		return -EINVAL;
	if (family == AF_INET6 && !lb_addr_is_link_local(&conf->addrs[0]))
		return lb_error_set(err, EINVAL,
			"the first address is %s, which is not link-local; put one of fe80::/10 "
			"first",
			lb_addr_text(&conf->addrs[0], text));
	size = header +
	       lb_vrrp_size(conf->both_versions ? 2 : conf->version, family, conf->n_addrs);
	if (size > mtu)
		return lb_error_set(err, EMSGSIZE,
			"an advert of %u addresses has %u bytes, the port's MTU is %u; list some "
			"as "
			"excluded",
			conf->n_addrs, size, mtu);
	return 0;
}

int
lb_vrrp_conf_check(const struct lb_vrrp_conf *conf, uint16_t mtu, struct lb_error *err)
{
	int rc = check_identity(conf, err);

	if (rc == 0)
		rc = check_interval(conf, err);
	return rc == 0 ? check_addrs(conf, mtu, err) : rc;
}

struct lb_vrrp_conf
lb_vrrp_conf_v2(const struct lb_vrrp_conf *conf)
{
	struct lb_vrrp_conf v2 = *conf;

	v2.version = 2;
	v2.both_versions = false;
	v2.interval_us = (uint64_t)vrrp_seconds(conf->interval_us) * VRRP_SECOND_US;
	return v2;
}
