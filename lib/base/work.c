/* The priority of a work thread: low while it works, control's while it tells the loop. */

#include "lb_work.h"

#include <sched.h>

#include <rte_common.h>

static struct {
	bool moves; /* to the CPU */
	uint32_t cpu;
	bool real_time;
} work_conf;

void
lb_work_init(uint32_t cpu, bool real_time)
{
	work_conf.moves = true;
	work_conf.cpu = cpu;
	work_conf.real_time = real_time;
}

/* A thread that may not go there stays where it is. */
static void
work_move(void)
{
	static _Thread_local bool moved;
	cpu_set_t set;

	if (moved || !work_conf.moves)
		return;
	moved = true;
	CPU_ZERO(&set);
	CPU_SET(work_conf.cpu, &set);
	sched_setaffinity(0, sizeof(set), &set);
}

static void
work_set_policy(int policy)
{
	struct sched_param lowest = { .sched_priority = sched_get_priority_min(policy) };

	if (work_conf.real_time)
		sched_setscheduler(0, policy, &lowest);
}

static void
work_in_thread(uv_work_t *uv)
{
	struct lb_work *work = container_of(uv, struct lb_work, uv);

	work_move();
	work_set_policy(SCHED_OTHER);
	work->run(uv);
	work_set_policy(SCHED_FIFO);
}

void
lb_work_queue(uv_loop_t *loop, struct lb_work *work, uv_work_cb run, uv_after_work_cb done)
{
	work->run = run;
	uv_queue_work(loop, &work->uv, work_in_thread, done);
}
