/*
 * The loop of control: it sleeps when there is nothing to do, no packet that is put meanwhile is
 * overlooked, and chores come when they are due.
 */

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <unistd.h>

#include "bed.h"
#include "lb_clock.h"

#define PATIENCE_MS 10000
#define HANDOVERS 100000
#define NO_LIMIT 100000000

static struct bed bed;
static struct lb_control *control;

/* Make the loop. The test has set bed.conf. */
static void
loop_begin(void)
{
	struct lb_error err = { 0 };

	control = lb_control_create(&bed.conf, &err);
	CU_ASSERT_STRING_EQUAL(err.text, "");
	CU_ASSERT_PTR_NOT_NULL_FATAL(control);
}

static void
loop_end(void)
{
	lb_control_destroy(control);
	bed_end(&bed);
}

static void
on_timer(uv_timer_t *timer)
{
	(void)timer;
	lb_control_stop(control);
}

/* Run the loop for so long. */
static void
loop_run_for(uint64_t ms)
{
	uv_timer_t timer;

	uv_timer_init(lb_control_loop(control), &timer);
	uv_timer_start(&timer, on_timer, ms, 0);
	lb_control_run(control);
	uv_close((uv_handle_t *)&timer, NULL);
	uv_run(lb_control_loop(control), UV_RUN_NOWAIT);
}

/* What a worker hands over and control takes. */
static atomic_uint handled;
static uint32_t lost;

static void
on_handover(void *arg, uint32_t worker, struct rte_mbuf *m)
{
	(void)arg;
	(void)worker;
	if (atomic_fetch_add(&handled, 1) + 1 != (uintptr_t)m)
		lost++;
	if ((uintptr_t)m == HANDOVERS)
		lb_control_stop(control);
}

/* Wait until control has taken n; false: it sleeps on, and is woken by other means. */
static bool
is_taken(uint32_t n)
{
	uint64_t deadline = lb_clock_ms() + PATIENCE_MS, one = 1;

	for (uint32_t i = 0; atomic_load(&handled) != n; i++) {
		if (i % 64 == 63)
			sched_yield();
		if (i % 1024 == 1023 && lb_clock_ms() > deadline) {
			CU_ASSERT_EQUAL(write(bed.wake.fd, &one, sizeof(one)), sizeof(one));
			return false;
		}
	}
	return true;
}

/* A worker whose pauses fall into every moment of the loop. */
static void *
hand_over(void *arg)
{
	uint32_t *asleep_too_long = arg, random = 1;

	unit_any_cpu();
	for (uint32_t n = 1; n <= HANDOVERS; n++) {
		void *object = (void *)(uintptr_t)n;

		random = random * 1103515245 + 12345;
		for (volatile uint32_t pause = (random >> 16) % 4096; pause > 0; pause--)
			;
		CU_ASSERT_EQUAL(lb_ctlq_put(&bed.queues[0], LB_CTLQ_NEIGH, &object, 1), 1);
		if (!is_taken(n) && ++*asleep_too_long == 3)
			break;
	}
	if (*asleep_too_long == 3)
		lb_control_stop(control);
	return NULL;
}

static void
packet_put_while_control_falls_asleep_wakes_it(void)
{
	uint32_t asleep_too_long = 0;
	pthread_t worker;

	bed_begin(&bed, 1, 64, NO_LIMIT);
	bed.conf.classes[LB_CTLQ_NEIGH].handle = on_handover;
	loop_begin();
	atomic_store(&handled, 0);
	lost = 0;
	CU_ASSERT_EQUAL_FATAL(pthread_create(&worker, NULL, hand_over, &asleep_too_long), 0);
	lb_control_run(control);
	pthread_join(worker, NULL);
	CU_ASSERT_EQUAL(atomic_load(&handled), HANDOVERS);
	CU_ASSERT_EQUAL(asleep_too_long, 0);
	CU_ASSERT_EQUAL(lost, 0);
	loop_end();
}

