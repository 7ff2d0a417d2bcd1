/* What parameters name. A name stands before an endpoint: a service may be called "tcp:…". */

#include "rpc_find.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

int
rpc_read_endpoint(const char *text, struct lb_endpoint *at)
{
	const char *colon = strrchr(text, ':');
	char address[LB_ADDR_TEXT], *end;
	size_t n = colon == NULL ? 0 : (size_t)(colon - text);
	unsigned long port;

	if (n == 0 || n >= sizeof(address) || strspn(colon + 1, "0123456789") == 0)
		return -EINVAL;
	port = strtoul(colon + 1, &end, 10);
	if (*end != '\0' || port == 0 || port > UINT16_MAX)
		return -EINVAL;
	if (text[0] == '[' && text[n - 1] == ']') {
		text++;
		n -= 2;
	}
	memcpy(address, text, n);
	address[n] = '\0';
	at->port = rte_cpu_to_be_16((uint16_t)port);
	return lb_addr_parse(address, &at->addr);
}

static const struct lb_conf_service *
find_at(const struct lb_conf *conf, const char *text)
{
	uint8_t protocol = strncmp(text, "tcp:", 4) == 0   ? IPPROTO_TCP
			   : strncmp(text, "udp:", 4) == 0 ? IPPROTO_UDP
							   : 0;
	struct lb_endpoint at;

	if (protocol == 0 || rpc_read_endpoint(text + 4, &at) != 0)
		return NULL;
	return lb_conf_find_service_at(conf, protocol, &at);
}

const struct lb_conf_service *
rpc_find_service(const struct lb_conf *conf, const char *name, struct lb_error *err)
{
	const struct lb_conf_service *service = lb_conf_find_service(conf, name);

	if (service == NULL)
		service = find_at(conf, name);
	if (service == NULL)
		lb_error_set(err, ENOENT,
			"service \"%.80s\": there is none; give a name that service.list shows, or "
			"protocol, address and port as tcp:10.1.0.100:80",
			name);
	return service;
}
