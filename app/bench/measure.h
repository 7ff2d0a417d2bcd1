#pragma once
/**
 * @file
 * Measuring a plan. In each round of walks are found ns_per_packet, empty_ns and l2_ns (per packet
 * and worker), and mpps (of all workers together). Beside these, once: bytes_per_connection and
 * table_mb, of a table of that size; of a case with each_walk: p50_ns, p99_ns and p999_ns, which so
 * many walks took at most; of one with one_in: established_mpps, packets of established connections
 * that one worker forwards; of a plan with nodes: nodes.NAME, cycles of a packet in that node.
 */

#include <stdint.h>

#include "plan.h"

/** Take so many rounds more, on a director of their own. 0 or -errno with err. Main lcore. */
int measure(struct plan *plan, uint32_t rounds, struct lb_error *err);

/** In TSC cycles. */
double measure_cycles(double ns);
