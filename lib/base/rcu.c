/*
 * A queue of things to do after a grace period. Tokens of rte_rcu_qsbr_start() only grow, so the
 * queue is in the order of its tokens and only the head is asked for.
 */

#include "lb_rcu.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/queue.h>

#include <rte_debug.h>
#include <rte_malloc.h>

struct rcu_job {
	STAILQ_ENTRY(rcu_job) next;
	uint64_t token;
	lb_rcu_fn *fn;
	void *arg;
};

struct rte_rcu_qsbr *lb_rcu_domain;
static STAILQ_HEAD(, rcu_job) jobs = STAILQ_HEAD_INITIALIZER(jobs);
static uint32_t waiting;

int
lb_rcu_init(uint32_t threads)
{
	size_t size = rte_rcu_qsbr_get_memsize(threads);

	lb_rcu_domain = rte_zmalloc("lb_rcu", size, RTE_CACHE_LINE_SIZE);
	if (lb_rcu_domain == NULL)
		return -ENOMEM;
	rte_rcu_qsbr_init(lb_rcu_domain, threads);
	for (uint32_t i = 0; i < threads; i++)
		rte_rcu_qsbr_thread_register(lb_rcu_domain, i);
	return 0;
}

static void
rcu_run_head(void)
{
	struct rcu_job *job = STAILQ_FIRST(&jobs);

	STAILQ_REMOVE_HEAD(&jobs, next);
	waiting--;
	job->fn(job->arg);
	free(job);
}

void
lb_rcu_fini(void)
{
	while (!STAILQ_EMPTY(&jobs))
		rcu_run_head();
	rte_free(lb_rcu_domain);
	lb_rcu_domain = NULL;
}

void
lb_rcu_after(lb_rcu_fn *fn, void *arg)
{
	struct rcu_job *job = malloc(sizeof(*job));

	if (job == NULL)
		rte_panic("out of memory: cannot queue %zu bytes to be freed\n", sizeof(*job));
	job->fn = fn;
	job->arg = arg;
	job->token = rte_rcu_qsbr_start(lb_rcu_domain);
	STAILQ_INSERT_TAIL(&jobs, job, next);
	waiting++;
}

uint32_t
lb_rcu_poll(void)
{
	while (!STAILQ_EMPTY(&jobs) &&
		rte_rcu_qsbr_check(lb_rcu_domain, STAILQ_FIRST(&jobs)->token, false) == 1)
		rcu_run_head();
	return waiting;
}
