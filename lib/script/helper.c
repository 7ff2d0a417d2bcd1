/*
 * The helper: one thread that waits for requests, output, ends of programs and deadlines at once,
 * and blocks nowhere else. Answers that nobody takes wait in the places of their programs, and
 * while all places are taken no request is read: neither end can make the other one grow.
 */

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lb_clock.h"
#include "script_run.h"

#define SOCK_FD 3

enum {
	POLL_SOCK,
	POLL_CHILD,
	POLL_RUNS
};

struct helper {
	int sock;
	int null_fd;
	int child_fd; /* tells of SIGCHLD */
	bool leaving; /* only those that are last run on, one at a time */
	bool closed;  /* nobody asks any more */
	struct script_run runs[LB_SCRIPT_RUNNING_MAX];
};

static struct script_run *
free_place(struct helper *helper)
{
	for (size_t i = 0; i < LB_SCRIPT_RUNNING_MAX; i++)
		if (helper->runs[i].id == 0)
			return &helper->runs[i];
	return NULL;
}

static bool
has_runs(const struct helper *helper)
{
	for (size_t i = 0; i < LB_SCRIPT_RUNNING_MAX; i++)
		if (helper->runs[i].pid > 0)
			return true;
	return false;
}

static bool
can_take(struct helper *helper)
{
	if (helper->closed || (helper->leaving && has_runs(helper)))
		return false;
	return free_place(helper) != NULL;
}

static void
kill_all(const struct helper *helper, bool last_too)
{
	for (size_t i = 0; i < LB_SCRIPT_RUNNING_MAX; i++)
		if (last_too || !helper->runs[i].last)
			script_run_kill(&helper->runs[i]);
}

/* Nobody asks any more. Without a farewell the asker has died, and everything with it. */
static void
on_closed(struct helper *helper)
{
	helper->closed = true;
	if (helper->leaving)
		return;
	kill_all(helper, true);
	_exit(0);
}

static void
take(struct helper *helper)
{
	char packet[SCRIPT_REQUEST_MAX];
	struct script_request request;
	ssize_t n = recv(helper->sock, packet, sizeof(packet), 0);

	if (n <= 0) {
		if (n == 0 || (errno != EAGAIN && errno != EINTR))
			on_closed(helper);
		return;
	}
	if (script_wire_read(packet, (size_t)n, &request) != 0)
		return;
	if (request.head.id == SCRIPT_FAREWELL) {
		helper->leaving = true;
		kill_all(helper, false);
	} else {
		script_run_start(free_place(helper), &request, helper->null_fd, lb_clock_ms());
	}
}

static void
reap(struct helper *helper)
{
	struct signalfd_siginfo told[16];
	siginfo_t info;

	while (read(helper->child_fd, told, sizeof(told)) > 0)
		continue;
	for (;;) {
		struct script_run *run = NULL;

		info.si_pid = 0;
		if (waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT) != 0 || info.si_pid == 0)
			return;
		for (size_t i = 0; i < LB_SCRIPT_RUNNING_MAX; i++)
			if (helper->runs[i].pid == info.si_pid)
				run = &helper->runs[i];
		if (run != NULL)
			script_run_ended(run, info.si_code, info.si_status);
		else
			waitpid(info.si_pid, NULL, 0);
	}
}

/* Whether it is away, or will never be wanted. */
static bool
send_answer(const struct helper *helper, const struct script_run *run)
{
	return helper->closed ||
	       send(helper->sock, &run->answer, sizeof(run->answer), MSG_NOSIGNAL) > 0 ||
	       (errno != EAGAIN && errno != EINTR);
}

