#pragma once
/**
 * @file
 * The management socket: the server of lib/rpc with the methods of the product. Control lcore.
 *
 * A method that may have much to say only leaves its request here; rpc_run() works on them a
 * fraction of a millisecond per turn of the control loop.
 */

#include <stdint.h>

#include "lb_error.h"

struct director;
struct rpc;

/** Serve director->conf->rpc_socket; kept as director->rpc. 0 or -errno with the sentence. */
int rpc_start(struct director *director, struct lb_error *err);

/** Close it; what waits is answered. Workers do not run any more. Nothing if it was not started. */
void rpc_end(struct director *director);

/** Go on with what waits; returns when to be called again. */
uint64_t rpc_run(struct director *director, uint64_t now_ms);
