/*
 * What one list of servers has stands in the other at about the same place, so each search begins
 * behind the last one's find and goes round once at most.
 */

#include "conf_diff.h"

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
conf_diff_servers(const struct lb_conf_service *service, const struct lb_conf *in, conf_diff_fn *fn,
	void *arg)
{
	const struct lb_conf_service *other = lb_conf_find_service(in, service->name);
	size_t at = 0;

	if (other != NULL && other->name == service->name)
		return; /* one that both have */
	for (size_t s = 0; s < service->servers_n; s++)
		if (conf_diff_server(other, &service->servers[s].at, &at) == NULL)
			fn(arg, service, &service->servers[s]);
}
