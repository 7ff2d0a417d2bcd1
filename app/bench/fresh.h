#pragma once
/**
 * @file
 * New connections in time made by hand, for traffic that is made of them and more: as many live as
 * the table has room for, less an eighth. The lane's lcore.
 */

#include <rte_mbuf.h>

#include "lane.h"

/** How many live. */
uint64_t fresh_live(const struct lane *lane);

/** Begin to count time from now. */
void fresh_begin(struct lane *lane);

/** Let it be when so many have been made since. The first lane has the clock. */
void fresh_pass_until(const struct lane *lane, uint64_t made);

/** How many have to be made until they expire as fast as they are made. */
uint64_t fresh_enough(const struct lane *lane);

/** The SYN of a new connection. */
void fresh_write(struct lane *lane, struct rte_mbuf *m);

/** 0, or -EIO with err when not as many live as should, or one ended before its time. */
int fresh_check(const struct lane *lane, struct lb_error *err);
