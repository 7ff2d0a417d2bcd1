/*
 * The asker's side, on a loop that may not wait. Every script has a place until it is answered, by
 * the helper or, when that fails, by a timer; so what waits is bounded, and nobody waits for ever.
 */

#include "script_client.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lb_clock.h"
#include "script_run.h"

/* The helper has so much time to answer beside that of the script. */
#define GRACE_MS 2000

/* An identity is a serial number and a place. */
#define PLACE_BITS 9
#define PLACE_MASK (LB_SCRIPT_WAITING_MAX - 1)

int
lb_script_fork(struct lb_script_helper *helper, uint32_t cpu, struct lb_error *err)
{
	sigset_t all, before;
	int fds[2];

	*helper = (struct lb_script_helper){ .fd = -1 };
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, fds) != 0)
		return lb_error_set(err, errno,
			"scripts: no socketpair for their helper (%s); give the process more open "
			"files",
			strerror(errno));
	sigfillset(&all);
	sigprocmask(SIG_SETMASK, &all, &before); /* none comes until the helper knows what to do */
	helper->pid = fork();
	if (helper->pid == 0)
		script_helper_main(fds[1], cpu);
	sigprocmask(SIG_SETMASK, &before, NULL);
	close(fds[1]);
	if (helper->pid > 0) {
		helper->fd = fds[0];
		return 0;
	}
	lb_error_set(err, errno,
		"scripts: their helper cannot be forked (%s); allow another process",
		strerror(errno));
	close(fds[0]);
	return -err->code;
}

static void
answer(struct script_call *call, const struct lb_script_result *result)
{
	struct script_call answered = *call;

	call->id = 0;
	answered.done(answered.arg, result);
}

static void
die(struct lb_scripts *scripts)
{
	struct lb_script_result result;

	if (scripts->dead)
		return;
	scripts->dead = true;
	uv_poll_stop(&scripts->poll);
	uv_timer_stop(&scripts->guard);
	kill(scripts->pid, SIGKILL); /* whatever is wrong with it */
	script_answer_lost("the script helper is dead; restart polluxd", &result);
	for (size_t i = 0; i < LB_SCRIPT_WAITING_MAX; i++)
		if (scripts->calls[i].id != 0)
			answer(&scripts->calls[i], &result);
	scripts->lost(scripts->arg);
}

static void on_poll(uv_poll_t *poll, int status, int events);

static void
watch(struct lb_scripts *scripts)
{
	int events = UV_READABLE | (STAILQ_EMPTY(&scripts->packets) ? 0 : UV_WRITABLE);

	if (!scripts->dead)
		uv_poll_start(&scripts->poll, events, on_poll);
}

int
script_client_flush(struct lb_scripts *scripts)
{
	struct script_packet *packet;

	while ((packet = STAILQ_FIRST(&scripts->packets)) != NULL) {
		if (send(scripts->fd, packet->bytes, packet->n, MSG_NOSIGNAL | MSG_DONTWAIT) < 0)
			return errno == EAGAIN || errno == EINTR ? 0 : -errno;
		STAILQ_REMOVE_HEAD(&scripts->packets, next);
		free(packet);
	}
	return 0;
}

/* A script that counts as failed is not begun any more. */
static void
forget_packet(struct lb_scripts *scripts, uint32_t id)
{
	struct script_packet *packet;

	STAILQ_FOREACH(packet, &scripts->packets, next) {
		if (packet->id != id)
			continue;
		STAILQ_REMOVE(&scripts->packets, packet, script_packet, next);
		free(packet);
		return;
	}
}

static void arm(struct lb_scripts *scripts);

static void
on_guard(uv_timer_t *guard)
{
	struct lb_scripts *scripts = guard->data;
	uint64_t now_ms = lb_clock_ms();
	struct lb_script_result result;

	script_answer_lost("the script helper does not answer; restart polluxd", &result);
	for (size_t i = 0; i < LB_SCRIPT_WAITING_MAX; i++) {
		struct script_call *call = &scripts->calls[i];

		if (call->id == 0 || now_ms < call->deadline_ms)
			continue;
		forget_packet(scripts, call->id);
		answer(call, &result);
	}
	arm(scripts);
}