static void
packets_put_before_the_loop_runs_are_served(void)
{
	bed_begin(&bed, 1, 4, NO_LIMIT);
	loop_begin();
	bed_put(&bed, 0, LB_CTLQ_NEIGH, 1, 20);
	loop_run_for(50);
	CU_ASSERT_EQUAL(bed.calls_n, 20);
	loop_end();
}

/* Puts a third packet when control is about to poll, with no credit left for it. */
static void
put_late(uv_prepare_t *prepare)
{
	if (bed.calls_n != 2)
		return;
	bed_put(&bed, 0, LB_CTLQ_NEIGH, 3, 1);
	uv_prepare_stop(prepare);
}

static void
note_and_stop_at_third(void *arg, uint32_t worker, struct rte_mbuf *m)
{
	bed_note(arg, LB_CTLQ_NEIGH, worker, m);
	if (bed.calls_n == 3)
		lb_control_stop(control);
}

static void
packet_held_back_as_control_falls_asleep_is_served_in_time(void)
{
	uint64_t start;
	uv_prepare_t prepare;

	bed_begin(&bed, 1, 64, 10); /* two at once, then one each 100 ms */
	bed.conf.classes[LB_CTLQ_NEIGH].handle = note_and_stop_at_third;
	loop_begin();
	bed_put(&bed, 0, LB_CTLQ_NEIGH, 1, 2);
	uv_prepare_init(lb_control_loop(control), &prepare);
	uv_prepare_start(&prepare, put_late); /* libuv calls the last one first */
	start = lb_clock_ms();
	loop_run_for(PATIENCE_MS); /* until the third, or nothing woke the loop */
	CU_ASSERT_EQUAL(bed.calls_n, 3);
	CU_ASSERT_TRUE(lb_clock_ms() - start >= 90);
	CU_ASSERT_TRUE(lb_clock_ms() - start < PATIENCE_MS);
	loop_end();
}

/* Chores that want to be called again after a while. */
static uint32_t chores_n;
static uint64_t chores_at[8];
static uint64_t chores_pause;

static uint64_t
count_chores(void *arg)
{
	uint64_t now = lb_clock_ms();

	(void)arg;
	if (chores_n < RTE_DIM(chores_at))
		chores_at[chores_n] = now;
	if (++chores_n == RTE_DIM(chores_at))
		lb_control_stop(control);
	return chores_pause == UINT64_MAX ? UINT64_MAX : now + chores_pause;
}

static void
chores_come_when_due_and_not_before(void)
{
	bed_begin(&bed, 1, 64, NO_LIMIT);
	bed.conf.chores = count_chores;
	chores_n = 0;
	chores_pause = 20;
	loop_begin();
	lb_control_run(control);
	CU_ASSERT_EQUAL(chores_n, RTE_DIM(chores_at));
	for (uint32_t i = 1; i < RTE_DIM(chores_at); i++) {
		CU_ASSERT_TRUE(chores_at[i] - chores_at[i - 1] >= 20);
		CU_ASSERT_TRUE(chores_at[i] - chores_at[i - 1] < 2000);
	}
	loop_end();
}

/* As a socket's request that is served before the poll. */
static bool hurried;

static void
hurry(uv_idle_t *idle)
{
	uv_idle_stop(idle);
	hurried = true;
	lb_control_hurry(control);
}

static uint64_t
stop_when_hurried(void *arg)
{
	(void)arg;
	if (hurried)
		lb_control_stop(control);
	return lb_clock_ms() + 2 * PATIENCE_MS;
}

static void
chores_that_a_callback_hurries_come_at_once(void)
{
	uv_idle_t idle;
	uint64_t start;

	bed_begin(&bed, 1, 64, NO_LIMIT);
	bed.conf.chores = stop_when_hurried;
	hurried = false;
	loop_begin();
	loop_run_for(20); /* the turns at its start */
	uv_idle_init(lb_control_loop(control), &idle);
	uv_idle_start(&idle, hurry);
	start = lb_clock_ms();
	loop_run_for(PATIENCE_MS);
	CU_ASSERT_TRUE(hurried);
	CU_ASSERT_TRUE(lb_clock_ms() - start < PATIENCE_MS);
	loop_end();
}

