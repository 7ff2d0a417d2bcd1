#pragma once
/** @file The picture of the packet path, as Graphviz draws it. Control lcore. */

#include <stdio.h>

#include "lb_worker.h"

/**
 * Write what rte_graph exports of a worker's graph, with the clones of ports and queues folded into
 * their parents, each edge once and in order. 0 or -errno.
 */
int lb_worker_picture(const struct lb_worker *worker, FILE *file);
