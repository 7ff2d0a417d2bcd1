/*
 * How the loop sleeps and wakes. Before libuv polls, `asleep` is set and the rings are looked at
 * once more: a packet put before that is seen here, one put after it finds `asleep` and writes the
 * eventfd. So nothing is missed and nothing ticks. After each poll comes one turn. When chores are
 * due already the poll does not wait, but it is made: chores that are always due keep no socket and
 * no finished work thread waiting.
 */

#include "lb_control.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "lb_clock.h"
#include "punted.h"

struct lb_control {
	struct lb_control_conf conf;
	struct punted punted;
	uv_loop_t loop;
	uv_prepare_t prepare; /* before polling: asleep */
	uv_check_t check;     /* after it: a turn */
	uv_idle_t busy;       /* active: poll without waiting */
	uv_poll_t woken;
	uv_timer_t time;  /* ends a poll when chores are due */
	uint64_t next_ms; /* what the chores asked for last; at first, at once */
};

static void
on_busy(uv_idle_t *idle)
{
	(void)idle; /* its being active keeps the poll from waiting */
}

static void
on_time(uv_timer_t *timer)
{
	(void)timer; /* its coming has ended the poll, and a turn follows each */
}

/* Let the loop poll no longer than until CLOCK_MONOTONIC ms at. */
static void
poll_until(struct lb_control *control, uint64_t at, uint64_t now)
{
	if (at == UINT64_MAX) {
		uv_timer_stop(&control->time);
		return;
	}
	uv_update_time(&control->loop);
	uv_timer_start(&control->time, on_time, at - now, 0);
}

static void
on_prepare(uv_prepare_t *prepare)
{
	struct lb_control *control = prepare->data;
	struct lb_ctlq_wake *wake = control->conf.wake;
	uint64_t now = lb_clock_ms(), next = control->next_ms;

	atomic_store_explicit(&wake->asleep, true, memory_order_relaxed);
	atomic_thread_fence(memory_order_seq_cst); /* pairs with that of lb_ctlq_put() */
	if (next <= now || punted_is_due(&control->punted)) {
		atomic_store_explicit(&wake->asleep, false, memory_order_relaxed);
		uv_idle_start(&control->busy, on_busy);
		return;
	}
	uv_idle_stop(&control->busy);
	if (punted_is_held_back(&control->punted))
		next = RTE_MIN(next, now + 1);
	poll_until(control, next, now);
}

void
lb_control_turn(struct lb_control *control)
{
	punted_serve(&control->punted, lb_clock_ms());
	control->next_ms = control->conf.chores(control->conf.arg);
}

/* A callback before the poll is followed by a turn only if that does not wait. */
void
lb_control_hurry(struct lb_control *control)
{
	control->next_ms = 0;
}

static void
on_check(uv_check_t *check)
{
	struct lb_control *control = check->data;

	atomic_store_explicit(&control->conf.wake->asleep, false, memory_order_relaxed);
	lb_control_turn(control);
}

static void
on_woken(uv_poll_t *poll, int status, int events)
{
	struct lb_control *control = poll->data;
	uint64_t count;

	(void)status;
	(void)events;
	if (read(control->conf.wake->fd, &count, sizeof(count)) < 0)
		return; /* another wake-up had it already */
}

static int
start_handles(struct lb_control *control)
{
	int ret = uv_prepare_init(&control->loop, &control->prepare);

	if (ret == 0)
		ret = uv_check_init(&control->loop, &control->check);
	if (ret == 0)
		ret = uv_idle_init(&control->loop, &control->busy);
	if (ret == 0)
		ret = uv_timer_init(&control->loop, &control->time);
	if (ret == 0)
		ret = uv_poll_init(&control->loop, &control->woken, control->conf.wake->fd);
	control->prepare.data = control->check.data = control->woken.data = control->time.data =
		control;
	if (ret == 0)
		ret = uv_prepare_start(&control->prepare, on_prepare);
	if (ret == 0)
		ret = uv_check_start(&control->check, on_check);
	if (ret == 0)
		ret = uv_poll_start(&control->woken, UV_READABLE, on_woken);
	return ret;
}

struct lb_control *
lb_control_create(const struct lb_control_conf *conf, struct lb_error *err)
{
	struct lb_control *control = calloc(1, sizeof(*control));
	int ret = control == NULL ? -ENOMEM : uv_loop_init(&control->loop);

	if (ret != 0) {
		lb_error_set(err, -ret,
			"control: its loop cannot be made (%s); give the process more memory and "
			"open files",
			uv_strerror(ret));
		free(control);
		return NULL;
	}
	control->conf = *conf;
	control->punted.conf = &control->conf;
	conf->wake->fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	ret = conf->wake->fd < 0 ? -errno : start_handles(control);
	if (ret != 0) {
		lb_error_set(err, -ret,
			"control: its loop does not start (%s); give the process more open files",
			uv_strerror(ret));
		lb_control_destroy(control);
		return NULL;
	}
	return control;
}

static void
close_handle(uv_handle_t *handle, void *arg)
{
	(void)arg;
	if (!uv_is_closing(handle))
		uv_close(handle, NULL);
}

void
lb_control_destroy(struct lb_control *control)
{
	if (control == NULL)
		return;
	uv_walk(&control->loop, close_handle, NULL);
	uv_run(&control->loop, UV_RUN_DEFAULT);
	uv_loop_close(&control->loop);
	if (control->conf.wake->fd >= 0)
		close(control->conf.wake->fd);
	free(control);
}

uv_loop_t *
lb_control_loop(struct lb_control *control)
{
	return &control->loop;
}

void
lb_control_run(struct lb_control *control)
{
	uv_run(&control->loop, UV_RUN_DEFAULT);
}

void
lb_control_stop(struct lb_control *control)
{
	uv_stop(&control->loop);
}
