/*
 * The way of a change: wait for the turn; make and check it in a work thread of libuv; compare and
 * publish on the control loop; answer when all workers have passed a quiescent state, or after a
 * second when one of them has not.
 */

#include "change.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>

#include <uv.h>

#include "conf_diff.h"
#include "director.h"
#include "discarded.h"
#include "lb_log.h"
#include "lb_rcu.h"
#include "lb_work.h"

/* A worker that has not passed a quiescent state after this long is said to be stalled. */
#define STALL_MS 1000

/* One change, from its asking to its answer. */
struct change {
	STAILQ_ENTRY(change) next;
	struct director *director;
	struct change_request request;
	struct lb_work work;
	uv_timer_t stall;
	struct lb_conf *conf;         /* Made in the work thread. */
	struct lb_svc_draft *drafts;  /* The same; by service. */
	struct lb_svc_draft draft;    /* The same, of the one service that it is about. */
	struct servers_closed closed; /* For the work thread. */
	struct change_result result;
	bool answered;
};

static void change_next(struct director *director);

static void
destroy(struct change *change)
{
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
		director, director->conf, change->request.arg, &change->result.err);
}

/* The configuration is not wanted. */
static void
discard(struct change *change)
{
	if (change->conf == NULL)
		return;
	director_free_drafts(change->conf, change->drafts);
	lb_conf_destroy(change->conf);
	change->conf = NULL;
	change->drafts = NULL;
}

/* Check what was made, and build what takes long; false: it is not wanted. */
static bool
draft(struct change *change)
{
	struct lb_error *err = &change->result.err;

	change->drafts = calloc(change->conf->services_n + 1, sizeof(*change->drafts));
	if (change->drafts == NULL)
		lb_error_set(
			err, ENOMEM, "configuration: out of memory; add memory to the machine");
	else if (director_check_closed(change->conf, &change->closed, change->drafts, err) == 0)
		return true;
	err->code = EINVAL; /* whatever it was that is wrong with it */
	discard(change);
	return false;
}

/* The service that the change is about; NULL: err has the sentence. */
static const struct lb_conf_service *
service_of(struct change *change)
{
	const char *name = change->request.service;
	size_t at = 0;
	const struct lb_conf_service *service =
		conf_diff_service(change->director->conf, name, &at);

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
keep(struct director *director, const struct change *change)
{
	lb_conf_destroy(director->changed);
	director->changed = NULL;
	if (!is_reload(change)) {
		director->changed = change->conf;
		return;
	}
	lb_conf_destroy(director->reloaded);
	director->reloaded = change->conf;
	director->file = change->conf;
	discarded_log(change->result.discarded);
}

/* Make the new configuration the running one; on an error the old one stays. */
static int
apply(struct change *change)
{
	struct director *director = change->director;
	const struct lb_conf *old = director->conf;
	int ret;

	director->conf = change->conf;
	director->drafts = change->drafts;
	ret = director_apply(director, &change->result.err);
	director->drafts = NULL;
	if (ret != 0) {
		director->conf = old;
		return ret;
	}
	director_free_drafts(change->conf, change->drafts);
	keep(director, change);
	lb_log_set_level((enum lb_log_level)lb_log_level_find(director->conf->log_level));
	return 0;
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
	discard(change);
	if (change->director->ending) {
		forget(change);
		return;
	}
	answer(change);
	destroy(change);
}

/* Whether workers get something new. */
static bool
publish(struct change *change)
{
	if (change->director->ending)
		return false;
	if (change->request.service != NULL)
		return retune(change) == 0 && !change->request.dry_run;
	return change->conf != NULL && admit(change) == 0 && !change->request.dry_run &&
	       apply(change) == 0;
}

static void
on_made(uv_work_t *work, int status)
{
	struct change *change = work->data;
	struct director *director = change->director;

	(void)status;
	change->result.applied = publish(change);
	servers_settle(director, change->result.applied);
	if (!change->result.applied) {
		end_unapplied(change);
		return;
	}
	uv_timer_init(lb_control_loop(director->control), &change->stall);
	change->stall.data = change;
	uv_timer_start(&change->stall, on_stall, STALL_MS, 0);
	lb_rcu_after(on_grace, change);
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

	if (change == NULL) {
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
}
