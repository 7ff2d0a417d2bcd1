#pragma once
/** @file The asker's side. The thread of the loop. */

#include <sys/queue.h>

#include "script_wire.h"

/** A request that the helper has not taken yet. */
struct script_packet {
	STAILQ_ENTRY(script_packet) next;
	uint32_t id;
	bool last;
	size_t n;
	char bytes[];
};

/** A script that is not answered yet. */
struct script_call {
	uint32_t id; /**< 0: the place is free. */
	uint64_t deadline_ms;
	lb_script_done_fn *done;
	void *arg;
};

struct lb_scripts {
	int fd;
	pid_t pid; /**< 0: it has been waited for. */
	bool dead;
	uv_poll_t poll;
	uv_timer_t guard; /**< Comes for the first deadline. */
	lb_scripts_lost_fn *lost;
	void *arg;
	uint32_t serial; /**< Of the last request. */
	struct script_call calls[LB_SCRIPT_WAITING_MAX];
	STAILQ_HEAD(, script_packet) packets;
};

/** Send what the helper takes. 0 or -errno: it is dead. */
int script_client_flush(struct lb_scripts *scripts);
