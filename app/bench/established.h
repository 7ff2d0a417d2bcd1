#pragma once
/** @file Established connections, for traffic that is made of them and more. The lane's lcore. */

#include <rte_mbuf.h>

#include "lane.h"

/** Make the lane's connections and establish them. The clock runs on by itself behind it. */
int established_prepare(struct lane *lane, struct lb_error *err);

/** The packet of the next visit. */
void established_write(struct lane *lane, struct rte_mbuf *m);

/** Fill a burst with such packets. */
void established_fill(struct lane *lane, struct rte_mbuf **mbufs, uint16_t n);

/** 0, or -EIO with err when there are not as many beside half-open ones as were made. */
int established_check(const struct lane *lane, struct lb_error *err);