/* Answers, and the time until the next deadline. *stuck: an answer was not taken. */
static int
settle(struct helper *helper, bool *stuck)
{
	uint64_t now_ms = lb_clock_ms(), next_ms = UINT64_MAX;

	*stuck = false;
	for (size_t i = 0; i < LB_SCRIPT_RUNNING_MAX; i++) {
		struct script_run *run = &helper->runs[i];

		if (run->id == 0)
			continue;
		script_run_watch(run, now_ms);
		if (!run->decided && run->deadline_ms < next_ms)
			next_ms = run->deadline_ms;
		if (run->decided && !run->sent) {
			run->sent = send_answer(helper, run);
			*stuck |= !run->sent;
		}
		script_run_release(run);
	}
	return next_ms == UINT64_MAX ? -1 : (int)(next_ms - now_ms);
}

static void
turn(struct helper *helper)
{
	struct pollfd fds[POLL_RUNS + LB_SCRIPT_RUNNING_MAX];
	bool stuck;
	int wait_ms = settle(helper, &stuck);

	fds[POLL_SOCK] = (struct pollfd){
		.fd = helper->closed ? -1 : helper->sock,
		.events = (short)((can_take(helper) ? POLLIN : 0) | (stuck ? POLLOUT : 0)),
	};
	fds[POLL_CHILD] = (struct pollfd){ .fd = helper->child_fd, .events = POLLIN };
	for (size_t i = 0; i < LB_SCRIPT_RUNNING_MAX; i++)
		fds[POLL_RUNS + i] = (struct pollfd){
			.fd = helper->runs[i].id == 0 ? -1 : helper->runs[i].out,
			.events = POLLIN,
		};
	if (poll(fds, POLL_RUNS + LB_SCRIPT_RUNNING_MAX, wait_ms) <= 0)
		return;
	for (size_t i = 0; i < LB_SCRIPT_RUNNING_MAX; i++)
		if (fds[POLL_RUNS + i].revents != 0)
			script_run_read(&helper->runs[i]);
	if (fds[POLL_CHILD].revents != 0)
		reap(helper);
	if ((fds[POLL_SOCK].revents & POLLIN) != 0)
		take(helper);
	else if ((fds[POLL_SOCK].revents & (POLLHUP | POLLERR)) != 0)
		on_closed(helper);
}

static void
stay_on(uint32_t cpu)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	sched_setaffinity(0, sizeof(set), &set); /* where it may not go it stays where it is */
}

/* Who ends polluxd by a signal to all of its session or unit means polluxd, which ends us. */
static void
set_signals(struct helper *helper)
{
	static const int ignored[] = { SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGPIPE, SIGUSR1,
		SIGUSR2 };
	sigset_t children;

	for (size_t i = 0; i < sizeof(ignored) / sizeof(ignored[0]); i++)
		signal(ignored[i], SIG_IGN);
	signal(SIGCHLD, SIG_DFL);
	sigemptyset(&children);
	sigaddset(&children, SIGCHLD);
	sigprocmask(SIG_SETMASK, &children, NULL);
	helper->child_fd = signalfd(-1, &children, SFD_NONBLOCK | SFD_CLOEXEC);
}

/* The socket, /dev/null and standard error, and nothing else of what was open. */
static void
set_files(struct helper *helper, int sock)
{
	dup3(sock, SOCK_FD, O_CLOEXEC);
	close_range(SOCK_FD + 1, ~0U, 0);
	helper->sock = SOCK_FD;
	fcntl(helper->sock, F_SETFL, O_NONBLOCK);
	helper->null_fd = open("/dev/null", O_RDWR | O_CLOEXEC);
	dup2(helper->null_fd, STDIN_FILENO);
	dup2(helper->null_fd, STDOUT_FILENO);
}

void
script_helper_main(int sock, uint32_t cpu)
{
	struct helper helper = { 0 };

	setsid();
	prctl(PR_SET_NAME, "pollux-scripts");
	stay_on(cpu);
	set_files(&helper, sock);
	set_signals(&helper);
	if (helper.null_fd < 0 || helper.child_fd < 0)
		_exit(1);
	while (!(helper.closed && !has_runs(&helper)))
		turn(&helper);
	_exit(0);
}
