/* Memory of schedulers per worker and service: see svc_locals.h. */

#include "svc_locals.h"

#include <stdlib.h>

#include <rte_common.h>

/*
 * Zeroed memory is asked for and not zeroed here: what is large comes from the kernel, which gives
 * it page by page where it is touched, so that control need not touch megabytes at once.
 */
static struct svc_locals *
locals_create(struct lb_svc_set *set, const struct lb_sched_ops *sched, size_t size)
{
	size_t stride = RTE_ALIGN_CEIL(size, (size_t)RTE_CACHE_LINE_SIZE);
	struct svc_locals *locals = malloc(sizeof(*locals));
	void *memory = calloc(1, set->workers * stride + RTE_CACHE_LINE_SIZE);

	if (locals == NULL || memory == NULL) {
		free(locals);
		free(memory);
		return NULL;
	}
	locals->refs = 1;
	locals->sched = sched;
	locals->size = size;
	locals->watcher = sched->changed == NULL ? 0 : lb_slots_watcher_take(set->slots);
	locals->stride = (uint32_t)stride;
	locals->memory = memory;
	locals->local = RTE_PTR_ALIGN_CEIL(memory, RTE_CACHE_LINE_SIZE);
	for (uint32_t w = 0; w < set->workers; w++) {
		struct lb_sched_local *local = RTE_PTR_ADD(locals->local, w * stride);

		local->worker = w;
		local->workers = set->workers;
	}
	return locals;
}

struct svc_locals *
svc_locals_get(struct lb_svc_set *set, struct svc_locals *old, const struct lb_sched_ops *sched,
	size_t size)
{
	if (old == NULL || old->sched != sched || old->size != size)
		return locals_create(set, sched, size);
	old->refs++;
	return old;
}

void
svc_locals_put(struct lb_svc_set *set, struct svc_locals *locals)
{
	if (locals == NULL || --locals->refs != 0)
		return;
	if (set->slots != NULL)
		lb_slots_watcher_put(set->slots, locals->watcher);
	free(locals->memory);
	free(locals);
}
