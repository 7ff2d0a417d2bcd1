/* Timed walks by stretches: see round.h. Packets are the same in all rounds of a case. */

#include "round.h"

#include <sys/resource.h>

#include "bed.h"

/* Walks of a round: bursts for as many packets as the table has connections, within these. */
#define ROUND_LEAST (UINT32_C(1) << 17)
#define ROUND_MOST (UINT32_C(1) << 20)

/* Caches take their time to fill with other things, so there are fewer. */
#define ROUND_COLD (UINT32_C(1) << 15)

/* Walks that are counted or left out together. */
#define STRETCH 32

uint32_t
round_length(const struct lane *lane)
{
	uint32_t packets = RTE_MIN(RTE_MAX(lane->capacity, ROUND_LEAST), ROUND_MOST);

	if (lane->bed->cold)
		packets = ROUND_COLD;
	return packets / BED_BURST / STRETCH * STRETCH;
}

/* How often the kernel has taken the CPU away from this lane. */
static long
interruptions(void)
{
	struct rusage usage;

	getrusage(RUSAGE_THREAD, &usage);
	return usage.ru_nivcsw;
}

/* The cycles of a stretch. Workers walk at the same time, since each burst waits for all. */
static uint64_t
run_stretch(struct lane *lane, uint64_t (*walk)(struct lane *), void (*pass)(struct lane *))
{
	uint64_t all = 0;

	for (uint32_t i = 0; i < STRETCH; i++) {
		uint64_t cycles;

		bed_meet(lane->bed);
		if (pass != NULL)
			pass(lane);
		cycles = lane_burst(lane, lane->bed->what->traffic->fill, walk);
		all += cycles;
		if (lane->walks != NULL)
			lane->walks[lane->walks_n + i] = (double)cycles;
	}
	return all;
}

void
round_run(struct lane *lane, uint64_t (*walk)(struct lane *), void (*pass)(struct lane *))
{
	uint32_t length = round_length(lane);
	uint64_t all = 0, calm = 0;

	lane->walks_n = 0;
	for (uint32_t done = 0; done < length; done += STRETCH) {
		long before = interruptions();
		uint64_t cycles;

		if (lane->bed->nodes)
			nodes_begin_stretch(lane);
		cycles = run_stretch(lane, walk, pass);
		all += cycles;
		if (interruptions() != before)
			continue;
		calm += cycles;
		lane->walks_n += STRETCH;
		if (lane->bed->nodes)
			nodes_count_stretch(lane);
	}
	lane->cycles = lane->walks_n == 0 ? (double)all / length : (double)calm / lane->walks_n;
	lane->cycles /= lane->burst;
}
