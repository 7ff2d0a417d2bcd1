#pragma once
/* The worker's side of its mailbox. */

#include "lb_worker.h"

/* Work on the present request, or take the next if there is one. */
void mailbox_turn(struct lb_worker *worker);
