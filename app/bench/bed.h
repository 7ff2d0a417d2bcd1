#pragma once
/**
 * @file
 * What is measured on: a real director between two ports made of rings, with a lane for each of its
 * workers.
 *
 * Made, run and ended by the main lcore; bed_meet() is called by lanes.
 */

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "case.h"
#include "director.h"
#include "frame.h"
#include "lane.h"
#include "plan.h"
#include "ring_queue.h"

/** Workers at most. */
#define BED_LANES 16

/** The least number of connections that a worker's table is made for. */
#define BED_CONNECTIONS_LEAST 1024

/** The queues of a port: one for each worker, and for sending one for control. */
struct bed_queues {
	struct ring_queue rx[BED_LANES];
	struct ring_queue tx[BED_LANES + 1];
};

/** A director and its lanes. */
struct bed {
	const struct bench_case *what;
	uint32_t connections; /**< Of all lanes together; 0: as many as the table holds. */
	bool cold;            /**< Timed walks find caches that hold other things. */
	bool nodes;           /**< Cycles are told by node. */
	uint32_t lanes_n;
	struct lb_conf *conf;
	struct director *director;
	struct bed_queues queues[BED_PORTS];
	struct frame syn, ack, reply;
	_Atomic uint32_t arrived, turn; /**< Where lanes wait for each other. */
	struct lane lanes[BED_LANES];
};

/** The configuration of a plan. NULL: err has the sentence. The caller destroys it. */
struct lb_conf *bed_conf(const struct plan *plan, struct lb_error *err);

/** Services of a case, and servers of each: all have the same ones. */
uint32_t bed_services(const struct bench_case *what);
uint32_t bed_servers(const struct bench_case *what);

/** Make the ports and the director, and let servers and router say where they are. NULL: err. */
struct bed *bed_create(const struct plan *plan, struct lb_error *err);
void bed_destroy(struct bed *bed);

/** Run fn on each lane's lcore, all at once, and wait. 0, or the first error of a lane. */
int bed_run(struct bed *bed, int (*fn)(void *lane), struct lb_error *err);

/** Wait for all other lanes. */
void bed_meet(struct bed *bed);
