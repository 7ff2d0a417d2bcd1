/* A work thread has three priorities: see lb_work.h. */

#include "lb_work.h"

#include <sched.h>

#include <rte_common.h>

static struct lb_work_conf work_conf;
static bool work_is_set;

void
lb_work_init(const struct lb_work_conf *conf)
{
	work_conf = *conf;
	work_is_set = true;
}

/* A thread that may not go there stays where it is. */
static void
work_move(void)
{
	static _Thread_local bool moved;
	cpu_set_t set;

	if (moved || !work_is_set)
		return;
	moved = true;
	CPU_ZERO(&set);
	CPU_SET(work_conf.cpu, &set);
	sched_setaffinity(0, sizeof(set), &set);
}

/* 0: the normal one. */
static void
work_set_priority(int priority)
{
	struct sched_param param = { .sched_priority = priority };

	if (work_conf.loop_priority != 0)
		sched_setscheduler(0, priority == 0 ? SCHED_OTHER : SCHED_FIFO, &param);
}

static void
work_in_thread(uv_work_t *uv)
{
	struct lb_work *work = container_of(uv, struct lb_work, uv);

	work_move();
	work_set_priority(work_conf.modest ? 0 : work_conf.loop_priority - 1);
	work->run(uv);
	work_set_priority(work_conf.loop_priority);
}

void
lb_work_queue(uv_loop_t *loop, struct lb_work *work, uv_work_cb run, uv_after_work_cb done)
{
	work->run = run;
	uv_queue_work(loop, &work->uv, work_in_thread, done);
}