static void
on_readable(uv_poll_t *poll, int status, int events)
{
	(void)poll;
	(void)status;
	(void)events;
	lb_control_stop(control);
}

static uint64_t
always_due(void *arg)
{
	(void)arg;
	if (++chores_n == 100000)
		lb_control_stop(control);
	return 0;
}

static void
chores_that_are_always_due_keep_nobody_waiting(void)
{
	uv_poll_t poll;
	int ends[2];

	bed_begin(&bed, 1, 64, NO_LIMIT);
	bed.conf.chores = always_due;
	chores_n = 0;
	loop_begin();
	CU_ASSERT_EQUAL_FATAL(pipe(ends), 0);
	CU_ASSERT_EQUAL(write(ends[1], "", 1), 1);
	uv_poll_init(lb_control_loop(control), &poll, ends[0]);
	uv_poll_start(&poll, UV_READABLE, on_readable);
	lb_control_run(control);
	CU_ASSERT_TRUE(chores_n < 100);
	loop_end();
	close(ends[0]);
	close(ends[1]);
}

static void
loop_without_work_does_not_tick(void)
{
	bed_begin(&bed, 1, 64, NO_LIMIT);
	bed.conf.chores = count_chores;
	chores_n = 0;
	chores_pause = UINT64_MAX;
	loop_begin();
	loop_run_for(200);
	CU_ASSERT_TRUE(chores_n >= 1 && chores_n <= 6); /* at its start, and around its end */
	loop_end();
}

static void
loop_with_a_budget_used_up_goes_on_at_once(void)
{
	uint64_t start;

	bed_begin(&bed, 1, 1, NO_LIMIT);
	loop_begin();
	bed_put(&bed, 0, LB_CTLQ_NEIGH, 1, 400);
	start = lb_clock_ms();
	while (bed.calls_n < 400 && lb_clock_ms() - start < PATIENCE_MS)
		loop_run_for(10);
	CU_ASSERT_EQUAL(bed.calls_n, 400);
	loop_end();
}

static void
turn_by_hand_serves_once_and_does_the_chores(void)
{
	bed_begin(&bed, 1, 4, NO_LIMIT);
	bed.conf.chores = count_chores;
	chores_n = 0;
	chores_pause = 1000;
	loop_begin();
	bed_put(&bed, 0, LB_CTLQ_NEIGH, 1, 6);
	lb_control_turn(control);
	CU_ASSERT_EQUAL(bed.calls_n, 4);
	CU_ASSERT_EQUAL(chores_n, 1);
	lb_control_turn(control);
	CU_ASSERT_EQUAL(bed.calls_n, 6);
	loop_end();
}

static void
loop_that_never_ran_can_be_destroyed(void)
{
	bed_begin(&bed, 1, 64, NO_LIMIT);
	loop_begin();
	loop_end();
	lb_control_destroy(NULL);
}

static const struct unit_test tests[] = {
	UNIT_TEST(packet_put_while_control_falls_asleep_wakes_it),
	UNIT_TEST(packets_put_before_the_loop_runs_are_served),
	UNIT_TEST(packet_held_back_as_control_falls_asleep_is_served_in_time),
	UNIT_TEST(chores_come_when_due_and_not_before),
	UNIT_TEST(chores_that_a_callback_hurries_come_at_once),
	UNIT_TEST(chores_that_are_always_due_keep_nobody_waiting),
	UNIT_TEST(loop_without_work_does_not_tick),
	UNIT_TEST(loop_with_a_budget_used_up_goes_on_at_once),
	UNIT_TEST(turn_by_hand_serves_once_and_does_the_chores),
	UNIT_TEST(loop_that_never_ran_can_be_destroyed),
	UNIT_END,
};

const struct unit_suite unit_control_loop = { "loop", tests };
