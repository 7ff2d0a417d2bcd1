#pragma once
/**
 * @file
 * Rings of a few workers, and handlers that note what they get. Packets are numbers here: nobody
 * looks into them.
 */

#include <stdio.h>

#include "lb_control.h"
#include "unit.h"

#define BED_WORKERS 3
#define BED_START_MS 1000000 /* the clock has run for a while: classes start with full credit */

/** One call of a handler. */
struct bed_call {
	enum lb_ctlq_class class;
	uint32_t worker;
	uintptr_t number;
};

struct bed {
	struct lb_ctlq_wake wake;
	struct lb_ctlq queues[BED_WORKERS];
	struct lb_control_conf conf;
	struct bed_call calls[2048];
	uint32_t calls_n;
};

static inline void
bed_note(struct bed *bed, enum lb_ctlq_class class, uint32_t worker, struct rte_mbuf *m)
{
	CU_ASSERT_FATAL(bed->calls_n < RTE_DIM(bed->calls));
	bed->calls[bed->calls_n++] = (struct bed_call){ class, worker, (uintptr_t)m };
}

static inline void
bed_arp_vip(void *arg, uint32_t worker, struct rte_mbuf *m)
{
	bed_note(arg, LB_CTLQ_ARP_VIP, worker, m);
}

static inline void
bed_neigh(void *arg, uint32_t worker, struct rte_mbuf *m)
{
	bed_note(arg, LB_CTLQ_NEIGH, worker, m);
}

static inline uint64_t
bed_no_chores(void *arg)
{
	(void)arg;
	return UINT64_MAX;
}

/** Rings of `workers` workers; each class may take budget a turn and rate a second. */
static inline void
bed_begin(struct bed *bed, uint32_t workers, uint32_t budget, uint32_t rate)
{
	unit_eal();
	*bed = (struct bed){ .wake.fd = -1 };
	bed->conf = (struct lb_control_conf){
		.queues_n = workers,
		.wake = &bed->wake,
		.classes = {
			[LB_CTLQ_ARP_VIP] = { bed_arp_vip, budget, rate },
			[LB_CTLQ_NEIGH] = { bed_neigh, budget, rate },
		},
		.chores = bed_no_chores,
		.arg = bed,
	};
	for (uint32_t w = 0; w < workers; w++) {
		static const uint32_t sizes[LB_CTLQ_CLASSES] = { 512, 512, 512, 512, 512, 512 };
		char name[16];

		snprintf(name, sizeof(name), "bed%u", w);
		bed->conf.queues[w] = &bed->queues[w];
		CU_ASSERT_EQUAL_FATAL(lb_ctlq_init(&bed->queues[w], &bed->wake, name, sizes), 0);
	}
}

static inline void
bed_end(struct bed *bed)
{
	for (uint32_t w = 0; w < bed->conf.queues_n; w++)
		lb_ctlq_fini(&bed->queues[w]);
}

/** A worker punts packets first .. first + n - 1. */
static inline void
bed_put(struct bed *bed, uint32_t worker, enum lb_ctlq_class class, uintptr_t first, uint32_t n)
{
	for (uint32_t i = 0; i < n; i++) {
		void *object = (void *)(first + i);

		CU_ASSERT_EQUAL_FATAL(lb_ctlq_put(&bed->queues[worker], class, &object, 1), 1);
	}
}
