/*
 * The way of a change: wait for the turn; make and check it in a work thread of libuv; put it in
 * place on the control loop, at once if it is about one service, else in the chores of many turns;
 * answer when all workers have passed a quiescent state, or after a second when one of them has
 * not. What it leaves is freed in a work thread, since a large configuration takes long to go.
 */

#include "change.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>

#include <rte_cycles.h>
#include <uv.h>

#include "apply.h"
#include "director.h"
#include "discarded.h"
#include "lb_log.h"
#include "lb_rcu.h"
#include "lb_work.h"

/* A worker that has not passed a quiescent state after this long is said to be stalled. */
#define STALL_MS 1000

/* So long the chore of a turn goes on with a configuration, give or take a step. */
#define PIECE_US 300

/* What a change leaves, until a work thread has freed it. */
struct waste {
	struct lb_work work;
	struct lb_conf *confs[2];    /* Which ran, or were the file, before. */
	struct lb_conf *conf;        /* Which was made and is not wanted. */
	struct lb_svc_draft *drafts; /* Of drafts_n services. */
	size_t drafts_n;
};

/* One change, from its asking to its answer. */
struct change {
	STAILQ_ENTRY(change) next;
	struct director *director;
	struct change_request request;
	struct lb_work work;
	uv_timer_t stall;
	struct lb_conf *conf;        /* Made in the work thread. */
	struct conf_edit_one one;    /* The service by which it differs, if that is all. */
	struct lb_svc_draft *drafts; /* The same; by service. */
	struct lb_svc_draft draft;   /* The same, of the one service that it is about. */
	struct apply *apply;         /* It is being put in place. */
	bool kept;                   /* Its configuration runs, and is the director's. */
	struct waste *waste;
	struct servers_closed closed; /* For the work thread. */
	struct change_result result;
	bool answered;
};

static void change_next(struct director *director);

static void
burn(struct waste *waste)
{
	for (size_t i = 0; i < waste->drafts_n; i++)
		lb_svc_draft_free(&waste->drafts[i]);
	free(waste->drafts);
	lb_conf_destroy(waste->confs[0]);
	lb_conf_destroy(waste->confs[1]);
	lb_conf_destroy(waste->conf);
}

static void
burn_in_thread(uv_work_t *work)
{
	burn(work->data);
}

static void
on_burnt(uv_work_t *work, int status)
{
	(void)status;
	free(work->data);
}

/* Have everything freed that is not wanted any more. At the end nobody minds the time it takes. */
static void
throw_away(struct change *change)
{
	struct waste *waste = change->waste;

	if (change->conf == NULL)
		return; /* nothing was made */
	change->waste = NULL;
	waste->drafts = change->drafts;
	waste->drafts_n = change->drafts == NULL ? 0 : change->conf->services_n;
	if (!change->kept)
		waste->conf = change->conf;
	change->conf = NULL;
	change->drafts = NULL;
	if (change->director->ending) {
		burn(waste);
		free(waste);
		return;
	}
	waste->work.uv.data = waste;
	lb_work_queue(
		lb_control_loop(change->director->control), &waste->work, burn_in_thread, on_burnt);
}

static void
destroy(struct change *change)
{
	free(change->waste);
	lb_svc_draft_free(&change->draft);
	servers_free_closed(&change->closed);
	json_decref(change->result.discarded);
	free(change);
}

/* The director ends: nobody is told any more. */
static void
forget(struct change *change)
{
	if (!change->answered && change->request.forget != NULL)
		change->request.forget(change->request.arg);
	destroy(change);
}

static bool
is_reload(const struct change *change)
{
	return change->request.make == NULL && change->request.service == NULL;
}

/* Whatever asked for it, everybody is told of a reload. */
static void
post_reload(const struct change *change)
{
	char reason[64];
	const struct event event = {
		.kind = EVENT_RELOAD,
		.object = change->director->path,
		.state = change->result.applied ? "applied" : "refused",
		.reason = change->result.err.code != 0 ? change->result.err.text : reason,
	};

	snprintf(reason, sizeof(reason), "revision %llu is in force",
		(unsigned long long)change->result.revision);
	events_post(change->director, &event);
}

/* A worker has not taken the change over in time, or has at last. */
static void
post_worker(const struct change *change, const char *state, const char *reason)
{
	const struct event event = {
		.kind = EVENT_WORKER,
		.object = "workers",
		.state = state,
		.reason = reason,
	};

	events_post(change->director, &event);
}

/* Tell the asker, and let the next one begin. */
static void
answer(struct change *change)
{
	struct director *director = change->director;

	change->answered = true;
	STAILQ_REMOVE_HEAD(&director->changes, next);
	change->result.revision = lb_svc_revision(director->services);
	if (is_reload(change) && !change->request.dry_run)
		post_reload(change);
	change->request.done(change->request.arg, &change->result);
	change_next(director);
}

