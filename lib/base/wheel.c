/*
 * A timing wheel: per tick a few doubly linked lists, threaded through the items.
 *
 * Walking a list of items that lie all over memory waits for one cache miss after the other. So
 * each tick has several lists, its lanes, filled by item number, and items are taken off in turn
 * from all of them, each next one prefetched while the other lanes are served. For the same reason
 * taking off never writes to the item that becomes first: its prev is stale, and the head alone
 * says who is first.
 */

#include "lb_wheel.h"

#include <string.h>

#include <rte_common.h>
#include <rte_prefetch.h>

#include "lb_clock.h"

static struct lb_wheel_link *
link_of(const struct lb_wheel *wheel, uint32_t item)
{
	return (struct lb_wheel_link *)(wheel->base + item * wheel->stride + wheel->offset);
}

static uint32_t *
head_of(struct lb_wheel *wheel, uint32_t item, uint32_t tick)
{
	return &wheel->heads[tick % LB_WHEEL_SLOTS][item % LB_WHEEL_LANES];
}

/* Take the first item of each lane, at most max; returns how many. */
static uint32_t
take_round(const struct lb_wheel *wheel, uint32_t *lanes, uint32_t *items, uint32_t max)
{
	uint32_t n = 0;

	for (uint32_t lane = 0; lane < LB_WHEEL_LANES && n < max; lane++) {
		uint32_t item = lanes[lane];

		if (item == 0)
			continue;
		items[n++] = item;
		lanes[lane] = link_of(wheel, item)->next;
		rte_prefetch0(link_of(wheel, lanes[lane]));
	}
	return n;
}

void
lb_wheel_init(struct lb_wheel *wheel, void *base, size_t stride, size_t offset, uint32_t now)
{
	wheel->base = base;
	wheel->stride = stride;
	wheel->offset = offset;
	wheel->now = now;
	memset(wheel->heads, 0, sizeof(wheel->heads));
}

uint32_t
lb_wheel_arm(struct lb_wheel *wheel, uint32_t item, uint32_t tick)
{
	int32_t ahead = RTE_MAX((int32_t)(tick - wheel->now), 0);
	uint32_t armed = wheel->now + RTE_MIN((uint32_t)ahead, LB_WHEEL_SLOTS - 1U);
	uint32_t *head = head_of(wheel, item, armed);

	link_of(wheel, item)->next = *head;
	if (*head != 0)
		link_of(wheel, *head)->prev = item;
	*head = item;
	return armed;
}

void
lb_wheel_disarm(struct lb_wheel *wheel, uint32_t item, uint32_t armed)
{
	const struct lb_wheel_link *link = link_of(wheel, item);
	uint32_t *head = head_of(wheel, item, armed);

	if (*head == item) {
		*head = link->next;
		return;
	}
	link_of(wheel, link->prev)->next = link->next;
	if (link->next != 0)
		link_of(wheel, link->next)->prev = link->prev;
}

/* Whether nothing is armed for a tick: of a table that is nearly empty that is so for most. */
static bool
is_empty(const uint32_t *lanes)
{
	uint32_t any = 0;

	for (uint32_t lane = 0; lane < LB_WHEEL_LANES; lane++)
		any |= lanes[lane];
	return any == 0;
}

uint32_t
lb_wheel_take(struct lb_wheel *wheel, uint32_t now, uint32_t *items, uint32_t max)
{
	uint32_t n = 0;

	while (n < max && !lb_tick_after(wheel->now, now)) {
		uint32_t *lanes = wheel->heads[wheel->now % LB_WHEEL_SLOTS];

		if (is_empty(lanes))
			wheel->now++;
		else
			n += take_round(wheel, lanes, &items[n], max - n);
	}
	return n;
}
