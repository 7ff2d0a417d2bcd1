#pragma once
/**
 * @file
 * What happens, for programs that want to be told: each event has a number, one more than the one
 * before, and the last ones are kept, so that a client which was away is told what it has missed.
 * Control lcore.
 */

#include <stdint.h>
#include <sys/queue.h>

#include <jansson.h>

#include "lb_rpc_server.h"

struct director;

/** Events that are kept. */
#define EVENTS_KEPT 1024

/** Room for a point in time as text. */
#define EVENTS_TIME 32

enum event_kind {
	EVENT_VRRP,   /**< An instance has another state, or has met another Active. */
	EVENT_GROUP,  /**< A group of instances has another state. */
	EVENT_SCRIPT, /**< A script has come up or gone down. */
	EVENT_LINK,   /**< The link of a port has come up or gone down. */
	EVENT_RELOAD, /**< The file was read again. */
	EVENT_WORKER, /**< A worker stands still, or runs again. */
	EVENT_KINDS,
};

/** Something that has happened. The texts are copied. */
struct event {
	enum event_kind kind;
	const char *object; /**< Its name. */
	const char *state;  /**< What it is now. */
	const char *before; /**< What it was; NULL: nothing that is told. */
	const char *reason;
};

/** Who is told. */
struct events_client;

/** All of it. Zeroed at first. */
struct events {
	json_t *kept[EVENTS_KEPT]; /**< Event n is at n modulo their number. */
	uint64_t sequence;         /**< Number of the last event; 0: none yet. */
	TAILQ_HEAD(, events_client) clients;
	char start[EVENTS_TIME];
};

/** Nothing has happened yet. */
void events_init(struct events *events);

/** The socket is closed. */
void events_fini(struct events *events);

/** Tell everybody, soon. */
void events_post(struct director *director, const struct event *event);

/** Tell clients what they have not been told, as much as a turn allows; returns when to go on. */
uint64_t events_run(struct director *director, uint64_t now_ms);

/** The kind called so, or -1; the name of a kind. */
int events_kind_find(const char *name);
const char *events_kind_name(enum event_kind kind);

/** Which events a client wants. */
struct events_wish {
	uint32_t kinds; /**< A bit for each. */
	uint64_t since; /**< The last one that it knows; UINT64_MAX: it wants new ones only. */
};

/** The client of this call is to be told, from after its answer on. false: no memory. */
bool events_subscribe(
	struct events *events, struct lb_rpc_call *call, const struct events_wish *wish);

/** Whether events behind number since are no longer there, or were never. */
bool events_has_lost(const struct events *events, uint64_t since);
