/*
 * Stages, each in steps. First all is planned and made that may fail: neighbours, routes and
 * addresses, then services, one with each step. Publishing is one step and cannot fail: whatever is
 * large stands ready by then, and is swapped in. Behind it comes what may be late by some
 * milliseconds: limits, the pins that versions of services need no more, and what is known of
 * servers that came and went.
 */

#include "apply.h"

#include <errno.h>
#include <stdlib.h>

#include "conf_diff.h"
#include "director.h"
#include "layout.h"

/* Pins, or limits, of one step. */
#define SOME 256

enum stage {
	STAGE_BEGIN,
	STAGE_SERVICES,
	STAGE_PUBLISH,
	STAGE_LIMITS,
	STAGE_UNPIN,
	STAGE_UNPIN_OLD,
	STAGE_REMOVED,
	STAGE_ADDED,
	STAGE_DONE,
	STAGE_UNDO, /* After an error. */
};

struct apply {
	struct layout layout;
	const struct lb_conf *old; /* Which ran before; NULL: there was none. */
	struct lb_svc_draft *drafts;
	struct layout_pins old_pins;
	struct timeouts timeouts; /* As they were. */
	enum stage stage;
	size_t at; /* Service of the stage. */
	struct lb_error err;
};

struct apply *
apply_begin(struct director *director, const struct lb_conf *conf, struct lb_svc_draft *drafts)
{
	struct apply *apply = calloc(1, sizeof(*apply));

	if (apply == NULL)
		return NULL;
	apply->layout = (struct layout){ .director = director, .conf = conf };
	apply->old = director->applied;
	apply->drafts = drafts;
	apply->timeouts = director->timeouts;
	return apply;
}

static void
begin(struct apply *apply)
{
	struct layout *layout = &apply->layout;

	timeouts_begin(&layout->director->timeouts, layout->conf);
	if (layout_make(layout) != 0)
		layout_out_of_memory(&apply->err);
	else if (layout_all_but_services(layout, &apply->err) == 0)
		apply->stage = STAGE_SERVICES;
}

static void
add_service(struct apply *apply)
{
	struct layout *layout = &apply->layout;
	size_t i = apply->at++;

	if (i == layout->conf->services_n) {
		apply->stage = STAGE_PUBLISH;
		return;
	}
	if (layout_one(layout, &layout->conf->services[i], &apply->err) != 0)
		return;
	if (apply->drafts != NULL)
		layout->spec.draft = &apply->drafts[i];
	lb_svc_next_add(layout->next, &layout->spec, &apply->err);
}

static enum lb_node_transit
transit_of(const struct lb_conf *conf)
{
	static const enum lb_node_transit transits[] = {
		[LB_CONF_TRANSIT_DROP] = LB_NODE_TRANSIT_DROP,
		[LB_CONF_TRANSIT_ROUTE] = LB_NODE_TRANSIT_ROUTE,
		[LB_CONF_TRANSIT_HOST] = LB_NODE_TRANSIT_HOST,
	};

	return transits[conf->transit];
}

static void
publish(struct apply *apply)
{
	struct layout *layout = &apply->layout;
	struct director *director = layout->director;
	bool more = layout_has_more(layout);

	director->conf = layout->conf;
	timeouts_publish(&director->timeouts);
	lb_svc_next_publish(layout->next);
	lb_route_publish(layout->table);
	layout->table = NULL;
	lb_vip_publish(layout->vip_table);
	layout->vip_table = NULL;
	vrrp_scripts_apply(director);
	vrrp_run_apply(director);
	mcast_apply(director);
	atomic_store_explicit(&director->transit, transit_of(director->conf), memory_order_relaxed);
	host_apply(director);
	director_raise_generation(director);
	if (more)
		announce_begin(&director->announce);
	apply->old_pins = director->pins;
	director->pins = layout->kept;
	layout->kept = (struct layout_pins){ 0 };
	apply->stage = STAGE_LIMITS;
}

/* Servers that left a service of the old configuration. */
static void
remove_servers(struct apply *apply)
{
	const struct layout *layout = &apply->layout;
	size_t i = apply->at++;

	if (apply->old != NULL && i < apply->old->services_n) {
		servers_leave(layout->director, &apply->old->services[i], layout->conf);
		return;
	}
	apply->stage = STAGE_ADDED;
	apply->at = 0;
}

/* Servers that came to a service. From now on none is new any more. */
static void
add_servers(struct apply *apply)
{
	const struct layout *layout = &apply->layout;
	size_t i = apply->at++;

	if (apply->old != NULL && i < layout->conf->services_n) {
		servers_come(layout->director, &layout->conf->services[i], apply->old);
		return;
	}
	layout->director->applied = layout->conf;
	apply->stage = STAGE_DONE;
}

