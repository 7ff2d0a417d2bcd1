#pragma once
/* Serving the rings of punted packets: budgets and rates. */

#include <stdbool.h>

#include "lb_control.h"

/* What a class has earned by its rate: a thousandth of a packet is 1. */
struct punted_class {
	uint64_t credit;
	uint64_t filled_ms;
};

/* The rings and what may still be taken from them. */
struct punted {
	const struct lb_control_conf *conf;
	struct punted_class classes[LB_CTLQ_CLASSES];
	uint32_t next; /* The worker whose ring is served first. */
};

/* Serve one turn. */
void punted_serve(struct punted *punted, uint64_t now_ms);

/* Whether there is a packet that may be served at once. */
bool punted_is_due(const struct punted *punted);

/* Whether there is a packet that waits for credit. */
bool punted_is_held_back(const struct punted *punted);
