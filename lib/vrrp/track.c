/* Terms are summed first and the sum is cut to size, so their order does not matter. */

#include "lb_vrrp_track.h"

#include <rte_common.h>

#include "lb_vrrp_conf.h"

int
lb_vrrp_term_adds(const struct lb_vrrp_term *term)
{
	if (term->weight > 0)
		return term->up ? term->weight : 0;
	return term->up ? 0 : term->weight;
}

struct lb_vrrp_effect
lb_vrrp_track(uint8_t base, const struct lb_vrrp_term *terms, size_t n)
{
	struct lb_vrrp_effect effect = { .priority = base };
	int sum = base;

	for (size_t i = 0; i < n; i++) {
		sum += lb_vrrp_term_adds(&terms[i]);
		effect.fault |= terms[i].weight == 0 && !terms[i].up;
	}
	if (base != LB_VRRP_OWNER)
		effect.priority = (uint8_t)RTE_MIN(RTE_MAX(sum, 1), LB_VRRP_OWNER - 1);
	return effect;
}
