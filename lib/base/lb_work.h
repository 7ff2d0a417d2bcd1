#pragma once
/**
 * @file
 * Work for the threads of libuv: what would hold the control loop too long.
 *
 * Where control has a real-time priority its work threads come right behind it: they never delay
 * it, and it waits for a lock of theirs, as malloc has, only as long as they hold it. At normal
 * priority one that was displaced with a lock in its hands would get its turn behind everything
 * else on the CPU.
 *
 * They tell the loop of their end at control's own priority: libuv makes the loop spin until a
 * thread that has woken it has come out of the call that did so (1.44, uv__async_spin()). A thread
 * that the loop has just displaced on the same CPU would never come out of it.
 */

#include <stdbool.h>
#include <stdint.h>

#include <uv.h>

/** One piece of work, until it is done. Whoever queues it owns it. */
struct lb_work {
	uv_work_t uv; /**< data is the owner's. */
	uv_work_cb run;
};

/** Where and how work threads run. */
struct lb_work_conf {
	uint32_t cpu;
	int loop_priority; /**< Real-time priority of the loop's thread, at least 2; 0: none. */
	bool modest;       /**< Work at normal priority all the same: a worker has the CPU too. */
};

/** Before the first lb_work_queue(); without it work threads run as the loop does. */
void lb_work_init(const struct lb_work_conf *conf);

/** Run in a work thread, then done on the loop; both get &work->uv. The loop's thread. */
void lb_work_queue(uv_loop_t *loop, struct lb_work *work, uv_work_cb run, uv_after_work_cb done);