static struct lb_conf *
make(struct change *change)
{
	const struct director *director = change->director;

	if (is_reload(change))
		return lb_conf_load(director->path, &change->result.err);
	return change->request.make(
		director, director->conf, change->request.arg, &change->one, &change->result.err);
}

static bool
is_single(const struct change *change)
{
	return change->one.old != NULL || change->one.new != NULL;
}

static int
check(const struct change *change, struct lb_error *err)
{
	const struct lb_conf_service *service = change->one.new;

	if (!is_single(change))
		return director_check_closed(change->conf, &change->closed, change->drafts, err);
	if (service == NULL)
		return 0;
	return director_check_service(
		service, &change->closed, &change->drafts[service - change->conf->services], err);
}

/* Check what was made, and build what takes long; false: it is wrong. */
static bool
draft(struct change *change)
{
	struct lb_error *err = &change->result.err;

	change->drafts = calloc(change->conf->services_n + 1, sizeof(*change->drafts));
	if (change->drafts == NULL)
		lb_error_set(
			err, ENOMEM, "configuration: out of memory; add memory to the machine");
	else if (check(change, err) == 0)
		return true;
	err->code = EINVAL; /* whatever it was that is wrong with it */
	return false;
}

/* The service that the change is about; NULL: err has the sentence. */
static const struct lb_conf_service *
service_of(struct change *change)
{
	const char *name = change->request.service;
	const struct lb_conf_service *service = lb_conf_find_service(change->director->conf, name);

	if (service == NULL)
		lb_error_set(&change->result.err, ENOENT,
			"service \"%s\": there is none any more; service.list names them", name);
	return service;
}

static void
make_in_thread(uv_work_t *work)
{
	struct change *change = work->data;
	const struct director *director = change->director;
	const struct lb_conf_service *service;

	if (change->result.err.code != 0)
		return;
	if (change->request.service != NULL) {
		service = service_of(change);
		if (service != NULL)
			director_draft(
				service, &change->closed, &change->draft, &change->result.err);
		return;
	}
	change->conf = make(change);
	if (change->conf != NULL && draft(change) && is_reload(change))
		change->result.discarded =
			discarded_changes(director->file, director->conf, change->conf);
}

int
change_check_revision(const struct director *director, uint64_t if_revision, struct lb_error *err)
{
	uint64_t revision = lb_svc_revision(director->services);

	if (if_revision == 0 || if_revision == revision)
		return 0;
	return lb_error_set(err, ESTALE,
		"revision %llu was asked for, but %llu is in force; look at it and ask again",
		(unsigned long long)if_revision, (unsigned long long)revision);
}

/* Whether it may be applied now. */
static int
admit(struct change *change)
{
	const struct director *director = change->director;
	const char *fixed = change_needs_restart(director->conf, change->conf);

	if (fixed != NULL)
		return lb_error_set(&change->result.err, EBUSY,
			"%s: %s cannot change while polluxd runs; restart it, or set the old value",
			director->path, fixed);
	return change_check_revision(director, change->request.if_revision, &change->result.err);
}

/* Publish the one service that the change is about. */
static int
retune(struct change *change)
{
	struct director *director = change->director;
	struct lb_error *err = &change->result.err;
	const struct lb_conf_service *service;

	if (err->code != 0 ||
		change_check_revision(director, change->request.if_revision, err) != 0 ||
		change->request.dry_run)
		return -err->code;
	service = service_of(change);
	return service == NULL ? -ENOENT : director_retune(director, service, &change->draft, err);
}

/* It runs: it is kept in the place of what ran, and, of a reload, of the file as read before. */
static void
keep(struct director *director, struct change *change)
{
	change->kept = true;
	change->waste->confs[0] = director->changed;
	director->changed = NULL;
	lb_log_set_level((enum lb_log_level)lb_log_level_find(director->conf->log_level));
	if (!is_reload(change)) {
		director->changed = change->conf;
		return;
	}
	change->waste->confs[1] = director->reloaded;
	director->reloaded = change->conf;
	director->file = change->conf;
	discarded_log(change->result.discarded);
}

/* A change of one service is made at once, if it can be; else it goes the way of all. */
static bool
apply_at_once(struct change *change)
{
	struct director *director = change->director;
	const struct conf_edit_one *one = &change->one;
	struct lb_svc_draft *draft =
		one->new == NULL ? NULL : &change->drafts[one->new - change->conf->services];
	struct lb_error unheard = { 0 };

	if (!is_single(change) ||
		apply_one(director, change->conf, one->old, one->new, draft, &unheard) != 0)
		return false;
	keep(director, change);
	return true;
}

static void
free_change(uv_handle_t *handle)
{
	destroy(handle->data);
}

static void
on_stall(uv_timer_t *timer)
{
	struct change *change = timer->data;

	lb_error_set(&change->result.err, ETIME,
		"the change is applied, but a worker has not taken it over after %d ms; see status",
		STALL_MS);
	post_worker(change, "stalled", change->result.err.text);
	answer(change);
}

