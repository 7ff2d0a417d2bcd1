/*
 * A round goes over all addresses before the next one begins, so each is announced once as early as
 * possible. Frames go in pieces with a pause, so that adverts find room in the port's queue.
 */

#include "vrrp_garp.h"

#include <rte_common.h>

/*
 * Frames of a piece, and us to the next, where the configuration sets no pace. Hosts have to hear
 * of a takeover soon: 4096 addresses within 32 ms. What is said again may take longer.
 */
#define PIECE 64
#define URGENT_US 500
#define PIECE_US 2000

static uint64_t
after(uint64_t now_us, uint32_t ms)
{
	return ms == 0 ? UINT64_MAX : now_us + (uint64_t)ms * 1000;
}

static void
burst(struct vrrp_garp *garp, uint32_t rounds, uint64_t now_us)
{
	if (garp->rounds == 0) {
		garp->due_us = now_us;
		garp->urgent = true;
		garp->urgent_to = garp->next;
	}
	garp->rounds = rounds;
	garp->first = garp->next;
}

/* From a piece of so many frames to the next. */
static uint64_t
pause_us(const struct vrrp_garp *garp, const struct lb_conf_garp *conf, uint32_t frames)
{
	if (conf->interval_us != 0)
		return conf->interval_us;
	return (uint64_t)frames * (garp->urgent ? URGENT_US : PIECE_US) / PIECE;
}

void
vrrp_garp_end(struct vrrp_garp *garp)
{
	*garp = (struct vrrp_garp){ .again_us = UINT64_MAX, .refresh_us = UINT64_MAX };
}

void
vrrp_garp_begin(struct vrrp_garp *garp, const struct lb_conf_garp *conf, uint64_t now_us)
{
	burst(garp, conf->repeat, now_us);
	garp->again_us = after(now_us, conf->delay_ms);
	garp->refresh_us = after(now_us, conf->refresh_ms);
}

uint64_t
vrrp_garp_due(const struct vrrp_garp *garp)
{
	uint64_t due = RTE_MIN(garp->again_us, garp->refresh_us);

	return garp->rounds > 0 ? RTE_MIN(due, garp->due_us) : due;
}

uint32_t
vrrp_garp_take(
	struct vrrp_garp *garp, const struct lb_conf_garp *conf, uint32_t most, uint64_t now_us)
{
	uint32_t frames = RTE_MIN(most, conf->interval_us == 0 ? (uint32_t)PIECE : 1);

	if (now_us >= garp->again_us) {
		burst(garp, conf->repeat, now_us);
		garp->again_us = UINT64_MAX;
	}
	if (now_us >= garp->refresh_us) {
		garp->refresh_us = after(now_us, conf->refresh_ms);
		if (garp->rounds == 0)
			burst(garp, 1, now_us);
	}
	if (garp->rounds == 0 || now_us < garp->due_us || frames == 0)
		return 0;
	garp->due_us = now_us + pause_us(garp, conf, frames);
	return frames;
}

uint32_t
vrrp_garp_next(struct vrrp_garp *garp, uint32_t n)
{
	uint32_t at = garp->next;

	garp->next = at + 1 >= n ? 0 : at + 1;
	if (garp->next == garp->first)
		garp->rounds--;
	if (garp->next == garp->urgent_to)
		garp->urgent = false;
	return at;
}
