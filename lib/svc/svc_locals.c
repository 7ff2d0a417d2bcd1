/* Memory of schedulers per worker and service: see svc_locals.h. */

#include "svc_locals.h"

#include <stdlib.h>
#include <string.h>

#include <rte_common.h>

static struct svc_locals *
locals_create(const struct lb_sched_ops *sched, size_t size, uint32_t workers)
{
	size_t stride = RTE_ALIGN_CEIL(size, (size_t)RTE_CACHE_LINE_SIZE);
	struct svc_locals *locals =
		malloc(sizeof(*locals) + workers * sizeof(struct lb_sched_local *));
	uint8_t *block = aligned_alloc(RTE_CACHE_LINE_SIZE, workers * stride);

	if (locals == NULL || block == NULL) {
		free(locals);
		free(block);
		return NULL;
	}
	memset(block, 0, workers * stride);
	locals->refs = 1;
	locals->sched = sched;
	locals->size = size;
	locals->block = (struct lb_sched_local *)block;
	for (uint32_t w = 0; w < workers; w++) {
		locals->local[w] = (struct lb_sched_local *)(block + w * stride);
		locals->local[w]->worker = w;
		locals->local[w]->workers = workers;
	}
	return locals;
}

struct svc_locals *
svc_locals_get(
	struct svc_locals *old, const struct lb_sched_ops *sched, size_t size, uint32_t workers)
{
	if (old == NULL || old->sched != sched || old->size != size)
		return locals_create(sched, size, workers);
	old->refs++;
	return old;
}

void
svc_locals_put(struct svc_locals *locals)
{
	if (locals == NULL || --locals->refs != 0)
		return;
	free(locals->block);
	free(locals);
}
