/*
 * A worker's time stamp of its last walk is its pulse; asleep, it walks at least every idle_max_us.
 * A transmit queue moves when it takes a frame, and has no reason to when none was refused. One
 * that has stood still gets no frames once its VIPs are gone, so nothing would show that it moves
 * again: it is given up for a while and then tried anew.
 */

#include "vrrp_path.h"

#include "director.h"

#define LOOK_MIN_US 10000
#define GIVE_UP_US (10 * 1000 * 1000)

void
vrrp_pulse_look(struct vrrp_pulse *pulse, uint64_t mark, bool idle, uint64_t gap_us)
{
	if (idle || mark != pulse->mark)
		pulse->stood_us = 0;
	else
		pulse->stood_us += gap_us;
	pulse->mark = mark;
}

/* limit_us: what stands longer is given up. */
static uint64_t
look_at_tx(struct vrrp_tx *tx, const struct lb_node_tx *seen, bool link, uint64_t gap_us,
	uint64_t now_us, uint64_t limit_us)
{
	uint32_t refused = __atomic_load_n(&seen->refused, __ATOMIC_RELAXED);
	uint32_t taken = __atomic_load_n(&seen->taken, __ATOMIC_RELAXED);
	bool idle = !link || refused == tx->refused;

	if (tx->until_us != 0 && now_us < tx->until_us)
		idle = false;
	else if (tx->until_us != 0)
		idle = true; /* once more from the beginning */
	vrrp_pulse_look(&tx->pulse, taken, idle, gap_us);
	tx->refused = refused;
	if (tx->pulse.stood_us <= limit_us)
		tx->until_us = 0;
	else if (tx->until_us == 0)
		tx->until_us = now_us + GIVE_UP_US;
	return tx->pulse.stood_us;
}

uint64_t
vrrp_path_limit(const struct director *director, uint64_t interval_us)
{
	uint64_t asleep_us = 2 * (uint64_t)director->conf->cpu.idle_max_us + LOOK_MIN_US;

	return RTE_MAX(VRRP_LEASE_INTERVALS * interval_us, asleep_us);
}

static void
look(struct director *director, uint64_t interval_us, uint64_t gap_us, uint64_t now_us)
{
	struct vrrp_path *path = &director->vrrp.track.path;
	uint64_t limit_us = vrrp_path_limit(director, interval_us);

	path->stood_us = 0;
	for (uint32_t w = 0; w < director->workers_n; w++) {
		const struct lb_node_env *env = &director->workers[w]->env;

		vrrp_pulse_look(&path->walks[w], __atomic_load_n(&env->tsc, __ATOMIC_RELAXED),
			false, gap_us);
		path->stood_us = RTE_MAX(path->stood_us, path->walks[w].stood_us);
		for (uint32_t p = 0; p < director->ports_n; p++)
			path->stood_us = RTE_MAX(path->stood_us,
				look_at_tx(&path->tx[w][p], &env->tx[p], director->vrrp.link.up[p],
					gap_us, now_us, limit_us));
	}
}

uint64_t
vrrp_path_turn(struct director *director, uint64_t interval_us, uint64_t now_us)
{
	struct vrrp_path *path = &director->vrrp.track.path;
	uint64_t gap_us = path->seen_us == 0 ? 0 : now_us - path->seen_us;

	if (now_us < path->due_us)
		return path->due_us;
	path->seen_us = now_us;
	path->due_us = now_us + RTE_MAX(interval_us, (uint64_t)LOOK_MIN_US);
	look(director, interval_us, RTE_MIN(gap_us, interval_us), now_us);
	return path->due_us;
}
