#pragma once
/**
 * @file
 * Freeing what workers may still read: rte_rcu_qsbr, polled and never waited for in place.
 *
 * A worker registers once, is online while it walks its graph, reports a quiescent state after each
 * walk, and goes offline before it sleeps. The control lcore hands over objects that no longer can
 * be reached; lb_rcu_poll() frees them once every worker has passed a quiescent state.
 * One domain per process, made by lb_rcu_init().
 */

#include <stdbool.h>
#include <stdint.h>

#include <rte_rcu_qsbr.h>

/** Called on the control lcore when no worker can see arg any more. */
typedef void lb_rcu_fn(void *arg);

/** The same of what takes long: do a piece of it; whether there is more. */
typedef bool lb_rcu_some_fn(void *arg);

/** The domain that workers report to. Owned by this library; NULL before lb_rcu_init(). */
extern struct rte_rcu_qsbr *lb_rcu_domain;

/** Prepare for threads 0..threads-1. 0 or -ENOMEM. Control lcore. */
int lb_rcu_init(uint32_t threads);

/** Run everything that waits, whatever the workers do: they have ended. Control lcore. */
void lb_rcu_fini(void);

/** Call fn(arg) after a grace period. Never fails: short of memory it ends the process. Control. */
void lb_rcu_after(lb_rcu_fn *fn, void *arg);

/**
 * The same piece by piece, one with each lb_rcu_poll(), until none is left. What was handed over so
 * first is done first; what was handed over otherwise need not wait for it.
 */
void lb_rcu_after_some(lb_rcu_some_fn *piece, void *arg);

/**
 * Run what is due, in the order of lb_rcu_after(), and pieces until one leaves more to do. Returns
 * how many still wait. Control lcore.
 */
uint32_t lb_rcu_poll(void);

/** Worker: be counted from here on; what is published must be read again after this. */
static inline void
lb_rcu_online(uint32_t thread)
{
	rte_rcu_qsbr_thread_online(lb_rcu_domain, thread);
}

/** Worker: hold nothing and be waited for by nobody. */
static inline void
lb_rcu_offline(uint32_t thread)
{
	rte_rcu_qsbr_thread_offline(lb_rcu_domain, thread);
}

/** Worker: hold nothing at this moment. */
static inline void
lb_rcu_quiescent(uint32_t thread)
{
	rte_rcu_qsbr_quiescent(lb_rcu_domain, thread);
}
