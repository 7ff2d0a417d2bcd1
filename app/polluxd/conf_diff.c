/*
 * What one list has stands in the other at about the same place, so each search begins behind the
 * last one's find and goes round once at most.
 */

#include "conf_diff.h"

#include <string.h>

const struct lb_conf_service *
conf_diff_service(const struct lb_conf *in, const char *name, size_t *at)
{
	for (size_t i = 0; i < in->services_n; i++) {
		size_t place = (*at + i) % in->services_n;

		if (strcmp(in->services[place].name, name) != 0)
			continue;
		*at = place + 1;
		return &in->services[place];
	}
	return NULL;
}

const struct lb_conf_server *
conf_diff_server(
	const struct lb_conf_service *service, const struct lb_endpoint *endpoint, size_t *at)
{
	for (size_t i = 0; service != NULL && i < service->servers_n; i++) {
		size_t place = (*at + i) % service->servers_n;
		const struct lb_conf_server *server = &service->servers[place];

		if (server->at.port != endpoint->port ||
			!lb_addr_equal(&server->at.addr, &endpoint->addr))
			continue;
		*at = place + 1;
		return server;
	}
	return NULL;
}

void
conf_diff_servers(const struct lb_conf *of, const struct lb_conf *in, conf_diff_fn *fn, void *arg)
{
	size_t service_at = 0;

	for (size_t i = 0; i < of->services_n; i++) {
		const struct lb_conf_service *service = &of->services[i];
		const struct lb_conf_service *other =
			conf_diff_service(in, service->name, &service_at);
		size_t server_at = 0;

		for (size_t s = 0; s < service->servers_n; s++)
			if (conf_diff_server(other, &service->servers[s].at, &server_at) == NULL)
				fn(arg, service, &service->servers[s]);
	}
}
