#pragma once
/**
 * @file
 * Timeouts of services as classes, which connections name. Class 0 has the configuration's own;
 * services with the same timeouts share a class. Control lcore.
 */

#include "lb_conf.h"
#include "lb_conn_state.h"
#include "lb_error.h"

/** Who uses which class. Zeroed at first. */
struct timeouts {
	uint64_t plan;                          /**< Number of the present plan. */
	struct lb_conn_timeouts common;         /**< Of class 0, when it is published. */
	uint64_t used[LB_CONN_TIMEOUT_CLASSES]; /**< Plan that a class was last in; 0: never. */
};

/** What a service's connections live without a packet. NULL: those without a service of their own.
 */
struct lb_conn_timeouts timeouts_of(
	const struct lb_conf *conf, const struct lb_conf_service *service);

/** A new plan begins. To give it up, put *timeouts back as it was. */
void timeouts_begin(struct timeouts *timeouts, const struct lb_conf *conf);

/** The plan is in force: class 0 gets the configuration's timeouts. */
void timeouts_publish(const struct timeouts *timeouts);

/**
 * The class of a service in this plan. Its connections of before keep the class that they have,
 * which is used anew only when all others are in this plan or the last. 0 or more, or -ENOSPC.
 */
int timeouts_class(struct timeouts *timeouts, const struct lb_conf *conf,
	const struct lb_conf_service *service, struct lb_error *err);
