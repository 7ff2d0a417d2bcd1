#pragma once
/**
 * @file
 * The helper's programs. The helper's process alone, which has one thread.
 */

#include "script_wire.h"

/** What a program that never began leaves: a number of errno, and a sentence without its zero. */
struct script_report {
	int code;
	char text[SCRIPT_TAIL];
};

/** A program that runs, or whose answer is not sent yet. */
struct script_run {
	uint32_t id; /**< 0: the place is free. */
	pid_t pid;   /**< 0: it has ended, or never began. */
	int out;     /**< What it writes; -1: closed. */
	int report;  /**< Why it could not be started; -1: closed. */
	bool last;
	bool decided; /**< The answer is known. */
	bool sent;
	uint64_t deadline_ms;
	uint32_t timeout_ms;
	size_t written; /**< Bytes in all. */
	struct script_answer answer;
};

/** Start it. null_fd: /dev/null. What cannot be started is decided at once. */
void script_run_start(
	struct script_run *run, const struct script_request *request, int null_fd, uint64_t now_ms);

/** Read what it has written; what it may not write kills it. */
void script_run_read(struct script_run *run);

/** Kill it, and all of its group, if its time is over. */
void script_run_watch(struct script_run *run, uint64_t now_ms);

/** Its process has ended, and is still to be waited for: end its group, and decide. */
void script_run_ended(struct script_run *run, int code, int status);

/** Kill it and its group. */
void script_run_kill(const struct script_run *run);

/** Free the place, if it has ended and the answer is sent. */
void script_run_release(struct script_run *run);

/** Become the program; on a fault, write errno and the sentence to fd report. Does not return. */
void script_become(const struct script_request *request, int null_fd, int out, int report)
	__attribute__((noreturn));

/** The helper's life, until the other end of sock is closed. */
void script_helper_main(int sock, uint32_t cpu) __attribute__((noreturn));
