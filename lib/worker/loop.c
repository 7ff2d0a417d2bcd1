/*
 * The loop of a worker's lcore. A turn is a walk of the graph and bounded chores. With `sleep`, 50
 * us without a packet put the worker to sleep for 50 us, doubling up to idle_max_us; before that
 * its loads are flushed and it goes offline, so that nobody waits for it; after it the next turn
 * reads time and everything published anew.
 */

#include "lb_worker.h"

#include <sys/prctl.h>
#include <time.h>

#include <rte_cycles.h>
#include <rte_lcore.h>

#include "lb_rcu.h"
#include "mailbox.h"
#include "walk.h"

/* Connections that a turn ends at most. */
#define EXPIRE_BUDGET 64

#define IDLE_US 50

static uint64_t
cycles(uint64_t us)
{
	return rte_get_tsc_hz() / 1000000 * us;
}

/* Deltas of loads become visible to other workers once a millisecond. */
static void
flush_when_due(struct lb_worker *worker)
{
	if (worker->env.tsc < worker->next_flush)
		return;
	worker->next_flush = worker->env.tsc + cycles(1000);
	lb_slot_flush(worker->env.slots);
}

/* Whether the worker has nothing to do but to wait for packets. */
static bool
is_at_rest(const struct lb_worker *worker, uint32_t expired)
{
	return expired < EXPIRE_BUDGET && worker->message == NULL;
}

uint64_t
lb_worker_turn(struct lb_worker *worker)
{
	struct lb_node_env *env = &worker->env;
	uint64_t before = env->received;
	uint32_t expired;

	lb_node_env_begin(env);
	walk(worker);
	expired = lb_conn_expire(env->conns, env->now, EXPIRE_BUDGET);
	flush_when_due(worker);
	mailbox_turn(worker);
	lb_rcu_quiescent(env->worker);
	if (env->received != before || !is_at_rest(worker, expired))
		worker->idle_since = 0;
	else if (worker->idle_since == 0)
		worker->idle_since = env->tsc;
	return env->received - before;
}

static void
nap(struct lb_worker *worker)
{
	struct timespec time = { .tv_nsec = (long)worker->nap_us * 1000 };

	lb_slot_flush(worker->env.slots);
	lb_rcu_offline(worker->env.worker);
	nanosleep(&time, NULL);
	lb_rcu_online(worker->env.worker);
	worker->nap_us = RTE_MIN(2 * worker->nap_us, worker->idle_max_us);
}

static void
rest(struct lb_worker *worker)
{
	if (worker->idle_since == 0)
		worker->nap_us = IDLE_US;
	else if (worker->nap_us > IDLE_US || worker->env.tsc - worker->idle_since > cycles(IDLE_US))
		nap(worker);
}

int
lb_worker_main(void *arg)
{
	struct lb_worker *worker = arg;

	prctl(PR_SET_TIMERSLACK, 1UL);
	worker->nap_us = IDLE_US;
	lb_rcu_online(worker->env.worker);
	while (!atomic_load_explicit(&worker->stop, memory_order_relaxed)) {
		lb_worker_turn(worker);
		if (!worker->spin)
			rest(worker);
	}
	lb_slot_flush(worker->env.slots);
	lb_rcu_offline(worker->env.worker);
	return 0;
}

void
lb_worker_stop(struct lb_worker *worker)
{
	atomic_store_explicit(&worker->stop, true, memory_order_relaxed);
}
