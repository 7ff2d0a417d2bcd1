#pragma once
/** @file Gratuitous ARP, or advertisements by ND, for every VIP that we serve and every address of
 * a port. Control lcore. */

#include <stddef.h>
#include <stdint.h>

struct director;

/** Where announcing stands. */
struct announce {
	uint32_t rounds; /**< Still to come. */
	size_t next;     /**< Address of the round. */
	uint64_t due_ms;
};

/** Announce everything from now on, several times. */
void announce_begin(struct announce *announce);

/** Send what is due; returns when to be called again, UINT64_MAX: not at all. */
uint64_t announce_run(struct director *director, uint64_t now_ms);
