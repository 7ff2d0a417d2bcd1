#pragma once
/** @file Servers of one configuration that another does not have. Pure. */

#include "lb_conf.h"

/** Told of a server and the service that it is of. */
typedef void conf_diff_fn(
	void *arg, const struct lb_conf_service *service, const struct lb_conf_server *server);

/**
 * Call fn for each server of a service that `in` does not have: by the service's name, and its own
 * address and port. Takes time in proportion to the servers as long as both have nearly one order.
 */
void conf_diff_servers(const struct lb_conf_service *service, const struct lb_conf *in,
	conf_diff_fn *fn, void *arg);

/**
 * The server at an endpoint, looked for from *at on, where it is then left; NULL: none, also when
 * service is NULL.
 */
const struct lb_conf_server *conf_diff_server(
	const struct lb_conf_service *service, const struct lb_endpoint *endpoint, size_t *at);
