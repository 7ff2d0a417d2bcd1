#pragma once
/**
 * @file
 * Measuring a plan. One whose case is walked adds to each round ns_per_packet, empty_ns, l2_ns (per
 * packet and worker), and mpps (of all workers together).
 */

#include <stdint.h>

#include "plan.h"

/** Take so many rounds more, on a director of their own. 0 or -errno with err. Main lcore. */
int measure(struct plan *plan, uint32_t rounds, struct lb_error *err);

/** In TSC cycles. */
double measure_cycles(double ns);