static void
on_grace(void *arg)
{
	struct change *change = arg;

	if (change->director->ending) { /* the loop has closed the timer */
		forget(change);
		return;
	}
	if (!change->answered)
		answer(change);
	else
		post_worker(change, "running", "every worker has taken the change over");
	uv_close((uv_handle_t *)&change->stall, free_change);
}

/* It ends here: refused, or only tried. */
static void
end_unapplied(struct change *change)
{
	servers_settle(change->director, false);
	throw_away(change);
	if (change->director->ending) {
		forget(change);
		return;
	}
	answer(change);
	destroy(change);
}

/* Workers get something new: it ends when all have it. */
static void
end_applied(struct change *change)
{
	struct director *director = change->director;

	change->result.applied = true;
	servers_settle(director, true);
	throw_away(change);
	uv_timer_init(lb_control_loop(director->control), &change->stall);
	change->stall.data = change;
	uv_timer_start(&change->stall, on_stall, STALL_MS, 0);
	lb_rcu_after(on_grace, change);
}

/* Whether it is to be put in place: nothing was wrong, and more than trying was asked for. */
static bool
is_wanted(struct change *change)
{
	return change->result.err.code == 0 && change->conf != NULL && admit(change) == 0 &&
	       !change->request.dry_run;
}

static void
on_made(uv_work_t *work, int status)
{
	struct change *change = work->data;
	struct director *director = change->director;

	(void)status;
	if (director->ending) {
		end_unapplied(change);
	} else if (change->request.service != NULL) {
		if (retune(change) == 0 && !change->request.dry_run)
			end_applied(change);
		else
			end_unapplied(change);
	} else if (!is_wanted(change)) {
		end_unapplied(change);
	} else if (apply_at_once(change)) {
		end_applied(change);
	} else {
		change->apply = apply_begin(director, change->conf, change->drafts);
		if (change->apply == NULL)
			end_unapplied(change);
	}
	lb_control_hurry(director->control);
}

/* All steps are done, or undone. */
static void
end_apply(struct change *change)
{
	int ret = apply_end(change->apply, &change->result.err);

	change->apply = NULL;
	if (ret == 0)
		end_applied(change);
	else
		end_unapplied(change);
}

uint64_t
change_run(struct director *director, uint64_t now_ms)
{
	struct change *change = STAILQ_FIRST(&director->changes);
	uint64_t end = rte_rdtsc() + rte_get_tsc_hz() / 1000000 * PIECE_US;

	if (change == NULL || change->apply == NULL)
		return UINT64_MAX;
	do {
		bool more = apply_step(change->apply);

		if (!change->kept && apply_is_published(change->apply))
			keep(director, change);
		if (!more) {
			end_apply(change);
			return now_ms;
		}
	} while (rte_rdtsc() < end);
	return now_ms;
}

static void
change_next(struct director *director)
{
	struct change *change = STAILQ_FIRST(&director->changes);

	if (change == NULL)
		return;
	if (change->request.begin != NULL)
		change->request.begin(director, change->request.arg, &change->result.err);
	if (servers_copy_closed(director, &change->closed) != 0)
		lb_error_set(&change->result.err, ENOMEM,
			"out of memory for a change; nothing has changed");
	change->work.uv.data = change;
	lb_work_queue(lb_control_loop(director->control), &change->work, make_in_thread, on_made);
}

void
change_start(struct director *director, const struct change_request *request)
{
	struct change *change = calloc(1, sizeof(*change));
	bool idle = STAILQ_EMPTY(&director->changes);
	struct change_result none = { .revision = lb_svc_revision(director->services) };

	if (change != NULL)
		change->waste = calloc(1, sizeof(*change->waste));
	if (change == NULL || change->waste == NULL) {
		free(change);
		lb_error_set(&none.err, ENOMEM, "out of memory for a change; nothing has changed");
		request->done(request->arg, &none);
		return;
	}
	change->director = director;
	change->request = *request;
	STAILQ_INSERT_TAIL(&director->changes, change, next);
	if (idle)
		change_next(director);
}

void
change_end(struct director *director)
{
	struct change *first = STAILQ_FIRST(&director->changes);

	director->ending = true;
	if (first == NULL)
		return;
	while (STAILQ_NEXT(first, next) != NULL) {
		struct change *waiting = STAILQ_NEXT(first, next);

		STAILQ_REMOVE(&director->changes, waiting, change, next);
		forget(waiting);
	}
	if (first->apply == NULL)
		return; /* it ends when its thread, or the grace period, does */
	STAILQ_REMOVE_HEAD(&director->changes, next);
	first->result.applied = apply_is_published(first->apply);
	apply_end(first->apply, &first->result.err);
	first->apply = NULL;
	throw_away(first);
	forget(first);
}
