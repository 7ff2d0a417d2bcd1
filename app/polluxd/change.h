#pragma once
/**
 * @file
 * Changes of the configuration while it runs: a new one is made and checked aside, in a work
 * thread, then applied as one version. An error, or a change that wants a restart, leaves what runs
 * as it was. One change is under way at a time, others wait their turn. Control lcore.
 */

#include <stdbool.h>
#include <stdint.h>

#include <jansson.h>

#include "conf_edit_one.h"
#include "lb_conf.h"
#include "lb_error.h"

struct director;

/** What became of a change. */
struct change_result {
	/**
	 * code 0: every worker has the new version. ETIME: it is applied, but a worker does not
	 * turn. ESTALE: it was meant for another revision. Others, ESTALE too: nothing has changed.
	 */
	struct lb_error err;
	bool applied;      /**< Something has changed. */
	uint64_t revision; /**< The present one. */
	/** Of a reload, even a dry one: what it takes back (discarded.h). NULL: it did not come so
	 * far. */
	json_t *discarded;
};

/** What is to be changed, and who wants to know. */
struct change_request {
	/**
	 * Make the new configuration from the present one, which nobody changes meanwhile; one,
	 * zeroed at first, says if they differ in one service only. Runs in a work thread. NULL:
	 * err has the sentence. make NULL: read the file of the director again, a reload.
	 */
	struct lb_conf *(*make)(const struct director *director, const struct lb_conf *present,
		void *arg, struct conf_edit_one *one, struct lb_error *err);
	/**
	 * Not the configuration is changed, but what is known of servers (servers.h): this service
	 * of the present one is published anew. make is not called. NULL: otherwise.
	 */
	const char *service;
	/**
	 * Called when its turn has come, before everything else: which drains begin and end with
	 * it. NULL: none. 0, or -errno with err: the change ends here.
	 */
	int (*begin)(struct director *director, void *arg, struct lb_error *err);
	/** Called once, unless the director ends before. */
	void (*done)(void *arg, const struct change_result *result);
	/** Instead of done, when the director ends before: free arg. NULL: nothing to be done. */
	void (*forget)(void *arg);
	void *arg;            /**< Of all four. */
	bool dry_run;         /**< Make and check only. */
	uint64_t if_revision; /**< Refuse if another one is in force; 0: any will do. */
};

void change_start(struct director *director, const struct change_request *request);

/** Whether a revision that was asked for is in force; 0: any will do. 0, or -ESTALE with err. */
int change_check_revision(
	const struct director *director, uint64_t if_revision, struct lb_error *err);

/** Chore: go on with putting a configuration in place; returns when to be called again. */
uint64_t change_run(struct director *director, uint64_t now_ms);

/** The director ends: forget what waits; what is under way in a thread ends by itself. */
void change_end(struct director *director);

/**
 * The first setting that cannot change while polluxd runs and differs, as "memory.connections";
 * NULL: there is none. Pure.
 */
const char *change_needs_restart(const struct lb_conf *old, const struct lb_conf *new);
