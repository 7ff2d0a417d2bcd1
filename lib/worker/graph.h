#pragma once
/* A worker's graph: made from the registered nodes, its streams sized once. */

#include "lb_worker.h"

/* Make worker->graph for worker->env. 0 or -errno with err. */
int graph_create(struct lb_worker *worker, struct lb_error *err);
void graph_destroy(struct lb_worker *worker);
