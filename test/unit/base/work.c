/* Work threads: they do what is asked, where they should, and never make the loop spin. */

#include <errno.h>
#include <sched.h>
#include <time.h>
#include <unistd.h>

#include "lb_work.h"
#include "unit.h"

#define ROUNDS 50
#define LOOP_PRIORITY 2

/* One work after the other, from loop to thread and back. */
struct relay {
	struct lb_work work;
	uv_loop_t loop;
	int left;
	int cpu;
	int priority; /* while it worked */
};

static void
work(uv_work_t *uv)
{
	struct relay *relay = uv->data;
	struct sched_param param = { 0 };

	relay->cpu = sched_getcpu();
	sched_getparam(0, &param);
	relay->priority = param.sched_priority;
}

static void
again(uv_work_t *uv, int status)
{
	struct relay *relay = uv->data;

	CU_ASSERT_EQUAL(status, 0);
	if (--relay->left > 0)
		lb_work_queue(&relay->loop, &relay->work, work, again);
}

static double
seconds_of(clockid_t clock)
{
	struct timespec now;

	clock_gettime(clock, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* Run all rounds; returns the CPU time of this thread, the loop's. */
static double
run(struct relay *relay)
{
	double before = seconds_of(CLOCK_THREAD_CPUTIME_ID);

	relay->left = ROUNDS;
	relay->work.uv.data = relay;
	CU_ASSERT_EQUAL_FATAL(uv_loop_init(&relay->loop), 0);
	lb_work_queue(&relay->loop, &relay->work, work, again);
	uv_run(&relay->loop, UV_RUN_DEFAULT);
	CU_ASSERT_EQUAL(uv_loop_close(&relay->loop), 0);
	CU_ASSERT_EQUAL(relay->left, 0);
	return seconds_of(CLOCK_THREAD_CPUTIME_ID) - before;
}

/* Keep this thread on one CPU; returns it. */
static int
stay(cpu_set_t *before)
{
	int cpu = sched_getcpu();
	cpu_set_t one;

	sched_getaffinity(0, sizeof(*before), before);
	CPU_ZERO(&one);
	CPU_SET(cpu, &one);
	CU_ASSERT_EQUAL(sched_setaffinity(0, sizeof(one), &one), 0);
	return cpu;
}

/* As the loop of a director on one CPU. Where real-time priority is not allowed all are equals. */
static void
run_in_real_time(struct relay *relay, bool modest)
{
	struct sched_param real_time = { .sched_priority = LOOP_PRIORITY }, normal = { 0 };
	double start = seconds_of(CLOCK_MONOTONIC), used;
	cpu_set_t before;
	int cpu = stay(&before);

	lb_work_init(&(struct lb_work_conf){
		.cpu = (uint32_t)cpu, .loop_priority = LOOP_PRIORITY, .modest = modest });
	CU_ASSERT_TRUE(sched_setscheduler(0, SCHED_FIFO | SCHED_RESET_ON_FORK, &real_time) == 0 ||
		       errno == EPERM);
	used = run(relay);
	sched_setscheduler(0, SCHED_OTHER, &normal);
	sched_setaffinity(0, sizeof(before), &before);
	CU_ASSERT_TRUE(used < 1.0); /* it did not spin */
	CU_ASSERT_TRUE(seconds_of(CLOCK_MONOTONIC) - start < 60);
	CU_ASSERT_EQUAL(relay->cpu, cpu);
}

static void
real_time_loop_does_not_spin_for_threads_of_its_cpu(void)
{
	struct relay relay = { 0 };

	run_in_real_time(&relay, true);
	CU_ASSERT_EQUAL(relay.priority, 0);
}

static void
work_comes_right_behind_a_real_time_loop(void)
{
	struct relay relay = { 0 };

	run_in_real_time(&relay, false);
	CU_ASSERT_TRUE(relay.priority == LOOP_PRIORITY - 1 || geteuid() != 0);
}

static const struct unit_test tests[] = {
	UNIT_TEST(real_time_loop_does_not_spin_for_threads_of_its_cpu),
	UNIT_TEST(work_comes_right_behind_a_real_time_loop),
	UNIT_END,
};

const struct unit_suite unit_base_work = { "work", tests };
