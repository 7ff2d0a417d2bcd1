/*
 * The methods of the management socket: what programs may call, and what they are told about it by
 * rpc.discover. doc/api.md shows each with an example.
 */

#include "rpc_server.h"

/* Ends a list of parameters. */
#define END                                                                                        \
	{                                                                                          \
		NULL, LB_RPC_ANY, false, NULL                                                      \
	}

/* Which connections are meant. */
#define FILTERS                                                                                    \
	{ "service", LB_RPC_STRING, false,                                                         \
		"only of this service: its name, or tcp:address:port" },                           \
		{ "client", LB_RPC_STRING, false, "only of this IPv4 address" },                   \
	{                                                                                          \
		"server", LB_RPC_STRING, false, "only to this server: address:port"                \
	}

/* How a change is made. */
#define CHANGE                                                                                     \
	{ "if_revision", LB_RPC_INTEGER, false, "refuse if another revision is in force" },        \
	{                                                                                          \
		"dry_run", LB_RPC_BOOLEAN, false, "check only, change nothing"                     \
	}

/* What every change answers. */
#define CHANGED "the revision that every worker has now"

/* Keys of a service that may be given later too. */
#define SERVICE_KEYS                                                                               \
	{ "address", LB_RPC_STRING, false, "a VIP" },                                              \
		{ "port", LB_RPC_INTEGER, false, "1 to 65535" },                                   \
		{ "match", LB_RPC_ARRAY, false, "instead: objects of address, port, protocol" },   \
		{ "protocol", LB_RPC_STRING, false, "tcp or udp" },                                \
		{ "scheduler", LB_RPC_STRING, false, "how servers are chosen" },                   \
		{ "scheduler_options", LB_RPC_OBJECT, false, "options of the scheduler" },         \
		{ "forward", LB_RPC_STRING, false, "dr, nat or tun" },                             \
		{ "persistence_ms", LB_RPC_INTEGER, false, "a client stays at its server" },       \
		{ "persistence_prefix", LB_RPC_INTEGER, false, "1 to 32" },                        \
		{ "one_packet", LB_RPC_BOOLEAN, false, "UDP: remember no connection" },            \
		{ "unknown", LB_RPC_STRING, false, "rst, drop or schedule" },                      \
		{ "sorry", LB_RPC_OBJECT, false, "for when no server takes connections" },         \
		{ "timeouts", LB_RPC_OBJECT, false, "by state, in milliseconds" },                 \
		{ "drain_timeout_ms", LB_RPC_INTEGER, false,                                       \
			"how long connections of a deleted server go on; 0: until they end" },     \
		{ "slow_start_ms", LB_RPC_INTEGER, false, "a new server takes its share slowly" }, \
		{ "quorum", LB_RPC_INTEGER, false, "weight of servers for VRRP that tracks it" },  \
	{                                                                                          \
		"servers", LB_RPC_ARRAY, false,                                                    \
			"objects of address, port, weight, upper, lower and forward"               \
	}

/* Which service, and which server of it. */
#define SERVICE                                                                                    \
	{                                                                                          \
		"service", LB_RPC_STRING, true, "its name, or tcp:address:port"                    \
	}
#define SERVER                                                                                     \
	{                                                                                          \
		"server", LB_RPC_STRING, true, "its address:port"                                  \
	}

/* How many connections a server may have. */
#define LIMITS                                                                                     \
	{ "upper", LB_RPC_INTEGER, false, "connections at most; 0, any number, if not given" },    \
	{                                                                                          \
		"lower", LB_RPC_INTEGER, false,                                                    \
			"fewer open it again; 0: less than three quarters of upper"                \
	}

/* Where a neighbour is. */
#define NEIGH_PORT                                                                                 \
	{                                                                                          \
		"port", LB_RPC_STRING, false, "the port whose link it is on; that of its subnet"   \
	}

