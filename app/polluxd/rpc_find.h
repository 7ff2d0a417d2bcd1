#pragma once
/** @file What parameters name: services, servers, clients. Pure. */

#include "lb_conf.h"
#include "lb_error.h"

/**
 * The service called by its name, or "tcp:10.1.0.100:80". NULL: none, err (which may be NULL) has
 * the sentence.
 */
const struct lb_conf_service *rpc_find_service(
	const struct lb_conf *conf, const char *name, struct lb_error *err);

/** Read "10.2.0.21:80" or "[fd01::1]:80". 0, or -EINVAL. */
int rpc_read_endpoint(const char *text, struct lb_endpoint *at);
