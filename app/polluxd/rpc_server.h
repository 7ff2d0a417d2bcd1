#pragma once
/** @file What the methods of the management socket share. Control lcore. */

#include <sys/queue.h>

#include "change.h"
#include "director.h"
#include "lb_rpc_server.h"
#include "rpc.h"
#include "rpc_list.h"
#include "rpc_visit.h"

/** Words of errors, `data.code`, beside those of lib/rpc. */
#define RPC_UNKNOWN_SERVICE "unknown_service"
#define RPC_UNKNOWN_INSTANCE "unknown_instance"
#define RPC_UNKNOWN_PORT "unknown_port"
#define RPC_TOO_MANY_NEIGHBOURS "too_many_neighbours"
#define RPC_WORKER_STALLED "worker_stalled"
#define RPC_REVISION_MISMATCH "revision_mismatch"
#define RPC_NOT_FOUND "not_found"
#define RPC_EXISTS "exists"
#define RPC_INVALID_CONFIGURATION "invalid_configuration"
#define RPC_STOPPING "stopping"

/** A change that is not answered yet. */
struct rpc_change {
	LIST_ENTRY(rpc_change) link;
	struct director *director;
	struct lb_rpc_call *call;
	json_t *edits; /**< Of {method, params}; NULL: a reload, or a drain. */
};

/** The socket of a director, and what waits to be answered. */
struct rpc {
	struct lb_rpc_server *server;
	uint64_t start_ms;
	TAILQ_HEAD(, rpc_list) lists;
	STAILQ_HEAD(, rpc_visit) visits; /**< The first is under way. */
	LIST_HEAD(, rpc_change) changes;
};

/** All methods, in the order of doc/api.md. */
extern const struct lb_rpc_method rpc_methods[];
extern const size_t rpc_methods_n;

/** Answer that parameters do not fit: err has the sentence. */
void rpc_refuse_params(struct lb_rpc_call *call, const struct lb_error *err);

/** Answer what polluxd says when it ends in the middle. */
void rpc_fail_stopping(struct lb_rpc_call *call);

/**
 * Change the configuration and answer when it is done; params may have dry_run and if_revision.
 * edits is taken; NULL: read the file again.
 */
void rpc_change_start(
	struct lb_rpc_call *call, json_t *edits, const json_t *params, struct director *director);

/** Begin a change; the rest of request is the caller's. change is taken, and freed with free(). */
void rpc_change_enter(struct rpc_change *change, struct change_request *request,
	const json_t *params, struct director *director);

/**
 * Adverts that were ignored, by the word of the reason (enum lb_vrrp_refusal); those that never
 * came are left out. A new reference; NULL: no memory.
 */
json_t *rpc_vrrp_refused(const uint64_t *refused);

/* The methods, each in the file of its group. */
void rpc_status(struct lb_rpc_call *call, json_t *params, void *director);
void rpc_version(struct lb_rpc_call *call, json_t *params, void *director);
void rpc_service_list(struct lb_rpc_call *call, json_t *params, void *director);
void rpc_service_get(struct lb_rpc_call *call, json_t *params, void *director);
void rpc_connection_list(struct lb_rpc_call *call, json_t *params, void *director);
void rpc_connection_count(struct lb_rpc_call *call, json_t *params, void *director);
void rpc_connection_flush(struct lb_rpc_call *call, json_t *params, void *director);
void rpc_vrrp_list(struct lb_rpc_call *call, json_t *params, void *director);
void rpc_vrrp_get(struct lb_rpc_call *call, json_t *params, void *director);
void rpc_vrrp_set(struct lb_rpc_call *call, json_t *params, void *director);
void rpc_vip_list(struct lb_rpc_call *call, json_t *params, void *director);
void rpc_route_list(struct lb_rpc_call *call, json_t *params, void *director);
void rpc_neigh_list(struct lb_rpc_call *call, json_t *params, void *director);
void rpc_neigh_add(struct lb_rpc_call *call, json_t *params, void *director);
void rpc_neigh_delete(struct lb_rpc_call *call, json_t *params, void *director);
void rpc_port_list(struct lb_rpc_call *call, json_t *params, void *director);
void rpc_stats_get(struct lb_rpc_call *call, json_t *params, void *director);
void rpc_drops_list(struct lb_rpc_call *call, json_t *params, void *director);
void rpc_nodes_list(struct lb_rpc_call *call, json_t *params, void *director);
void rpc_graph_dot(struct lb_rpc_call *call, json_t *params, void *director);
void rpc_config_get(struct lb_rpc_call *call, json_t *params, void *director);
void rpc_config_check(struct lb_rpc_call *call, json_t *params, void *director);
void rpc_config_apply(struct lb_rpc_call *call, json_t *params, void *director);
void rpc_service_add(struct lb_rpc_call *call, json_t *params, void *director);
void rpc_service_set(struct lb_rpc_call *call, json_t *params, void *director);
void rpc_service_delete(struct lb_rpc_call *call, json_t *params, void *director);
void rpc_server_add(struct lb_rpc_call *call, json_t *params, void *director);
void rpc_server_set(struct lb_rpc_call *call, json_t *params, void *director);
void rpc_server_delete(struct lb_rpc_call *call, json_t *params, void *director);
void rpc_server_drain(struct lb_rpc_call *call, json_t *params, void *director);
void rpc_vip_add(struct lb_rpc_call *call, json_t *params, void *director);
void rpc_vip_delete(struct lb_rpc_call *call, json_t *params, void *director);
void rpc_route_add(struct lb_rpc_call *call, json_t *params, void *director);
void rpc_route_delete(struct lb_rpc_call *call, json_t *params, void *director);
void rpc_config_reload(struct lb_rpc_call *call, json_t *params, void *director);
void rpc_events_subscribe(struct lb_rpc_call *call, json_t *params, void *director);
