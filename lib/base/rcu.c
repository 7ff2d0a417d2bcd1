/*
 * A queue of things to do after a grace period. Tokens of rte_rcu_qsbr_start() only grow, so the
 * queue is in the order of its tokens and only the head is asked for. What is done in pieces leaves
 * that queue for another, so that it keeps nobody behind it waiting.
 */

#include "lb_rcu.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/queue.h>

#include <rte_debug.h>
#include <rte_malloc.h>

#include "lb_heap.h"

struct rcu_job {
	STAILQ_ENTRY(rcu_job) next;
	uint64_t token;
	lb_rcu_fn *fn;         /* NULL: it is done in pieces. */
	lb_rcu_some_fn *piece; /* Of one that is. */
	void *arg;
};

struct rte_rcu_qsbr *lb_rcu_domain;
static STAILQ_HEAD(rcu_jobs, rcu_job) jobs = STAILQ_HEAD_INITIALIZER(jobs);
static struct rcu_jobs pieces = STAILQ_HEAD_INITIALIZER(pieces);
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

/* Its grace period has passed. */
static void
rcu_run_head(void)
{
	struct rcu_job *job = STAILQ_FIRST(&jobs);

	STAILQ_REMOVE_HEAD(&jobs, next);
	if (job->fn == NULL) {
		STAILQ_INSERT_TAIL(&pieces, job, next);
		return;
	}
	waiting--;
	job->fn(job->arg);
	free(job);
}

/* A piece of the oldest that is done so, and of the next ones as long as each is done with it. */
static void
rcu_run_pieces(void)
{
	struct rcu_job *job;

	if (STAILQ_EMPTY(&pieces))
		return;
	while ((job = STAILQ_FIRST(&pieces)) != NULL && !job->piece(job->arg)) {
		STAILQ_REMOVE_HEAD(&pieces, next);
		waiting--;
		free(job);
	}
	lb_heap_sort();
}

void
lb_rcu_fini(void)
{
	while (waiting > 0) {
		if (!STAILQ_EMPTY(&jobs))
			rcu_run_head();
		rcu_run_pieces();
	}
	rte_free(lb_rcu_domain);
	lb_rcu_domain = NULL;
}

static void
rcu_enter(lb_rcu_fn *fn, lb_rcu_some_fn *piece, void *arg)
{
	struct rcu_job *job = malloc(sizeof(*job));

	if (job == NULL)
		rte_panic("out of memory: cannot queue %zu bytes to be freed\n", sizeof(*job));
	job->fn = fn;
	job->piece = piece;
	job->arg = arg;
	job->token = rte_rcu_qsbr_start(lb_rcu_domain);
	STAILQ_INSERT_TAIL(&jobs, job, next);
	waiting++;
}

void
lb_rcu_after(lb_rcu_fn *fn, void *arg)
{
	rcu_enter(fn, NULL, arg);
}

void
lb_rcu_after_some(lb_rcu_some_fn *piece, void *arg)
{
	rcu_enter(NULL, piece, arg);
}

uint32_t
lb_rcu_poll(void)
{
	while (!STAILQ_EMPTY(&jobs) &&
		rte_rcu_qsbr_check(lb_rcu_domain, STAILQ_FIRST(&jobs)->token, false) == 1)
		rcu_run_head();
	rcu_run_pieces();
	return waiting;
}
