#pragma once
/**
 * @file
 * A director put together by hand, without EAL, for target path: two ports, each with a router
 * behind it whose MAC is known, VIPs of each kind, and services of each method. Connections are not
 * in it: each input has its own.
 *
 * 10.1.0.0/24 is outside, 10.2.0.0/24 inside with an MTU that forwarding soon meets.
 */

#include "lb_node.h"

#define BED_SERVERS 4 /**< Slots that are in use. */

struct path_bed {
	struct lb_node_env env;
	struct lb_netif_port wan; /**< Number 0. */
	struct lb_netif_port lan; /**< Number 1. */
	_Atomic uint64_t words[3];
	uint8_t used[3];
	struct lb_neigh_view neigh;
	_Atomic uint32_t transit; /**< enum lb_node_transit */
	uint32_t host_ports;
	_Atomic uint16_t generation;
	struct lb_slots *slots;
};

/** Make it, at the first call. */
struct path_bed *path_bed(void);
