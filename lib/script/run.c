/*
 * One program of the helper: started, read, timed, ended. Its process is a leader of a session, so
 * the number of its process group is its own, and stays so until it has been waited for.
 */

#include "script_run.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* Reads of one turn: others want theirs too. */
#define READS 4

static void
decide(struct script_run *run, enum lb_script_end end, int value)
{
	if (run->decided)
		return;
	run->decided = true;
	run->answer.end = (int32_t)end;
	run->answer.value = value;
}

static void
refuse(struct script_run *run, int code, const char *text)
{
	int n = snprintf(run->answer.tail, sizeof(run->answer.tail), "%s", text);

	run->answer.tail_n = n < SCRIPT_TAIL ? (uint32_t)n : SCRIPT_TAIL - 1;
	decide(run, LB_SCRIPT_REFUSED, code);
}

/* Keep the last bytes. */
static void
keep_tail(struct script_answer *answer, const char *bytes, size_t n)
{
	size_t old = answer->tail_n;

	if (n >= SCRIPT_TAIL) {
		memcpy(answer->tail, bytes + n - SCRIPT_TAIL, SCRIPT_TAIL);
		answer->tail_n = SCRIPT_TAIL;
		return;
	}
	if (old + n > SCRIPT_TAIL) {
		memmove(answer->tail, answer->tail + old + n - SCRIPT_TAIL, SCRIPT_TAIL - n);
		old = SCRIPT_TAIL - n;
	}
	memcpy(answer->tail + old, bytes, n);
	answer->tail_n = (uint32_t)(old + n);
}

static void
close_fd(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

void
script_run_kill(const struct script_run *run)
{
	if (run->pid <= 0)
		return;
	kill(-run->pid, SIGKILL);
	kill(run->pid, SIGKILL); /* it may not have its group yet */
}

void
script_run_start(
	struct script_run *run, const struct script_request *request, int null_fd, uint64_t now_ms)
{
	int out[2] = { -1, -1 }, report[2] = { -1, -1 };

	*run = (struct script_run){
		.id = request->head.id,
		.out = -1,
		.report = -1,
		.last = request->head.last,
		.deadline_ms = now_ms + request->head.timeout_ms,
		.timeout_ms = request->head.timeout_ms,
		.answer.id = request->head.id,
	};
	if (pipe2(out, O_CLOEXEC) == 0 && pipe2(report, O_CLOEXEC) == 0)
		run->pid =
			_Fork(); /* handlers of fork() that libuv set would close files of ours */
	else
		run->pid = -1;
	if (run->pid == 0)
		script_become(request, null_fd, out[1], report[1]);
	if (run->pid < 0) {
		run->pid = 0;
		refuse(run, errno, "the machine has no more processes or open files");
	}
	run->out = out[0];
	run->report = report[0];
	close_fd(&out[1]);
	close_fd(&report[1]);
	if (run->pid == 0) {
		close_fd(&run->out);
		close_fd(&run->report);
		return;
	}
	fcntl(run->out, F_SETFL, O_NONBLOCK);
	fcntl(run->report, F_SETFL, O_NONBLOCK);
}

void
script_run_read(struct script_run *run)
{
	char bytes[4096];
	ssize_t n = 1;

	for (int i = 0; i < READS && run->out >= 0 && n > 0; i++) {
		n = read(run->out, bytes, sizeof(bytes));
		if (n > 0) {
			run->written += (size_t)n;
			keep_tail(&run->answer, bytes, (size_t)n);
		}
		if (n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR))
			close_fd(&run->out);
	}
	if (run->written <= LB_SCRIPT_OUTPUT_MAX)
		return;
	decide(run, LB_SCRIPT_CHATTY, 0);
	script_run_kill(run);
	close_fd(&run->out);
}

void
script_run_watch(struct script_run *run, uint64_t now_ms)
{
	if (run->decided || now_ms < run->deadline_ms)
		return;
	script_run_read(run);
	decide(run, LB_SCRIPT_LATE, (int)run->timeout_ms);
	script_run_kill(run);
	close_fd(&run->out);
}

/* Whether it has said that it never became the program. */
static bool
read_report(struct script_run *run)
{
	struct script_report report = { 0 };
	ssize_t n = read(run->report, &report, sizeof(report) - 1);

	if (n < (ssize_t)sizeof(report.code))
		return false;
	refuse(run, report.code, report.text);
	return true;
}

/* What it has written last is still in the pipe, and never more than the pipe holds. */
void
script_run_ended(struct script_run *run, int code, int status)
{
	pid_t pid = run->pid;

	script_run_kill(run);
	for (int i = 0; i < (int)(LB_SCRIPT_OUTPUT_MAX >> 14) + 1 && run->out >= 0; i++)
		script_run_read(run);
	if (!run->decided && !read_report(run))
		decide(run, code == CLD_EXITED ? LB_SCRIPT_EXITED : LB_SCRIPT_KILLED, status);
	close_fd(&run->out);
	close_fd(&run->report);
	waitpid(pid, NULL, 0);
	run->pid = 0;
}

void
script_run_release(struct script_run *run)
{
	if (run->sent && run->pid == 0)
		run->id = 0;
}
