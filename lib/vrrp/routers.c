/* The routers that were heard: see lb_vrrp_routers.h. */

#include "lb_vrrp_routers.h"

/* Silence in units of the interval after which a router is gone, or its version 2 counts again. */
#define ROUTERS_SILENCE 4

struct lb_vrrp_router *
lb_vrrp_routers_find(struct lb_vrrp_routers *routers, const struct lb_addr *addr)
{
	for (size_t i = 0; i < LB_VRRP_ROUTERS; i++)
		if (lb_addr_equal(&routers->list[i].addr, addr))
			return &routers->list[i];
	return NULL;
}

/* A place that is free, or else that of the one who is silent longest; free ones were never heard.
 */
static struct lb_vrrp_router *
routers_add(struct lb_vrrp_routers *routers, const struct lb_addr *addr)
{
	struct lb_vrrp_router *oldest = &routers->list[0];

	for (size_t i = 1; i < LB_VRRP_ROUTERS; i++)
		if (routers->list[i].heard_us < oldest->heard_us)
			oldest = &routers->list[i];
	*oldest = (struct lb_vrrp_router){ .addr = *addr };
	return oldest;
}

static enum lb_vrrp_form
routers_form(const struct lb_vrrp_advert *advert)
{
	if (advert->version == 2)
		return LB_VRRP_FORM_V2;
	return advert->sum == LB_VRRP_SUM_RFC9568 ? LB_VRRP_FORM_RFC9568 : LB_VRRP_FORM_RFC5798;
}

static bool
routers_is_repeated(
	const struct lb_vrrp_router *router, const struct lb_vrrp_advert *advert, uint64_t now_us)
{
	return advert->version == 2 && router->heard_v3_us != 0 &&
	       now_us < router->heard_v3_us + ROUTERS_SILENCE * router->interval_us;
}

enum lb_vrrp_refusal
lb_vrrp_routers_take(
	struct lb_vrrp_routers *routers, const struct lb_vrrp_advert *advert, uint64_t now_us)
{
	struct lb_vrrp_router *router = lb_vrrp_routers_find(routers, &advert->sender);

	if (router == NULL)
		router = routers_add(routers, &advert->sender);
	router->adverts[routers_form(advert)]++;
	if (routers_is_repeated(router, advert, now_us))
		return LB_VRRP_REPEATED;
	if (now_us >= router->heard_us + ROUTERS_SILENCE * advert->interval_us)
		router->rivalry = 0;
	router->heard_us = now_us;
	router->heard_v3_us = advert->version == 3 ? now_us : 0;
	router->priority = advert->priority;
	router->interval_us = advert->interval_us;
	return LB_VRRP_TAKEN;
}

uint32_t
lb_vrrp_routers_rival(
	struct lb_vrrp_routers *routers, const struct lb_vrrp_advert *advert, bool active)
{
	struct lb_vrrp_router *router = lb_vrrp_routers_find(routers, &advert->sender);

	if (!active)
		for (size_t i = 0; i < LB_VRRP_ROUTERS; i++)
			routers->list[i].rivalry = 0;
	if (router == NULL)
		return 0;
	router->rivalry = active && advert->priority != 0 ? router->rivalry + 1 : 0;
	return router->rivalry;
}

const struct lb_vrrp_router *
lb_vrrp_routers_other(const struct lb_vrrp_routers *routers, uint64_t now_us)
{
	for (size_t i = 0; i < LB_VRRP_ROUTERS; i++) {
		const struct lb_vrrp_router *router = &routers->list[i];

		if (router->rivalry != 0 &&
			now_us < router->heard_us + ROUTERS_SILENCE * router->interval_us)
			return router;
	}
	return NULL;
}

const char *
lb_vrrp_form_name(enum lb_vrrp_form form)
{
	static const char *const names[LB_VRRP_FORMS] = {
		[LB_VRRP_FORM_V2] = "v2",
		[LB_VRRP_FORM_RFC5798] = "rfc5798",
		[LB_VRRP_FORM_RFC9568] = "rfc9568",
	};

	return names[form];
}
