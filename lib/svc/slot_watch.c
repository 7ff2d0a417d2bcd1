/*
 * Watchers of slots: who is told that a load changed, see lb_slot.h.
 *
 * A slot may outlive the interest in it: its server is taken out of the service while connections
 * go on, or the whole service goes and its watcher's number gets to another. So a list may hold
 * slots that are not the watcher's, and who empties it checks that the index still fits.
 */

#include "svc_slots.h"

uint32_t
lb_slots_watcher_take(struct lb_slots *slots)
{
	if (slots->watchers_n != 0)
		return slots->watchers[--slots->watchers_n];
	return slots->watcher_top == LB_SCHED_SLOTS - 1 ? 0 : ++slots->watcher_top;
}

void
lb_slots_watcher_put(struct lb_slots *slots, uint32_t watcher)
{
	if (watcher != 0)
		slots->watchers[slots->watchers_n++] = watcher;
}

void
lb_slot_watch(struct lb_slot_worker *worker, uint32_t slot, uint32_t watcher, uint32_t index)
{
	struct lb_slot_watch *watch = &worker->own[slot].watch;

	/* It waits in the list of one that may never ask again. What else waits there is lost: the
	 * next tick finds it. */
	if (watch->watcher != watcher && watch->next != 0)
		while (lb_slot_take_changed(worker, watch->watcher) != LB_SLOT_NONE)
			;
	watch->watcher = watcher;
	watch->index = index;
}
