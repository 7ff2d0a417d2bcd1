/* From workers to control: see lb_ctlq.h. */

#include "lb_ctlq.h"

#include <errno.h>
#include <stdio.h>
#include <unistd.h>

int
lb_ctlq_init(struct lb_ctlq *queue, struct lb_ctlq_wake *wake, const char *name,
	const uint32_t sizes[LB_CTLQ_CLASSES])
{
	char ring[RTE_RING_NAMESIZE];

	queue->wake = wake;
	for (int i = 0; i < LB_CTLQ_CLASSES; i++) {
		snprintf(ring, sizeof(ring), "ctlq_%s_%d", name, i);
		queue->rings[i] = rte_ring_create(
			ring, sizes[i], SOCKET_ID_ANY, RING_F_SP_ENQ | RING_F_SC_DEQ);
		if (queue->rings[i] == NULL)
			return -ENOMEM;
	}
	return 0;
}

void
lb_ctlq_fini(struct lb_ctlq *queue)
{
	for (int i = 0; i < LB_CTLQ_CLASSES; i++)
		rte_ring_free(queue->rings[i]);
}

void
lb_ctlq_wake(struct lb_ctlq_wake *wake)
{
	uint64_t one = 1;

	if (!atomic_exchange_explicit(&wake->asleep, false, memory_order_relaxed))
		return; /* another worker was first */
	if (write(wake->fd, &one, sizeof(one)) != sizeof(one))
		return; /* the counter is at its maximum: control is being woken already */
}
