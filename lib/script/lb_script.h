#pragma once
/**
 * @file
 * Programs of the user's choice, run by a helper process.
 *
 * The helper is forked before EAL starts, so that nothing large, no thread and no device is ever
 * forked again. It is told what to run over a socketpair, and runs each program without a shell, as
 * a user, in a session of its own, with a clean environment, /dev/null as standard input and few
 * limits to reach. A program that takes too long or writes too much is killed, and with it whatever
 * it has started and left in its process group; so is what it leaves there when it ends. All end
 * when the helper ends, and that ends when the process that forked it does.
 *
 * The loop that asks never waits: what the helper does not take at once waits in a bounded queue,
 * and what it does not answer in time counts as failed. A helper that is dead is not started again:
 * the process that could fork it has become too large. From then on every program counts as failed.
 *
 * Everything but lb_script_check_user() is called by the thread that forked the helper.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include <uv.h>

#include "lb_error.h"

#define LB_SCRIPT_RUNNING_MAX 64         /**< Programs at once; others wait. */
#define LB_SCRIPT_WAITING_MAX 512        /**< Asked for and not answered yet. */
#define LB_SCRIPT_OUTPUT_MAX (64U << 10) /**< Bytes that a program may write. */
#define LB_SCRIPT_BYTES_MAX 8192         /**< Of arguments and environment together. */
#define LB_SCRIPT_WORDS_MAX 64           /**< Arguments, and as many variables. */
#define LB_SCRIPT_TEXT 512
#define LB_SCRIPT_USER "nobody" /**< Who runs programs if root asks and names nobody. */

/** The helper's process and our end of the socketpair. fd -1: there is none. */
struct lb_script_helper {
	int fd;
	pid_t pid;
};

/** What is to be run. Copied when it is asked for. */
struct lb_script {
	const char *const *argv; /**< Ends with NULL; the first is a path from the root. */
	const char *const *env;  /**< "NAME=value", beside PATH; ends with NULL. NULL: none. */
	const char *user;        /**< NULL: LB_SCRIPT_USER, or ourselves if we are not root. */
	uint32_t timeout_ms;
	bool last; /**< Outlives lb_scripts_farewell(). */
};

enum lb_script_end {
	LB_SCRIPT_EXITED,  /**< value: its exit status. */
	LB_SCRIPT_KILLED,  /**< By somebody else. value: the signal. */
	LB_SCRIPT_LATE,    /**< It took too long. */
	LB_SCRIPT_CHATTY,  /**< It wrote too much. */
	LB_SCRIPT_REFUSED, /**< It could not be started. value: errno. */
	LB_SCRIPT_LOST,    /**< The helper is dead, or does not answer. */
};

/** What became of it. */
struct lb_script_result {
	enum lb_script_end end;
	int value;
	char text[LB_SCRIPT_TEXT]; /**< In words, with the end of what it wrote; one line. */
};

static inline bool
lb_script_is_good(const struct lb_script_result *result)
{
	return result->end == LB_SCRIPT_EXITED && result->value == 0;
}

/**
 * Fork the helper, which stays on this CPU if it may: before EAL, threads and devices. 0 or -errno
 * with the sentence.
 */
int lb_script_fork(struct lb_script_helper *helper, uint32_t cpu, struct lb_error *err);

/** Whether we may run programs as this user; NULL is allowed. 0 or -errno. Any thread. */
int lb_script_check_user(const char *user, struct lb_error *err);

/** What asks the helper. */
struct lb_scripts;

/** Called once when the helper is dead, after every script has been answered. */
typedef void lb_scripts_lost_fn(void *arg);

/**
 * Ask this helper from now on, on a loop; helper->fd is taken. NULL: err has the sentence, and fd
 * is closed, so that the helper ends.
 */
struct lb_scripts *lb_scripts_create(uv_loop_t *loop, struct lb_script_helper *helper,
	lb_scripts_lost_fn *lost, void *arg, struct lb_error *err);

typedef void lb_script_done_fn(void *arg, const struct lb_script_result *result);

/**
 * Have it run; done is called once, later, on the loop. 0; -EPIPE: the helper is dead; -ENOBUFS:
 * too many wait; -E2BIG: too many words or bytes; -ENOMEM.
 */
int lb_scripts_run(struct lb_scripts *scripts, const struct lb_script *script,
	lb_script_done_fn *done, void *arg);

/**
 * The process is about to end: those that are not `last` are killed, and those asked for from now
 * on run one after the other.
 */
void lb_scripts_farewell(struct lb_scripts *scripts);

/**
 * After the farewell: wait until they have ended, for wait_ms at most, then kill them. It blocks,
 * and nobody is called any more.
 */
void lb_scripts_leave(struct lb_scripts *scripts, uint32_t wait_ms);

/** Free it; the helper ends if it has not. The handles of the loop are closed. NULL is allowed. */
void lb_scripts_destroy(struct lb_scripts *scripts);
