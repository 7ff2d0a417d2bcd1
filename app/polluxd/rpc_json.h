#pragma once
/** @file Values of the product as JSON. Each returns a new reference, or NULL: no memory. */

#include <jansson.h>

#include "lb_addr.h"
#include "lb_conf.h"

struct rte_ether_addr;

json_t *rpc_json_addr(const struct lb_addr *addr);
json_t *rpc_json_prefix(const struct lb_prefix *prefix);
json_t *rpc_json_endpoint(const struct lb_endpoint *endpoint);
json_t *rpc_json_mac(const struct rte_ether_addr *mac);
json_t *rpc_json_prefixes(const struct lb_prefix *list, size_t n);

/** "tcp" or "udp". */
const char *rpc_protocol_name(uint8_t protocol);

/** A service as the configuration has it, but its servers: an empty array. */
json_t *rpc_json_service(const struct lb_conf_service *service);

/** A server as the configuration has it. */
json_t *rpc_json_server(const struct lb_conf_server *server);
