/* The command table: what there is to say, and what does it. */

#include "ctl.h"

#define KEYS "KEY=VALUE..."
#define MANY 32
#define FILTERS "[--service NAME] [--client ADDRESS] [--server ADDRESS:PORT]"

const struct ctl_command ctl_commands[] = {
	{ "status", NULL, "", "how polluxd and its workers are", 0, 0, cmd_status },
	{ "service", "list", "", "services with their servers", 0, 0, cmd_service_list },
	{ "service", "show", "NAME", "one service with its counters", 1, 1, cmd_service_show },
	{ "service", "add", "NAME tcp:ADDRESS:PORT [" KEYS "]", "add a service", 2, MANY,
		cmd_service_add },
	{ "service", "set", "NAME " KEYS, "change a service", 2, MANY, cmd_service_set },
	{ "service", "delete", "NAME", "delete a service; its connections go on", 1, MANY,
		cmd_service_delete },
	{ "server", "add", "SERVICE ADDRESS:PORT [" KEYS "]", "add a server", 2, MANY,
		cmd_server_add },
	{ "server", "set", "SERVICE ADDRESS:PORT " KEYS, "change a server", 3, MANY,
		cmd_server_set },
	{ "server", "delete", "SERVICE ADDRESS:PORT", "delete a server; its connections go on", 2,
		MANY, cmd_server_delete },
	{ "connection", "list", FILTERS " [--limit N]", "connections", 0, 8, cmd_connection_list },
	{ "connection", "count", FILTERS, "how many connections there are", 0, 6,
		cmd_connection_count },
	{ "connection", "flush", FILTERS, "end connections", 0, 6, cmd_connection_flush },
	{ "vrrp", "list", "", "VRRP instances", 0, 0, cmd_vrrp_list },
	{ "vrrp", "show", "NAME", "one instance with its counters", 1, 1, cmd_vrrp_show },
	{ "vip", "list", "", "virtual addresses, and whether they are served here", 0, 0,
		cmd_vip_list },
	{ "vip", "add", "ADDRESS [port=PORT]", "add a VIP that is always served", 1, MANY,
		cmd_vip_add },
	{ "vip", "delete", "ADDRESS", "delete one", 1, MANY, cmd_vip_delete },
	{ "route", "list", "", "routes", 0, 0, cmd_route_list },
	{ "route", "add", "ADDRESS/LENGTH GATEWAY", "add a route", 2, MANY, cmd_route_add },
	{ "route", "delete", "ADDRESS/LENGTH", "delete one", 1, MANY, cmd_route_delete },
	{ "neigh", "list", "", "neighbours", 0, 0, cmd_neigh_list },
	{ "port", "list", "", "ports with their counters", 0, 0, cmd_port_list },
	{ "stats", NULL, "[--rate]", "sums of all counters, or how fast they grow", 0, 1,
		cmd_stats },
	{ "drops", NULL, "", "why packets were dropped", 0, 0, cmd_drops },
	{ "nodes", NULL, "", "nodes of the packet path", 0, 0, cmd_nodes },
	{ "graph", NULL, "--dot", "the packet path as Graphviz draws it", 1, 1, cmd_graph },
	{ "config", "check", "FILE", "check a configuration file", 1, 1, cmd_config_check },
	{ "config", "get", "", "the running configuration", 0, 0, cmd_config_get },
	{ "config", "apply", "FILE", "make the changes that a file of JSON lists, all or none", 1,
		MANY, cmd_config_apply },
	{ "config", "reload", "[dry_run=true]",
		"read the configuration file again; says what it takes back", 0, MANY,
		cmd_config_reload },
	{ 0 },
};
