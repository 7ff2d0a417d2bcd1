#pragma once
/**
 * @file
 * What a director knows of servers beyond the configuration: that they drain, leave, or start. It
 * is kept by service and server, and lives as long as the server does, over reloads. Control lcore.
 *
 * A drain begins and ends with a change whose turn it is (change.h), and is settled when that is
 * applied; so while a configuration is being made in a work thread no other server changes.
 */

#include <stdbool.h>
#include <stdint.h>
#include <sys/queue.h>

#include "lb_conf.h"
#include "lb_svc.h"
#include "lb_worker_reset.h"

struct director;

/** No deadline. */
#define SERVERS_NEVER UINT64_MAX

/** What the change that is under way does to a server. */
enum server_pending {
	SERVER_SETTLED, /**< Nothing. */
	SERVER_BEGINS,  /**< Its drain begins, or gets another deadline. */
	SERVER_ENDS,    /**< Its drain ends. */
};

/** How a server is to drain. */
struct server_drain {
	uint64_t timeout_ms; /**< 0: no deadline. */
	bool reset;
};

/** What is known of one server. */
struct server_state {
	TAILQ_ENTRY(server_state) link;
	char service[LB_SVC_NAME];
	struct lb_endpoint at;
	uint32_t slot;
	bool drains;  /**< Takes nothing new, because that was asked for. */
	bool removed; /**< In no configuration any more; its connections go on. */
	bool reset;   /**< They are reset at the deadline; else left alone. */
	bool over;    /**< The deadline has passed. */
	uint64_t since_ms;
	uint64_t deadline_ms; /**< Or SERVERS_NEVER. */
	enum server_pending pending;
	struct server_drain wanted; /**< With SERVER_BEGINS. */
	uint64_t slow_ms;           /**< It starts slowly since then; 0: it does not. */
	uint32_t share;             /**< That workers have been told. */
};

/** Of all servers that there is something to know of. Zeroed at first. */
struct servers {
	TAILQ_HEAD(, server_state) list;
	struct server_state **by_slot;
	struct server_state *cursor; /**< Next to be looked at in this round; NULL: none. */
	uint64_t due_ms;             /**< The next round. */
	uint32_t pending;            /**< Servers that are not settled. */
	uint64_t *slots;             /**< Bitmap of those that are to be reset. */
	uint32_t slots_n;            /**< Bits that are set in it. */
	bool resetting;              /**< Workers are at it; slots stays as it is. */
	bool posted[LB_NODE_WORKERS];
	struct lb_worker_reset resets[LB_NODE_WORKERS];
};

/** Servers that drain, as a work thread may know them. */
struct servers_closed {
	size_t n;
	struct server_key {
		char service[LB_SVC_NAME];
		struct lb_endpoint at;
	} * list;
};

int servers_init(struct servers *servers);
void servers_fini(struct servers *servers);

/** What is known of a server; NULL: nothing. */
struct server_state *servers_find(
	const struct director *director, const char *service, const struct lb_endpoint *at);

/** The same, made if there is none yet. NULL: no memory, or it is a server of no version. */
struct server_state *servers_get(
	struct director *director, const char *service, const struct lb_endpoint *at);

/** Forget it, if it says nothing. */
void servers_put(struct director *director, struct server_state *state);

/**
 * What the servers of a service that is about to be published weigh now, one by one into weights,
 * `stride` bytes apart.
 */
void servers_weigh(const struct director *director, const struct lb_conf_service *service,
	uint32_t *weights, size_t stride);

/** The share of its weight that a server has now, of SHARE_WHOLE; 0: it drains. */
uint32_t servers_share(const struct director *director, const struct lb_conf_service *service,
	const struct lb_conf_server *server);

/**
 * With the change that is under way a server begins to drain; no connection is made to it. 0, or
 * -ENOENT: it is of no version, or -ENOMEM.
 */
int servers_begin_drain(struct director *director, const char *service,
	const struct lb_endpoint *at, const struct server_drain *drain);

/** With the change that is under way its drain ends. 0, or -ENOENT: it does not drain. */
int servers_end_drain(struct director *director, const char *service, const struct lb_endpoint *at);

/** The change that was under way has been applied, or not. */
void servers_settle(struct director *director, bool applied);

/** Copy which servers drain, for a work thread. 0 or -ENOMEM. */
int servers_copy_closed(const struct director *director, struct servers_closed *closed);
void servers_free_closed(struct servers_closed *closed);
bool servers_is_closed(
	const struct servers_closed *closed, const char *service, const struct lb_endpoint *at);

/** A configuration took the place of another: servers of a service of the old one are gone, */
void servers_leave(struct director *director, const struct lb_conf_service *service,
	const struct lb_conf *now);

/** or servers of a service have come to it. */
void servers_come(struct director *director, const struct lb_conf_service *service,
	const struct lb_conf *before);

/** Reset the connections of a server that was removed now. */
void servers_reset_now(
	struct director *director, const char *service, const struct lb_endpoint *at);

/** Connections that a server still has. */
uint32_t servers_left(const struct director *director, const struct server_state *state);

/** Chore: look whether deadlines have passed; returns when to be called again. */
uint64_t servers_run(struct director *director, uint64_t now_ms);
