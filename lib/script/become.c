/*
 * From a fork of the helper to the program: standard files, a session of its own, signals, limits,
 * the user, and only then that it dies with the helper, since a change of user takes that back.
 *
 * The user is looked up here and not in the helper: where names are asked for over the network,
 * only this program waits, and its time limit counts.
 */

#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "script_run.h"

#define REPORT_FD 3
#define OPEN_FILES 1024
#define LOCKED_BYTES (8U << 20)

/* Of what is called without a user by root. */
static const char *
name_or_default(const char *user)
{
	return user[0] == '\0' && geteuid() == 0 ? LB_SCRIPT_USER : user;
}

static void __attribute__((noreturn, format(printf, 2, 3))) fail(int code, const char *format, ...)
{
	struct script_report report = { .code = code };
	va_list args;
	size_t n;

	va_start(args, format);
	vsnprintf(report.text, sizeof(report.text), format, args);
	va_end(args);
	n = offsetof(struct script_report, text) + strlen(report.text);
	if (write(REPORT_FD, &report, n) < 0)
		_exit(126);
	_exit(127);
}

/* Nothing of ours stays open; out is standard output and error. */
static void
set_files(int null_fd, int out, int report)
{
	dup2(null_fd, STDIN_FILENO);
	dup2(out, STDOUT_FILENO);
	dup2(out, STDERR_FILENO);
	if (report == REPORT_FD)
		report = dup(report);
	dup3(report, REPORT_FD, O_CLOEXEC);
	close_range(REPORT_FD + 1, ~0U, 0);
}

static void
set_signals(void)
{
	sigset_t none;

	for (int number = 1; number < NSIG; number++)
		signal(number, SIG_DFL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
}

static void
limit(__rlimit_resource_t what, rlim_t most)
{
	struct rlimit rlimit;

	if (getrlimit(what, &rlimit) != 0)
		return;
	rlimit.rlim_max = rlimit.rlim_max < most ? rlimit.rlim_max : most;
	rlimit.rlim_cur = rlimit.rlim_max;
	setrlimit(what, &rlimit);
}

static void
set_limits(void)
{
	limit(RLIMIT_NOFILE, OPEN_FILES);
	limit(RLIMIT_MEMLOCK, LOCKED_BYTES);
	limit(RLIMIT_CORE, 0);
	limit(RLIMIT_RTPRIO, 0);
}

/* What we may do, and the program may not, does not pass to it with exec. */
static void
drop_ambient(void)
{
	prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
}

static void
set_user(const char *wanted)
{
	const char *name = name_or_default(wanted);
	const struct passwd *user = NULL;

	if (name[0] == '\0') {
		drop_ambient();
		return;
	}
	errno = 0;
	user = getpwnam(name);
	if (user == NULL)
		fail(errno == 0 ? ENOENT : errno, "there is no user \"%s\"", name);
	if (user->pw_uid != 0)
		drop_ambient();
	if (geteuid() != 0 && user->pw_uid == geteuid())
		return;
	if (initgroups(name, user->pw_gid) != 0 ||
		setresgid(user->pw_gid, user->pw_gid, user->pw_gid) != 0 ||
		setresuid(user->pw_uid, user->pw_uid, user->pw_uid) != 0)
		fail(errno, "polluxd cannot become user \"%s\" (%s)", name, strerror(errno));
}

void
script_become(const struct script_request *request, int null_fd, int out, int report)
{
	pid_t helper = getppid();

	set_files(null_fd, out, report);
	setsid();
	set_signals();
	set_limits();
	set_user(request->user);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != helper)
		_exit(127); /* it has died meanwhile */
	umask(022);
	if (chdir("/") != 0)
		fail(errno, "it cannot be started in / (%s)", strerror(errno));
	execve(request->argv[0], request->argv, request->env);
	fail(errno, "%s cannot be run (%s)", request->argv[0], strerror(errno));
}

int
lb_script_check_user(const char *user, struct lb_error *err)
{
	const char *name = name_or_default(user == NULL ? "" : user);
	struct passwd entry, *found = NULL, *own = NULL;
	char bytes[4096], own_bytes[4096];
	struct passwd own_entry;

	if (name[0] == '\0')
		return 0;
	getpwnam_r(name, &entry, bytes, sizeof(bytes), &found);
	if (found == NULL)
		return lb_error_set(err, ENOENT,
			"there is no user \"%s\"; make it, or name one that exists", name);
	if (geteuid() == 0 || found->pw_uid == geteuid())
		return 0;
	getpwuid_r(geteuid(), &own_entry, own_bytes, sizeof(own_bytes), &own);
	return lb_error_set(err, EPERM,
		"user \"%s\" cannot be taken, since polluxd runs as \"%s\"; leave user out, or run "
		"polluxd as root",
		name, own == NULL ? "?" : own->pw_name);
}
