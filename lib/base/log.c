/*
 * Log lines are one write() each, so that lines of several threads do not mix. Under systemd the
 * journal adds time and host; elsewhere a time stamp stands in front.
 */

#include "lb_log.h"

#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static const char *const names[] = { "error", "warn", "info", "debug" };
static atomic_int threshold = LB_LOG_INFO;

void
lb_log_set_level(enum lb_log_level level)
{
	atomic_store_explicit(&threshold, (int)level, memory_order_relaxed);
}

int
lb_log_level_find(const char *name)
{
	for (int i = LB_LOG_ERROR; i <= LB_LOG_DEBUG; i++)
		if (strcmp(names[i], name) == 0)
			return i;
	return -1;
}

static size_t
log_stamp(char *line, size_t size)
{
	struct timespec now;
	struct tm tm;
	size_t n;

	if (getenv("JOURNAL_STREAM") != NULL)
		return 0;
	clock_gettime(CLOCK_REALTIME, &now);
	localtime_r(&now.tv_sec, &tm);
	n = strftime(line, size, "%F %T", &tm);
	return n + (size_t)snprintf(line + n, size - n, ".%03ld ", now.tv_nsec / 1000000);
}

void
lb_log(enum lb_log_level level, const char *format, ...)
{
	char line[1024];
	va_list args;
	size_t n;
	int text;

	if ((int)level > atomic_load_explicit(&threshold, memory_order_relaxed))
		return;
	n = log_stamp(line, sizeof(line));
	n += (size_t)snprintf(line + n, sizeof(line) - n, "%s: ", names[level]);
	va_start(args, format);
	text = vsnprintf(line + n, sizeof(line) - n - 1, format, args);
	va_end(args);
	if (text < 0)
		return;
	n += (size_t)text;
	if (n > sizeof(line) - 2)
		n = sizeof(line) - 2;
	line[n++] = '\n';
	if (write(STDERR_FILENO, line, n) < 0)
		return; /* nowhere left to complain to */
}
