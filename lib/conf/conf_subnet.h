#pragma once
/**
 * @file
 * The connected subnets of all ports, and the director's own addresses, for quick questions. Any
 * thread; the answers point into the configuration.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lb_conf.h"

/** A connected subnet: addr has no host bits left. */
struct conf_subnet {
	struct lb_prefix net;
	uint32_t port;
};

/** An address of a port, or a VIP; a port's address is both when the owner's instance has it. */
struct conf_own {
	struct lb_addr addr;
	uint32_t port; /**< Of a port's address. */
	bool is_vip;
	const struct lb_conf_vrrp *vrrp; /**< The instance that lists it, or NULL. */
	const struct lb_conf_place *place;
};

/** What the director has; link-local networks are not in it. Subnets do not overlap; both arrays
 * are sorted once they are checked. */
struct conf_nets {
	struct conf_subnet *subnets;
	size_t subnets_n;
	struct conf_own *owns; /**< Those of ports, of vips, of instances, in the file's order. */
	size_t owns_n;
};

/** The network of a prefix, without the host bits. */
struct lb_prefix conf_network(const struct lb_prefix *prefix);

/** Whether the addresses of an instance are its port's own. */
bool conf_is_owner(const struct lb_conf_vrrp *vrrp);

/** Whether a port has an address of this family. */
bool conf_has_family(const struct lb_conf_port *port, uint8_t family);

/**
 * Whether an address is none that a host can have: of IPv4 the first or last of its network, of
 * IPv6 the first, which means all routers there.
 */
bool conf_is_edge(const struct lb_prefix *net, const struct lb_addr *addr);

/** Collect from conf; what an owner lists only once, as the port's. 0, or -ENOMEM. */
int conf_nets_init(struct conf_nets *nets, const struct lb_conf *conf);
void conf_nets_fini(struct conf_nets *nets);

/**
 * Sort the subnets and leave out those that lie in others of the same port. Returns one that
 * overlaps a subnet of another port, which is then in *other; NULL: none does.
 */
const struct conf_subnet *conf_nets_settle(
	struct conf_nets *nets, const struct conf_subnet **other);

/** The subnet that has addr, or NULL. After conf_nets_settle(). */
const struct conf_subnet *conf_nets_subnet(
	const struct conf_nets *nets, const struct lb_addr *addr);

/** Order of struct conf_own by address. */
int conf_own_compare(const void *a, const void *b);

/** Sort the addresses, which ends the order of the file. */
void conf_nets_sort_owns(struct conf_nets *nets);

/** What addr is of the director's, or NULL. After conf_nets_sort_owns(). */
struct conf_own *conf_nets_own(const struct conf_nets *nets, const struct lb_addr *addr);
