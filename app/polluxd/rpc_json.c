/* Values of the product as JSON: addresses as text, ports and counters as numbers. */

#include "rpc_json.h"

#include <rte_ether.h>

#include "conf_json.h"

json_t *
rpc_json_addr(const struct lb_addr *addr)
{
	char text[LB_ADDR_TEXT];

	return json_string(lb_addr_text(addr, text));
}

json_t *
rpc_json_prefix(const struct lb_prefix *prefix)
{
	char text[LB_ADDR_TEXT];

	return json_string(lb_prefix_text(prefix, text));
}

json_t *
rpc_json_endpoint(const struct lb_endpoint *endpoint)
{
	char text[LB_ADDR_TEXT];

	return json_string(lb_endpoint_text(endpoint, text));
}

json_t *
rpc_json_mac(const struct rte_ether_addr *mac)
{
	const uint8_t *b = mac->addr_bytes;

	return json_sprintf("%02x:%02x:%02x:%02x:%02x:%02x", b[0], b[1], b[2], b[3], b[4], b[5]);
}

json_t *
rpc_json_prefixes(const struct lb_prefix *list, size_t n)
{
	json_t *array = json_array();

	for (size_t i = 0; i < n; i++) {
		if (json_array_append_new(array, rpc_json_prefix(&list[i])) != 0) {
			json_decref(array);
			return NULL;
		}
	}
	return array;
}

const char *
rpc_protocol_name(uint8_t protocol)
{
	return protocol == IPPROTO_TCP ? "tcp" : "udp";
}

json_t *
rpc_json_service(const struct lb_conf_service *service)
{
	struct lb_conf_service alone = *service;

	alone.servers_n = 0;
	return conf_json_service(&alone);
}

json_t *
rpc_json_server(const struct lb_conf_server *server)
{
	return json_pack("{s:o, s:i, s:I, s:I, s:I, s:s*}", "address",
		rpc_json_addr(&server->at.addr), "port", rte_be_to_cpu_16(server->at.port),
		"weight", (json_int_t)server->weight, "upper", (json_int_t)server->upper, "lower",
		(json_int_t)server->lower, "forward", server->forward);
}
