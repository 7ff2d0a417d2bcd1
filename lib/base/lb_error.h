#pragma once
/**
 * @file
 * An error that a user can cause: one sentence with object, fault and remedy.
 *
 * The same sentence goes to the log, the command line and the RPC answer, so it is made once, where
 * the fault is found. Any thread.
 */

#define LB_ERROR_TEXT 512

/** Filled by whoever fails; zeroed by the caller before. */
struct lb_error {
	int code;                 /**< Positive errno; 0: no error. */
	char text[LB_ERROR_TEXT]; /**< The sentence, on one line; cut when too long. */
};

/**
 * Write the sentence and return -code, for `return lb_error_set(...)`; control characters in it
 * become ?. An error that is already set stays: the first fault is the cause. err may be NULL.
 */
int lb_error_set(struct lb_error *err, int code, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/** Put text before the sentence, as "pollux.conf:41: ". */
void lb_error_prefix(struct lb_error *err, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
