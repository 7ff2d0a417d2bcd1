#pragma once
/**
 * @file
 * Workers: one lcore each, with its own graph, connection table and mailbox.
 *
 * Control makes workers, starts them and ends them; while one runs, control touches it only through
 * its mailbox and reads counters. lb_worker_turn() is one round of a worker, so that tests and
 * benchmarks can walk workers by hand.
 */

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include <rte_graph.h>

#include "lb_error.h"
#include "lb_node.h"

struct lb_worker;

/** A request to a worker. Belongs to the worker from lb_worker_post() until done. */
struct lb_worker_message {
	/** Do a bounded piece of work; true: finished. Runs on the worker, between two walks. */
	bool (*run)(struct lb_worker *worker, struct lb_worker_message *message);
	atomic_bool done; /**< Set by the worker; control is woken. */
};

/** Mark the slots in use, forget next hops of other generations: see lb_conn_sweep(). */
struct lb_worker_sweep {
	struct lb_worker_message message;
	uint32_t at;
	uint16_t generation;
	uint64_t *used; /**< Bitmap by slot; the worker sets bits. */
};

/** What all workers of a process share. Everything lives longer than they do. */
struct lb_worker_shared {
	uint32_t workers;
	uint32_t connections; /**< Of all workers together. */
	bool spin;
	uint32_t idle_max_us;
	const _Atomic uint32_t *transit; /**< enum lb_node_transit. */
	const uint32_t *host_ports;
	uint64_t seed; /**< Of the secrets of connection tables. */
	struct lb_netif_port *const *ports;
	uint32_t ports_n;
	struct rte_mempool *pool;
	const struct lb_fwd_ops *const *methods;
	const struct lb_svc_set *set;
	struct lb_slots *slots;
	const struct lb_neigh_view *neigh;
	const _Atomic uint16_t *generation;
	struct lb_ctlq_wake *wake;
};

/** Of so many walks one is timed: a node's total_cycles are those of a part of its packets. */
#define LB_WORKER_TIMED 64

/** A worker. */
struct lb_worker {
	struct lb_node_env env;
	struct rte_graph *graph;
	rte_graph_t graph_id;
	uint32_t walks;
	uint32_t lcore;
	bool spin;
	uint32_t idle_max_us;
	atomic_bool stop;
	struct rte_ring *mailbox;
	struct lb_worker_message *message; /**< Being worked on. */
	uint64_t next_flush;               /**< TSC. */
	uint64_t idle_since;               /**< TSC of the last packet; 0: not idle. */
	uint32_t nap_us;
};

/* Control lcore, at start and end. */

/** Register all nodes of the process, once, and clone those of ports and queues. */
int lb_worker_register(const struct lb_worker_shared *shared, struct lb_error *err);

/** Make worker `number` of shared->workers, which will run on `lcore`. NULL: err has the sentence.
 */
struct lb_worker *lb_worker_create(const struct lb_worker_shared *shared, uint32_t number,
	uint32_t lcore, struct lb_error *err);

/** Make the steering rings between n workers. 0 or -ENOMEM with err. */
int lb_worker_connect(struct lb_worker *const *workers, uint32_t n, struct lb_error *err);

/** It does not run any more. NULL is allowed. */
void lb_worker_destroy(struct lb_worker *worker);

/** The function of its lcore: turns until lb_worker_stop(). */
int lb_worker_main(void *worker);
void lb_worker_stop(struct lb_worker *worker);

/** Bytes that each worker takes beside its connections, for the memory sum. */
size_t lb_worker_memory(void);

/* Control lcore, at any time. */

/** 0, or -EAGAIN when the mailbox is full. */
int lb_worker_post(struct lb_worker *worker, struct lb_worker_message *message);

static inline bool
lb_worker_is_done(const struct lb_worker_message *message)
{
	return atomic_load_explicit(&message->done, memory_order_acquire);
}

/** Prepare a sweep; used: LB_SCHED_SLOTS bits, zeroed by the caller. */
void lb_worker_sweep_init(struct lb_worker_sweep *sweep, uint16_t generation, uint64_t *used);

/** Packets that a node of the worker's graph has processed. UINT64_MAX: no such node. */
uint64_t lb_worker_node_packets(const struct lb_worker *worker, const char *node);

/* The worker, or who walks it by hand. */

/** One round; returns how many packets came in. */
uint64_t lb_worker_turn(struct lb_worker *worker);