static const struct lb_rpc_param page[] = { LB_RPC_PAGE_PARAMS, END };
static const struct lb_rpc_param filters[] = { FILTERS, END };
static const struct lb_rpc_param filters_page[] = { FILTERS, LB_RPC_PAGE_PARAMS, END };
static const struct lb_rpc_param service[] = {
	{ "name", LB_RPC_STRING, true, "of the service, or tcp:address:port" },
	END,
};
static const struct lb_rpc_param instance[] = {
	{ "name", LB_RPC_STRING, true, "of the instance or group" },
	END,
};
static const struct lb_rpc_param vrrp_set[] = {
	{ "name", LB_RPC_STRING, false, "of an instance or group; none: the whole director" },
	{ "priority", LB_RPC_ANY, false, "1 to 254 in place of the configured; null: as that" },
	{ "standby", LB_RPC_BOOLEAN, false, "serve nothing, whatever happens to others" },
	CHANGE,
	END,
};
static const struct lb_rpc_param file[] = {
	{ "file", LB_RPC_STRING, true, "path of the file, from the root directory" },
	END,
};

static const struct lb_rpc_param change[] = { CHANGE, END };
static const struct lb_rpc_param service_add[] = {
	{ "name", LB_RPC_STRING, true, "letters, digits, . _ -" },
	SERVICE_KEYS,
	CHANGE,
	END,
};
static const struct lb_rpc_param service_set[] = { SERVICE, SERVICE_KEYS, CHANGE, END };
static const struct lb_rpc_param service_delete[] = { SERVICE, CHANGE, END };
static const struct lb_rpc_param server_add[] = {
	SERVICE,
	{ "address", LB_RPC_STRING, true, "of the server" },
	{ "port", LB_RPC_INTEGER, false, "the service's if not given" },
	{ "weight", LB_RPC_INTEGER, false, "0 to 65535; 1 if not given" },
	{ "forward", LB_RPC_STRING, false, "dr, nat or tun; the service's if not given" },
	LIMITS,
	CHANGE,
	END,
};
static const struct lb_rpc_param server_set[] = {
	SERVICE,
	SERVER,
	{ "weight", LB_RPC_INTEGER, false, "0 to 65535" },
	{ "forward", LB_RPC_STRING, false, "dr, nat or tun" },
	LIMITS,
	CHANGE,
	END,
};
static const struct lb_rpc_param server_delete[] = {
	SERVICE,
	SERVER,
	{ "now", LB_RPC_BOOLEAN, false, "reset its connections, instead of letting them end" },
	CHANGE,
	END,
};
static const struct lb_rpc_param server_drain[] = {
	SERVICE,
	SERVER,
	{ "timeout_ms", LB_RPC_INTEGER, false,
		"0 to 86400000, 0 for no deadline; the service's drain_timeout_ms if not given" },
	{ "reset", LB_RPC_BOOLEAN, false, "reset connections that are left at the deadline" },
	{ "cancel", LB_RPC_BOOLEAN, false, "end the drain" },
	CHANGE,
	END,
};
static const struct lb_rpc_param vip_add[] = {
	{ "address", LB_RPC_STRING, true, "IPv4" },
	{ "port", LB_RPC_STRING, false, "the port that answers for it; that of its subnet" },
	CHANGE,
	END,
};
static const struct lb_rpc_param vip_delete[] = {
	{ "address", LB_RPC_STRING, true, "IPv4" },
	CHANGE,
	END,
};
static const struct lb_rpc_param route_add[] = {
	{ "to", LB_RPC_STRING, true, "address/length" },
	{ "via", LB_RPC_STRING, true, "address of the gateway" },
	CHANGE,
	END,
};
static const struct lb_rpc_param route_delete[] = {
	{ "to", LB_RPC_STRING, true, "address/length" },
	CHANGE,
	END,
};
static const struct lb_rpc_param neigh_add[] = {
	{ "address", LB_RPC_STRING, true, "IPv4, in the subnet of a port" },
	{ "mac", LB_RPC_STRING, true, "as 02:00:00:00:00:01" },
	NEIGH_PORT,
	CHANGE,
	END,
};
static const struct lb_rpc_param neigh_delete[] = {
	{ "address", LB_RPC_STRING, true, "IPv4, in the subnet of a port" },
	NEIGH_PORT,
	CHANGE,
	END,
};
static const struct lb_rpc_param changes[] = {
	{ "changes", LB_RPC_ARRAY, true, "objects of method and params" },
	CHANGE,
	END,
};

