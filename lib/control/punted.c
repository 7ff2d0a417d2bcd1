/*
 * A class may use `rate` packets a second, at most a tenth of a second's worth at once. Workers are
 * served in turn, from another one each time, so that none is starved by a busy neighbour.
 */

#include "punted.h"

#define BURST 32

/* Credit of one packet: a rate of 1 a second earns 1 in each millisecond. */
#define TOKEN 1000

static void
refill(struct punted_class *class, const struct lb_control_class *conf, uint64_t now_ms)
{
	uint64_t most = ((uint64_t)conf->rate / 10 + 1) * TOKEN;
	uint64_t more = (now_ms - class->filled_ms) * conf->rate;

	class->filled_ms = now_ms;
	class->credit = RTE_MIN(class->credit + more, most);
}

static uint32_t
serve_queue(struct punted *punted, uint32_t worker, enum lb_ctlq_class number, uint32_t most)
{
	const struct lb_control_conf *conf = punted->conf;
	void *mbufs[BURST];
	uint32_t served = 0;
	uint16_t n;

	while (served < most) {
		n = lb_ctlq_get(conf->queues[worker], number, mbufs,
			(uint16_t)RTE_MIN(most - served, (uint32_t)BURST));
		if (n == 0)
			break;
		for (uint16_t i = 0; i < n; i++)
			conf->classes[number].handle(conf->arg, worker, mbufs[i]);
		served += n;
	}
	return served;
}

void
punted_serve(struct punted *punted, uint64_t now_ms)
{
	const struct lb_control_conf *conf = punted->conf;

	for (int c = 0; c < LB_CTLQ_CLASSES; c++) {
		struct punted_class *class = &punted->classes[c];
		uint32_t left;

		refill(class, &conf->classes[c], now_ms);
		left = (uint32_t)RTE_MIN(class->credit / TOKEN, conf->classes[c].budget);
		for (uint32_t i = 0; i < conf->queues_n && left > 0; i++) {
			uint32_t worker = (punted->next + i) % conf->queues_n;
			uint32_t served = serve_queue(punted, worker, c, left);

			left -= served;
			class->credit -= (uint64_t)served * TOKEN;
		}
	}
	punted->next = (punted->next + 1) % conf->queues_n;
}

static bool
has_packets(const struct punted *punted, bool with_credit)
{
	for (int c = 0; c < LB_CTLQ_CLASSES; c++)
		for (uint32_t q = 0; q < punted->conf->queues_n; q++)
			if ((punted->classes[c].credit >= TOKEN) == with_credit &&
				!rte_ring_empty(punted->conf->queues[q]->rings[c]))
				return true;
	return false;
}

bool
punted_is_due(const struct punted *punted)
{
	return has_packets(punted, true);
}

bool
punted_is_held_back(const struct punted *punted)
{
	return has_packets(punted, false);
}
