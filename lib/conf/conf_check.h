#pragma once
/**
 * @file
 * What needs more than one object to be judged. Fills in what follows from it: the ports of routes
 * and VIPs, and which servers are on-link. One thread at a time.
 */

#include "conf_subnet.h"

/** What the checks share. */
struct conf_check {
	struct lb_conf *conf;
	struct conf_nets nets; /**< Settled and sorted by conf_check_nets(). */
	struct lb_error *err;
};

/** Ports, VIPs and routes; first. 0, or -errno with the sentence. */
int conf_check_nets(struct conf_check *check);

/** VRRP instances. 0, or -errno with the sentence. */
int conf_check_vrrp(struct conf_check *check);

/** Groups of instances, then what instances track; their places are filled in. */
int conf_check_groups(struct conf_check *check);
int conf_check_tracks(struct conf_check *check);
/** Scripts. 0, or -errno with the sentence. */
int conf_check_scripts(struct conf_check *check);

/** Matches of services. 0, or -errno with the sentence. */
int conf_check_matches(const struct conf_check *check);

/** One service and its servers, but not against other services. 0, or -errno with the sentence. */
int conf_check_service(const struct conf_check *check, const struct lb_conf_service *service);

/** Services and servers. 0, or -errno with the sentence. */
int conf_check_services(struct conf_check *check);
