#pragma once
/** @file Whether a service has enough servers to be served at all. Control lcore. */

#include <stdbool.h>

struct director;
struct lb_conf_service;

/** Whether servers that can take new connections have the weight of its quorum. */
bool vrrp_quorum_is_met(const struct director *director, const struct lb_conf_service *service);
