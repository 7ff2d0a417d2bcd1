/* Jobs after a grace period: in order, not before every online worker was quiescent. */

#include "lb_rcu.h"
#include "unit.h"

#include <pthread.h>
#include <stdatomic.h>

#define WORKERS 3

static uintptr_t ran[16];
static uint32_t ran_n;

static void
run(void *arg)
{
	ran[ran_n++] = (uintptr_t)arg;
}

/* All workers online, nothing run. */
static void
begin(void)
{
	unit_eal();
	ran_n = 0;
	CU_ASSERT_EQUAL_FATAL(lb_rcu_init(WORKERS), 0);
	for (uint32_t w = 0; w < WORKERS; w++)
		lb_rcu_online(w);
}

static void
after(uintptr_t number)
{
	lb_rcu_after(run, (void *)number);
}

static void
all_quiescent(void)
{
	for (uint32_t w = 0; w < WORKERS; w++)
		lb_rcu_quiescent(w);
}

static void
job_waits_for_the_last_worker(void)
{
	begin();
	after(1);
	for (uint32_t w = 0; w < WORKERS; w++) {
		CU_ASSERT_EQUAL(lb_rcu_poll(), 1);
		CU_ASSERT_EQUAL(ran_n, 0);
		lb_rcu_quiescent(w);
	}
	CU_ASSERT_EQUAL(lb_rcu_poll(), 0);
	CU_ASSERT_EQUAL(ran_n, 1);
	lb_rcu_fini();
}

static void
quiescent_state_before_the_job_does_not_count(void)
{
	begin();
	all_quiescent();
	after(1);
	CU_ASSERT_EQUAL(lb_rcu_poll(), 1);
	all_quiescent();
	CU_ASSERT_EQUAL(lb_rcu_poll(), 0);
	lb_rcu_fini();
}

static void
worker_that_is_quiescent_often_does_not_count_for_another(void)
{
	begin();
	after(1);
	for (int i = 0; i < 10; i++)
		lb_rcu_quiescent(0);
	CU_ASSERT_EQUAL(lb_rcu_poll(), 1);
	lb_rcu_fini();
}

static void
jobs_run_in_their_order(void)
{
	begin();
	for (uintptr_t i = 1; i <= 5; i++)
		after(i);
	CU_ASSERT_EQUAL(lb_rcu_poll(), 5);
	all_quiescent();
	CU_ASSERT_EQUAL(lb_rcu_poll(), 0);
	CU_ASSERT_EQUAL_FATAL(ran_n, 5);
	for (uintptr_t i = 0; i < 5; i++)
		CU_ASSERT_EQUAL(ran[i], i + 1);
	lb_rcu_fini();
}

static void
later_job_waits_for_a_grace_period_of_its_own(void)
{
	begin();
	after(1);
	lb_rcu_quiescent(0);
	lb_rcu_quiescent(1);
	after(2);
	lb_rcu_quiescent(2);
	CU_ASSERT_EQUAL(lb_rcu_poll(), 1);
	CU_ASSERT_EQUAL(ran_n, 1);
	CU_ASSERT_EQUAL(ran[0], 1);
	lb_rcu_quiescent(0);
	lb_rcu_quiescent(1);
	CU_ASSERT_EQUAL(lb_rcu_poll(), 0);
	CU_ASSERT_EQUAL(ran_n, 2);
	lb_rcu_fini();
}

static void
offline_worker_is_waited_for_by_nobody(void)
{
	begin();
	lb_rcu_offline(1);
	after(1);
	lb_rcu_quiescent(0);
	lb_rcu_quiescent(2);
	CU_ASSERT_EQUAL(lb_rcu_poll(), 0);
	CU_ASSERT_EQUAL(ran_n, 1);
	lb_rcu_fini();
}

static void
worker_that_goes_offline_lets_the_job_run(void)
{
	begin();
	after(1);
	lb_rcu_quiescent(0);
	lb_rcu_quiescent(1);
	CU_ASSERT_EQUAL(lb_rcu_poll(), 1);
	lb_rcu_offline(2);
	CU_ASSERT_EQUAL(lb_rcu_poll(), 0);
	lb_rcu_fini();
}

static void
worker_that_comes_online_is_waited_for_from_then_on(void)
{
	begin();
	for (uint32_t w = 0; w < WORKERS; w++)
		lb_rcu_offline(w);
	after(1);
	lb_rcu_online(0);
	CU_ASSERT_EQUAL(lb_rcu_poll(), 0); /* it came after the object had gone */
	after(2);
	CU_ASSERT_EQUAL(lb_rcu_poll(), 1);
	lb_rcu_quiescent(0);
	CU_ASSERT_EQUAL(lb_rcu_poll(), 0);
	lb_rcu_fini();
}

static void
run_and_queue_another(void *arg)
{
	run(arg);
	after((uintptr_t)arg + 1);
}

static void
job_may_queue_another(void)
{
	begin();
	lb_rcu_after(run_and_queue_another, (void *)1);
	all_quiescent();
	CU_ASSERT_EQUAL(lb_rcu_poll(), 1);
	CU_ASSERT_EQUAL(ran_n, 1);
	all_quiescent();
	CU_ASSERT_EQUAL(lb_rcu_poll(), 0);
	CU_ASSERT_EQUAL(ran_n, 2);
	CU_ASSERT_EQUAL(ran[1], 2);
	lb_rcu_fini();
}

