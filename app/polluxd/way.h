#pragma once
/** @file Where what we send to an address goes. Control lcore. */

#include <stdint.h>

#include "lb_addr.h"

struct director;

/**
 * The word of the neighbour that has the address, or is the gateway on the way to it; one that is
 * not usable (lb_neigh_is_usable()) if there is no way, or the MAC is not known.
 */
uint64_t way_find(const struct director *director, const struct lb_addr *addr);