/* Let the timer come for the first deadline. */
static void
arm(struct lb_scripts *scripts)
{
	uint64_t now_ms = lb_clock_ms(), next_ms = UINT64_MAX;

	for (size_t i = 0; i < LB_SCRIPT_WAITING_MAX; i++)
		if (scripts->calls[i].id != 0 && scripts->calls[i].deadline_ms < next_ms)
			next_ms = scripts->calls[i].deadline_ms;
	if (scripts->dead || next_ms == UINT64_MAX)
		uv_timer_stop(&scripts->guard);
	else
		uv_timer_start(
			&scripts->guard, on_guard, next_ms > now_ms ? next_ms - now_ms : 1, 0);
}

static void
take_answer(struct lb_scripts *scripts, const struct script_answer *from)
{
	struct script_call *call = &scripts->calls[from->id & PLACE_MASK];
	struct lb_script_result result;

	if (from->id == 0 || call->id != from->id)
		return; /* it was given up */
	script_answer_read(from, &result);
	answer(call, &result);
}

static void
on_poll(uv_poll_t *poll, int status, int events)
{
	struct lb_scripts *scripts = poll->data;
	struct script_answer from;
	ssize_t n = 1;

	(void)events;
	for (int i = 0; i < LB_SCRIPT_RUNNING_MAX && n > 0 && !scripts->dead; i++) {
		n = recv(scripts->fd, &from, sizeof(from), MSG_DONTWAIT);
		if (n == sizeof(from))
			take_answer(scripts, &from);
	}
	if (n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR) || status < 0 ||
		script_client_flush(scripts) != 0)
		die(scripts);
	arm(scripts);
	watch(scripts);
}

struct lb_scripts *
lb_scripts_create(uv_loop_t *loop, struct lb_script_helper *helper, lb_scripts_lost_fn *lost,
	void *arg, struct lb_error *err)
{
	struct lb_scripts *scripts = calloc(1, sizeof(*scripts));
	int ret = scripts == NULL ? -ENOMEM : uv_poll_init(loop, &scripts->poll, helper->fd);

	if (ret != 0) {
		lb_error_set(err, -ret,
			"scripts: the loop does not take their helper (%s); give the process more "
			"memory",
			uv_strerror(ret));
		free(scripts);
		close(helper->fd);
		helper->fd = -1;
		return NULL;
	}
	uv_timer_init(loop, &scripts->guard);
	scripts->poll.data = scripts->guard.data = scripts;
	scripts->fd = helper->fd;
	scripts->pid = helper->pid;
	scripts->lost = lost;
	scripts->arg = arg;
	STAILQ_INIT(&scripts->packets);
	helper->fd = -1;
	watch(scripts);
	return scripts;
}

static int
queue(struct lb_scripts *scripts, uint32_t id, const char *bytes, size_t n, bool last)
{
	struct script_packet *packet = malloc(sizeof(*packet) + n);

	if (packet == NULL)
		return -ENOMEM;
	packet->id = id;
	packet->last = last;
	packet->n = n;
	memcpy(packet->bytes, bytes, n);
	STAILQ_INSERT_TAIL(&scripts->packets, packet, next);
	return 0;
}

/* A free place, or -1. */
static int
find_place(const struct lb_scripts *scripts)
{
	for (int i = 0; i < LB_SCRIPT_WAITING_MAX; i++)
		if (scripts->calls[i].id == 0)
			return i;
	return -1;
}

int
lb_scripts_run(struct lb_scripts *scripts, const struct lb_script *script, lb_script_done_fn *done,
	void *arg)
{
	char packet[SCRIPT_REQUEST_MAX];
	int place = find_place(scripts);
	uint32_t id;
	ssize_t n;

	if (scripts->dead)
		return -EPIPE;
	if (place < 0)
		return -ENOBUFS;
	if (++scripts->serial >> (32 - PLACE_BITS) != 0)
		scripts->serial = 1;
	id = scripts->serial << PLACE_BITS | (uint32_t)place;
	n = script_wire_write(script, id, packet);
	if (n < 0)
		return (int)n;
	if (queue(scripts, id, packet, (size_t)n, script->last) != 0)
		return -ENOMEM;
	scripts->calls[place] = (struct script_call){
		.id = id,
		.deadline_ms = lb_clock_ms() + script->timeout_ms + GRACE_MS,
		.done = done,
		.arg = arg,
	};
	script_client_flush(scripts); /* that it is dead is seen by on_poll(), as for all others */
	arm(scripts);
	watch(scripts);
	return 0;
}