static void
end_runs_what_waits_whatever_workers_do(void)
{
	begin();
	after(1);
	after(2);
	lb_rcu_fini();
	CU_ASSERT_EQUAL(ran_n, 2);
	CU_ASSERT_EQUAL(ran[0], 1);
	CU_ASSERT_PTR_NULL(lb_rcu_domain);
}

/* Pieces of it that are left. */
static uint32_t left;

static bool
run_a_piece(void *arg)
{
	run(arg);
	return --left > 0;
}

static void
what_is_done_in_pieces_keeps_no_later_job_waiting(void)
{
	begin();
	left = 3;
	lb_rcu_after_some(run_a_piece, (void *)7);
	after(1);
	CU_ASSERT_EQUAL(lb_rcu_poll(), 2);
	CU_ASSERT_EQUAL(ran_n, 0);
	all_quiescent();
	CU_ASSERT_EQUAL(lb_rcu_poll(), 1);
	CU_ASSERT_EQUAL_FATAL(ran_n, 2);
	CU_ASSERT_EQUAL(ran[0], 1);
	CU_ASSERT_EQUAL(ran[1], 7);
	CU_ASSERT_EQUAL(lb_rcu_poll(), 1);
	CU_ASSERT_EQUAL(lb_rcu_poll(), 0);
	CU_ASSERT_EQUAL(ran_n, 4);
	CU_ASSERT_EQUAL(left, 0);
	lb_rcu_fini();
}

static void
end_runs_all_pieces(void)
{
	begin();
	left = 3;
	lb_rcu_after_some(run_a_piece, (void *)7);
	lb_rcu_fini();
	CU_ASSERT_EQUAL(ran_n, 3);
	CU_ASSERT_EQUAL(left, 0);
}

/* What a worker thread reads: alive, until the job that frees it has run. */
struct shared_object {
	atomic_uint alive;
};

#define ALIVE 0x600df00d

static _Atomic(struct shared_object *) published;
static atomic_bool stop;
static atomic_uint dead_reads;
static struct shared_object objects[2];

static void *
reader(void *arg)
{
	uint32_t worker = (uint32_t)(uintptr_t)arg;

	unit_any_cpu();
	lb_rcu_online(worker);
	while (!atomic_load(&stop)) {
		struct shared_object *seen = atomic_load_explicit(&published, memory_order_acquire);

		for (int i = 0; i < 20; i++)
			if (atomic_load_explicit(&seen->alive, memory_order_relaxed) != ALIVE)
				atomic_fetch_add(&dead_reads, 1);
		lb_rcu_quiescent(worker);
	}
	lb_rcu_offline(worker);
	return NULL;
}

static void
bury(void *arg)
{
	atomic_store(&((struct shared_object *)arg)->alive, 0);
}

static void
threads_never_see_what_was_freed(void)
{
	pthread_t threads[2];

	begin();
	lb_rcu_offline(2);
	atomic_store(&stop, false);
	atomic_store(&dead_reads, 0);
	atomic_store(&objects[0].alive, ALIVE);
	atomic_store(&published, &objects[0]);
	for (uintptr_t i = 0; i < 2; i++)
		CU_ASSERT_EQUAL_FATAL(pthread_create(&threads[i], NULL, reader, (void *)i), 0);
	for (uint32_t i = 1; i <= 300; i++) {
		struct shared_object *next = &objects[i % 2], *old;

		atomic_store(&next->alive, ALIVE);
		old = atomic_exchange(&published, next);
		lb_rcu_after(bury, old);
		while (lb_rcu_poll() > 0)
			sched_yield();
	}
	atomic_store(&stop, true);
	for (int i = 0; i < 2; i++)
		pthread_join(threads[i], NULL);
	CU_ASSERT_EQUAL(atomic_load(&dead_reads), 0);
	lb_rcu_fini();
}

static const struct unit_test tests[] = {
	UNIT_TEST(job_waits_for_the_last_worker),
	UNIT_TEST(quiescent_state_before_the_job_does_not_count),
	UNIT_TEST(worker_that_is_quiescent_often_does_not_count_for_another),
	UNIT_TEST(jobs_run_in_their_order),
	UNIT_TEST(later_job_waits_for_a_grace_period_of_its_own),
	UNIT_TEST(offline_worker_is_waited_for_by_nobody),
	UNIT_TEST(worker_that_goes_offline_lets_the_job_run),
	UNIT_TEST(worker_that_comes_online_is_waited_for_from_then_on),
	UNIT_TEST(job_may_queue_another),
	UNIT_TEST(end_runs_what_waits_whatever_workers_do),
	UNIT_TEST(what_is_done_in_pieces_keeps_no_later_job_waiting),
	UNIT_TEST(end_runs_all_pieces),
	UNIT_TEST(threads_never_see_what_was_freed),
	UNIT_END,
};

const struct unit_suite unit_base_rcu = { "rcu", tests };
