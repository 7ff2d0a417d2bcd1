#pragma once
/**
 * @file
 * A VRRP instance with a clock that the test sets. It is 10.9.0.10, version 3, priority 100, and
 * advertises every second; the other router is 10.9.0.20 and does the same.
 */

#include <string.h>

#include "lb_vrrp.h"
#include "unit.h"

/* When tests begin; no round number. */
#define BED_BEGIN 987654321012ull

#define SECOND 1000000ull
#define CS 10000ull

struct bed {
	struct lb_vrrp_conf conf;
	struct lb_vrrp vrrp;
	struct lb_vrrp_actions actions; /* of the last event */
	uint64_t now;
};

static inline struct lb_addr
bed_addr(const char *text)
{
	struct lb_addr addr;

	CU_ASSERT_EQUAL_FATAL(lb_addr_parse(text, &addr), 0);
	return addr;
}

/* The test may change conf until bed_start(). */
static inline void
bed_init(struct bed *bed, uint8_t priority)
{
	*bed = (struct bed){
		.conf = {
			.version = 3,
			.vrid = 51,
			.priority = priority,
			.preempt = true,
			.interval_us = SECOND,
			.source = bed_addr("10.9.0.10"),
		},
		.now = BED_BEGIN,
	};
}

static inline void
bed_event(struct bed *bed, enum lb_vrrp_event_kind kind)
{
	const struct lb_vrrp_event event = { .kind = kind, .now = bed->now };

	lb_vrrp_step(&bed->vrrp, &event, &bed->actions);
}

static inline void
bed_start(struct bed *bed)
{
	lb_vrrp_init(&bed->vrrp, &bed->conf);
	bed_event(bed, LB_VRRP_START);
}

/* An advert from whom we like, now. */
static inline void
bed_hear_from(struct bed *bed, const char *sender, uint8_t priority, uint64_t interval_us)
{
	const struct lb_vrrp_advert advert = {
		.sender = bed_addr(sender),
		.version = bed->conf.version,
		.vrid = 51,
		.priority = priority,
		.interval_us = interval_us,
	};
	const struct lb_vrrp_event event = {
		.kind = LB_VRRP_ADVERT,
		.now = bed->now,
		.advert = &advert,
	};

	lb_vrrp_step(&bed->vrrp, &event, &bed->actions);
}

static inline void
bed_hear(struct bed *bed, uint8_t priority)
{
	bed_hear_from(bed, "10.9.0.20", priority, bed->conf.interval_us);
}

static inline void
bed_priority(struct bed *bed, int priority)
{
	const struct lb_vrrp_event event = {
		.kind = LB_VRRP_PRIORITY,
		.now = bed->now,
		.priority = priority,
	};

	lb_vrrp_step(&bed->vrrp, &event, &bed->actions);
}

/* The timer looks at the time, so many microseconds from now. */
static inline void
bed_wait(struct bed *bed, uint64_t us)
{
	bed->now += us;
	bed_event(bed, LB_VRRP_TIMER);
}

static inline bool
bed_did(const struct bed *bed, const enum lb_vrrp_action_kind *list, uint8_t n)
{
	return bed->actions.n == n &&
	       (n == 0 || memcmp(bed->actions.list, list, n * sizeof(list[0])) == 0);
}

/* BED_DID(&bed, LB_VRRP_SEND, LB_VRRP_ANNOUNCE): these, in this order, and no others. */
#define BED_DID(bed, ...)                                                                          \
	bed_did(bed, (const enum lb_vrrp_action_kind[]){ __VA_ARGS__ },                            \
		sizeof((const enum lb_vrrp_action_kind[]){ __VA_ARGS__ }) /                        \
			sizeof(enum lb_vrrp_action_kind))
#define BED_DID_NOTHING(bed) bed_did(bed, NULL, 0)

/* It is Backup, does nothing for us microseconds but the last, and then takes over. */
static inline void
bed_takes_over_after(struct bed *bed, uint64_t us)
{
	CU_ASSERT_EQUAL(bed->vrrp.state, LB_VRRP_BACKUP);
	bed_wait(bed, us - 1);
	CU_ASSERT_TRUE(BED_DID_NOTHING(bed));
	CU_ASSERT_EQUAL(bed->vrrp.state, LB_VRRP_BACKUP);
	CU_ASSERT_EQUAL(bed->vrrp.deadline, bed->now + 1);
	bed_wait(bed, 1);
	CU_ASSERT_TRUE(BED_DID(bed, LB_VRRP_VIPS_ON, LB_VRRP_SEND, LB_VRRP_ANNOUNCE));
	CU_ASSERT_EQUAL(bed->actions.priority, bed->vrrp.priority);
	CU_ASSERT_EQUAL(bed->vrrp.state, LB_VRRP_ACTIVE);
}

/* Start and let it become Active. */
static inline void
bed_start_active(struct bed *bed)
{
	bed_start(bed);
	if (bed->vrrp.state != LB_VRRP_ACTIVE)
		bed_wait(bed, bed->vrrp.deadline - bed->now);
	CU_ASSERT_EQUAL_FATAL(bed->vrrp.state, LB_VRRP_ACTIVE);
}
