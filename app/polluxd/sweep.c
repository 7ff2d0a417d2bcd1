/*
 * A sweep begins when slots or neighbours wait for one. A batch of retired neighbours raises the
 * generation first, so that connections resolve their next hop again and none keeps a retired one.
 */

#include "sweep.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "director.h"

#define BITMAP_BYTES (LB_SCHED_SLOTS / 8)
#define NEIGH_BATCH 4096
#define PAUSE_MS 1000
#define LOOK_MS 10

int
sweep_init(struct sweep *sweep, uint32_t workers)
{
	for (uint32_t w = 0; w < workers; w++) {
		sweep->used[w] = calloc(1, BITMAP_BYTES);
		if (sweep->used[w] == NULL)
			return -ENOMEM;
	}
	return 0;
}

void
sweep_fini(struct sweep *sweep)
{
	for (uint32_t w = 0; w < LB_NODE_WORKERS; w++)
		free(sweep->used[w]);
}

static void
sweep_begin(struct director *director)
{
	struct sweep *sweep = &director->sweep;
	uint32_t neighbours = lb_neigh_retire_begin(director->neigh, NEIGH_BATCH);
	uint16_t generation;

	if (lb_slots_retired(director->slots) == 0 && neighbours == 0)
		return;
	lb_slots_sweep_begin(director->slots);
	generation = neighbours > 0 ? director_raise_generation(director)
				    : atomic_load(&director->generation);
	sweep->running = true;
	for (uint32_t w = 0; w < director->workers_n; w++) {
		memset(sweep->used[w], 0, BITMAP_BYTES);
		lb_worker_sweep_init(&sweep->parts[w], generation, sweep->used[w]);
		/* the mailbox has room: sweeps come one at a time */
		lb_worker_post(director->workers[w], &sweep->parts[w].message);
	}
}

static bool
sweep_is_done(const struct director *director)
{
	for (uint32_t w = 0; w < director->workers_n; w++)
		if (!lb_worker_is_done(&director->sweep.parts[w].message))
			return false;
	return true;
}

static void
sweep_end(struct director *director, uint64_t now_ms)
{
	struct sweep *sweep = &director->sweep;

	for (uint32_t w = 1; w < director->workers_n; w++)
		for (size_t i = 0; i < BITMAP_BYTES / sizeof(uint64_t); i++)
			sweep->used[0][i] |= sweep->used[w][i];
	lb_slots_sweep_end(director->slots, sweep->used[0]);
	lb_neigh_retire_end(director->neigh);
	sweep->running = false;
	sweep->next_ms = now_ms + PAUSE_MS;
}

uint64_t
sweep_run(struct director *director, uint64_t now_ms)
{
	struct sweep *sweep = &director->sweep;

	if (sweep->running && sweep_is_done(director))
		sweep_end(director, now_ms);
	if (!sweep->running && now_ms >= sweep->next_ms) {
		sweep->next_ms = now_ms + PAUSE_MS;
		sweep_begin(director);
	}
	return sweep->running ? now_ms + LOOK_MS : sweep->next_ms;
}
