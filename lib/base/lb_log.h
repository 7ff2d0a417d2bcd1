#pragma once
/**
 * @file
 * One line per event on stderr. Any thread but a worker: workers count, they never log.
 */

enum lb_log_level {
	LB_LOG_ERROR,
	LB_LOG_WARN,
	LB_LOG_INFO,
	LB_LOG_DEBUG,
};

/** Lines above this level are not written. Default: LB_LOG_INFO. */
void lb_log_set_level(enum lb_log_level level);

/** The level called name ("error", "warn", "info", "debug"), or -1. */
int lb_log_level_find(const char *name);

/** Write one line; format has no newline. */
void lb_log(enum lb_log_level level, const char *format, ...) __attribute__((format(printf, 2, 3)));