static const struct lb_rpc_param events[] = {
	{ "kinds", LB_RPC_ARRAY, false, "some of vrrp, group, script, link, reload, worker; all" },
	{ "since", LB_RPC_INTEGER, false,
		"number of the last event that is known; new ones only if not given" },
	END,
};

const struct lb_rpc_method rpc_methods[] = {
	{
		.name = "status",
		.summary = "Say how polluxd is.",
		.result = "version, uptime_ms, revision, memory, and an object for each worker",
		.fn = rpc_status,
	},
	{
		.name = "version",
		.summary = "Say which polluxd this is.",
		.result = "version of polluxd and of DPDK",
		.fn = rpc_version,
	},
	{
		.name = "service.list",
		.summary = "List services with their servers.",
		.params = page,
		.result = "a page of services: the keys of the configuration, and counters of "
			  "each server",
		.fn = rpc_service_list,
	},
	{
		.name = "service.get",
		.summary = "Show one service with its servers.",
		.params = service,
		.result = "the service as service.list shows it, and the revision",
		.fn = rpc_service_get,
	},
	{
		.name = "service.add",
		.summary = "Add a service.",
		.params = service_add,
		.result = CHANGED,
		.changes = true,
		.fn = rpc_service_add,
	},
	{
		.name = "service.set",
		.summary = "Change a service: what is given is set, the rest stays.",
		.params = service_set,
		.result = CHANGED,
		.changes = true,
		.fn = rpc_service_set,
	},
	{
		.name = "service.delete",
		.summary = "Delete a service; its connections go on for a while.",
		.params = service_delete,
		.result = CHANGED,
		.changes = true,
		.fn = rpc_service_delete,
	},
	{
		.name = "server.add",
		.summary = "Add a server to a service.",
		.params = server_add,
		.result = CHANGED,
		.changes = true,
		.fn = rpc_server_add,
	},
	{
		.name = "server.set",
		.summary = "Change a server of a service: what is given is set, the rest stays.",
		.params = server_set,
		.result = CHANGED,
		.changes = true,
		.fn = rpc_server_set,
	},
	{
		.name = "server.delete",
		.summary = "Delete a server of a service; its connections go on for a while.",
		.params = server_delete,
		.result = CHANGED,
		.changes = true,
		.fn = rpc_server_delete,
	},
	{
		.name = "server.drain",
		.summary = "Send nothing new to a server; its connections go on.",
		.params = server_drain,
		.result = "the revision in force, which stays",
		.changes = true,
		.fn = rpc_server_drain,
	},
	{
		.name = "connection.list",
		.summary = "List connections.",
		.params = filters_page,
		.result = "a page of connections",
		.fn = rpc_connection_list,
	},
	{
		.name = "connection.count",
		.summary = "Count connections.",
		.params = filters,
		.result = "how many connections match, and the revision",
		.fn = rpc_connection_count,
	},
	{
		.name = "connection.flush",
		.summary = "End connections: the next packet of each is one of no known flow.",
		.params = filters,
		.result = "how many connections were ended, and the revision",
		.changes = true,
		.fn = rpc_connection_flush,
	},
	{
		.name = "vrrp.list",
		.summary = "List VRRP instances.",
		.params = page,
		.result = "a page of instances with state and counters",
		.fn = rpc_vrrp_list,
	},
	{
		.name = "vrrp.get",
		.summary = "Show one VRRP instance, or group.",
		.params = instance,
		.result = "the instance as vrrp.list shows it; the group with its members",
		.fn = rpc_vrrp_get,
	},
	{
		.name = "vrrp.set",
		.summary = "Give an instance another priority, or let it stand by.",
		.params = vrrp_set,
		.result = "the revision in force, which stays",
		.changes = true,
		.fn = rpc_vrrp_set,
	},
	{
		.name = "vip.list",
		.summary = "List virtual addresses, and whether they are served here now.",
		.params = page,
		.result = "a page of addresses",
		.fn = rpc_vip_list,
	},
	{
		.name = "vip.add",
		.summary = "Add a virtual address that is always served.",
		.params = vip_add,
		.result = CHANGED,
		.changes = true,
		.fn = rpc_vip_add,
	},
	{
		.name = "vip.delete",
		.summary = "Delete a virtual address that is always served.",
		.params = vip_delete,
		.result = CHANGED,
		.changes = true,
		.fn = rpc_vip_delete,
	},
	{
		.name = "route.list",
		.summary = "List routes, those of connected networks first.",
		.params = page,
		.result = "a page of routes",
		.fn = rpc_route_list,
	},
	{
		.name = "route.add",
		.summary = "Add a route.",
		.params = route_add,
		.result = CHANGED,
		.changes = true,
		.fn = rpc_route_add,
	},
	{
		.name = "route.delete",
		.summary = "Delete a route.",
		.params = route_delete,
		.result = CHANGED,
		.changes = true,
		.fn = rpc_route_delete,
	},
	{
		.name = "neigh.list",
		.summary = "List neighbours.",
		.params = page,
		.result = "a page of neighbours with MAC and state",
		.fn = rpc_neigh_list,
	},
	{
		.name = "neigh.add",
		.summary = "Say where a neighbour is, whatever ARP says.",
		.params = neigh_add,
		.result = "the revision in force, which stays",
		.changes = true,
		.fn = rpc_neigh_add,
	},
	{
		.name = "neigh.delete",
		.summary = "Forget where a neighbour is; one that is needed is asked for anew.",
		.params = neigh_delete,
		.result = "the revision in force, which stays",
		.changes = true,
		.fn = rpc_neigh_delete,
	},
	{
		.name = "port.list",
		.summary = "List ports.",
		.params = page,
		.result = "a page of ports with link, queues and counters",
		.fn = rpc_port_list,
	},
	{
		.name = "stats.get",
		.summary = "Show the sums of all counters.",
		.result = "counters of connections, packets and the socket since the start",
		.fn = rpc_stats_get,
	},
	{
		.name = "drops.list",
		.summary = "List why packets were dropped.",
		.params = page,
		.result = "a page of reasons: name, where, why, and the packets of all workers",
		.fn = rpc_drops_list,
	},
	{
		.name = "nodes.list",
		.summary = "List the nodes of each worker's packet path.",
		.params = page,
		.result = "a page of nodes: calls, packets, and cycles of the CPU, told from each "
			  "64th walk",
		.fn = rpc_nodes_list,
	},
	{
		.name = "graph.dot",
		.summary = "Draw the packet path.",
		.result = "dot: a picture in Graphviz' language",
		.fn = rpc_graph_dot,
	},
	{
		.name = "config.get",
		.summary = "Show the running configuration, with its defaults.",
		.result = "config: the keys of the configuration file; and the revision",
		.fn = rpc_config_get,
	},
	{
		/* It reads with polluxd's rights, and its sentences quote what it reads. */
		.name = "config.check",
		.summary = "Check a configuration file; nothing is changed.",
		.params = file,
		.result = "file, how many services it has, and the memory it needs",
		.changes = true,
		.fn = rpc_config_check,
	},
	{
		.name = "config.reload",
		.summary = "Read polluxd's configuration file again and apply it as one version.",
		.params = change,
		.result = "the revision that every worker has now, and the unsaved changes that "
			  "were discarded, as config.apply takes them",
		.changes = true,
		.fn = rpc_config_reload,
	},
	{
		.name = "config.apply",
		.summary = "Make several changes as one version, all or none.",
		.params = changes,
		.result = CHANGED,
		.changes = true,
		.fn = rpc_config_apply,
	},
	{
		.name = "events.subscribe",
		.summary = "Be told what happens, by notifications of method \"event\".",
		.params = events,
		.result = "the number of the last event, whether some behind `since` are lost, and "
			  "since when polluxd counts them",
		.fn = rpc_events_subscribe,
	},
};

const size_t rpc_methods_n = RTE_DIM(rpc_methods);
