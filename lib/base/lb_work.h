#pragma once
/**
 * @file
 * Work for the threads of libuv: what would hold the control loop too long.
 *
 * Where control has real-time priority its work threads have not, or a long piece of work would
 * delay adverts. But they tell the loop of their end at control's own priority: libuv makes the
 * loop spin until a thread that has woken it has come out of the call that did so (1.44,
 * uv__async_spin()). A thread that the loop has just displaced on the same CPU would never come out
 * of it.
 */

#include <stdbool.h>
#include <stdint.h>

#include <uv.h>

/** One piece of work, until it is done. Whoever queues it owns it. */
struct lb_work {
	uv_work_t uv; /**< data is the owner's. */
	uv_work_cb run;
};

/**
 * Where work threads run, and whether the loop's thread has the lowest real-time priority. Before
 * the first lb_work_queue(); without it they run where the loop does.
 */
void lb_work_init(uint32_t cpu, bool real_time);

/** Run in a work thread, then done on the loop; both get &work->uv. The loop's thread. */
void lb_work_queue(uv_loop_t *loop, struct lb_work *work, uv_work_cb run, uv_after_work_cb done);