static void
undo(struct apply *apply)
{
	struct layout *layout = &apply->layout;

	if (layout_unpin(layout, &layout->passing, SOME) ||
		layout_unpin(layout, &layout->kept, SOME))
		return;
	layout->director->timeouts = apply->timeouts;
	apply->stage = STAGE_DONE;
}

static void
step(struct apply *apply)
{
	struct layout *layout = &apply->layout;

	switch (apply->stage) {
	case STAGE_BEGIN:
		begin(apply);
		break;
	case STAGE_SERVICES:
		add_service(apply);
		break;
	case STAGE_PUBLISH:
		publish(apply);
		break;
	case STAGE_LIMITS:
		if (!lb_svc_next_settle(layout->next, SOME))
			apply->stage = STAGE_UNPIN;
		break;
	case STAGE_UNPIN:
		if (!layout_unpin(layout, &layout->passing, SOME))
			apply->stage = STAGE_UNPIN_OLD;
		break;
	case STAGE_UNPIN_OLD:
		apply->at = 0;
		if (!layout_unpin(layout, &apply->old_pins, SOME))
			apply->stage = STAGE_REMOVED;
		break;
	case STAGE_REMOVED:
		remove_servers(apply);
		break;
	case STAGE_ADDED:
		add_servers(apply);
		break;
	case STAGE_UNDO:
		undo(apply);
		break;
	case STAGE_DONE:
		break;
	}
}

bool
apply_step(struct apply *apply)
{
	step(apply);
	if (apply->err.code != 0 && apply->stage < STAGE_PUBLISH)
		apply->stage = STAGE_UNDO;
	return apply->stage != STAGE_DONE;
}

bool
apply_is_published(const struct apply *apply)
{
	return apply->err.code == 0 && apply->stage > STAGE_PUBLISH && apply->stage <= STAGE_DONE;
}

int
apply_end(struct apply *apply, struct lb_error *err)
{
	int code = apply->err.code;

	if (code == 0 && !apply_is_published(apply)) {
		lb_error_set(&apply->err, ECANCELED, "the configuration was given up");
		apply->stage = STAGE_UNDO;
	}
	while (apply_step(apply))
		;
	if (apply->err.code != 0)
		*err = apply->err;
	code = apply->err.code;
	free(apply->old_pins.hops);
	layout_free(&apply->layout);
	free(apply);
	return -code;
}

int
director_apply(struct director *director, struct lb_error *err)
{
	struct apply *apply = apply_begin(director, director->conf, NULL);

	if (apply == NULL)
		return layout_out_of_memory(err);
	while (apply_step(apply))
		;
	return apply_end(apply, err);
}

/* Plan one service of the running configuration, or of one that is like it. */
static int
layout_alone(struct layout *layout, const struct lb_conf_service *service,
	struct lb_svc_draft *draft, struct lb_error *err)
{
	int ret = layout_make_one(layout, service);

	if (ret != 0)
		return layout_out_of_memory(err);
	ret = layout_one(layout, service, err);
	layout->spec.draft = draft;
	return ret;
}

/* Its versions have the neighbours pinned, or it was not to be. */
static void
layout_end(struct layout *layout)
{
	layout_unpin(layout, &layout->passing, SIZE_MAX);
	layout_free(layout);
}

int
director_retune(struct director *director, const struct lb_conf_service *service,
	struct lb_svc_draft *draft, struct lb_error *err)
{
	struct layout layout = { .director = director, .conf = director->conf };
	int ret = layout_alone(&layout, service, draft, err);

	if (ret == 0)
		ret = lb_svc_change(director->services, &layout.spec, err);
	layout_end(&layout);
	return ret;
}

static int
put_one(struct director *director, const struct lb_conf *conf,
	const struct lb_conf_service *service, struct lb_svc_draft *draft, struct lb_error *err)
{
	struct layout layout = { .director = director, .conf = conf };
	int ret = layout_alone(&layout, service, draft, err);

	if (ret == 0)
		ret = lb_svc_put(director->services, &layout.spec, err);
	layout_end(&layout);
	return ret;
}

int
apply_one(struct director *director, const struct lb_conf *conf, const struct lb_conf_service *old,
	const struct lb_conf_service *service, struct lb_svc_draft *draft, struct lb_error *err)
{
	const struct lb_conf *before = director->applied;
	int ret = service != NULL ? put_one(director, conf, service, draft, err)
				  : lb_svc_remove(director->services, old->name);

	if (ret != 0)
		return ret;
	director->conf = conf;
	if (old != NULL)
		servers_leave(director, old, conf);
	if (service != NULL)
		servers_come(director, service, before);
	director->applied = conf;
	return 0;
}
